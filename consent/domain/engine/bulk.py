"""Lists: the same question about many addresses, answered by the same facts and the same rules."""

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from consent.domain.engine.answering import Answer, ask_without_evidence
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import Question
from consent.domain.rulebook.explanations import ground_of

# As many as one statement answers at once: large enough to be quick, small enough for constant memory.
CHUNK = 10_000


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


def answer_chunk(*, question: Question, asked: Sequence[Asked]) -> list[Verdict]:
    """Answer a question about each row of a chunk, in order, as the texts of the verdict columns.

    Reasons are codes with spaces between them; moments are ISO 8601 in the legal entity's zone; what does not
    apply is empty.
    """
    zone = ZoneInfo(question.zone)
    return [_verdict(answer, zone) for answer in ask_without_evidence(question=question, asked=asked)]


def _verdict(answer: Answer, zone: ZoneInfo) -> Verdict:
    decision = answer.decision
    return Verdict(
        allowed="true" if decision.allowed else "false",
        code=decision.code,
        reasons=_joined(decision.reasons),
        ground=ground_of(decision.code),
        valid_until=_written(answer.valid_until, zone),
        within_hours={True: "true", False: "false", None: ""}[answer.within_hours],
        next_allowed_at=_written(answer.next_allowed_at, zone),
        caller_number=answer.caller_number,
    )


@lru_cache(maxsize=1024)
def _joined(codes: tuple[str, ...]) -> str:
    return " ".join(codes)


@lru_cache(maxsize=4096)
def _written(moment: datetime.datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else ""
