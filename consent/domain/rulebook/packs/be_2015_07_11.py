"""Belgium from 2015-07-11: the do-not-call-me list (art. VI.111-114 WER) and opt-in for messages."""

import datetime
from typing import Final
from zoneinfo import ZoneInfo

from consent.domain.rulebook import grounds
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.conditions import lifts_stops, own_consent
from consent.domain.rulebook.decision import Basis, Rest
from consent.domain.rulebook.facts import Age, Jurisdiction, Kind, Listing
from consent.domain.rulebook.pack import Outcome, Pack, RelationGround, Situation

# Art. VI.112 WER; the list must be fetched again within five days.
LIST_IS_FRESH_FOR: Final = datetime.timedelta(hours=120)
# Royal Decree of 4 April 2003, art. 1(1): own customers, similar products.
SOFT_OPTIN: Final = RelationGround(
    code=Code.A_SOFT_OPTIN_BE, kind=Kind.SALE, senders=grounds.EVERY_SENDER, contents=grounds.OWN_OFFERS
)


def ask_the_list(situation: Situation) -> Outcome | None:
    """Ask the do-not-call-me list first: the subscriber's last act prevails (art. VI.112 WER)."""
    listed = Rest(Basis.LIST)
    if situation.facts.listing == Listing.STALE:
        return Outcome(code=Code.D_DNCM_STALE, rests_on=(listed,))
    if situation.facts.listing == Listing.NOT_LISTED:
        return None
    own = own_consent(situation)
    if own is not None and own[1].after_listing and own[1].verified and lifts_stops(situation, own[1]):
        return Outcome(code=Code.A_CONSENT_AFTER_DNCM, rests_on=(Rest(Basis.CONSENT, own[0]), listed))
    return Outcome(code=Code.D_DNCM_LISTED, rests_on=(listed,))


PACK: Final = Pack(
    code="BE-2015-07-11",
    jurisdiction=Jurisdiction.BE,
    starts_at=datetime.datetime(2015, 7, 11, tzinfo=ZoneInfo("Europe/Brussels")),
    minors=frozenset({Age.UNDER_13}),
    legal_persons=frozenset({"BV", "NV", "CV", "VOF", "COMMV", "VZW", "STICHTING", "PUBLIC_BODY"}),
    sole_businesses=frozenset({"EENMANSZAAK", "MAATSCHAP"}),
    tables={
        "CALL": (grounds.CONSENT, grounds.NOT_LISTED),
        "EMAIL": (grounds.CONSENT, SOFT_OPTIN, grounds.IMPERSONAL),
        "SMS": (grounds.CONSENT,),
        "MESSAGING": (grounds.CONSENT,),
        "AUTOMATED_CALL": (grounds.CONSENT,),
        "POST": (grounds.CONSENT, grounds.LEGITIMATE_INTEREST),
        "NONE": (grounds.CONSENT,),
    },
    gates={"CALL": ask_the_list},
)
