"""What falls short, one file per topic; a new one is a line in the tuple of its topic, a topic one here."""

from typing import Final

from consent.domain.shortcomings.incidents import INCIDENTS
from consent.domain.shortcomings.permissions import PERMISSIONS
from consent.domain.shortcomings.places import PLACES
from consent.domain.shortcomings.processing import PROCESSING
from consent.domain.shortcomings.processors import PROCESSORS
from consent.domain.shortcomings.purposes import PURPOSES
from consent.domain.shortcomings.record import DETAILS, RECORD
from consent.domain.shortcomings.relations import RELATIONS
from consent.domain.shortcomings.requests import REQUESTS
from consent.domain.shortcomings.shortcoming import Shortcoming
from consent.domain.shortcomings.work import WORK

SHORTCOMINGS: Final[tuple[Shortcoming, ...]] = (
    *INCIDENTS,
    *REQUESTS,
    *PERMISSIONS,
    *RELATIONS,
    # The last of one and the first of the next are about one table, and counted in one question.
    *PLACES,
    *DETAILS,
    *PROCESSING,
    *RECORD,
    *PURPOSES,
    *PROCESSORS,
    *WORK,
)
BY_CODE: Final = {shortcoming.code: shortcoming for shortcoming in SHORTCOMINGS}
