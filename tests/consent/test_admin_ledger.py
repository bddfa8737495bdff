from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from consent.admin.event_page import GROUPS
from consent.domain.ledger.leaf import LEAF_FIELDS
from consent.domain.seal import keys
from consent.domain.seal.proofs import position_of
from consent.domain.seal.sealing import seal_chunk
from consent.domain.seal.states import SealState
from consent.models import (
    AddressVerification,
    Checkpoint,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    Evidence,
    Heartbeat,
    LedgerLeaf,
    NoticeVersion,
    Objection,
    OutboxMessage,
    Restriction,
    ShownForm,
    SubjectKey,
    Suppression,
)
from customers.models import Contact, ContactPoint, StaffMember
from tests import make
from tests.consent.admin_rows import Rows, everything, name_of, organisation_in, page_of, signed_in, superuser

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
LEDGER = [
    AddressVerification,
    Checkpoint,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    Evidence,
    Heartbeat,
    Objection,
    OutboxMessage,
    Restriction,
    ShownForm,
    SubjectKey,
    Suppression,
]


@pytest.mark.parametrize("model", LEDGER, ids=name_of)
def test_nobody_adds_changes_or_deletes_the_ledger(model: type) -> None:
    request = RequestFactory().get("/admin/")
    request.user = superuser()
    page: Any = admin.site.get_model_admin(model)

    assert page.get_model_perms(request) == {"add": False, "change": False, "delete": False, "view": True}
    assert page.get_actions(request) == {}


def test_event_page_takes_no_change_from_a_superuser() -> None:
    event = everything(code="eigen")[ConsentEvent]
    client = signed_in(superuser())

    answers = [
        client.post(page_of(event, "change"), {"act": "WITHDRAWN"}).status_code,
        client.post(page_of(event, "delete"), {"post": "yes"}).status_code,
        client.post(reverse("admin:consent_consentevent_add"), {}).status_code,
    ]

    assert answers == [200, 403, 403]
    assert ConsentEvent.objects.get(pk=event.pk).act == "GIVEN"


def test_event_page_names_every_field_that_is_sealed() -> None:
    shown = [name for _title, names in GROUPS for name in names]

    assert sorted(shown) == sorted(LEAF_FIELDS)


def test_officer_reads_the_evidence_beside_the_wording_shown() -> None:
    rows = everything(code="eigen")
    officer = make.staff_member(organisation=organisation_in(rows), username="fg", role=Role.DPO)

    page = signed_in(officer).get(page_of(rows[ConsentEvent], "change"))

    facts = [(fact.label, fact.value) for fact in page.context["proof"].facts]
    assert facts == [("page", "/forms/aanbiedingen/"), ("typed · address", "alice@eigen.example.org")]
    assert page.context["wording"].text == "eigen B.V. mag mij aanbiedingen sturen."
    assert page.context["wording"].check.colour == "allowed"


def test_marketing_sees_the_event_without_its_evidence() -> None:
    rows = everything(code="eigen")
    marketing = make.staff_member(organisation=organisation_in(rows), username="mark", role=Role.MARKETING)

    page = signed_in(marketing).get(page_of(rows[ConsentEvent], "change"))

    assert page.context["proof"] is None
    assert "/forms/aanbiedingen/" not in page.content.decode()


def test_erased_evidence_is_said_in_a_sentence() -> None:
    rows = everything(code="eigen")
    SubjectKey.objects.all().delete()
    officer = make.staff_member(organisation=organisation_in(rows), username="fg", role=Role.DPO)

    page = signed_in(officer).get(page_of(rows[ConsentEvent], "change"))

    assert "The evidence was erased. The event and its digest stay." in page.content.decode()


def test_broken_evidence_is_said_in_a_sentence() -> None:
    rows = everything(code="eigen")
    event = rows[ConsentEvent]
    kept = Evidence.objects.get(pk=event.pk)
    kept.delete()
    Evidence.objects.create(
        event_id=event.pk,
        subject_id=kept.subject_id,
        nonce=kept.nonce,
        ciphertext=bytes(byte ^ 1 for byte in bytes(kept.ciphertext)),
        recorded_at=kept.recorded_at,
    )
    officer = make.staff_member(organisation=organisation_in(rows), username="fg", role=Role.DPO)

    page = signed_in(officer).get(page_of(event, "change"))

    assert "The evidence is broken: it is not what the ledger holds the digest of." in page.content.decode()


def sealed_rows() -> Rows:
    rows = everything(code="eigen")
    seal_chunk(now=make.NOW)
    return rows


def test_event_tells_that_it_waits_to_be_sealed() -> None:
    rows = everything(code="eigen")

    page = signed_in(superuser()).get(page_of(rows[ConsentEvent], "change"))

    assert page.context["sealing"].state == SealState.WAITS
    assert "Not sealed yet" in page.content.decode()


def test_event_tells_where_it_is_sealed() -> None:
    rows = sealed_rows()

    page = signed_in(superuser()).get(page_of(rows[ConsentEvent], "change"))

    [place] = position_of(event_ids=[rows[ConsentEvent].pk]).values()
    assert page.context["sealing"].state == SealState.SEALED
    assert f"At position {place}, under checkpoint {Checkpoint.objects.get().pk} (" in page.content.decode()


def test_contact_tells_what_of_the_timeline_is_sealed() -> None:
    rows = sealed_rows()
    make.permission_event(
        contact_point=rows[ContactPoint],  # type: ignore[arg-type]
        notice_version=rows[NoticeVersion],  # type: ignore[arg-type]
        occurred_at=make.NOW,
    )

    page = signed_in(superuser()).get(page_of(rows[Contact], "change"))

    seals = [str(entry.seal.word) for entry in page.context["story"].timeline]
    assert seals == ["Not sealed yet", *["Sealed"] * (len(seals) - 1)]
    assert len(seals) > 1


def test_contact_tells_which_event_of_the_timeline_is_not_what_was_sealed() -> None:
    rows = sealed_rows()
    changed = make.permission_event(
        contact_point=rows[ContactPoint],  # type: ignore[arg-type]
        notice_version=rows[NoticeVersion],  # type: ignore[arg-type]
        occurred_at=make.NOW,
    )
    LedgerLeaf.objects.create(position=99, event_id=changed.pk, leaf_hash=bytes(32))

    page = signed_in(superuser()).get(page_of(rows[Contact], "change"))

    seals = [str(entry.seal.word) for entry in page.context["story"].timeline]
    assert seals == ["Not what was sealed", *["Sealed"] * (len(seals) - 1)]
    assert "Not what was sealed" in page.content.decode()


def test_officer_and_auditor_read_checkpoints_and_others_do_not() -> None:
    rows = sealed_rows()
    checkpoint = Checkpoint.objects.get()
    people = {
        role: make.staff_member(organisation=organisation_in(rows), username=role.lower(), role=role)
        for role in (Role.DPO, Role.AUDITOR, Role.MARKETING, Role.ADMINISTRATOR)
    }

    pages = {role: signed_in(member).get(page_of(checkpoint, "change")) for role, member in people.items()}

    assert {role: page.status_code for role, page in pages.items()} == {
        Role.DPO: 200,
        Role.AUDITOR: 200,
        Role.MARKETING: 403,
        Role.ADMINISTRATOR: 403,
    }
    assert keys.signers()[0].name in pages[Role.DPO].content.decode()
    listed = signed_in(people[Role.DPO]).get(reverse("admin:consent_checkpoint_changelist"))
    assert list(listed.context["cl"].queryset) == [checkpoint]


def test_ledger_is_searched_by_name_and_address() -> None:
    rows = everything(code="eigen")
    officer = make.staff_member(organisation=organisation_in(rows), username="fg", role=Role.DPO)
    client = signed_in(officer)
    url = reverse("admin:consent_consentevent_changelist")

    by_name = client.get(url, {"q": "van eigen", "act__exact": "GIVEN"})
    by_address = client.get(url, {"q": "alice@eigen.example.org", "act__exact": "GIVEN"})
    by_nobody = client.get(url, {"q": "nobody@example.org"})
    found = [list(page.context["cl"].queryset) for page in (by_name, by_address, by_nobody)]

    assert found == [[rows[ConsentEvent]], [rows[ConsentEvent]], []]
