"""Lists: the same question about many addresses, answered by the same facts and the same rules.

Rows with the same facts, whose ends that count are the same, get the same verdict: found and written once.
"""

import datetime
import uuid
from collections.abc import Sequence
from typing import Final, NamedTuple

from consent.domain.engine.answering import ask_database, rule_on
from consent.domain.engine.asking import Addresses, read_texts
from consent.domain.engine.backing import Ruling, ends_looked_at, find_end
from consent.domain.engine.facts_query import FactsQuery
from consent.domain.engine.question import Question
from consent.domain.engine.ready import HOLDER, Keyed, fetch_ready, in_places, key_of
from consent.domain.engine.strangers import NO_ENDS, find_known, key_of_stranger
from consent.domain.engine.verdict import Verdict, write_verdict
from consent.domain.rulebook.decision import restrictiveness

# As many as one statement answers at once: every row of a usual piece, since look-ups in order lie the closer
# together the more of them there are; few enough for constant memory.
CHUNK = 30_000
# As the facts are joined, so that nothing is sorted again; the people of one place stand in one order.
COLUMNS = "SELECT place, key, ends, uuid_send(contact_id) FROM facts ORDER BY contact_id, place"
COUNTRY_CODE: Final = 3  # letters, the plus among them
KEYS: Final = FactsQuery(COLUMNS)


class Answered(NamedTuple):
    """The verdict of each row of a chunk, and the keys of everybody whom its addresses belong to."""

    verdicts: list[Verdict]
    keys: bytes


def answer_chunk(
    *, question: Question, texts: Sequence[str], contacts: Sequence[uuid.UUID | None]
) -> Answered:
    """Answer a question about each row of a chunk, in order, as the texts of the verdict columns.

    Reasons are codes with spaces between them; moments are ISO 8601 in the legal entity's zone; what does not
    apply is empty. Of several people who hold an address the most restrictive answer counts (rules, "The
    question").
    """
    addresses = read_texts(question=question, texts=texts, contacts=contacts)
    ready = fetch_ready(question=question, addresses=addresses)
    judged = _JudgedReady(question)
    known = {value: judged[facts][ends] for value, facts, ends, _holder in ready}
    found = in_places(addresses=addresses, ready=ready, known=known)
    others: dict[int, tuple[int, Verdict]] = {}
    places = [place for place, one in enumerate(found) if one is None]
    holders = {row[HOLDER] for row in ready} | _ask_others(question, addresses, places, others)
    verdicts = [(one or others[place])[1] for place, one in enumerate(found)]
    return Answered(verdicts, b"".join(holders))


def _ask_others(
    question: Question, addresses: Addresses, places: Sequence[int], found: dict[int, tuple[int, Verdict]]
) -> set[bytes]:
    """Answer whoever does not stand ready; returns the keys of all their holders."""
    known = _answer_strangers(question, addresses, places, found)
    if not known:
        return set()
    rows = ask_database(
        query=KEYS, question=question, addresses=addresses.only(places=known), explained=False
    )
    judged = _Judged(question)
    for number, key, ends, _contact in rows:
        one, place = judged[key][ends], known[number - 1]
        if one[0] < found.setdefault(place, one)[0]:
            found[place] = one
    return {row[HOLDER] for row in rows if row[HOLDER]}


def _answer_strangers(
    question: Question, addresses: Addresses, places: Sequence[int], found: dict[int, tuple[int, Verdict]]
) -> list[int]:
    """Answer whoever is a stranger; returns the places of those who are none."""
    among, judged = addresses.only(places=places), _JudgedStrangers(question)
    known = find_known(question=question, addresses=among)
    asked = zip(places, among.values, among.usable, among.contacts, strict=True)
    for number, (place, value, usable, contact) in enumerate(asked, start=1):
        if number not in known:
            # An address that the named contact does not hold is none of theirs.
            found[place] = judged[value[:COUNTRY_CODE], bool(usable) and contact is None]
    return [places[number - 1] for number in sorted(known)]


class _Judged(dict[str, "_Ruled"]):
    """What is ruled on each combination of facts."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def __missing__(self, key: str) -> "_Ruled":
        self[key] = _Ruled(self.question, rule_on(case=self.question.case, key=key))
        return self[key]


class _JudgedStrangers(dict[tuple[str, bool], tuple[int, Verdict]]):
    """The verdict on strangers, by how their address starts and whether it is usable."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def __missing__(self, about: tuple[str, bool]) -> tuple[int, Verdict]:
        key = key_of_stranger(question=self.question, start=about[0], usable=about[1])
        self[about] = _Ruled(self.question, rule_on(case=self.question.case, key=key))[NO_ENDS]
        return self[about]


class _JudgedReady(dict[str, "_RuledReady"]):
    """What is ruled on the facts of those who stand ready."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def __missing__(self, facts: str) -> "_RuledReady":
        self[facts] = _RuledReady(self.question, key_of(question=self.question, facts=facts))
        return self[facts]


class _Ruled(dict[str, tuple[int, Verdict]]):
    """The verdict on one combination of facts, behind how restrictive it is, by when they end.

    Of all that ends few moments count: where those are equal, the verdict is written once.
    """

    def __init__(self, question: Question, ruling: Ruling) -> None:
        super().__init__()
        self.question, self.ruling = question, ruling
        self.looked_at = ends_looked_at(ruling=ruling)
        self.found: dict[tuple[str, ...], tuple[int, Verdict]] = {}

    def __missing__(self, ends: str) -> tuple[int, Verdict]:
        counting = self._counting(ends) if self.looked_at else ()
        if counting not in self.found:
            end = find_end(question=self.question, ruling=self.ruling, ends=self._in_order(ends))
            self.found[counting] = restrictiveness(self.ruling.decision), self._verdict(end)
        self[ends] = self.found[counting]
        return self[ends]

    def _counting(self, ends: str) -> tuple[str, ...]:
        lists = ends.split("|")
        return tuple([lists[which].split(",")[place] for which, place in self.looked_at])

    def _in_order(self, ends: str) -> str:
        return ends

    def _verdict(self, end: datetime.datetime | None) -> Verdict:
        return write_verdict(
            question=self.question,
            decision=self.ruling.decision,
            jurisdiction=self.ruling.facts.jurisdiction,
            valid_until=end,
        )


class _RuledReady(_Ruled):
    """The same of those who stand ready, whose ends stand in an order of their own."""

    def __init__(self, question: Question, keyed: Keyed) -> None:
        super().__init__(question, rule_on(case=question.case, key=keyed.key))
        self.keyed = keyed
        self.looked_at = keyed.where(looked_at=self.looked_at)

    def _in_order(self, ends: str) -> str:
        return self.keyed.ends(question=self.question, ends=ends)
