"""Audiences too large to count in a request: counted by workers, part by part, with progress on the page."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consent import tasks
from consent.domain import audiences, jobs
from consent.models import Job
from customers.models import LegalEntity, StaffMember
from tests import make
from tests.consent.admin_rows import signed_in
from tests.consent.asking_scene import BY_CALL, BY_EMAIL, DAY_AFTER, DAY_BEFORE, customer, shop
from tests.consent.test_audience_pages import AUDIENCE, WHAT_IF, counted, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_parts_of_two")]
BOTH = {**BY_CALL, **DAY_BEFORE, **DAY_AFTER}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def _parts_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiences, "AT_MOST", 2)


@pytest.fixture
def lamps() -> LegalEntity:
    """Four who bought lamps and one who bought furniture."""
    lamps = shop()
    for number, name in enumerate(("Anna", "Bram", "Carla", "Dirk")):
        customer(entity=lamps, name=name, number=101 + number)
    customer(entity=lamps, name="Els", number=105, group="meubels")
    return lamps


def ask(client: Client, address: str, question: dict[str, str]) -> Any:
    return client.post(f"{address}?{'&'.join(f'{key}={said}' for key, said in question.items())}")


def test_large_audience_is_counted_by_workers_part_by_part(lamps: LegalEntity) -> None:
    client = member(lamps)
    before = client.get(AUDIENCE, BY_EMAIL)
    asked = ask(client, AUDIENCE, BY_EMAIL)
    job = Job.objects.get()
    jobs.advance(job_id=job.pk, chunk=tasks.chunk_of, now=make.NOW)

    during = client.get(AUDIENCE, BY_EMAIL)
    still = client.get(AUDIENCE, {**BY_EMAIL, "still": "1"})
    tasks.work_job(job_id=str(job.pk))
    after = client.get(AUDIENCE, BY_EMAIL)

    assert (before.context["table"], before.context["too_many"]) == (None, True)
    assert (asked.status_code, job.total, job.started_by) == (302, 5, StaffMember.objects.get())
    assert (during.context["count"].done, during.context["table"], during["Refresh"]) == (2, None, "3")
    assert "Refresh" not in still.headers
    assert counted(after.context["table"].grounds) == {"A_SOFT_OPTIN": 4}
    assert counted(after.context["table"].denials) == {"D_REL_NOT_SIMILAR": 1}
    assert "Refresh" not in after.headers


def test_large_comparison_is_counted_by_workers(lamps: LegalEntity) -> None:
    client = member(lamps)

    ask(client, WHAT_IF, BOTH)
    tasks.work_job(job_id=str(Job.objects.get().pk))
    page = client.get(WHAT_IF, BOTH)

    table = page.context["table"]
    assert [(row.before.code, row.after.code, row.number) for row in table.changed] == [
        ("A_REL_SALE", "D_REL_ENDED_20260701", 4),
        ("D_REL_NOT_SIMILAR", "D_REL_ENDED_20260701", 1),
    ]


def test_cancelled_count_goes_on_where_it_stopped(lamps: LegalEntity) -> None:
    client = member(lamps)
    ask(client, AUDIENCE, BY_EMAIL)
    job = Job.objects.get()
    jobs.advance(job_id=job.pk, chunk=tasks.chunk_of, now=make.NOW)
    client.post(reverse("admin:consent_job_cancel", args=[job.pk]))

    cancelled = client.get(AUDIENCE, BY_EMAIL)
    client.post(reverse("admin:consent_job_restart", args=[job.pk]))
    tasks.work_job(job_id=str(job.pk))

    assert (cancelled.context["count"].state, cancelled.context["table"]) == ("CANCELLED", None)
    job.refresh_from_db()
    assert (job.state, job.done, job.counts) == ("DONE", 5, {"A_SOFT_OPTIN": 4, "D_REL_NOT_SIMILAR": 1})


def test_same_question_is_counted_once_at_a_time(lamps: LegalEntity) -> None:
    client = member(lamps)

    for _press in range(2):
        ask(client, AUDIENCE, BY_EMAIL)
    ask(client, AUDIENCE, BY_CALL)

    assert Job.objects.count() == 2


def test_count_of_yesterday_is_counted_again(lamps: LegalEntity) -> None:
    client = member(lamps)
    ask(client, AUDIENCE, BY_EMAIL)
    tasks.work_job(job_id=str(Job.objects.get().pk))

    with time_machine.travel(make.NOW + timedelta(hours=24), tick=False):
        page = signed_in(StaffMember.objects.get()).get(AUDIENCE, BY_EMAIL)

    assert (page.context["table"], page.context["too_many"]) == (None, True)


def test_job_leads_back_to_its_question(lamps: LegalEntity) -> None:
    client = member(lamps)
    ask(client, WHAT_IF, BOTH)
    job = Job.objects.get()
    tasks.work_job(job_id=str(job.pk))

    shown = client.get(reverse("admin:consent_job_change", args=[job.pk]))
    page = client.get(shown.context["result"].url)

    assert page.context["count"] == job
    assert page.context["table"].comparison.lost == 4


def test_counts_are_for_who_may_see_that_legal_entity(lamps: LegalEntity) -> None:
    ask(member(lamps), AUDIENCE, BY_EMAIL)
    sister = shop(organisation=lamps.organisation, code="zuster")
    limited = make.staff_member(
        organisation=lamps.organisation,
        username="beperkt",
        role=StaffMember.Role.MARKETING,
        legal_entities=[sister],
    )
    client = Client(headers={"accept-language": "en"})
    client.force_login(limited)

    job = client.get(reverse("admin:consent_job_change", args=[Job.objects.get().pk]))
    page = client.get(AUDIENCE, BY_EMAIL)

    assert job.status_code == 404
    assert list(page.context["form"].errors) == ["legal_entity"]


@pytest.mark.parametrize("role", [StaffMember.Role.CALL_AGENT, StaffMember.Role.ADMINISTRATOR])
def test_counting_is_for_who_may_see_audiences(lamps: LegalEntity, role: StaffMember.Role) -> None:
    answers = [ask(member(lamps, role), address, BOTH).status_code for address in (AUDIENCE,)]

    assert (answers, Job.objects.count()) == ([403], 0)


def test_question_that_is_gone_ends_the_count_with_a_sentence(lamps: LegalEntity) -> None:
    client = member(lamps)
    ask(client, AUDIENCE, BY_EMAIL)
    lamps.product_groups.filter(code="lampen").update(code="anders")

    tasks.work_job(job_id=str(Job.objects.get().pk))

    job = Job.objects.get()
    assert (job.state, job.fault) == (
        "FAILED",
        "The question names something that is no longer there. Ask it anew.",
    )


def test_page_of_people_says_how_far_it_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    lamps = shop()
    for number in range(5):
        customer(entity=lamps, name=f"P{number}", number=101 + number)
    monkeypatch.setattr(audiences, "AT_FIRST", 2)
    monkeypatch.setattr(audiences, "LOOKED_AT_FOR_A_PAGE", 4)
    client = member(lamps)

    first = client.get(AUDIENCE, BY_EMAIL)
    second = client.get(AUDIENCE, {**BY_EMAIL, "after": str(first.context["next_after"])})

    assert [len(page.context["rows"]) for page in (first, second)] == [4, 1]
    assert second.context["next_after"] is None


def test_small_audience_is_counted_at_once_and_writes_nothing(
    lamps: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audiences, "AT_MOST", 5)

    page = member(lamps).get(AUDIENCE, BY_EMAIL)

    assert page.context["table"].total == 5
    assert Job.objects.count() == 0
