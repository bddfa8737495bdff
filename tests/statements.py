"""What is sent past Django's own cursor, whose queries are all that Django counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest


@contextmanager
def statements_sent() -> Iterator[list[str]]:
    """List the statements that go to the driver itself, as they go."""
    sent: list[str] = []
    execute = psycopg.RawCursor.execute

    def noted(cursor: psycopg.RawCursor[Any], query: bytes, *words: Any, **others: Any) -> Any:
        sent.append(query.decode())
        return execute(cursor, query, *words, **others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.RawCursor, "execute", noted)
        yield sent
