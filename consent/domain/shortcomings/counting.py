"""Counting what falls short: one query per table, whatever the number of shortcomings and departments."""

import datetime
import functools
import operator
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet, UUIDField, Value

from consent.domain.shortcomings.shortcoming import Scope, Shortcoming

NOBODY: Final = Value(None, output_field=UUIDField())


@dataclass(frozen=True, kw_only=True)
class Found:
    """How many rows fall short in one way, of one legal entity, and of one department or purpose."""

    shortcoming: Shortcoming
    legal_entity_id: uuid.UUID | None
    part_id: uuid.UUID | None
    number: int


def count_by_department(
    *, shortcomings: Iterable[Shortcoming], scope: Scope, at: datetime.datetime
) -> list[Found]:
    """Count what falls short by legal entity and department; `part_id` is the department."""
    return list(_count(shortcomings, scope, at, part="department"))


def count_by_purpose(
    *, shortcomings: Iterable[Shortcoming], scope: Scope, at: datetime.datetime
) -> list[Found]:
    """Count what falls short by legal entity and purpose; `part_id` is the purpose."""
    return list(_count(shortcomings, scope, at, part="purpose"))


def _count(
    shortcomings: Iterable[Shortcoming], scope: Scope, at: datetime.datetime, *, part: str
) -> Iterator[Found]:
    for _table, several in groupby(shortcomings, key=lambda one: (one.model, getattr(one, part))):
        yield from _count_table(list(several), scope, at, part)


def _count_table(
    alike: Sequence[Shortcoming], scope: Scope, at: datetime.datetime, part: str
) -> Iterator[Found]:
    wheres = {one.code: Q(**one.filters(at)) for one in alike}
    for row in _grouped(alike[0], scope, wheres, getattr(alike[0], part)):
        for one in alike:
            if row[one.code]:
                yield Found(
                    shortcoming=one,
                    legal_entity_id=row["whose"],
                    part_id=row["which"],
                    number=row[one.code],
                )


def _grouped(first: Shortcoming, scope: Scope, wheres: dict[str, Q], part: str) -> QuerySet[Any, Any]:
    rows = first.within(scope=scope).filter(functools.reduce(operator.or_, wheres.values()))
    by = {
        "whose": F(f"{first.legal_entity}_id") if first.legal_entity else NOBODY,
        "which": F(f"{part}_id") if part else NOBODY,
    }
    # A row of a register may be met more than once by what is said of the rows that belong to it.
    counts = {code: Count("pk", filter=where, distinct=not first.kept) for code, where in wheres.items()}
    grouped: QuerySet[Any, Any] = rows.order_by().values(**by).annotate(**counts)
    return grouped
