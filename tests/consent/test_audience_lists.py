"""The list of a large audience: made by workers, kept encrypted for a day, for whoever asked for it alone."""

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.urls import resolve, reverse

from consent import tasks
from consent.domain import audiences, jobs
from consent.models import AudienceFile, AudiencePart, Disclosure, Job
from customers.models import LegalEntity, StaffAct, StaffMember
from tests import make
from tests.consent.admin_rows import signed_in
from tests.consent.asking_scene import BY_CALL, BY_EMAIL, DAY_AFTER, DAY_BEFORE, customer, shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_parts_of_two")]
BOTH = {**BY_CALL, **DAY_BEFORE, **DAY_AFTER}
AUDIENCE, WHAT_IF = "/admin/audience/list/", "/admin/what-if/list/"
HOUR = timedelta(hours=1)


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


@pytest.fixture
def marketer(lamps: LegalEntity) -> Client:
    return member(lamps, "mark")


def member(entity: LegalEntity, name: str) -> Client:
    staff = make.staff_member(
        organisation=entity.organisation, username=name, role=StaffMember.Role.MARKETING
    )
    return signed_in(staff)


def ask(client: Client, address: str, question: dict[str, str]) -> Job:
    answer = client.post(f"{address}?{urlencode(question)}")
    return Job.objects.get(pk=resolve(answer["Location"]).kwargs["object_id"])


def made(client: Client, address: str, question: dict[str, str]) -> AudienceFile:
    job = ask(client, address, question)
    tasks.work_job(job_id=str(job.pk))
    return AudienceFile.objects.get(job=job)


def link_to(file: AudienceFile) -> str:
    return reverse("admin:consent_audiencefile_download", args=[file.pk])


def content_of(answer: Any) -> bytes:
    content: bytes = b"".join(answer.streaming_content)
    assert answer["Content-Length"] == str(len(content))
    return content


def lines_in(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_large_list_is_made_part_by_part_and_taken_from_its_job(lamps: LegalEntity, marketer: Client) -> None:
    file = made(marketer, AUDIENCE, BY_EMAIL)
    job = marketer.get(reverse("admin:consent_job_change", args=[file.job_id]))
    answer = marketer.get(job.context["result"].url)

    content = content_of(answer)
    titles, *rows = lines_in(content)
    assert (file.job.state, file.job.total, file.job.done) == (Job.State.DONE, 5, 5)
    assert file.job.counts == {"A_SOFT_OPTIN": 4}
    assert titles[:5] == ["contact", "name", "address", "allowed", "code"]
    assert sorted((row[2], row[4]) for row in rows) == [
        (f"{name}@example.org", "A_SOFT_OPTIN") for name in ("anna", "bram", "carla", "dirk")
    ]
    assert hashlib.sha256(content).hexdigest() == file.sha256
    assert answer["Content-Disposition"] == 'attachment; filename="audience-lampenwinkel-offers-email.csv"'


def test_large_list_of_whom_you_will_lose(lamps: LegalEntity, marketer: Client) -> None:
    file = made(marketer, WHAT_IF, BOTH)

    titles, *rows = lines_in(content_of(marketer.get(link_to(file))))

    assert (titles[-2:], file.name) == (["code_then", "reasons_then"], "lost-lampenwinkel-offers-call.csv")
    assert sorted((row[2], row[4], row[-2]) for row in rows) == [
        (f"+3120000010{number}", "A_REL_SALE", "D_REL_ENDED_20260701") for number in (1, 2, 3, 4)
    ]


def test_who_stands_on_it_is_written_down_with_each_part(lamps: LegalEntity, marketer: Client) -> None:
    file = made(marketer, AUDIENCE, BY_EMAIL)

    parts = Disclosure.objects.filter(list_id=file.pk)
    rows = lines_in(content_of(marketer.get(link_to(file))))[1:]
    assert sorted(str(key) for part in parts for key in part.contact_ids) == sorted(row[0] for row in rows)
    assert {(part.source, part.staff) for part in parts} == {("AUDIENCE", file.staff)}
    assert StaffAct.objects.filter(act=StaffAct.Act.EXPORTED).count() == 1


def test_list_lies_encrypted_until_it_goes(lamps: LegalEntity, marketer: Client) -> None:
    file = made(marketer, AUDIENCE, BY_EMAIL)

    kept = b"".join(bytes(part.ciphertext) for part in AudiencePart.objects.all())
    with time_machine.travel(make.NOW + 23 * HOUR, tick=False):
        early = (tasks.delete_expired_files(), signed_in(file.staff).get(link_to(file)).status_code)
    with time_machine.travel(make.NOW + 24 * HOUR, tick=False):
        late = (signed_in(file.staff).get(link_to(file)).status_code, tasks.delete_expired_files())

    assert b"anna" not in kept
    assert (early, late) == ((0, 200), (404, 1))
    assert (AudienceFile.objects.count(), AudiencePart.objects.count()) == (0, 0)
    assert Disclosure.objects.count() > 0


def test_list_opens_to_nobody_but_who_asked_for_it(lamps: LegalEntity, marketer: Client) -> None:
    file = made(marketer, AUDIENCE, BY_EMAIL)
    colleague = member(lamps, "collega")
    root = signed_in(StaffMember.objects.create_superuser(username="root", password="een lang wachtwoord"))

    answers = [client.get(link_to(file)).status_code for client in (colleague, root, Client())]
    job = colleague.get(reverse("admin:consent_job_change", args=[file.job_id]))

    assert answers == [404, 404, 302]
    assert job.context["result"] is None


def test_half_a_list_is_for_nobody_and_goes_on_after_a_stop(lamps: LegalEntity, marketer: Client) -> None:
    job = ask(marketer, AUDIENCE, BY_EMAIL)
    jobs.advance(job_id=job.pk, chunk=tasks.chunk_of, now=make.NOW)
    file = AudienceFile.objects.get()

    half = (file.parts.count(), marketer.get(link_to(file)).status_code)
    marketer.post(reverse("admin:consent_job_cancel", args=[job.pk]))
    marketer.post(reverse("admin:consent_job_restart", args=[job.pk]))
    tasks.work_job(job_id=str(job.pk))

    assert half == (1, 404)
    assert len(lines_in(content_of(marketer.get(link_to(file))))) == 5


def test_asking_twice_makes_one_list(lamps: LegalEntity, marketer: Client) -> None:
    jobs_asked = [ask(marketer, AUDIENCE, BY_EMAIL), ask(marketer, AUDIENCE, BY_EMAIL)]

    assert len(set(jobs_asked)) == 1
    assert ask(member(lamps, "collega"), AUDIENCE, BY_EMAIL) not in jobs_asked


def test_list_whose_time_passed_is_not_taken_up_again(lamps: LegalEntity, marketer: Client) -> None:
    job = ask(marketer, AUDIENCE, BY_EMAIL)
    with time_machine.travel(make.NOW + timedelta(days=3), tick=False):
        tasks.delete_expired_files()

        tasks.work_job(job_id=str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.fault) == (
        "FAILED",
        "What was made of this list was deleted when its time had passed. Ask for it anew.",
    )


def test_question_that_is_gone_ends_the_list_with_a_sentence(lamps: LegalEntity, marketer: Client) -> None:
    job = ask(marketer, AUDIENCE, BY_EMAIL)
    lamps.product_groups.filter(code="lampen").update(code="anders")

    tasks.work_job(job_id=str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.fault) == (
        "FAILED",
        "The question names something that is no longer there. Ask it anew.",
    )


def test_list_of_nobody_has_its_titles(lamps: LegalEntity, marketer: Client) -> None:
    file = made(marketer, AUDIENCE, {**BY_CALL, "at_date": "2030-01-01"})

    assert len(lines_in(content_of(marketer.get(link_to(file))))) == 1
    assert Disclosure.objects.count() == 0
