"""A list whose answers also name what each relies on: slower, since that is looked up for every row."""

import datetime
import uuid
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from consent.domain.engine.answering import Answer, ask
from consent.domain.engine.asking import Asked
from consent.domain.engine.bulk import Answered, Verdict
from consent.domain.engine.question import Question
from consent.domain.rulebook.explanations import ground_of


def answer_with_evidence(
    *, question: Question, texts: Sequence[str], contacts: Sequence[uuid.UUID | None]
) -> Answered:
    """Answer a question about each row of a chunk, in order, as `bulk.answer_chunk` does, with its evidence.

    That is kind and key of each thing relied on, with spaces between them.
    """
    asked = [Asked(text=text, contact_id=one) for text, one in zip(texts, contacts, strict=True)]
    zone = ZoneInfo(question.zone)
    answers = ask(question=question, asked=asked)
    keys = {answer.contact_id.bytes for answer in answers if answer.contact_id}
    return Answered([_verdict(answer, zone) for answer in answers], b"".join(keys))


def _verdict(answer: Answer, zone: ZoneInfo) -> Verdict:
    decision = answer.decision
    return Verdict(
        allowed="true" if decision.allowed else "false",
        code=decision.code,
        reasons=" ".join(decision.reasons),
        ground=ground_of(decision.code),
        valid_until=_written(answer.valid_until, zone),
        within_hours={True: "true", False: "false", None: ""}[answer.within_hours],
        next_allowed_at=_written(answer.next_allowed_at, zone),
        caller_number=answer.caller_number,
        evidence=" ".join(f"{item.kind}:{item.id}" for item in answer.evidence),
    )


def _written(moment: datetime.datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else ""
