"""A charity that calls people who permitted it, and the agents who do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from consent.domain.call_desk import lists, reporting, taking
from consent.domain.call_desk.reporting import Report
from consent.domain.call_desk.taking import Shown
from consent.domain.engine.question import put_question
from consent.domain.ledger.circumstances import Circumstances
from consent.models import (
    Actor,
    CallList,
    CallListEntry,
    Channel,
    ContactAttempt,
    ContentKind,
    Method,
    NoticeVersion,
    Purpose,
    Source,
)
from customers.domain import contacts
from customers.models import CallerNumber, ContactPoint, LegalEntity, StaffMember
from tests import make

# A Monday, 11:00 in Amsterdam.
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Outcome = ContactAttempt.Outcome
BY_THE_PERSON = Circumstances(actor=Actor.SUBJECT, source=Source.PREFERENCES, method=Method.BUTTON, proof={})


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Two agents, the number they show, and the people on the list, in order."""

    entity: LegalEntity
    purpose: Purpose
    notice: NoticeVersion
    number: CallerNumber
    agent: StaffMember
    colleague: StaffMember
    people: list[ContactPoint]
    call_list: CallList


def desk(
    *, people: int = 2, uses: int | None = None, expires_at: datetime | None = None, code: str = "harthulp"
) -> Desk:
    organisation = make.organisation(code=code, name=code)
    entity = make.legal_entity(
        organisation=organisation,
        code=code,
        name=f"Stichting {code}",
        kind=LegalEntity.Kind.CHARITY,
        kind_proof="RSIN 000000000",
    )
    purpose = make.purpose(
        organisation=organisation,
        legal_entities=[entity],
        code="fundraising",
        name={"nl": "giften", "en": "fundraising"},
        content=ContentKind.CHARITABLE,
        channels=[Channel.CALL],
    )
    notice = make.notice_version(legal_entity=entity, purpose=purpose, channel=Channel.CALL, code="by-call")
    number = make.caller_number(legal_entity=entity)
    points = [permitted(entity, notice, place=place, uses=uses) for place in range(people)]
    return Desk(
        entity=entity,
        purpose=purpose,
        notice=notice,
        number=number,
        agent=make.staff_member(organisation=organisation, username=f"anna-{code}"),
        colleague=make.staff_member(organisation=organisation, username=f"bilal-{code}"),
        people=points,
        call_list=listed(entity, purpose, points, expires_at=expires_at),
    )


def permitted(
    entity: LegalEntity, notice: NoticeVersion, *, place: int, uses: int | None = None
) -> ContactPoint:
    """Somebody who may be called: verified number, permission of a month ago."""
    person = make.contact(organisation=entity.organisation, given_name=f"Persoon {place}")
    point = make.phone_point(contact=person, text=f"+3120000{100 + place:04d}")
    contacts.mark_verified(
        point=point, method=ContactPoint.Verification.SMS_CODE, verified_at=MONDAY - 31 * DAY
    )
    make.permission_event(
        contact_point=point,
        notice_version=notice,
        occurred_at=MONDAY - 30 * DAY,
        uses=uses,
        first_contact_due_at=MONDAY + 100 * DAY,
    )
    return point


def listed(
    entity: LegalEntity,
    purpose: Purpose,
    points: Sequence[ContactPoint],
    *,
    expires_at: datetime | None = None,
) -> CallList:
    question = put_question(legal_entity=entity.code, purpose=purpose.code, channel="CALL", now=MONDAY)
    made = lists.open_call_list(
        question=question,
        contact_point_ids=[point.pk for point in points],
        name="Winteractie",
        script={"nl": "Goedendag, u spreekt met ons.", "en": "Good day, this is us."},
        opened_by=None,
        opened_at=MONDAY,
        expires_at=expires_at,
    )
    return CallList.objects.select_related("legal_entity", "purpose", "product_group").get(pk=made.pk)


def take(desk: Desk, *, agent: StaffMember | None = None, at: datetime = MONDAY) -> Shown | None:
    return taking.take_next(call_list=desk.call_list, agent=agent or desk.agent, at=at)


def take_one(desk: Desk, *, agent: StaffMember | None = None, at: datetime = MONDAY) -> Shown:
    shown = take(desk, agent=agent, at=at)
    assert shown is not None
    return shown


def said(desk: Desk, outcome: ContactAttempt.Outcome = Outcome.CONVERSATION) -> Report:
    return Report(outcome=outcome, number_shown=desk.number, objection_offered=True)


def call(
    desk: Desk,
    outcome: ContactAttempt.Outcome = Outcome.CONVERSATION,
    *,
    at: datetime = MONDAY,
) -> ContactAttempt:
    """Take the next contact and log what came of it a minute later."""
    shown = take_one(desk, at=at)
    return reporting.report(shown=shown.row, said=said(desk, outcome), at=at + MINUTE)


def entry_of(point: ContactPoint) -> CallListEntry:
    return CallListEntry.objects.get(contact_point=point)
