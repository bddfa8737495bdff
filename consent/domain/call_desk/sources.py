"""Where the contacts of a call list come from: whoever may be called, or the allowed rows of a screening."""

import uuid
from collections.abc import Iterator
from itertools import islice
from typing import Final

from consent.domain.audiences import stream_reachable
from consent.domain.engine.answering import ask_without_evidence
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import Question
from consent.domain.lists.layout import layout_from_json
from consent.domain.lists.records import pieces
from consent.domain.lists.rows import Rows, read_rows, titles_of
from consent.domain.screening.files import list_text
from consent.models import ScreeningRun

# More than a team calls before a list has aged; a page can still wait for it.
MOST_CONTACTS: Final = 50_000


def from_audience(*, question: Question) -> Iterator[uuid.UUID]:
    """Give the numbers of everybody who may be called now, at most fifty thousand."""
    return (member.point.pk for member in islice(stream_reachable(question=question), MOST_CONTACTS))


def from_run(*, run: ScreeningRun, question: Question) -> Iterator[uuid.UUID]:
    """Give the numbers of a screened list that may be called now, in the order of its rows.

    They are asked about again, so whoever said no since the screening is left out. At most fifty thousand.
    Raises FilesGoneError.
    """
    return islice(_allowed(run, question), MOST_CONTACTS)


def _allowed(run: ScreeningRun, question: Question) -> Iterator[uuid.UUID]:
    layout = layout_from_json(stored=run.layout)
    for piece in pieces(source=list_text(run=run), layout=layout):
        titles = 0 if piece.start else titles_of(layout=layout)
        asked = _asked(read_rows(data=piece.data, layout=layout, titles=titles))
        for answer in ask_without_evidence(question=question, asked=asked):
            if answer.decision.allowed and answer.contact_point_id:
                yield answer.contact_point_id


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
