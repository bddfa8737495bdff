"""Lists: the same question about many addresses, answered by the same facts and the same rules.

Rows with the same facts and the same ends get the same verdict, which is found and written once.
"""

import datetime
import uuid
from collections.abc import Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from consent.domain.engine.answering import ask_database, rule_on
from consent.domain.engine.asking import read_texts
from consent.domain.engine.backing import Ruling, find_end
from consent.domain.engine.facts_query import PAST, PRESENT
from consent.domain.engine.question import Question
from consent.domain.engine.statement import Statement
from consent.domain.rulebook.decision import restrictiveness
from consent.domain.rulebook.explanations import ground_of

# As many as one statement answers at once: every row of a usual piece, since look-ups in order lie the closer
# together the more of them there are; few enough for constant memory.
CHUNK = 30_000
# As the facts are joined, so that nothing is sorted again; the people of one place stand in one order.
COLUMNS = "SELECT place, key, ends FROM facts ORDER BY contact_id, place"
KEYS: Final = {False: Statement(PRESENT + COLUMNS), True: Statement(PAST + COLUMNS)}


class Verdict(NamedTuple):
    """The columns that a screened list gets, as texts."""

    allowed: str
    code: str
    reasons: str
    ground: str
    valid_until: str
    within_hours: str
    next_allowed_at: str
    caller_number: str


def answer_chunk(
    *, question: Question, texts: Sequence[str], contacts: Sequence[uuid.UUID | None]
) -> list[Verdict]:
    """Answer a question about each row of a chunk, in order, as the texts of the verdict columns.

    Reasons are codes with spaces between them; moments are ISO 8601 in the legal entity's zone; what does not
    apply is empty. Of several people who hold an address the most restrictive answer counts (rules, "The
    question").
    """
    addresses = read_texts(question=question, texts=texts, contacts=contacts)
    rows = ask_database(statements=KEYS, question=question, addresses=addresses, explained=False)
    judged, found = _Judged(question), dict[int, tuple[int, Verdict]]()
    for place, key, ends in rows:
        one = judged[key, ends]
        if one[0] < found.setdefault(place, one)[0]:
            found[place] = one
    return [found[place][1] for place in range(1, len(texts) + 1)]


class _Judged(dict[tuple[str, str], tuple[int, Verdict]]):
    """The verdict for each combination of facts and ends, behind how restrictive it is."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question, self.zone = question, ZoneInfo(question.zone)
        self.without_end: dict[str, tuple[Ruling, Verdict]] = {}

    def __missing__(self, found: tuple[str, str]) -> tuple[int, Verdict]:
        key, ends = found
        if key not in self.without_end:
            self.without_end[key] = self._judge(key)
        ruling, verdict = self.without_end[key]
        end = find_end(question=self.question, ruling=ruling, ends=ends)
        one = verdict._replace(valid_until=self._written(end)) if end else verdict
        self[found] = restrictiveness(ruling.decision), one
        return self[found]

    def _judge(self, key: str) -> tuple[Ruling, Verdict]:
        ruling = rule_on(case=self.question.case, key=key)
        decision, hours = ruling.decision, self.question.hours_of(ruling.facts.jurisdiction)
        return ruling, Verdict(
            allowed="true" if decision.allowed else "false",
            code=decision.code,
            reasons=" ".join(decision.reasons),
            ground=ground_of(decision.code),
            valid_until="",
            within_hours={True: "true", False: "false", None: ""}[hours.within],
            next_allowed_at=self._written(hours.next_allowed_at),
            caller_number=self.question.caller_number,
        )

    def _written(self, moment: datetime.datetime | None) -> str:
        return moment.astimezone(self.zone).isoformat(timespec="seconds") if moment else ""
