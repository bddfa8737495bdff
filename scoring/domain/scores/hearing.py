"""Keeping scores up to date: whoever something new was told of is counted from the beginning."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, QuerySet

from consent.models import Job
from scoring.domain.scores.computing import Counted, score_some
from scoring.domain.scores.rescoring import start_rescoring, under_way
from scoring.models import ScoreModelVersion

# More than this is counted as a job, in ranges of people: memory does not grow with what came in.
MOST_AT_ONCE: Final = 20_000
# A moment is taken at the edge, just before the transaction that writes it; this is longer than that.
SLACK: Final = datetime.timedelta(seconds=2)
# A transaction may show numbers of the ledger after higher ones: so many are looked at once more.
NUMBERS_AGAIN: Final = 1_000
# What was told and is not visible yet lies in a transaction that runs: the mark waits below the oldest.
OLDEST_WRITER: Final = """
SELECT min(xact_start) FROM pg_stat_activity
WHERE backend_xid IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()
"""
TAKE_TURN: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s::text, 1))"
LAST_NUMBER: Final = "SELECT coalesce(max(sequence), 0) FROM consent_consentevent"
TOUCHED: Final = """
SELECT contact_id FROM scoring_behaviourevent
WHERE legal_entity_id = %(legal_entity)s AND recorded_at > %(since)s
UNION
SELECT contact_id FROM scoring_contactattribute
WHERE legal_entity_id = %(legal_entity)s AND recorded_at > %(since)s
UNION
SELECT contact_id FROM customers_transaction
WHERE legal_entity_id = %(legal_entity)s AND recorded_at > %(since)s
UNION
SELECT member.contact_id FROM scoring_journeymove move
JOIN scoring_journeymember member ON member.id = move.member_id
JOIN scoring_journey journey ON journey.id = move.journey_id
JOIN scoring_journeystage stage ON stage.id IN (move.from_stage_id, move.to_stage_id) AND stage.figures_only
WHERE journey.legal_entity_id = %(legal_entity)s AND move.recorded_at > %(since)s
UNION
SELECT contact.id FROM consent_consentevent event
JOIN customers_contact contact ON contact.id = event.subject_id
WHERE event.organisation_id = %(organisation)s AND event.recorded_at > %(since)s
    AND event.sequence > %(sequence)s AND event.sequence <= %(last)s
LIMIT %(most)s
"""


@transaction.atomic
def hear(*, version: ScoreModelVersion, now: datetime.datetime) -> Counted | Job:
    """Count anew whoever something was told of since the last look, or start a job where they are too many.

    Looking twice at the same changes nothing; where another looks already, or a count of everybody is half
    way, it is left for later. A change that nobody tells the time of, as of a language, is seen when
    everybody is counted again. Raises UnknownWordError, and DataError where the database cannot count.
    """
    if not _ask(TAKE_TURN, str(version.pk)):
        return Counted()
    # Before looking: what becomes visible while we look is looked at again.
    last, until = last_heard(), settled(now=now)
    touched = find_touched(version=version, last=last)
    result: Counted | Job | None
    if len(touched) > MOST_AT_ONCE:
        result = _count_everybody(version, now)
    elif touched:
        result = score_some(version=version, contact_ids=touched, now=now)
    else:
        result = Counted()
    if result is None:
        return Counted()
    version.heard_until_at, version.heard_sequence = until, last
    version.save(update_fields=["heard_until_at", "heard_sequence"])
    return result


def _count_everybody(version: ScoreModelVersion, now: datetime.datetime) -> Job | None:
    """The count that is to begin sees all that was told; one that is half way passed by some of it."""
    counts = under_way(version=version)
    # Held, so that it cannot begin before what was seen here is noted as heard.
    waiting = counts.filter(cursor={}).select_for_update(skip_locked=True, of=("self",)).first()
    if waiting is None and counts.exists():
        return None
    return waiting or start_rescoring(version=version, started_by=None, now=now)


def longest_unheard() -> QuerySet[ScoreModelVersion]:
    """List the versions in force, the one that waited longest first."""
    in_force = ScoreModelVersion.objects.filter(published_at__isnull=False, retired_at__isnull=True)
    return in_force.select_related("model__legal_entity", "model__organisation").order_by(
        F("heard_until_at").asc(nulls_first=True), "pk"
    )


def find_touched(*, version: ScoreModelVersion, last: int) -> Sequence[uuid.UUID]:
    """Find the people something was told of since the last look; one too many where they are too many."""
    about: dict[str, Any] = {
        "organisation": version.model.organisation_id,
        "legal_entity": version.model.legal_entity_id,
        "since": version.heard_until_at,
        "sequence": version.heard_sequence - NUMBERS_AGAIN,
        "last": last,
        "most": MOST_AT_ONCE + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, about)
        return [contact_id for (contact_id,) in cursor.fetchall()]


def last_heard() -> int:
    """Give the highest number in the ledger."""
    return int(_ask(LAST_NUMBER))


def settled(*, now: datetime.datetime) -> datetime.datetime:
    """Give the moment up to which everything told is visible: what runs may still show more after it."""
    return min(now, _ask(OLDEST_WRITER) or now) - SLACK


def _ask(question: str, *about: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, about)
        return cursor.fetchone()[0]
