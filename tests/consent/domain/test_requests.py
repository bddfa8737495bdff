import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import connections, transaction

from consent.domain import attempts, outbox, relations, requests, restrictions, withdrawals
from consent.domain.attempts import NewAttempt
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.outbox import NewMessage
from consent.domain.relations import NewTransaction
from consent.domain.withdrawals import Scope
from consent.models import (
    Act,
    Actor,
    AddressVerification,
    Channel,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    Evidence,
    Method,
    NoticeVersion,
    OutboxMessage,
    Source,
    Status,
    SubjectKey,
)
from customers.models import Contact, ContactPoint, LegalEntity, RelationKind
from tests import make

pytestmark = pytest.mark.django_db

ASKED_AT = make.NOW - timedelta(days=14)
BY_PAGE = Circumstances(actor=Actor.SUBJECT, source=Source.PREFERENCES, method=Method.BUTTON)


@dataclass(frozen=True, kw_only=True)
class Case:
    legal_entity: LegalEntity
    notice: NoticeVersion
    alice: Contact
    email: ContactPoint


def make_case(*, asked_at: datetime = ASKED_AT) -> Case:
    """Alice, who typed her address into a form, got a mail to confirm, and did not press its button."""
    harthulp = make.legal_entity(organisation=make.organisation())
    newsletter = make.purpose(organisation=harthulp.organisation, double_opt_in=True)
    notice = make.notice_version(legal_entity=harthulp, purpose=newsletter)
    alice = make.contact(organisation=harthulp.organisation, created_at=asked_at)
    email = make.email_point(contact=alice, known_at=asked_at)
    asked = make.permission_event(
        contact_point=email, notice_version=notice, act=Act.REQUESTED, occurred_at=asked_at
    )
    message = NewMessage(
        kind=OutboxMessage.Kind.CONFIRM_REQUEST,
        legal_entity=harthulp,
        contact_point=email,
        language="nl",
        content={"permissions": []},
        event_id=asked.pk,
    )
    outbox.write(message=message, written_at=asked_at)
    return Case(legal_entity=harthulp, notice=notice, alice=alice, email=email)


def lapse(*, now: datetime = make.NOW, chunk: int = requests.ROWS_AT_ONCE) -> int:
    return sum(requests.lapse_requests(now=now, chunk=chunk))


def is_erased(*, contact: Contact) -> bool:
    return Contact.objects.get(pk=contact.pk).erased_at is not None


def test_who_never_confirmed_disappears_and_bare_events_stay() -> None:
    case = make_case()
    make.phone_point(contact=case.alice, known_at=ASKED_AT)

    lapsed = lapse()

    alice = Contact.objects.get()
    request, end = ConsentEvent.objects.order_by("sequence")
    assert lapsed == 1
    assert (alice.given_name, alice.family_name, alice.country, alice.erased_at) == ("", "", "", make.NOW)
    assert (end.act, end.refers_to_id, end.subject_id) == (Act.LAPSED, request.pk, alice.pk)
    assert (end.occurred_at, end.recorded_at, end.actor) == (make.NOW, make.NOW, Actor.SYSTEM)
    for emptied in (ContactPoint, ConsentRecord, OutboxMessage, Evidence, SubjectKey):
        assert emptied.objects.count() == 0, emptied


def test_request_within_its_term_stays() -> None:
    make_case(asked_at=ASKED_AT + timedelta(microseconds=1))

    assert lapse() == 0
    assert ConsentRecord.objects.get().status == Status.REQUESTED


def test_legal_entity_sets_its_own_term() -> None:
    case = make_case(asked_at=make.NOW - timedelta(days=3))
    case.legal_entity.unconfirmed_days = 3
    case.legal_entity.save(update_fields=["unconfirmed_days"])

    assert lapse() == 1
    assert ConsentEvent.objects.get(act=Act.LAPSED).occurred_at == make.NOW


def test_second_run_does_nothing() -> None:
    make_case()

    lapse()
    again = lapse(now=make.NOW + timedelta(days=1))

    assert (again, ConsentEvent.objects.count()) == (0, 2)
    assert Contact.objects.get().erased_at == make.NOW


def agree(*, case: Case) -> None:
    agreed = NewTransaction(
        contact=case.alice,
        legal_entity=case.legal_entity,
        kind=RelationKind.SYMPATHY,
        occurred_at=make.NOW,
        how=BY_PAGE,
    )
    relations.record_transaction(agreed=agreed, recorded_at=make.NOW)


def confirm_another(*, case: Case) -> None:
    other = make.notice_version(
        legal_entity=case.legal_entity, purpose=case.notice.notice.purpose, channel=Channel.POST, code="post"
    )
    make.permission_event(contact_point=case.email, notice_version=other, occurred_at=ASKED_AT)


def ask_another_later(*, case: Case) -> None:
    other = make.notice_version(
        legal_entity=case.legal_entity, purpose=case.notice.notice.purpose, channel=Channel.POST, code="post"
    )
    make.permission_event(
        contact_point=case.email, notice_version=other, act=Act.REQUESTED, occurred_at=make.NOW
    )


def object_to_all(*, case: Case) -> None:
    withdrawals.object_to(contact=case.alice, scope=Scope(), how=BY_PAGE, occurred_at=ASKED_AT)
    make.permission_event(
        contact_point=case.email,
        notice_version=case.notice,
        act=Act.REQUESTED,
        occurred_at=ASKED_AT + timedelta(seconds=1),
    )


def refuse(*, case: Case) -> None:
    other = make.notice_version(
        legal_entity=case.legal_entity, purpose=case.notice.notice.purpose, channel=Channel.POST, code="post"
    )
    make.permission_event(
        contact_point=case.email, notice_version=other, act=Act.REFUSED, occurred_at=ASKED_AT
    )


def be_restricted(*, case: Case) -> None:
    restrictions.restrict(
        contact=case.alice, reason="Art. 18(1)(a)", how=BY_PAGE, restricted_at=ASKED_AT, recorded_at=ASKED_AT
    )


def be_called(*, case: Case) -> None:
    attempt = NewAttempt(
        contact_point=make.phone_point(contact=case.alice),
        legal_entity=case.legal_entity,
        purpose=case.notice.notice.purpose,
        attempted_at=make.NOW,
        outcome=ContactAttempt.Outcome.NO_ANSWER,
        number_shown=make.caller_number(legal_entity=case.legal_entity),
    )
    attempts.log_attempt(attempt=attempt, recorded_at=make.NOW)


def represent_a_child(*, case: Case) -> None:
    make.contact(organisation=case.alice.organisation, given_name="Kind", representative=case.alice)


def be_known_before(*, case: Case) -> None:
    Contact.objects.filter(pk=case.alice.pk).update(created_at=ASKED_AT - timedelta(days=1))


@pytest.mark.parametrize(
    "act",
    [
        agree,
        confirm_another,
        ask_another_later,
        object_to_all,
        refuse,
        be_restricted,
        be_called,
        represent_a_child,
        be_known_before,
    ],
)
def test_whoever_did_anything_else_keeps_everything(act: Callable[..., None]) -> None:
    case = make_case()
    act(case=case)
    kept = Evidence.objects.count()

    lapse()

    record = ConsentRecord.objects.get(channel=Channel.EMAIL)
    assert is_erased(contact=case.alice) is False
    assert (Evidence.objects.count(), OutboxMessage.objects.count()) == (kept, 1)
    assert ContactPoint.objects.filter(contact=case.alice, kind=ContactPoint.Kind.EMAIL).count() == 1
    assert record.status in {Status.REQUEST_DEFERRED, Status.WITHDRAWN}


def test_two_requests_lapse_each_in_its_time_and_then_the_person_disappears() -> None:
    case = make_case()
    ask_another_later(case=case)

    first = lapse()
    after_first = is_erased(contact=case.alice)
    second = lapse(now=make.NOW + timedelta(days=14))

    assert (first, after_first, second) == (1, False, 1)
    assert is_erased(contact=case.alice) is True


def test_unused_phone_code_disappears_with_its_asker() -> None:
    case = make_case()
    phone = make.phone_point(contact=case.alice, known_at=ASKED_AT)
    AddressVerification.objects.create(
        contact_point=phone,
        legal_entity=case.legal_entity,
        method=AddressVerification.Method.SMS_CODE,
        code_hash=b"0" * 32,
        asked_at=ASKED_AT,
        expires_at=ASKED_AT,
    )

    lapse()

    assert is_erased(contact=case.alice) is True
    assert AddressVerification.objects.count() == 0


def test_one_chunk_after_another_reaches_everybody() -> None:
    case = make_case()
    for place in range(25):
        person = make.contact(organisation=case.alice.organisation, created_at=ASKED_AT)
        point = make.email_point(contact=person, text=f"person-{place}@example.org", known_at=ASKED_AT)
        make.permission_event(
            contact_point=point, notice_version=case.notice, act=Act.REQUESTED, occurred_at=ASKED_AT
        )

    counts = list(requests.lapse_requests(now=make.NOW, chunk=10))

    assert counts == [10, 10, 6]
    assert Contact.objects.filter(erased_at__isnull=True).count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("held", [OutboxMessage, ContactPoint, Contact])
def test_somebody_who_is_just_confirming_is_passed_over(
    held: type[OutboxMessage] | type[ContactPoint] | type[Contact],
) -> None:
    case = make_case()
    counts: list[int] = []

    def lapse_beside() -> None:
        counts.append(lapse())
        connections.close_all()

    with transaction.atomic():
        list(held.objects.select_for_update(of=("self",)))
        beside = threading.Thread(target=lapse_beside)
        beside.start()
        beside.join(timeout=10)
        make.permission_event(
            contact_point=case.email, notice_version=case.notice, act=Act.CONFIRMED, occurred_at=make.NOW
        )
    counts.append(lapse())

    assert counts == [0, 0]
    assert ConsentRecord.objects.get().status == Status.GIVEN
    assert is_erased(contact=case.alice) is False
