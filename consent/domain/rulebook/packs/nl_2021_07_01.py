"""Netherlands from 2021-07-01: Telecommunicatiewet art. 11.7 as it stood until 2026-07-01."""

import datetime
from typing import Final
from zoneinfo import ZoneInfo

from consent.domain.rulebook import grounds
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.facts import Age, Jurisdiction, Kind
from consent.domain.rulebook.pack import Ground, Pack, RelationGround

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
CODE_TELEMARKETING_2024: Final = datetime.datetime(2024, 10, 15, tzinfo=AMSTERDAM)

# Art. 11.7(4) Tw as it stood: own customers could be called about similar products.
SALE: Final = RelationGround(
    code=Code.A_REL_SALE, kind=Kind.SALE, senders=grounds.SELLERS, contents=grounds.OWN_OFFERS
)
SOFT_OPTIN: Final = RelationGround(
    code=Code.A_SOFT_OPTIN, kind=Kind.SALE, senders=grounds.EVERY_SENDER, contents=grounds.OWN_OFFERS
)
# Art. 11.7(5) Tw: volunteers and visitors only "by other means than those of paragraph 1".
CALL_ONLY: Final = tuple(
    RelationGround(
        fails=Code.D_REL_CALL_ONLY, kind=kind, senders=grounds.CHARITIES, contents=grounds.OWN_CAUSE
    )
    for kind in (Kind.VOLUNTEER, Kind.ATTENDANCE)
)

CALL: Final[tuple[Ground | RelationGround, ...]] = (
    grounds.LEGAL_PERSON,
    grounds.CONSENT,
    grounds.PUBLISHED_BY_SOLE_BUSINESS,
    SALE,
    grounds.PUBLISHER_SALE,
    grounds.LOTTERY_SALE,
    grounds.DONOR,
    grounds.VOLUNTEER,
    grounds.ATTENDEE,
)
ELECTRONIC: Final[tuple[Ground | RelationGround, ...]] = (
    grounds.CONSENT,
    grounds.PUBLISHED_BY_BUSINESS,
    SOFT_OPTIN,
    grounds.DONOR,
    *CALL_ONLY,
)

PACK: Final = Pack(
    code="NL-2021-07-01",
    jurisdiction=Jurisdiction.NL,
    starts_at=datetime.datetime(2021, 7, 1, tzinfo=AMSTERDAM),
    minors=frozenset({Age.UNDER_13, Age.UNDER_16}),
    legal_persons=frozenset({"BV", "NV", "COOPERATIE", "VERENIGING", "STICHTING", "PUBLIC_BODY"}),
    sole_businesses=frozenset({"EENMANSZAAK", "VOF", "MAATSCHAP", "CV"}),
    tables={
        "CALL": CALL,
        "EMAIL": ELECTRONIC,
        "SMS": ELECTRONIC,
        "MESSAGING": ELECTRONIC,
        "AUTOMATED_CALL": (grounds.CONSENT,),
        "POST": (grounds.CONSENT, grounds.LEGITIMATE_INTEREST),
        "NONE": (grounds.CONSENT,),
    },
    verified_calls_from=CODE_TELEMARKETING_2024,
    waives_old_optout=True,
)
