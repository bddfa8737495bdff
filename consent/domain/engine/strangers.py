"""Lists, the short way for strangers: addresses that nobody holds, of which nothing is known.

Strangers have the same facts, save for the country of their number: one small statement says who is none, and
only they go the long way.
"""

from typing import Final

from consent.domain.engine.asking import Addresses, as_parameters
from consent.domain.engine.facts_query import HASHED, SQL
from consent.domain.engine.question import Question
from consent.domain.engine.ready import is_short
from consent.domain.engine.statement import Statement
from consent.domain.rulebook.facts import Age, Block, Jurisdiction, Listing

KNOWN: Final = Statement(SQL.joinpath("strangers.sql").read_text().replace("/* hashed */", HASHED))
COUNTRIES: Final = {"+31": Jurisdiction.NL, "+32": Jurisdiction.BE}
# When their facts end, as the query of facts writes it: never.
NO_ENDS: Final = "|||"


def find_known(*, question: Question, addresses: Addresses) -> set[int]:
    """Find the places, from 1 on, of those who are no strangers; of the past, or of few, it says all."""
    if not is_short(question=question, addresses=addresses):
        return set(range(1, len(addresses.values) + 1))
    asked = as_parameters(question=question, addresses=addresses)
    about = {"organisation": question.organisation_id, "list_fresh": question.list_is_fresh}
    rows = KNOWN.fetch({**about, **asked}, binary=True)
    values, blocked = {value for value, _place in rows}, {place for _value, place in rows if place}
    return blocked | {place for place, value in enumerate(addresses.values, start=1) if value in values}


def key_of_stranger(*, question: Question, start: str, usable: bool) -> str:
    """Write the key that the query of facts would have written of a stranger whose address starts so."""
    abroad = Jurisdiction.EU if start.startswith("+") else question.country
    listing = Listing.NOT_LISTED if question.list_is_fresh else Listing.STALE
    key = [COUNTRIES.get(start, abroad), "f", "t" if usable else "f", "f", "", Age.UNKNOWN]
    return "|".join((*key, *"ffff", Block.NONE, *"ff", listing, "", ""))
