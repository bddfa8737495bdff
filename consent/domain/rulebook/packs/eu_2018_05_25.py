"""Any other country from 2018-05-25: permission (GDPR) or a service message, nothing else."""

import datetime
from typing import Final
from zoneinfo import ZoneInfo

from consent.domain.rulebook import grounds
from consent.domain.rulebook.facts import Age, Jurisdiction
from consent.domain.rulebook.pack import Pack

CHANNELS: Final = ("EMAIL", "SMS", "MESSAGING", "CALL", "AUTOMATED_CALL", "POST", "NONE")

PACK: Final = Pack(
    code="EU-2018-05-25",
    jurisdiction=Jurisdiction.EU,
    starts_at=datetime.datetime(2018, 5, 25, tzinfo=ZoneInfo("Europe/Brussels")),
    # Art. 8(1) GDPR.
    minors=frozenset({Age.UNDER_13, Age.UNDER_16}),
    tables=dict.fromkeys(CHANNELS, (grounds.CONSENT,)),
)
