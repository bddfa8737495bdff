"""Events that were sealed late are counted in time that grows with the ledger, not with its checkpoints."""

from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import connection

from consent.domain.seal.late import LATE, LONGEST, find_late
from consent.models import Checkpoint
from tests import make
from tests.conftest import owner_connection
from tests.consent.domain.seal.scene import make_people, seal, write

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS: Final = 6_000
A_CHECKPOINT: Final = 3
SIZE: Final = 1 + EVENTS
MOST_BLOCKS: Final = 1_000
# Every second event says it was written three days before; each third one was signed at once.
MANY: Final = (
    """
    INSERT INTO consent_consentevent
    SELECT copy.*
    FROM consent_consentevent one, generate_series(1, %(events)s) n,
        LATERAL (SELECT CASE WHEN n %% 2 = 0 THEN interval '3 days' ELSE interval '0' END AS early) back,
        jsonb_populate_record(one, jsonb_build_object(
            'id', md5('event' || n)::uuid, 'sequence', 1000 + n,
            'occurred_at', one.occurred_at - early, 'recorded_at', one.recorded_at - early
        )) copy
    """,
    """
    INSERT INTO consent_ledgerleaf
    SELECT copy.*
    FROM consent_ledgerleaf one, generate_series(1, %(events)s) n,
        jsonb_populate_record(
            one, jsonb_build_object('position', n, 'event_id', md5('event' || n)::uuid)
        ) copy
    """,
    """
    INSERT INTO consent_checkpoint
    SELECT copy.*
    FROM consent_checkpoint one, generate_series(1, %(events)s / %(a_checkpoint)s) n,
        jsonb_populate_record(one, jsonb_build_object(
            'tree_size', 1 + %(a_checkpoint)s * n, 'made_at', one.made_at + n * interval '1 second'
        )) copy
    """,
)


@pytest.fixture(autouse=True)
def ledger() -> None:
    write(race=make_people())
    seal()
    with connection.cursor() as cursor:
        for statement in MANY:
            cursor.execute(statement, {"events": EVENTS, "a_checkpoint": A_CHECKPOINT})
    with owner_connection() as owner:
        owner.execute("ANALYZE")


def rows_met(node: dict[str, Any]) -> int:
    kinds = ("Actual Rows", "Rows Removed by Join Filter", "Rows Removed by Filter")
    met: int = sum(node.get(kind, 0) for kind in kinds) * node["Actual Loops"]
    return met + sum(rows_met(child) for child in node.get("Plans", []))


def test_what_was_sealed_late_is_counted_and_the_first_named() -> None:
    late = find_late(tree_size=SIZE)

    assert late
    assert (late.position, late.number) == (2, EVENTS // 2)
    assert late.recorded_at == make.NOW - timedelta(days=3)
    assert late.signed_without_it_at == Checkpoint.objects.get(tree_size=1).made_at


def test_a_smaller_tree_has_its_own_late_events() -> None:
    late = find_late(tree_size=A_CHECKPOINT)

    assert late
    assert (late.position, late.number) == (2, 1)
    assert find_late(tree_size=1) is None


def test_rows_are_met_a_few_times_and_held_narrow() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {LATE}", {"tree_size": SIZE, "longest": LONGEST}
        )
        plan = cursor.fetchone()[0][0]["Plan"]

    assert plan["Temp Written Blocks"] < MOST_BLOCKS
    assert rows_met(plan) < 20 * EVENTS
