"""Writing scores: one statement counts and keeps them, so that incremental and from scratch are one thing."""

import contextlib
import datetime
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from scoring.domain.scores.statement import Whose, compile_points
from scoring.models import ScoreModel, ScoreModelVersion

# What did not change is not written; what did is written beside the old row, in the order in which it lies.
WRITE: Final = """
WITH counted AS MATERIALIZED (
    SELECT contact_id, points, {band} AS band_id
    FROM (SELECT contact_id, micropoints / 1000000.0 AS points FROM ({points}) given) exact),
had AS (
    SELECT contact_id, points, band_id FROM scoring_score old WHERE old.model_id = %(model)s {whose}),
compared AS MATERIALIZED (
    SELECT contact_id, counted.points, counted.band_id, had.points AS had_points
    FROM had FULL JOIN counted USING (contact_id)
    WHERE had.points IS DISTINCT FROM counted.points OR had.band_id IS DISTINCT FROM counted.band_id),
gone AS (
    DELETE FROM scoring_score old USING compared
    WHERE old.model_id = %(model)s {whose} AND old.contact_id = compared.contact_id
        AND compared.points IS NULL
    RETURNING 1),
changed AS (
    UPDATE scoring_score old SET points = compared.points, band_id = compared.band_id, changed_at = %(now)s
    FROM compared
    WHERE old.model_id = %(model)s {whose} AND old.contact_id = compared.contact_id
        AND compared.points IS NOT NULL
    RETURNING 1),
new AS (
    INSERT INTO scoring_score (model_id, contact_id, points, band_id, changed_at)
    SELECT %(model)s, contact_id, points, band_id, %(now)s
    FROM compared WHERE had_points IS NULL ORDER BY contact_id
    RETURNING 1)
SELECT (SELECT count(*) FROM counted), (SELECT count(*) FROM changed) + (SELECT count(*) FROM new),
    (SELECT count(*) FROM gone)
"""
# Who is in a segment follows from the scores, so it is written after them.
LEAVE: Final = """
DELETE FROM scoring_segmentmember member USING scoring_segment segment
WHERE segment.id = member.segment_id AND segment.model_id = %(model)s {whose}
    AND NOT EXISTS (
        SELECT FROM scoring_score score JOIN scoring_band band ON band.id = score.band_id
        WHERE score.model_id = segment.model_id AND score.contact_id = member.contact_id
            AND band.code = segment.band_code)
"""
JOIN: Final = """
INSERT INTO scoring_segmentmember (segment_id, contact_id, since_at)
SELECT segment.id, score.contact_id, %(now)s
FROM scoring_segment segment
JOIN scoring_score score ON score.model_id = segment.model_id
JOIN scoring_band band ON band.id = score.band_id AND band.code = segment.band_code
WHERE segment.model_id = %(model)s {whose}
ON CONFLICT (segment_id, contact_id) DO NOTHING
"""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many people have a score, for how many it was written, and how many lost theirs."""

    people: int = 0
    written: int = 0
    gone: int = 0


@dataclass(frozen=True, kw_only=True)
class Range:
    """Everybody with a key after one and up to another."""

    after: uuid.UUID
    last: uuid.UUID

    @property
    def params(self) -> dict[str, Any]:
        return {"after": self.after, "last": self.last}


def score_everybody(*, version: ScoreModelVersion, now: datetime.datetime) -> Counted:
    """Count and keep the scores of everybody who may be profiled; all others lose theirs."""
    return _score(version, Whose.EVERYBODY, {}, now)


def score_range(*, version: ScoreModelVersion, people: Range, now: datetime.datetime) -> Counted:
    """Count and keep the scores of a range of people."""
    return _score(version, Whose.RANGE, people.params, now)


@transaction.atomic
def score_ranges(
    *, version: ScoreModelVersion, ranges: Sequence[Range], now: datetime.datetime
) -> list[Counted]:
    """Count and keep the scores of ranges of people that do not meet, side by side.

    Several each in a transaction of its own, while this one holds nothing but the turn: who waits for
    somebody of one range never waits for the other. Nobody else writes scores of the model until all are
    written.
    """
    _take_turn(version)
    if len(ranges) == 1:
        return [_keep(version, Whose.RANGE, ranges[0].params, now)]
    with ThreadPoolExecutor(max_workers=len(ranges)) as pool:
        return list(pool.map(lambda people: _keep_apart(version, people, now), ranges))


def score_some(
    *, version: ScoreModelVersion, contact_ids: Sequence[uuid.UUID], now: datetime.datetime
) -> Counted:
    """Count and keep the scores of these people, from the beginning: what came in late falls in its place."""
    return _score(version, Whose.SOME, {"contacts": list(contact_ids)}, now)


def day_of(*, model: ScoreModel, now: datetime.datetime) -> datetime.date:
    """Give the day that it is where the legal entity is: points halve at midnight there."""
    return now.astimezone(ZoneInfo(model.legal_entity.time_zone)).date()


@transaction.atomic
def _score(
    version: ScoreModelVersion, whose: Whose, people: dict[str, Any], now: datetime.datetime
) -> Counted:
    _take_turn(version)
    return _keep(version, whose, people, now)


def _take_turn(version: ScoreModelVersion) -> None:
    """One at a time: who waited reads what the other saw, and more; never less."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [version.model_id])


def _keep_apart(version: ScoreModelVersion, people: Range, now: datetime.datetime) -> Counted:
    """In a thread of its own, with a connection of its own."""
    with contextlib.closing(connection), transaction.atomic():
        return _keep(version, Whose.RANGE, people.params, now)


def _keep(
    version: ScoreModelVersion, whose: Whose, people: dict[str, Any], now: datetime.datetime
) -> Counted:
    """Within the turn of whoever counts, and a transaction."""
    if _is_replaced(version):
        return Counted()
    day = day_of(model=version.model, now=now)
    points = compile_points(version=version, day=day, now=now, whose=whose)
    params = points.params | people | {"model": version.model_id, "now": now}
    band = band_of(version=version, params=params)
    with connection.cursor() as cursor:
        # Room for the sums of a whole range of people: nothing is put aside on disk.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        sql = WRITE.format(points=points.sql, whose=whose.format(column="old.contact_id"), band=band)
        cursor.execute(sql, params)
        counted, written, gone = cursor.fetchone()
        cursor.execute(LEAVE.format(whose=whose.format(column="member.contact_id")), params)
        cursor.execute(JOIN.format(whose=whose.format(column="score.contact_id")), params)
    return Counted(people=counted, written=written, gone=gone)


def _is_replaced(version: ScoreModelVersion) -> bool:
    """Who waited may have been replaced meanwhile: its points are not those of the version in force."""
    return ScoreModelVersion.objects.filter(pk=version.pk, retired_at__isnull=False).exists()


def band_of(*, version: ScoreModelVersion, params: dict[str, Any]) -> str:
    """Write which band the column `points` falls in; adds the bands to `params`."""
    bands = list(version.bands.order_by("-from_points").values_list("from_points", "pk"))
    params |= {f"band_{place}": pk for place, (_from, pk) in enumerate(bands)}
    whens = " ".join(
        f"WHEN points >= {lowest} THEN %(band_{place})s" for place, (lowest, _pk) in enumerate(bands)
    )
    return f"CASE {whens} END" if bands else "NULL::bigint"
