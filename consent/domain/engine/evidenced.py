"""A list whose answers also name what each relies on: slower, since that is looked up for every row."""

import uuid
from collections.abc import Sequence

from consent.domain.engine.answering import Answer, ask
from consent.domain.engine.asking import Asked
from consent.domain.engine.bulk import Answered
from consent.domain.engine.question import Question
from consent.domain.engine.verdict import Verdict, write_verdict


def answer_with_evidence(
    *, question: Question, texts: Sequence[str], contacts: Sequence[uuid.UUID | None]
) -> Answered:
    """Answer a question about each row of a chunk, in order, as `bulk.answer_chunk` does, with its evidence.

    That is kind and key of each thing relied on, with spaces between them.
    """
    asked = [Asked(text=text, contact_id=one) for text, one in zip(texts, contacts, strict=True)]
    answers = ask(question=question, asked=asked)
    keys = {answer.contact_id.bytes for answer in answers if answer.contact_id}
    return Answered([_verdict(question, answer) for answer in answers], b"".join(keys))


def _verdict(question: Question, answer: Answer) -> Verdict:
    return write_verdict(
        question=question,
        decision=answer.decision,
        jurisdiction=answer.jurisdiction,
        valid_until=answer.valid_until,
        evidence=" ".join(f"{item.kind}:{item.id}" for item in answer.evidence),
    )
