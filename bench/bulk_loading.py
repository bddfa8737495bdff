"""Filling large tables at once: what refers to what is checked in one go afterwards, not row by row."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

FOREIGN_KEYS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%(tables)s::regclass[])
ORDER BY conname
"""


@contextmanager
def checked_afterwards(*, tables: list[str]) -> Iterator[None]:
    """Take the foreign keys of these tables away, and put the same ones back: each is proven by one query."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(FOREIGN_KEYS, {"tables": tables})
        keys = cursor.fetchall()
        for drop, _add in keys:
            cursor.execute(drop)
        yield
        for _drop, add in keys:
            cursor.execute(add)
