import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

NAMED = re.compile(r"%\((\w+)\)s|%%")


class Statement:
    """One fixed piece of SQL that the database plans once per connection: planning costs more than answering.

    It is written with named parameters, as all our SQL is; Django's own cursor would send it as a new text
    each time.
    """

    def __init__(self, sql: str) -> None:
        self.names = list(dict.fromkeys(name for name in NAMED.findall(sql) if name))
        self.text = NAMED.sub(self._numbered, sql)

    def fetch(self, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        with self._cursor() as cursor:
            cursor.execute(self.text, [parameters[name] for name in self.names], prepare=True)
            return cursor.fetchall()

    def _numbered(self, found: re.Match[str]) -> str:
        return f"${self.names.index(found[1]) + 1}" if found[1] else "%"

    @contextmanager
    def _cursor(self) -> Iterator[psycopg.RawCursor[tuple[Any, ...]]]:
        connection.ensure_connection()
        # Errors come out as Django's, which the edges know.
        with connection.wrap_database_errors, psycopg.RawCursor(connection.connection) as cursor:
            yield cursor
