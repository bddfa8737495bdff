"""How often and how soon somebody is called again: a few times, each on another day."""

import datetime
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q

from consent.domain.calling_policies import AttemptLimit
from consent.models import CallList, CallListEntry, Channel, ContactAttempt

Outcome = ContactAttempt.Outcome
# What somebody asked for at the inbound desk is logged too, and is no call to them.
NO_CALL: Final = Q(outcome=Outcome.CALL_BACK, number_shown__isnull=True)


@dataclass(frozen=True, kw_only=True)
class Calls:
    """What was tried before with one contact for one legal entity."""

    last_at: datetime.datetime | None
    since_opening: int
    conversations: int


def find_calls(*, entry: CallListEntry, call_list: CallList) -> Calls:
    """Count the calls to a contact since a list was opened, also those from other lists and the dialler."""
    same = Q(purpose=call_list.purpose_id, attempted_at__gte=call_list.opened_at)
    made = ContactAttempt.objects.filter(
        ~NO_CALL,
        contact=entry.contact_id,
        channel=Channel.CALL,
        legal_entity=call_list.legal_entity_id,
    ).aggregate(
        last=Max("attempted_at"),
        since=Count("pk", filter=same),
        talked=Count("pk", filter=same & Q(outcome=Outcome.CONVERSATION)),
    )
    return Calls(last_at=made["last"], since_opening=made["since"], conversations=made["talked"])


def is_enough(*, calls: Calls, call_list: CallList, limit: AttemptLimit) -> bool:
    """Say whether a contact is left alone: there was a conversation, or enough was tried.

    The list allows three calls unless it was made with another number; a calling policy only tightens it.
    """
    return calls.conversations > 0 or calls.since_opening >= min(call_list.maximum_attempts, limit.maximum)


def next_day(*, after: datetime.datetime, limit: AttemptLimit, zone: str) -> datetime.datetime:
    """Find the beginning of the first day, in the legal entity's zone, on which to try again."""
    local = ZoneInfo(zone)
    day = after.astimezone(local).date() + datetime.timedelta(days=limit.days_between)
    return datetime.datetime.combine(day, datetime.time(), local).astimezone(datetime.UTC)
