"""The command and the page that give evidence out, and the list of who took what."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from config.step_up import GIVEN_AT, PASSWORD
from consent.admin import evidence_export
from consent.models import EvidenceExport, EvidenceFile, Job
from customers.models import StaffMember
from tests import make
from tests.consent.domain.dossier import scene
from tests.consent.domain.dossier.scene import Story, check, files_in
from tests.consent.domain.seal.scene import unguarded
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
Role = StaffMember.Role


@pytest.fixture
def told() -> Story:
    return scene.story()


def signed_in(told: Story, role: StaffMember.Role = Role.DPO) -> Client:
    member = make.staff_member(organisation=told.alice.organisation, username=role.lower(), role=role)
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, member)
    return client


def page_of(told: Story) -> str:
    return f"/admin/customers/contact/{told.alice.pk}/evidence/"


def test_command_writes_a_file_that_checks_itself(told: Story, tmp_path: Path) -> None:
    output, said = tmp_path / "uit.zip", io.StringIO()

    call_command("export_evidence", contact=str(told.alice.pk), output=output, stdout=said)

    logged = EvidenceExport.objects.get()
    assert check(output.read_bytes(), tmp_path).code == 0
    assert logged.sha256 in said.getvalue()
    assert (logged.contact_id, logged.events, logged.people, logged.staff) == (told.alice.pk, 2, 1, None)


def test_command_exports_a_selection_as_tables(told: Story, tmp_path: Path) -> None:
    output = tmp_path / "uit.zip"

    call_command(
        "export_evidence",
        legal_entity="harthulp",
        purpose="newsletter",
        channel="EMAIL",
        format=["csv"],
        since="2026-01-01",
        output=output,
        stdout=io.StringIO(),
    )

    files = files_in(output.read_bytes())
    assert "events.csv" in files
    assert "dossier.pdf" not in files
    assert EvidenceExport.objects.get().people == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "Give --contact or --legal-entity"),
        ({"legal_entity": "nobody"}, "The legal entity “nobody” is unknown."),
        ({"contact": "x"}, "The contact “x” is unknown."),
        ({"contact": "00000000-0000-0000-0000-000000000000"}, "is unknown."),
        ({"legal_entity": "harthulp", "purpose": "nothing"}, "The purpose “nothing” is unknown."),
        ({"legal_entity": "harthulp", "channel": "POST", "since": "2099-01-01"}, "Nothing is recorded"),
        ({"legal_entity": "harthulp", "since": "soon"}, "soon"),
    ],
)
def test_command_refuses_in_one_sentence(
    told: Story, tmp_path: Path, options: dict[str, str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence) as refusal:
        call_command("export_evidence", **options, output=tmp_path / "uit.zip")

    assert refusal.value.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_command_says_that_a_file_cannot_be_written(told: Story, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_evidence", contact=str(told.alice.pk), output=tmp_path / "no" / "uit.zip")


def test_officer_exports_a_person_and_it_is_logged(told: Story, tmp_path: Path) -> None:
    client = signed_in(told)
    said = {"formats": ["pdf", "csv"], "language": "en", "reason": "Asked by the authority, case 1."}

    made = client.post(page_of(told), said, follow=True)
    file = EvidenceFile.objects.get()
    address = reverse("admin:consent_evidencefile_download", args=[file.pk])
    answer = client.get(address)

    logged = EvidenceExport.objects.get()
    assert made.redirect_chain == [(reverse("admin:consent_job_change", args=[file.job_id]), 302)]
    assert address in made.content.decode()
    assert check(answer.getvalue(), tmp_path).code == 0
    assert (logged.contact_id, file.export) == (told.alice.pk, logged)
    assert (logged.staff and logged.staff.username, logged.reason) == ("dpo", said["reason"])
    assert "case 1" in client.get("/admin/consent/evidenceexport/").content.decode()


def test_password_given_late_leads_to_the_file_too(told: Story) -> None:
    client = signed_in(told)
    session = client.session
    del session[GIVEN_AT]
    session.save()
    said = {"formats": ["csv"], "language": "en", "reason": "Case 1."}

    asked = client.post(page_of(told), said)
    made = client.post(page_of(told), {**said, PASSWORD: "een lang wachtwoord voor proeven"}, follow=True)

    assert asked.templates[0].name == "admin/step_up.html"
    assert made.templates[0].name == "admin/job.html"
    assert "Download the file" in made.content.decode()


@pytest.mark.django_db(transaction=True)
def test_broken_evidence_is_not_given_out(told: Story) -> None:
    client = signed_in(told)
    with unguarded() as owner:
        owner.execute("UPDATE consent_evidence SET ciphertext = 'geknoeid'::bytea")
    said = {"formats": ["csv"], "language": "en", "reason": "Case 1."}

    made = client.post(page_of(told), said, follow=True)

    assert "The evidence is not what was recorded." in made.content.decode()
    assert "Download the file" not in made.content.decode()
    assert not EvidenceExport.objects.exists()


def test_reason_is_asked_for(told: Story) -> None:
    answer = signed_in(told).post(page_of(told), {"language": "en"})

    assert "Say for whom this export is" in answer.content.decode()
    assert not EvidenceExport.objects.exists()


def test_looking_at_the_page_exports_nothing(told: Story) -> None:
    answer = signed_in(told).get(page_of(told))

    assert "Export the evidence" in answer.content.decode()
    assert not EvidenceExport.objects.exists()


def test_what_waits_behind_much_else_is_said_to_wait(told: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_export, "seal_chunk", lambda **_given: 0)

    answer = signed_in(told).post(page_of(told), {"formats": ["csv"], "language": "en", "reason": "Case 1."})

    assert str(evidence_export.NOT_SEALED_YET) in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("role", [Role.MARKETING, Role.CALL_AGENT, Role.ADMINISTRATOR, Role.AUDITOR])
def test_others_export_nothing(told: Story, role: StaffMember.Role) -> None:
    answer = signed_in(told, role).post(page_of(told), {"language": "en", "reason": "Curious."})

    assert answer.status_code == 403
    assert not EvidenceExport.objects.exists()


def test_officer_of_another_organisation_finds_nobody(told: Story) -> None:
    other = make.staff_member(organisation=make.organisation(code="other"), role=Role.DPO)
    client = Client()
    sign_in(client, other)

    assert client.get(page_of(told)).status_code == 404


def test_officer_of_one_legal_entity_exports_that_one(told: Story, tmp_path: Path) -> None:
    sister = make.legal_entity(organisation=told.alice.organisation, code="zuster", name="Zuster B.V.")
    officer = make.staff_member(organisation=told.alice.organisation, username="officer", role=Role.DPO)
    officer.legal_entities.add(sister)
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, officer)

    whole = client.post(page_of(told), {"language": "en", "reason": "All of it."})
    own = client.post(page_of(told), {"language": "en", "reason": "Ours.", "legal_entity": sister.pk})

    assert whole.context["form"].errors.keys() == {"legal_entity"}
    assert "Nothing is recorded here that can be exported." in own.content.decode()
    assert not EvidenceExport.objects.exists()
