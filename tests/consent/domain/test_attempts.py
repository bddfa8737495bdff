from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from consent.domain import attempts
from consent.domain.attempts import NewAttempt, Objected
from consent.models import (
    Act,
    Actor,
    Channel,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    NoticeVersion,
    Objection,
    Purpose,
    Source,
    Status,
)
from customers.models import CallerNumber, ContactPoint, LegalEntity, StaffMember
from tests import make

pytestmark = pytest.mark.django_db

Outcome = ContactAttempt.Outcome
GIVEN_AT = make.NOW - timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Case:
    legal_entity: LegalEntity
    purpose: Purpose
    notice: NoticeVersion
    phone: ContactPoint
    agent: StaffMember
    number: CallerNumber


@pytest.fixture
def case() -> Case:
    """Fatima, who may be called by Bos en Vogels about membership; nothing was given yet."""
    bosvogels = make.legal_entity(organisation=make.organisation())
    purpose = make.purpose(organisation=bosvogels.organisation, legal_entities=[bosvogels])
    fatima = make.contact(organisation=bosvogels.organisation, given_name="Fatima")
    return Case(
        legal_entity=bosvogels,
        purpose=purpose,
        notice=make.notice_version(legal_entity=bosvogels, purpose=purpose, channel=Channel.CALL),
        phone=make.phone_point(contact=fatima),
        agent=make.staff_member(organisation=bosvogels.organisation),
        number=make.caller_number(legal_entity=bosvogels),
    )


def log(*, case: Case, recorded_at: datetime = make.NOW, **facts: Any) -> ContactAttempt:
    """A conversation of now, by the agent, with the number shown and the right to object offered."""
    attempt = NewAttempt(
        contact_point=case.phone,
        legal_entity=case.legal_entity,
        purpose=case.purpose,
        attempted_at=make.NOW,
        outcome=Outcome.CONVERSATION,
        agent=case.agent,
        number_shown=case.number,
        objection_offered=True,
    )
    return attempts.log_attempt(attempt=replace(attempt, **facts), recorded_at=recorded_at)


def test_conversation_uses_up_a_one_time_permission(case: Case) -> None:
    given = make.permission_event(
        contact_point=case.phone, notice_version=case.notice, occurred_at=GIVEN_AT, uses=1
    )

    row = log(case=case)

    used = ConsentEvent.objects.get(act=Act.USED)
    record = ConsentRecord.objects.get()
    assert (row.contact, row.outcome, row.objection_offered) == (case.phone.contact, "CONVERSATION", True)
    assert (used.refers_to_id, used.actor, used.staff_id) == (given.pk, Actor.STAFF, case.agent.pk)
    assert (used.occurred_at, used.source) == (make.NOW, Source.PHONE_CALL)
    assert (record.status, record.uses_spent, record.first_used_at) == (Status.TERMINATED, 1, make.NOW)


@pytest.mark.parametrize("outcome", [Outcome.NO_ANSWER, Outcome.VOICEMAIL, Outcome.CALL_BACK])
def test_call_without_conversation_uses_nothing(case: Case, outcome: ContactAttempt.Outcome) -> None:
    make.permission_event(contact_point=case.phone, notice_version=case.notice, occurred_at=GIVEN_AT, uses=1)

    log(case=case, outcome=outcome)

    assert ConsentRecord.objects.get().uses_spent == 0
    assert [*ConsentEvent.objects.values_list("act", flat=True)] == [Act.GIVEN]


def test_conversation_on_another_ground_uses_no_permission(case: Case) -> None:
    other = make.notice_version(
        legal_entity=case.legal_entity, purpose=case.purpose, channel=Channel.SMS, code="offers-sms"
    )
    make.permission_event(contact_point=case.phone, notice_version=other, occurred_at=GIVEN_AT)

    log(case=case)

    assert ConsentEvent.objects.filter(act=Act.USED).count() == 0
    assert ContactAttempt.objects.count() == 1


@pytest.mark.parametrize(
    ("withdrawn_days_ago", "used"),
    [pytest.param(20, 0, id="withdrawn-before-the-call"), pytest.param(1, 1, id="withdrawn-after-the-call")],
)
def test_conversation_logged_late_uses_what_was_in_force_then(
    case: Case, withdrawn_days_ago: int, used: int
) -> None:
    make.permission_event(contact_point=case.phone, notice_version=case.notice, occurred_at=GIVEN_AT)
    make.permission_event(
        contact_point=case.phone,
        notice_version=case.notice,
        act=Act.WITHDRAWN,
        occurred_at=make.NOW - timedelta(days=withdrawn_days_ago),
    )

    log(case=case, attempted_at=make.NOW - timedelta(days=10))

    assert ConsentEvent.objects.filter(act=Act.USED).count() == used
    assert ConsentRecord.objects.get().status == Status.WITHDRAWN


def test_wrong_number_is_no_longer_this_persons(case: Case) -> None:
    log(case=case, outcome=Outcome.WRONG_NUMBER)
    log(case=case, outcome=Outcome.WRONG_NUMBER)

    point = ContactPoint.objects.get(pk=case.phone.pk)
    event = ConsentEvent.objects.get()
    assert (point.invalid_at, point.invalid_reason) == (make.NOW, ContactPoint.Invalidity.WRONG_NUMBER)
    assert (event.act, event.contact_point_id) == (Act.ADDRESS_INVALIDATED, case.phone.pk)
    assert ContactAttempt.objects.count() == 2


@pytest.mark.parametrize(
    ("objected", "for_one_purpose", "channel"),
    [
        (Objected.PURPOSE, True, Channel.CALL),
        (Objected.CHANNEL, False, Channel.CALL),
        (Objected.EVERYTHING, False, ""),
    ],
)
def test_objection_in_the_call_reaches_as_far_as_was_said(
    *, case: Case, objected: Objected, for_one_purpose: bool, channel: str
) -> None:
    log(case=case, objected=objected)

    objection = Objection.objects.get()
    event = ConsentEvent.objects.get(act=Act.OBJECTED)
    assert (objection.contact, objection.legal_entity) == (case.phone.contact, case.legal_entity)
    assert (objection.purpose, objection.channel) == (case.purpose if for_one_purpose else None, channel)
    assert (event.actor, event.staff_id, event.source) == (
        Actor.SUBJECT,
        case.agent.pk,
        Source.PHONE_CALL,
    )
    assert event.evidence_digest != ""


def test_objection_in_the_call_withdraws_the_permission_it_rested_on(case: Case) -> None:
    make.permission_event(contact_point=case.phone, notice_version=case.notice, occurred_at=GIVEN_AT)

    log(case=case, objected=Objected.EVERYTHING)

    assert ConsentRecord.objects.get().status == Status.WITHDRAWN
    assert set(ConsentEvent.objects.values_list("act", flat=True)) == {
        Act.GIVEN,
        Act.USED,
        Act.OBJECTED,
        Act.WITHDRAWN,
    }


def test_objection_logged_later_was_made_in_the_call_and_recorded_when_logged(case: Case) -> None:
    log(case=case, attempted_at=GIVEN_AT, objected=Objected.EVERYTHING)

    event = ConsentEvent.objects.get(act=Act.OBJECTED)
    assert (event.occurred_at, event.recorded_at) == (GIVEN_AT, make.NOW)


def test_attempt_of_tomorrow_is_refused(case: Case) -> None:
    with pytest.raises(attempts.AttemptNotRecordableError, match="lies in the future"):
        log(case=case, attempted_at=make.NOW + timedelta(days=1))

    assert ContactAttempt.objects.count() == 0


def test_attempt_across_organisations_legal_entities_or_channels_is_refused(case: Case) -> None:
    harthulp = make.legal_entity(
        organisation=make.organisation(code="harthulp", name="HartHulp"), code="harthulp", name="HartHulp"
    )
    foreign: dict[str, dict[str, Any]] = {
        "another organisation": {"legal_entity": harthulp},
        "the number of another legal entity": {"number_shown": make.caller_number(legal_entity=harthulp)},
        "this kind of address": {"channel": Channel.EMAIL},
    }

    for fault, facts in foreign.items():
        with pytest.raises(attempts.AttemptNotRecordableError, match=fault):
            log(case=case, **facts)

    assert ContactAttempt.objects.count() == 0


@pytest.mark.parametrize("channel", [Channel.CALL, Channel.AUTOMATED_CALL])
@pytest.mark.parametrize(
    ("outcome", "asked_for"),
    [
        (outcome, asked)
        for outcome in Outcome
        for asked in (False, True)
        if (outcome, asked) != (Outcome.CALL_BACK, True)
    ],
)
def test_call_without_a_number_shown_is_refused(
    case: Case, channel: Channel, outcome: ContactAttempt.Outcome, asked_for: bool
) -> None:
    with pytest.raises(attempts.AttemptNotRecordableError, match="hides its number"):
        log(case=case, channel=channel, outcome=outcome, requested_by_person=asked_for, number_shown=None)

    assert ContactAttempt.objects.count() == 0


def test_call_that_somebody_asks_for_shows_no_number_yet(case: Case) -> None:
    asked = log(case=case, outcome=Outcome.CALL_BACK, requested_by_person=True, number_shown=None)

    assert (asked.number_shown, asked.outcome) == (None, "CALL_BACK")
