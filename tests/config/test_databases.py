from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from config.beat import lock_connection, takes_lock
from config.databases import as_owner, configured
from config.embedded.processes import wait_until

pytestmark = pytest.mark.services

two_roles = pytest.mark.skipif(
    settings.DATABASE_OWNER["USER"] == settings.DATABASE_APPLICATION_ROLE, reason="One role does both here."
)


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


@two_roles
@pytest.mark.django_db
def test_pages_and_tasks_work_as_the_application() -> None:
    assert current_role() == settings.DATABASE_APPLICATION_ROLE


@two_roles
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE consent_consentevent",
        "ALTER TABLE consent_consentevent DISABLE TRIGGER ALL",
        "TRUNCATE customers_contact CASCADE",
        "TRUNCATE consent_evidence",
        "UPDATE consent_evidence SET nonce = ''",
        "UPDATE consent_consentevent SET occurred_at = now()",
        "DELETE FROM consent_consentevent",
    ],
)
def test_the_application_cannot_touch_what_only_the_owner_may(statement: str) -> None:
    with pytest.raises(ProgrammingError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)


@two_roles
@pytest.mark.django_db(transaction=True)
def test_a_connection_becomes_the_owner_for_a_while() -> None:
    with as_owner(connection=connection):
        assert current_role() == settings.DATABASE_OWNER["USER"]

    assert current_role() == settings.DATABASE_APPLICATION_ROLE


@pytest.mark.django_db(transaction=True)
def test_only_one_beat_is_at_work() -> None:
    with lock_connection() as first, lock_connection() as second:
        assert takes_lock(link=first)
        assert not takes_lock(link=second)

        first.close()

        assert wait_until(holds=lambda: takes_lock(link=second), seconds=5)


def test_web_processes_keep_a_bounded_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_POOL_SIZE", "8")

    database: dict[str, Any] = configured(url="postgres://app:x@db.example.org/jawoord")

    assert database["OPTIONS"] == {
        "connect_timeout": 5,
        "options": "-c jit=off -c plan_cache_mode=force_generic_plan",
        "prepare_threshold": 5,
        "pool": {"min_size": 0, "max_size": 8, "timeout": 5, "reconnect_timeout": 2},
    }
