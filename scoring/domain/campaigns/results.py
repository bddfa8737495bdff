"""What came of a campaign: who got it, who could not, and who said stop after it."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from consent.models import CallListEntry, ContactAttempt
from scoring.models import BehaviourEvent, Campaign, CampaignRecipient

State = CampaignRecipient.State
PRESSED: Final = BehaviourEvent.Kind.LINK_FOLLOWED.value
# What somebody does within so many days after a message is counted with it.
AFTERWARDS: Final = datetime.timedelta(days=30)

# Each person once, by the first stop after the message that touches it: withdrawn from this purpose over this
# channel, or objected in any scope that holds it.
STOPS: Final = """
SELECT act, count(*) FROM (
    SELECT DISTINCT ON (recipient.id) event.act
    FROM scoring_campaignrecipient AS recipient
    JOIN consent_consentevent AS event ON event.subject_id = recipient.contact_id
        AND event.act IN ('WITHDRAWN', 'OBJECTED')
        AND event.organisation_id = %(organisation)s
        AND event.occurred_at > recipient.handed_at
        AND event.occurred_at <= recipient.handed_at + %(afterwards)s
        AND (event.legal_entity_id IS NULL OR event.legal_entity_id = %(legal_entity)s)
        AND (event.purpose_id IS NULL OR event.purpose_id = %(purpose)s)
        AND event.channel IN ('', %(channel)s)
    WHERE recipient.campaign_id = %(campaign)s AND recipient.state IN ('SENT', 'LISTED')
        AND (%(keys)s::bigint[] IS NULL OR recipient.id = ANY(%(keys)s))
    ORDER BY recipient.id, event.act = 'WITHDRAWN', event.occurred_at
) AS stopped GROUP BY act
"""


@dataclass(frozen=True, kw_only=True)
class Results:
    """How many people are in which state, why others got nothing, and what people did afterwards."""

    states: dict[str, int]
    denials: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    withdrawn: int = 0
    objected: int = 0
    reached: int = 0
    followed: int = 0

    @property
    def sent(self) -> int:
        return self.states.get(State.SENT, 0) + self.states.get(State.LISTED, 0)

    @property
    def watched(self) -> int:
        return self.states.get(State.WATCHED, 0)

    @property
    def bounced(self) -> int:
        return self.states.get(State.REFUSED, 0) + self.states.get(State.GIVEN_UP, 0)

    @property
    def waiting(self) -> int:
        return self.states.get(State.WAITING, 0) + self.states.get(State.HANDED_OVER, 0)


def read_results(*, campaign: Campaign) -> Results:
    """Count what came of a campaign until now, in as few questions for many people as for one."""
    counted = _count(campaign, campaign.recipients.all(), None)
    for group, numbers in campaign.forgotten.items():
        counted[group].update(numbers)
    return Results(
        states=dict(counted["states"]),
        denials=dict(counted["denials"]),
        left_out=dict(campaign.left_out),
        withdrawn=counted["stops"]["WITHDRAWN"],
        objected=counted["stops"]["OBJECTED"],
        reached=_reached(campaign),
        followed=counted["followed"][PRESSED],
    )


def add_up(*, campaign: Campaign, keys: Sequence[int]) -> None:
    """Add to the numbers of a campaign what came of these rows, which are about to go; held by the caller."""
    counted = _count(campaign, campaign.recipients.filter(pk__in=keys), keys)
    for group, numbers in campaign.forgotten.items():
        counted[group].update(numbers)
    campaign.forgotten = {group: dict(numbers) for group, numbers in counted.items()}
    campaign.save(update_fields=["forgotten"])


def _count(
    campaign: Campaign, rows: QuerySet[CampaignRecipient], keys: Sequence[int] | None
) -> dict[str, Counter[str]]:
    counted: dict[str, Counter[str]] = {"states": Counter(), "denials": Counter()}
    found = rows.values_list("state", "code").annotate(people=Count("pk"))
    for state, code, people in found.order_by("state", "code"):
        counted["states"][state] += people
        if state == State.DENIED:
            counted["denials"][code] += people
    pressed = Counter({PRESSED: _followed(campaign, rows)})
    return {**counted, "stops": Counter(_stops(campaign, keys)), "followed": pressed}


def _stops(campaign: Campaign, keys: Sequence[int] | None) -> dict[str, int]:
    asked: dict[str, Any] = {
        "keys": list(keys) if keys is not None else None,
        "campaign": campaign.pk,
        "organisation": campaign.organisation_id,
        "legal_entity": campaign.legal_entity_id,
        "purpose": campaign.purpose_id,
        "channel": campaign.channel,
        "afterwards": AFTERWARDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(STOPS, asked)
        return dict(cursor.fetchall())


def _followed(campaign: Campaign, rows: QuerySet[CampaignRecipient]) -> int:
    """Of whoever still permits that it is counted: with the permission what was counted goes."""
    if campaign.counts == Campaign.Counts.NOTHING:
        return 0
    pressed = BehaviourEvent.objects.filter(
        contact=OuterRef("contact"),
        legal_entity=campaign.legal_entity_id,
        kind=BehaviourEvent.Kind.LINK_FOLLOWED,
        via=BehaviourEvent.Via.PAGE,
        source=campaign.code,
    )
    return rows.filter(Exists(pressed)).count()


def _reached(campaign: Campaign) -> int:
    """Of a phone campaign: with whom an agent had a conversation."""
    spoken = CallListEntry.objects.filter(
        call_list=campaign.call_list_id, last_outcome=ContactAttempt.Outcome.CONVERSATION
    )
    return spoken.count() if campaign.call_list_id else 0
