"""Everything the database holds, as bytes, and how often a person can be found in it."""

import base64
from collections.abc import Iterable

from django.db import connection


def dump() -> dict[str, bytes]:
    """Each table of the database as COPY writes it; bytes stand in it as hexadecimal digits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                found[table] = b"".join(bytes(part) for part in rows)
    return found


def tables_with(words: Iterable[str]) -> dict[str, list[str]]:
    """Which words stand in which tables: as they are, in hexadecimal, or in base64."""
    held = {table: text.lower() for table, text in dump().items()}
    exact = dump()
    found = {
        table: [
            word
            for word in words
            if word.lower().encode() in held[table]
            or word.encode().hex().encode() in held[table]
            or any(part in exact[table] for part in _in_base64(word))
        ]
        for table in held
    }
    return {table: there for table, there in found.items() if there}


def _in_base64(word: str) -> list[bytes]:
    """The letters that a word has in base64 for each of the three places it can begin at."""
    whole = [base64.b64encode(b"\0" * before + word.encode()) for before in range(3)]
    return [text[4 if before else 0 : len(text) // 4 * 4 - 4] for before, text in enumerate(whole)]
