import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

NAMED = re.compile(r"%\((\w+)\)s|%%")


class Statement:
    """One fixed piece of SQL that the database plans once per connection: planning costs more than answering.

    It is written with named parameters, as all our SQL is; Django's own cursor would send it as a new text
    each time.
    """

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.names = list(dict.fromkeys(name for name in NAMED.findall(sql) if name))
        self.text = NAMED.sub(self._numbered, sql)
        # As the driver sends and looks it up: a long text would be encoded and hashed anew each time.
        self.encoded = self.text.encode()

    def fetch(self, parameters: Mapping[str, object], *, binary: bool = False) -> list[tuple[Any, ...]]:
        database = connections[DEFAULT_DB_ALIAS]
        database.ensure_connection()
        asked = [parameters[name] for name in self.names]
        # Errors come out as Django's, which the edges know.
        with database.wrap_database_errors, psycopg.RawCursor(database.connection) as cursor:
            return cursor.execute(self.encoded, asked, prepare=True, binary=binary).fetchall()

    def for_each(self, *order: str) -> "ForEach":
        """The same statement for many sets of parameters at once; more than one row of each in this order."""
        return ForEach(self, *order)

    def _numbered(self, found: re.Match[str]) -> str:
        return f"${self.names.index(found[1]) + 1}" if found[1] else "%"


class ForEach:
    """One statement that answers for many sets of parameters what another answers for one of them."""

    def __init__(self, one: Statement, *order: str) -> None:
        names = ", ".join(f'"{name}"' for name in one.names)
        texts = ", ".join(f'"{name}" text' for name in one.names)
        sql = NAMED.sub(lambda found: f'asking."{found[1]}"' if found[1] else "%%", one.sql)
        rows = f"ROWS FROM (json_to_recordset(%(each)s::json) AS ({texts}))"
        asking = f"{rows} WITH ORDINALITY AS asking ({names}, number)"
        # The order within the lateral part is lost to whatever joins and sorts around it.
        sorted_by = ", ".join(["asking.number", *(f"found.{name}" for name in order)])
        self.statement = Statement(
            # Put together from our own text: nothing comes from outside.
            f"SELECT asking.number, found.* FROM {asking}\n"  # noqa: S608  # nosec B608
            f"CROSS JOIN LATERAL (\n{sql}\n) AS found ORDER BY {sorted_by}"
        )

    def fetch(self, each: Sequence[Mapping[str, object]]) -> list[list[tuple[Any, ...]]]:
        """Fetch the rows of each set of parameters, in their order."""
        found: list[list[tuple[Any, ...]]] = [[] for _one in each]
        written = orjson.dumps(list(each), default=_as_text).decode()
        for number, *row in self.statement.fetch({"each": written}) if each else ():
            found[number - 1].append(tuple(row))
        return found


def _as_text(value: object) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, datetime.timedelta):
        return f"{value.total_seconds()} seconds"
    raise TypeError
