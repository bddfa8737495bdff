"""Questions put again and again by programs: what counts for everyone is read once, while it stands."""

import datetime
import uuid
from typing import Final

from django.db import connection

from consent.domain.engine.question import Question, Wanted

# Far more than the purposes, channels and product groups that programs ask about; then all is read anew.
AT_MOST: Final = 1_000
_KEPT: Final[dict[Wanted, Question]] = {}


def put_question_again(*, wanted: Wanted, revision: uuid.UUID | None, now: datetime.datetime) -> Question:
    """Put a question about this moment, by what this process read before if none of that has changed since.

    `wanted` names no moments; `revision` is that of the settings, read after the request came in. Every
    change of them gives another revision in its own transaction, and what changes by time alone says until
    when it holds. Raises UnknownCodeError.
    """
    # A transaction's own changes have not given their revision yet.
    if connection.in_atomic_block:
        return wanted.put(now=now)
    kept = _KEPT.get(wanted)
    if kept is not None and kept.revision == revision and kept.at <= now < kept.holds_until:
        return kept.at_moment(now)
    question = wanted.put(now=now)
    if question.revision is not None:
        _keep(wanted, question)
    return question


def _keep(wanted: Wanted, question: Question) -> None:
    if len(_KEPT) >= AT_MOST:
        _KEPT.clear()
    _KEPT[wanted] = question
