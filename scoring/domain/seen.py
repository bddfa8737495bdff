"""What people do with one's own mails and pages: counted without a cookie, and only with their permission.

A link by which somebody can be known, and reading it back, is access to what stands in their device: it asks
permission, as a cookie does (art. 11.7a Tw; EDPB guidelines 2/2023 on art. 5(3) ePrivacy name links and
pictures). So it has a purpose of its own, and:

- whoever did not permit it gets a plain link, and a permission that ends is asked again at each act;
- opening a link changes nothing, since mail scanners open them all: a page says what is counted, and its
  button counts and goes on, or a link beside it goes on uncounted;
- there is no picture: mail programs fetch it by themselves, so it would count programs and not people;
- where a link leads is what the campaign says, never what the address of the link says;
- no cookie, no network address and no browser is kept; the token is worth nothing but being counted, and
  after thirty days not even that.
"""

import datetime
import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from consent.domain import rate_limits
from consent.domain.links import LinkForgedError, read_measured_token
from consent.domain.rate_limits import Limit
from customers.domain.key_rings import link_keys
from scoring.domain.behaviour import Delivery, Outcome, keep_behaviour
from scoring.domain.profiling import CONSENT, MEASURING, gate_parameters, keep_profiled
from scoring.models import BehaviourEvent, Campaign, CampaignRecipient

Kind = BehaviourEvent.Kind
COUNTED_FOR: Final = datetime.timedelta(days=30)
# A link that was passed on, or played with, does not make somebody into the keenest visitor of all.
A_DAY: Final = Limit(action="seen", at_most=50, window=datetime.timedelta(days=1))
ON_PAGES: Final = frozenset({Kind.PAGE_VISIT, Kind.SEARCH, Kind.FORM_SENT})
SENDER: Final = "seen"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A link that is counted: of which campaign it is, and in which message it stood."""

    campaign: Campaign
    message_id: uuid.UUID
    token: str

    @property
    def leads_to(self) -> str:
        """Where it goes on; a page that counts too is given the token where servers do not see it."""
        address = self.campaign.link_url
        if self.campaign.counts != Campaign.Counts.PAGES:
            return address
        return f"{address.partition('#')[0]}#seen={self.token}"


def find_seen(*, token: str) -> Seen | None:
    """Find the campaign behind a link, whoever it was sent to; None where the link is not ours."""
    try:
        message_id, campaign_id = read_measured_token(token=token, keys=link_keys())
    except LinkForgedError:
        return None
    campaign = Campaign.objects.select_related("legal_entity").filter(pk=campaign_id).first()
    return Seen(campaign=campaign, message_id=message_id, token=token) if campaign else None


def keep_measured(
    *, campaign: Campaign, contact_ids: Collection[uuid.UUID], at: datetime.datetime
) -> set[uuid.UUID]:
    """Pick whom of these a link in this campaign is counted of: only who permitted it at this moment."""
    if campaign.counts == Campaign.Counts.NOTHING or not campaign.link_url:
        return set()
    entity = campaign.legal_entity
    gate = gate_parameters(legal_entity=entity, rests_on=CONSENT, purpose=MEASURING, now=at)
    return keep_profiled(contact_ids=contact_ids, gate=gate)


def follow_link(*, seen: Seen, now: datetime.datetime) -> Outcome:
    """Keep that the button was followed; once, however often it is pressed."""
    return _keep(seen, {"kind": Kind.LINK_FOLLOWED, "subject": seen.campaign.code}, "", now)


def visit_page(*, seen: Seen, kind: str, about: str, now: datetime.datetime) -> Outcome:
    """Keep what was done on a page behind the link; the same thing once a day."""
    if kind not in ON_PAGES or seen.campaign.counts != Campaign.Counts.PAGES:
        return Outcome()
    thing = hashlib.sha256(f"{kind} {about}".encode()).hexdigest()[:24]
    return _keep(seen, {"kind": kind, "subject": about}, f"-{thing}-{now:%Y%m%d}", now)


def _keep(seen: Seen, done: dict[str, str], key: str, now: datetime.datetime) -> Outcome:
    """Keep nothing of who permits it no more, was erased or forgotten, or got the message long ago."""
    since = now - COUNTED_FOR
    sent = CampaignRecipient.objects.filter(
        message_id=seen.message_id, campaign=seen.campaign, handed_at__gt=since
    ).first()
    if sent is None or not rate_limits.count(limit=A_DAY, who=str(seen.message_id), now=now).allowed:
        return Outcome()
    row = {
        "contact": str(sent.contact_id),
        "occurred_at": now.isoformat(),
        "source": seen.campaign.code,
        "external_id": f"{seen.message_id.hex}{key}",
    }
    entity = seen.campaign.legal_entity
    delivery = Delivery(legal_entity=entity, sender=SENDER, via=BehaviourEvent.Via.PAGE, now=now)
    return keep_behaviour(rows=[{**row, **done}], delivery=delivery)
