"""Where the contacts of a call list come from: whoever may be called, or the allowed rows of a screening."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent.domain.audiences import decide_part
from consent.domain.engine.answering import ask_without_evidence
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import Question
from consent.domain.lists.layout import layout_from_json
from consent.domain.lists.records import pieces
from consent.domain.lists.rows import Rows, read_rows, titles_of
from consent.domain.screening.files import list_text
from consent.models import ScreeningRun


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one part of a source gave: the numbers that may be called, in order, and how far it came."""

    points: list[uuid.UUID]
    counts: dict[str, int]
    cursor: dict[str, Any]
    looked_at: int
    is_last: bool


def look_in_audience(*, question: Question, cursor: Mapping[str, Any]) -> Found:
    """Give the numbers that may be called now among the next part of everybody known."""
    after = cursor.get("after")
    part = decide_part(questions=[question], after=uuid.UUID(after) if after else None)
    pairs = zip(part.points, part.decisions, strict=True)
    return Found(
        points=[point.pk for point, (decision,) in pairs if decision.allowed],
        counts=part.count(),
        cursor={"after": str(part.points[-1].pk)} if part.points else dict(cursor),
        looked_at=len(part.points),
        is_last=part.is_last,
    )


def look_in_run(*, run: ScreeningRun, question: Question, cursor: Mapping[str, Any]) -> Found:
    """Give the numbers that may be called now in the next piece of a screened list, in the order of its rows.

    They are asked about again, so whoever said no since the screening is left out. Raises FilesGoneError.
    """
    layout, start = layout_from_json(stored=run.layout), int(cursor.get("start", 0))
    rest = pieces(source=list_text(run=run), layout=layout, start=start)
    piece = next(rest, None)
    if piece is None:
        return Found(points=[], counts={}, cursor=dict(cursor), looked_at=0, is_last=True)
    titles = 0 if piece.start else titles_of(layout=layout)
    asked = _asked(read_rows(data=piece.data, layout=layout, titles=titles))
    answers = ask_without_evidence(question=question, asked=asked)
    allowed = [answer.contact_point_id for answer in answers if answer.decision.allowed]
    return Found(
        points=[point for point in allowed if point],
        counts=dict(Counter(str(answer.decision.code) for answer in answers)),
        cursor={"start": piece.end},
        looked_at=piece.end - start,
        is_last=next(rest, None) is None,
    )


def _asked(rows: Rows) -> list[Asked]:
    keys = rows.contacts or [""] * len(rows.addresses)
    return [
        Asked(text=text, contact_id=_read_key(key)) for text, key in zip(rows.addresses, keys, strict=True)
    ]


def _read_key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None
