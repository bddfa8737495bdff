"""An answer as it stands behind a row of a list: the same columns, however it was asked."""

import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from consent.domain.engine.question import Question
from consent.domain.rulebook.decision import Decision
from consent.domain.rulebook.explanations import ground_of
from consent.domain.rulebook.facts import Jurisdiction


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
    evidence: str = ""  # only where it is asked for


def write_verdict(
    *,
    question: Question,
    decision: Decision,
    jurisdiction: Jurisdiction,
    valid_until: datetime.datetime | None,
    evidence: str = "",
) -> Verdict:
    """Write a decision as texts: codes with spaces between them, moments in the legal entity's zone."""
    hours, zone = question.hours_of(jurisdiction), ZoneInfo(question.zone)
    return Verdict(
        allowed="true" if decision.allowed else "false",
        code=decision.code,
        reasons=" ".join(decision.reasons),
        ground=ground_of(decision.code),
        valid_until=_written(valid_until, zone),
        within_hours={True: "true", False: "false", None: ""}[hours.within],
        next_allowed_at=_written(hours.next_allowed_at, zone),
        caller_number=question.caller_number,
        evidence=evidence,
    )


def _written(moment: datetime.datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else ""
