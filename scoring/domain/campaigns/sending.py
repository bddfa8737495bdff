"""Sending a campaign: its audience is gathered once, and everybody is asked about when their turn comes.

Each person is one row of a campaign (a constraint), and each step holds the person while it decides: two
workers that race, or one that is killed, send nothing twice. Handing over asks the rules, and the outbox asks
them once more right before the message leaves.
"""

import contextlib
import datetime
import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from consent.domain import outbox
from consent.domain.call_desk.lists import add_contacts
from consent.domain.engine.known_points import decide_about
from consent.domain.engine.question import UnknownCodeError
from consent.models import CallList, OutboxMessage
from customers.models import Contact, ContactPoint
from scoring.domain.campaigns import outcomes
from scoring.domain.campaigns.audience import (
    LEFT_AUDIENCE,
    SAME_ADDRESS,
    Candidate,
    keep_in_audience,
    look,
    on_hold,
    question_of,
)
from scoring.domain.campaigns.gathering import gather
from scoring.domain.campaigns.message import write_to
from scoring.domain.campaigns.running import CampaignStateError, pause_campaign
from scoring.domain.seen import keep_measured
from scoring.models import Campaign, CampaignRecipient

logger = logging.getLogger(__name__)
State = CampaignRecipient.State
HANDED_AT_ONCE: Final = 200
# So few wait in the outbox that a pause is felt at once, and enough that no sender stands idle.
IN_THE_OUTBOX: Final = 1_000
ONE_AT_A_TIME: Final = datetime.timedelta(minutes=1)
HALTS: Final = {
    "legal entity": Campaign.Halt.NO_LEGAL_ENTITY,
    "purpose": Campaign.Halt.NO_PURPOSE,
    "product group": Campaign.Halt.NO_PRODUCT_GROUP,
    "channel": Campaign.Halt.NO_CHANNEL,
}
CHANGED: Final = ("state", "code", "asked_at", "contact_point", "due_at", "handed_at", "message_id")
RELATED: Final = ("legal_entity", "purpose", "product_group", "call_list", "segment__model", "score_model")


def work_once(*, now: datetime.datetime) -> int:
    """Bring each running campaign one step on, and say about how many people something was done."""
    return sum(people for _campaign, people in take_turns(now=now))


def take_turns(*, now: datetime.datetime, after: str = "") -> Iterator[tuple[str, int]]:
    """Bring each running campaign one step on, and yield which, and about how many people something was done.

    The one that comes after the campaign with the key `after` is first.
    """
    outcomes.read_back(now=now)
    found = Campaign.objects.filter(state=Campaign.State.RUNNING).select_related(*RELATED)
    running = list(found.order_by("started_at", "pk"))
    place = next((place for place, one in enumerate(running, start=1) if str(one.pk) == after), 0)
    for campaign in [*running[place:], *running[:place]]:
        yield str(campaign.pk), _step(campaign, now)


def _step(campaign: Campaign, now: datetime.datetime) -> int:
    try:
        step = gather(campaign=campaign, at=now) + hand_over(campaign=campaign, at=now)
    except UnknownCodeError as error:
        _pause(campaign, HALTS[error.option], now)
        return 0
    if not step:
        end_where_done(campaign=campaign, at=now)
    return step


def _pause(campaign: Campaign, halt: Campaign.Halt, now: datetime.datetime) -> None:
    """One whose question cannot be put any more holds up no other."""
    logger.error("Campaign %s is paused: its question cannot be put any more.", campaign.pk)
    with contextlib.suppress(CampaignStateError):
        pause_campaign(campaign=campaign, paused_at=now, halt=halt)


@transaction.atomic
def hand_over(*, campaign: Campaign, at: datetime.datetime) -> int:
    """Decide about the next people whose turn it is, and write to whoever may be reached at this moment.

    Who got enough campaigns waits; who may not be reached is noted with the reason. Says how many were
    decided about.
    """
    turn = _whose_turn(campaign, at)
    # Held before anything else about them, so that nobody is erased, nor gets another campaign, meanwhile.
    people = Contact.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    contacts = {one.pk: one for one in people.filter(pk__in=turn).order_by("pk")}
    rows = {
        row.contact_id: row
        for row in campaign.recipients.filter(contact__in=contacts, state=State.WAITING, due_at__lte=at)
    }
    if not rows:
        return 0
    for key in _under_way(campaign, rows):
        rows[key].due_at = at + ONE_AT_A_TIME
    free = {key: row for key, row in rows.items() if row.due_at <= at}
    candidates = look(campaign=campaign, contact_ids=_who_stays(campaign, free, at), at=at)
    for one in candidates:
        _decide(rows[one.contact_id], one, at)
    going = [(one.contact_id, one.point) for one in candidates if one.goes and one.point]
    alone = _once_per_address(campaign, going, rows)
    if campaign.call_list is not None:
        _put_on_list(campaign.call_list, alone, rows)
    else:
        _write(campaign, [(contacts[key], point) for key, point in alone], rows, at)
    CampaignRecipient.objects.bulk_update(rows.values(), CHANGED)
    return len(rows)


def may_still_go(message: OutboxMessage, now: datetime.datetime) -> bool:
    """Ask the rules once more, right before a message leaves: it may have waited, or been tried before.

    Of a campaign, or a journey, that was paused it waits again, unless it may have arrived already; of a
    campaign that was ended it does not go.
    """
    found = CampaignRecipient.objects.select_related("campaign__legal_entity", "campaign__purpose")
    found = found.select_related("campaign__product_group", "campaign__segment__model", "contact_point")
    found = found.select_related("campaign__score_model")
    row = found.filter(message_id=message.pk, state=State.HANDED_OVER).first()
    if row is None or row.contact_point is None:
        return False
    stopped = row.campaign.state != Campaign.State.RUNNING or _is_on_hold(row)
    if stopped and message.possibly_sent_twice:
        return False
    if stopped:
        _take_back(row, message, state=State.WAITING, message_id=None, handed_at=None)
        return False
    code = _why_not(row.campaign, row.contact_point, now)
    if code:
        _take_back(row, message, state=State.DENIED, code=code, asked_at=now, handed_at=None)
    return not code


def _is_on_hold(row: CampaignRecipient) -> bool:
    """Whether the journey that sends this to somebody is paused."""
    asks = row.campaign.begins == Campaign.Begins.JOURNEY
    return asks and on_hold(campaign=row.campaign, contact=row.contact_id).exists()


def _why_not(campaign: Campaign, point: ContactPoint, at: datetime.datetime) -> str:
    """Why a message may not leave now; empty where it may."""
    if not keep_in_audience(campaign=campaign, contact_ids=[point.contact_id], at=at):
        return LEFT_AUDIENCE
    [decision] = decide_about(question=question_of(campaign=campaign, at=at), points=[point])
    return "" if decision.allowed else str(decision.code)


def end_where_done(*, campaign: Campaign, at: datetime.datetime) -> bool:
    """End a campaign whose whole audience was decided about."""
    unfinished = campaign.recipients.filter(state__in=[State.WAITING, State.HANDED_OVER])
    done = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.RUNNING, gathered_at__isnull=False)
    if unfinished.exists():
        return False
    return bool(done.exclude(channel=Campaign.Way.CALL).update(state=Campaign.State.ENDED, ended_at=at))


def _whose_turn(campaign: Campaign, at: datetime.datetime) -> list[uuid.UUID]:
    running = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.RUNNING)
    under_way = campaign.recipients.filter(state=State.HANDED_OVER).count()
    if under_way >= IN_THE_OUTBOX or not running.exists():
        return []
    due = campaign.recipients.filter(state=State.WAITING, due_at__lte=at).order_by("due_at", "pk")
    if campaign.begins == Campaign.Begins.JOURNEY:
        due = due.exclude(Exists(on_hold(campaign=campaign, contact=OuterRef("contact"))))
    return list(due.values_list("contact", flat=True)[:HANDED_AT_ONCE])


def _under_way(
    campaign: Campaign, rows: Mapping[uuid.UUID, CampaignRecipient]
) -> QuerySet[CampaignRecipient, uuid.UUID]:
    """Whoever is being sent something on the same permission waits: it may be a permission for one time."""
    same = CampaignRecipient.objects.filter(
        campaign__legal_entity=campaign.legal_entity_id,
        campaign__purpose=campaign.purpose_id,
        campaign__channel=campaign.channel,
    )
    sending = same.filter(contact__in=rows, state=State.HANDED_OVER)
    return sending.values_list("contact", flat=True)


def _who_stays(
    campaign: Campaign, rows: Mapping[uuid.UUID, CampaignRecipient], at: datetime.datetime
) -> list[uuid.UUID]:
    """Whoever left the segment, or is scored no more, gets nothing."""
    staying = keep_in_audience(campaign=campaign, contact_ids=list(rows), at=at)
    for key in rows.keys() - staying:
        rows[key].state, rows[key].code, rows[key].asked_at = State.DENIED, LEFT_AUDIENCE, at
    return [key for key in rows if key in staying]


def _decide(row: CampaignRecipient, one: Candidate, at: datetime.datetime) -> None:
    row.code, row.asked_at, row.contact_point = one.code, at, one.point
    if not one.allowed:
        row.state = State.DENIED
    elif one.room_at:
        row.due_at = one.room_at
    else:
        row.state, row.handed_at = State.HANDED_OVER, at


def _put_on_list(
    call_list: CallList,
    going: Sequence[tuple[uuid.UUID, ContactPoint]],
    rows: Mapping[uuid.UUID, CampaignRecipient],
) -> None:
    add_contacts(call_list=call_list, contact_point_ids=[point.pk for _key, point in going])
    for key, _point in going:
        rows[key].state = State.LISTED


def _once_per_address(
    campaign: Campaign,
    going: Sequence[tuple[uuid.UUID, ContactPoint]],
    rows: Mapping[uuid.UUID, CampaignRecipient],
) -> list[tuple[uuid.UUID, ContactPoint]]:
    """People who share an address get one message, or one call: whoever verified it last has it now.

    Of two workers one at a time looks and writes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [str(campaign.pk)])
    reached = campaign.recipients.filter(
        state__in=[State.HANDED_OVER, State.SENT, State.LISTED],
        contact_point__address_hash__in=[point.address_hash for _key, point in going],
    )
    used = set(reached.values_list("contact_point__address_hash", flat=True))
    alone = []
    for key, point in sorted(going, key=lambda pair: _whose(pair[1])):
        if point.address_hash in used:
            rows[key].state, rows[key].code, rows[key].handed_at = State.DENIED, SAME_ADDRESS, None
        else:
            alone.append((key, point))
        used.add(point.address_hash)
    return alone


def _whose(point: ContactPoint) -> tuple[float, datetime.datetime]:
    """Verified last comes first, then who is known longest with it."""
    return -(point.verified_at.timestamp() if point.verified_at else 0), point.created_at


def _write(
    campaign: Campaign,
    going: Sequence[tuple[Contact, ContactPoint]],
    rows: Mapping[uuid.UUID, CampaignRecipient],
    at: datetime.datetime,
) -> None:
    measured = keep_measured(campaign=campaign, contact_ids=[contact.pk for contact, _point in going], at=at)
    new = [
        write_to(campaign=campaign, contact=contact, point=point, measured=measured)
        for contact, point in going
    ]
    for message in outbox.write_many(messages=new, written_at=at):
        rows[message.subject_id].message_id = message.pk


@transaction.atomic
def _take_back(row: CampaignRecipient, message: OutboxMessage, **values: object) -> None:
    """What never left is no failed message, that somebody could send again."""
    CampaignRecipient.objects.filter(pk=row.pk, state=State.HANDED_OVER).update(**values)
    OutboxMessage.objects.filter(pk=message.pk).delete()
