from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from consent.domain.ledger.evidence import open_evidence
from consent.domain.staff_entry import Entry, PermissionNotRecordableError, record_permission
from consent.models import (
    Act,
    Actor,
    Channel,
    ConsentEvent,
    ConsentRecord,
    Grade,
    Method,
    Notice,
    OutboxMessage,
    Source,
    Status,
)
from customers.models import StaffMember
from tests import make

pytestmark = pytest.mark.django_db

YESTERDAY = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def said_by_phone(
    *, double_opt_in: bool = False, term_months: int | None = None, channel: Channel = Channel.CALL
) -> Entry:
    organisation = make.organisation()
    entity = make.legal_entity(organisation=organisation)
    purpose = make.purpose(
        organisation=organisation,
        legal_entities=[entity],
        double_opt_in=double_opt_in,
        term_months=term_months,
    )
    version = make.notice_version(legal_entity=entity, purpose=purpose, channel=channel)
    alice = make.contact(organisation=organisation)
    email, phone = make.email_point(contact=alice), make.phone_point(contact=alice)
    marketing = make.staff_member(organisation=organisation, role=StaffMember.Role.MARKETING)
    return Entry(
        contact=alice,
        contact_point=email if channel == Channel.EMAIL else phone,
        notice=version.notice,
        notice_version=version,
        act=Act.GIVEN,
        source=Source.PHONE_CALL,
        occurred_at=YESTERDAY,
        place="Klantenservice",
        proof_reference="opname 2026-11-20/17",
        staff_id=marketing.pk,
        language="nl",
    )


def test_permission_by_phone_stands_with_its_own_proof() -> None:
    entry = said_by_phone()

    event = record_permission(entry=entry, recorded_at=make.NOW)

    assert (event.act, event.source, event.method, event.actor) == (
        Act.GIVEN,
        Source.PHONE_CALL,
        Method.ORAL,
        Actor.SUBJECT,
    )
    assert (event.occurred_at, event.recorded_at, event.staff_id) == (YESTERDAY, make.NOW, entry.staff_id)
    assert (event.complete, event.grade) == (True, Grade.B)
    assert open_evidence(event=event) == {
        "address": "+31200000101",
        "place": "Klantenservice",
        "recording": "opname 2026-11-20/17",
        "wording": "Lampenwinkel B.V. mag mij aanbiedingen sturen.",
    }
    record = ConsentRecord.objects.get()
    assert (record.status, record.complete, record.grant_event_id) == (Status.GIVEN, True, event.pk)


@pytest.mark.parametrize(
    ("source", "name", "method"),
    [
        (Source.PHONE_CALL, "recording", Method.ORAL),
        (Source.DIRECT_MESSAGE, "message", Method.REPLY),
        (Source.PAPER, "scan", Method.SIGNATURE),
        (Source.EVENT, "batch", Method.SIGNATURE),
    ],
)
def test_each_source_has_a_proof_of_its_own_kind(source: Source, name: str, method: Method) -> None:
    entry = replace(said_by_phone(), source=source, proof_reference="kenmerk 1")

    event = record_permission(entry=entry, recorded_at=make.NOW)

    assert event.method == method
    assert open_evidence(event=event)[name] == "kenmerk 1"


@pytest.mark.parametrize(
    "missing",
    [
        {"proof_reference": ""},
        {"place": ""},
        {"occurred_at": None},
        {"notice_version": None},
        {"actor": Actor.REPRESENTATIVE},
    ],
    ids=lambda missing: next(iter(missing)),
)
def test_what_misses_a_part_is_kept_but_marked_incomplete(missing: dict[str, object]) -> None:
    entry = replace(said_by_phone(), **missing)  # type: ignore[arg-type]

    event = record_permission(entry=entry, recorded_at=make.NOW)

    assert event.complete is False
    record = ConsentRecord.objects.get()
    assert (record.status, record.complete) == (Status.GIVEN, False)


def test_claim_without_a_reference_has_the_lowest_grade() -> None:
    entry = replace(said_by_phone(), proof_reference="")

    event = record_permission(entry=entry, recorded_at=make.NOW)

    assert (event.grade, event.proven) == (Grade.D, False)


def test_unknown_moment_is_recorded_as_unproven() -> None:
    entry = replace(said_by_phone(), occurred_at=None)

    event = record_permission(entry=entry, recorded_at=make.NOW)

    assert (event.occurred_at, event.proven) == (make.NOW, False)


def test_representative_with_a_name_completes_the_proof() -> None:
    entry = replace(said_by_phone(), actor=Actor.REPRESENTATIVE, representative="Mevrouw Smit")

    event = record_permission(entry=entry, recorded_at=make.NOW)

    assert (event.complete, event.actor) == (True, Actor.REPRESENTATIVE)
    assert open_evidence(event=event)["representative"] == "Mevrouw Smit"


def test_terms_are_counted_from_the_moment_it_was_said() -> None:
    entry = said_by_phone(term_months=12)

    event = record_permission(entry=entry, recorded_at=make.NOW)

    assert event.valid_until == datetime(2027, 11, 20, 23, 0, tzinfo=UTC)
    assert event.first_contact_due_at == datetime(2027, 5, 20, 22, 0, tzinfo=UTC)


def test_person_is_mailed_what_was_agreed() -> None:
    entry = said_by_phone()

    event = record_permission(entry=entry, recorded_at=make.NOW)

    message = OutboxMessage.objects.get()
    assert (message.kind, message.event_id, message.created_at) == (
        OutboxMessage.Kind.CONFIRMATION,
        event.pk,
        make.NOW,
    )
    assert message.contact_point is not None
    assert message.contact_point.value == "alice@example.org"


def test_double_opt_in_makes_it_a_request_with_a_link_to_confirm() -> None:
    entry = said_by_phone(double_opt_in=True, channel=Channel.EMAIL)

    event = record_permission(entry=entry, recorded_at=make.NOW)

    assert event.act == Act.REQUESTED
    assert ConsentRecord.objects.get().status == Status.REQUESTED
    message = OutboxMessage.objects.get()
    assert (message.kind, message.link_expires_at) == (
        OutboxMessage.Kind.CONFIRM_REQUEST,
        make.NOW + timedelta(days=7),
    )


def test_refusal_is_recorded_and_nothing_is_mailed() -> None:
    entry = replace(said_by_phone(), act=Act.REFUSED)

    event = record_permission(entry=entry, recorded_at=make.NOW)

    assert (event.act, event.complete) == (Act.REFUSED, True)
    assert ConsentRecord.objects.get().status == Status.REFUSED
    assert OutboxMessage.objects.count() == 0


def test_number_of_another_contact_is_refused() -> None:
    entry = said_by_phone()
    bob = make.contact(organisation=entry.contact.organisation, given_name="Bob")
    wrong = replace(entry, contact_point=make.phone_point(contact=bob, text="+31200000102"))

    with pytest.raises(PermissionNotRecordableError, match="no address of this contact"):
        record_permission(entry=wrong, recorded_at=make.NOW)

    assert ConsentEvent.objects.count() == 0


def test_moment_in_the_future_is_refused() -> None:
    entry = replace(said_by_phone(), occurred_at=make.NOW + timedelta(minutes=1))

    with pytest.raises(PermissionNotRecordableError, match="future"):
        record_permission(entry=entry, recorded_at=make.NOW)


def test_wording_of_another_permission_is_refused() -> None:
    entry = said_by_phone()
    other = make.notice_version(
        legal_entity=entry.notice.legal_entity, purpose=entry.notice.purpose, code="anders"
    )

    with pytest.raises(PermissionNotRecordableError, match="wording of another notice"):
        record_permission(entry=replace(entry, notice_version=other), recorded_at=make.NOW)


def test_draft_wording_is_refused() -> None:
    entry = said_by_phone()
    draft = make.notice_version(
        legal_entity=entry.notice.legal_entity,
        purpose=entry.notice.purpose,
        channel=Channel.CALL,
        number=2,
        published_at=None,
    )

    with pytest.raises(PermissionNotRecordableError, match="draft"):
        record_permission(entry=replace(entry, notice_version=draft), recorded_at=make.NOW)


def test_notice_of_another_organisation_is_refused() -> None:
    entry = said_by_phone()
    elsewhere = make.organisation(code="elders", name="Elders")
    entity = make.legal_entity(organisation=elsewhere, code="elders-bv")
    purpose = make.purpose(organisation=elsewhere, legal_entities=[entity])
    notice = Notice.objects.create(legal_entity=entity, purpose=purpose, channel="CALL", code="x")

    with pytest.raises(PermissionNotRecordableError, match="another organisation"):
        record_permission(entry=replace(entry, notice=notice, notice_version=None), recorded_at=make.NOW)


def test_source_that_people_use_themselves_is_refused() -> None:
    entry = replace(said_by_phone(), source=Source.WEB_FORM)

    with pytest.raises(PermissionNotRecordableError, match="no entry by staff"):
        record_permission(entry=entry, recorded_at=make.NOW)
