"""The page on which a large export is chosen, counted and started, and the file for who asked alone."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse

from consent.admin import evidence_selection
from consent.admin.evidence_export import NOT_SEALED_YET
from consent.domain import jobs
from consent.domain.dossier import large
from consent.models import EvidenceExport, EvidenceFile, Job
from customers.models import StaffAct, StaffMember
from tests import make
from tests.consent.admin_rows import signed_in
from tests.consent.domain.dossier import scene
from tests.consent.domain.dossier.scene import Story, check
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
PAGE = "/admin/export-evidence/"
SAID = {"formats": ["csv"], "language": "en", "reason": "Case 1."}


@pytest.fixture
def told() -> Story:
    found = scene.story()
    scene.seal()
    return found


def member(told: Story, username: str = "fg", role: StaffMember.Role = Role.DPO) -> StaffMember:
    return make.staff_member(organisation=told.alice.organisation, username=username, role=role)


def started(client: Client, **said: str) -> EvidenceFile:
    client.post(PAGE, {**SAID, **said, "start": "1"})
    job = Job.objects.get(kind=Job.Kind.EXPORT)
    while jobs.advance(job_id=job.pk, chunk=lambda _job: large.write_part, now=make.NOW):
        pass
    return EvidenceFile.objects.get(job=job)


def address_of(file: EvidenceFile) -> str:
    return reverse("admin:consent_evidencefile_download", args=[file.pk])


def test_selection_is_counted_before_anything_starts(told: Story) -> None:
    client = signed_in(member(told))

    page = client.post(PAGE, {**SAID, "status": "ConsentGiven", "count": "1"})

    assert "This is about 1 people and 1 events." in page.content.decode()
    assert "Start the export" in page.content.decode()
    assert (Job.objects.count(), EvidenceFile.objects.count()) == (0, 0)


def test_selection_of_nobody_is_not_started(told: Story) -> None:
    page = signed_in(member(told)).post(PAGE, {**SAID, "since": "2099-01-01", "count": "1"})

    assert "Nothing is recorded here that can be exported." in page.content.decode()
    assert "Start the export" not in page.content.decode()


def test_selection_that_waits_to_be_sealed_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_selection, "seal_chunk", lambda **_given: 0)

    page = signed_in(member(scene.story())).post(PAGE, {**SAID, "start": "1"})

    assert str(NOT_SEALED_YET) in page.content.decode()
    assert not Job.objects.exists()


def test_who_asked_takes_the_file_and_that_is_kept(told: Story, tmp_path: Path) -> None:
    officer = member(told)
    with time_machine.travel(make.NOW, tick=False):
        client = signed_in(officer)
        file = started(client)
        progress = client.get(reverse("admin:consent_job_change", args=[file.job_id]))
        answer = client.get(address_of(file))

    assert address_of(file) in progress.content.decode()
    assert check(answer.getvalue(), tmp_path).code == 0
    assert EvidenceExport.objects.get().staff == officer
    taken = StaffAct.objects.get(act=StaffAct.Act.EXPORTED)
    assert (taken.staff, taken.object_key) == (officer, str(file.pk))


def test_nobody_else_takes_it_also_not_of_the_same_organisation(told: Story) -> None:
    elsewhere = make.organisation(code="ander")
    ver = make.staff_member(organisation=elsewhere, username="ver", role=Role.DPO)
    with time_machine.travel(make.NOW, tick=False):
        colleague, stranger = signed_in(member(told, "collega")), signed_in(ver)
        file = started(signed_in(member(told)))
        answers = [one.get(address_of(file)).status_code for one in (colleague, stranger)]
        progress = colleague.get(reverse("admin:consent_job_change", args=[file.job_id]))

    assert answers == [404, 404]
    assert address_of(file) not in progress.content.decode()


def test_file_opens_for_a_day(told: Story) -> None:
    with time_machine.travel(make.NOW, tick=False) as clock:
        client = signed_in(member(told))
        file = started(client)
        clock.shift(timedelta(hours=23))
        sign_in(client, file.staff)
        early = client.get(address_of(file))
        early.getvalue()
        client.logout()
        closed = client.get(address_of(file)).status_code
        clock.shift(timedelta(hours=2))
        sign_in(client, file.staff)
        late = client.get(address_of(file)).status_code

    assert (early.status_code, closed, late) == (200, 302, 404)


def test_officer_whose_duty_was_taken_away_takes_nothing(told: Story) -> None:
    officer = member(told)
    with time_machine.travel(make.NOW, tick=False):
        file = started(signed_in(officer))
        officer.role = Role.MARKETING
        officer.save(update_fields=["role"])
        answer = signed_in(officer).get(address_of(file))

    assert answer.status_code == 403


def test_people_chosen_in_the_list_are_the_selection(told: Story) -> None:
    client = signed_in(member(told))
    chosen = {"action": "export_selected", ACTION_CHECKBOX_NAME: [str(told.bob.pk)]}

    asked = client.post(reverse("admin:customers_contact_changelist"), chosen)
    counted = client.post(PAGE, {**SAID, "contacts": str(told.bob.pk), "count": "1"})

    assert "Of the one person you chose." in asked.content.decode()
    assert f'value="{told.bob.pk}"' in asked.content.decode()
    assert "This is about 1 people and 1 events." in counted.content.decode()


@pytest.mark.parametrize("role", [Role.MARKETING, Role.CALL_AGENT, Role.ADMINISTRATOR, Role.AUDITOR])
def test_others_see_no_such_page(told: Story, role: StaffMember.Role) -> None:
    client = signed_in(member(told, "ander", role))

    assert [client.get(PAGE).status_code, client.post(PAGE, {**SAID, "start": "1"}).status_code] == [403, 403]
    assert Job.objects.count() == 0


def test_officer_of_one_legal_entity_chooses_theirs(told: Story) -> None:
    sister = make.legal_entity(organisation=told.alice.organisation, code="zuster", name="Zuster B.V.")
    officer = member(told)
    officer.legal_entities.add(sister)
    client = signed_in(officer)

    whole = client.post(PAGE, {**SAID, "start": "1"})
    other = client.post(PAGE, {**SAID, "legal_entity": str(told.book.entity.pk), "start": "1"})

    assert [page.context["form"].errors.keys() for page in (whole, other)] == [{"legal_entity"}] * 2
    assert Job.objects.count() == 0
