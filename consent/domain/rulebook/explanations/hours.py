from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from consent.domain.rulebook.calling_hours import HoursCode
from consent.domain.rulebook.explanations.text import Explained, Said, Text

ARTICLE: Final = Said(
    "Code Telemarketing 2012 art. 9 en 2024; in België een regel van het huis",
    "Code Telemarketing 2012 art. 9 and 2024 (Dutch advertising code); in Belgium a rule of the house",
)

TEXTS: Final[Mapping[Explained, Text]] = MappingProxyType(
    {
        HoursCode.D_OUTSIDE_HOURS: Text(
            ARTICLE,
            Said("Buiten de beluren", "Outside calling hours"),
            Said(
                "Op deze dag mag worden gebeld, maar niet op dit uur.",
                "Calls are allowed on this day, but not at this hour.",
            ),
        ),
        HoursCode.D_PROHIBITED_DAY: Text(
            ARTICLE,
            Said("Dag zonder bellen", "No calls on this day"),
            Said(
                "Op zondagen, feestdagen, rouwdagen en dagen die het huis vrij houdt, wordt niemand gebeld.",
                "Nobody is called on Sundays, public holidays, days of mourning and days the house closed.",
            ),
        ),
    }
)
