"""Opening a call list: what is small is there at once, the rest is filled by workers while agents call."""

from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse

from consent import tasks
from consent.domain import audiences
from consent.domain.call_desk import filling, lists, taking
from consent.domain.call_desk.taking import Reason
from consent.models import CallList, Job, ScreeningRun
from customers.models import StaffMember
from tests.consent.admin_rows import signed_in
from tests.consent.domain.call_desk.desk import MONDAY, Desk, desk
from tests.consent.test_call_desk_pages import manager_of, page, screened

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


def opened(scene: Desk, **said: object) -> CallList:
    form = {"name": "Groot", "legal_entity": scene.entity.pk, "purpose": scene.purpose.pk, **said}
    signed_in(manager_of(scene)).post(reverse("admin:call_list_open"), form)
    return CallList.objects.get(name="Groot")


def test_small_list_is_filled_at_once() -> None:
    scene = desk(people=3)

    made = opened(scene)

    assert made.job is not None
    assert (made.job.state, made.entries.count()) == (Job.State.DONE, 3)


def test_large_list_is_filled_by_workers_while_calling_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiences, "AT_MOST", 2)
    scene = desk(people=5)

    made = opened(scene)
    first = made.entries.count()
    shown = signed_in(StaffMember.objects.get(username="mark")).get(page("call_list", made.pk))
    taken = taking.take_next(call_list=made, agent=scene.agent, at=MONDAY)
    tasks.work_job(job_id=str(made.job_id))

    assert (first, shown["Refresh"], shown.context["filling"].percentage) == (2, "3", 40)
    assert taken is not None
    assert [entry.contact_point for entry in made.entries.order_by("pk")] == sorted(
        scene.people, key=lambda point: point.pk
    )
    assert Job.objects.get().state == Job.State.DONE


def test_list_without_anybody_yet_says_that_it_is_being_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiences, "AT_MOST", 2)
    scene = desk(people=3)
    made = opened(scene)
    made.entries.all().delete()

    filled = taking.why_nobody(call_list=made, at=MONDAY).reason
    Job.objects.update(state=Job.State.CANCELLED, ended_at=MONDAY)
    cancelled = taking.why_nobody(call_list=made, at=MONDAY).reason

    assert (filled, cancelled) == (Reason.BEING_FILLED, Reason.NOBODY_LEFT)


def test_closed_list_is_filled_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiences, "AT_MOST", 2)
    made = opened(desk(people=5))

    lists.close_call_list(call_list=made, closed_at=MONDAY)
    tasks.work_job(job_id=str(made.job_id))

    assert (made.entries.count(), Job.objects.get().state) == (2, Job.State.DONE)


def test_list_holds_no_more_than_a_team_can_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiences, "AT_MOST", 2)
    monkeypatch.setattr(filling, "MOST_CONTACTS", 3)
    made = opened(desk(people=5))

    tasks.work_job(job_id=str(made.job_id))

    assert (made.entries.count(), Job.objects.get().state) == (3, Job.State.DONE)


def test_finished_screening_leads_to_a_list_of_it() -> None:
    scene = desk(people=2)
    manager = manager_of(scene)
    run = screened(scene, manager, b"naam;telefoon\r\nPersoon;020 000 01 01\r\n")
    client = signed_in(manager)
    link = f"{reverse('admin:call_list_open')}?run={run.pk}"

    result = client.get(reverse("admin:consent_screeningrun_change", args=[run.pk])).content.decode()
    form = client.get(link).context["form"]

    assert f'href="{link}"' in result
    assert (form["run"].value(), form["name"].value()) == (run.pk, ScreeningRun.objects.get().file_name[:-4])


def test_audience_leads_to_a_list_of_it() -> None:
    scene = desk(people=2)
    client = signed_in(manager_of(scene))
    said = f"legal_entity={scene.entity.code}&purpose={scene.purpose.code}&channel=CALL"

    found = client.get(f"{reverse('admin:audience')}?{said}").content.decode()
    form = client.get(f"{reverse('admin:call_list_open')}?{said}").context["form"]

    assert f'href="{reverse("admin:call_list_open")}?{said.replace("&", "&amp;")}"' in found
    assert (form["legal_entity"].value(), form["purpose"].value()) == (scene.entity.pk, scene.purpose.pk)


@pytest.mark.parametrize("said", ["run=x", "run=&legal_entity=niet", "purpose=niet"])
def test_choice_that_is_none_stays_open(said: str) -> None:
    scene = desk()

    answer = signed_in(manager_of(scene)).get(f"{reverse('admin:call_list_open')}?{said}")

    form = answer.context["form"]
    assert [form[name].value() for name in ("run", "legal_entity", "purpose")] == [None, None, None]
