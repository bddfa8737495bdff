import re
from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

NAMED = re.compile(r"%\((\w+)\)s|%%")


class Statement:
    """One fixed piece of SQL that the database plans once per connection: planning costs more than answering.

    It is written with named parameters, as all our SQL is; Django's own cursor would send it as a new text
    each time.
    """

    def __init__(self, sql: str) -> None:
        self.names = list(dict.fromkeys(name for name in NAMED.findall(sql) if name))
        self.text = NAMED.sub(self._numbered, sql)

    def fetch(self, parameters: Mapping[str, object], *, binary: bool = False) -> list[tuple[Any, ...]]:
        database = connections[DEFAULT_DB_ALIAS]
        database.ensure_connection()
        asked = [parameters[name] for name in self.names]
        # Errors come out as Django's, which the edges know.
        with database.wrap_database_errors, psycopg.RawCursor(database.connection) as cursor:
            return cursor.execute(self.text, asked, prepare=True, binary=binary).fetchall()

    def _numbered(self, found: re.Match[str]) -> str:
        return f"${self.names.index(found[1]) + 1}" if found[1] else "%"
