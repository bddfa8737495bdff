"""Who was in which list, export or message in a period: counted, listed and streamed."""

import datetime
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from consent.domain.incidents.sources import FIND, Source

# More than so many are not looked for while somebody waits; a job finds them for a data breach.
AT_ONCE: Final = 50_000
PART: Final = 5_000
LISTS_SHOWN: Final = 50


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is asked: of whom, from when until when, in what; of one member of staff or list, or of all."""

    organisation_id: uuid.UUID
    legal_entity_id: uuid.UUID
    since: datetime.datetime
    until: datetime.datetime
    sources: Sequence[Source]
    staff_id: uuid.UUID | None = None
    list_id: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Met:
    """A question that gives, per person and source, when they were first and last in it, and how often."""

    sql: str
    parameters: dict[str, Any]
    organisation_id: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many people were found: in all, erased since, and of each source with how often they were in it."""

    people: int
    erased: int
    of_source: dict[Source, tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person by key: in what they were, from when until when, and how often."""

    contact_id: uuid.UUID
    sources: Sequence[Source]
    first_at: datetime.datetime
    last_at: datetime.datetime
    times: int


@dataclass(frozen=True, kw_only=True)
class FoundList:
    """One list, export or call list that somebody was in, and how many people were."""

    source: Source
    list_id: uuid.UUID
    at: datetime.datetime
    people: int


def live(*, search: Search) -> Met:
    """Ask what is kept now: what has had its term is no longer in it."""
    parts = [
        f"SELECT contact_id, '{source}' AS source, min(at) AS first_at, max(at) AS last_at, "  # noqa: S608 # nosec B608
        f"count(*) AS times FROM ({_one(source)}) found GROUP BY contact_id"
        for source in search.sources
    ]
    return Met(
        sql=" UNION ALL ".join(parts),
        parameters=parameters_of(search=search),
        organisation_id=search.organisation_id,
    )


def kept(*, incident_id: uuid.UUID, organisation_id: uuid.UUID) -> Met:
    """Ask who was found before and is kept with a data breach."""
    return Met(
        sql=(
            "SELECT contact_id, source, first_at, last_at, times FROM consent_incidentperson "
            "WHERE incident_id = %(incident)s"
        ),
        parameters={"incident": incident_id},
        organisation_id=organisation_id,
    )


def is_small(*, search: Search) -> bool:
    """Say whether so few were met that somebody can wait for them."""
    rows = " UNION ALL ".join(f"({_one(source)})" for source in search.sources)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM ({rows}) met LIMIT {AT_ONCE + 1}) few"  # noqa: S608 # nosec B608
    [(count,)] = _fetch(sql, parameters_of(search=search))
    return int(count) <= AT_ONCE


def count_people(*, met: Met) -> Counts:
    """Count the people: each once in all, and once per source."""
    sql = f"""
        WITH met AS ({met.sql}),
        erased AS (
            SELECT count(DISTINCT met.contact_id) AS people
            FROM met JOIN customers_contact contact ON contact.id = met.contact_id
            WHERE contact.erased_at IS NOT NULL
        )
        SELECT source, count(DISTINCT contact_id), sum(times), (SELECT people FROM erased)
        FROM met GROUP BY GROUPING SETS ((source), ())
    """  # noqa: S608 # nosec B608
    rows = _fetch(sql, met.parameters)
    [(people, erased)] = [(count, erased) for source, count, _times, erased in rows if source is None]
    found = {Source(source): (count, int(times)) for source, count, times, _erased in rows if source}
    return Counts(people=people, erased=erased, of_source={one: found[one] for one in Source if one in found})


def find_people(*, met: Met, text: str, after: uuid.UUID | None, limit: int) -> list[Person]:
    """Find the next people in the order of their keys; with a text, those with that name, address or key."""
    sql = f"""
        SELECT contact_id, array_agg(source ORDER BY source), min(first_at), max(last_at), sum(times)
        FROM ({met.sql}) met
        WHERE (%(after)s::uuid IS NULL OR contact_id > %(after)s::uuid)
            AND (%(text)s::text = '' OR contact_id::text = %(text)s::text OR contact_id IN (
                SELECT contact.id FROM customers_contact contact
                WHERE contact.organisation_id = %(of)s
                    AND concat_ws(' ', given_name, family_name, organisation_name) ILIKE %(pattern)s::text
                UNION ALL
                SELECT point.contact_id FROM customers_contactpoint point
                WHERE point.organisation_id = %(of)s AND point.value = %(text)s::text
            ))
        GROUP BY contact_id ORDER BY contact_id LIMIT %(limit)s
    """  # noqa: S608 # nosec B608
    pattern = "%" + text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    asked = {"after": after, "text": text.strip(), "pattern": pattern, "limit": limit}
    rows = _fetch(sql, {**met.parameters, **asked, "of": met.organisation_id})
    return [_person(row) for row in rows]


def stream_people(*, met: Met) -> Iterator[Person]:
    """Go through all people in the order of their keys, a part at a time."""
    after = None
    while part := find_people(met=met, text="", after=after, limit=PART):
        yield from part
        after = part[-1].contact_id


def find_lists(*, search: Search) -> list[FoundList]:
    """Find the lists and exports of a period, the newest first, with how many people were in each."""
    parts = [f"SELECT '{source}' AS source, found.* FROM ({_one(source)}) found" for source in search.sources]  # noqa: S608 # nosec B608
    sql = f"""
        SELECT source, list_id, min(at), count(DISTINCT contact_id)
        FROM ({" UNION ALL ".join(parts)}) met WHERE list_id IS NOT NULL
        GROUP BY source, list_id ORDER BY min(at) DESC, list_id LIMIT {LISTS_SHOWN}
    """  # noqa: S608 # nosec B608
    return [
        FoundList(source=Source(source), list_id=list_id, at=at, people=people)
        for source, list_id, at, people in _fetch(sql, parameters_of(search=search))
    ]


def parameters_of(*, search: Search) -> dict[str, Any]:
    """The parameters of the question of every source."""
    return {
        "organisation": search.organisation_id,
        "legal_entity": search.legal_entity_id,
        "since": search.since,
        "until": search.until,
        "staff": search.staff_id,
        "list": search.list_id,
    }


def _one(source: Source) -> str:
    """The question of one source, narrowed to one list where one is named."""
    return (
        f"SELECT contact_id, at, list_id FROM ({FIND[source]}) met "  # noqa: S608 # nosec B608
        "WHERE %(list)s::uuid IS NULL OR list_id = %(list)s::uuid"
    )


def _person(row: tuple[Any, ...]) -> Person:
    contact_id, sources, first_at, last_at, times = row
    return Person(
        contact_id=contact_id,
        sources=[Source(source) for source in sources],
        first_at=first_at,
        last_at=last_at,
        times=int(times),
    )


def _fetch(sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
