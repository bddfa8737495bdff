from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection, connections
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from psycopg import sql

from config.databases import as_owner

pytest_plugins = ["tests.browser.fixtures", "tests.figures"]

# How fast an example is says more of the machine than of the code: bench/ measures that.
hypothesis.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("unhurried")


@pytest.fixture(autouse=True)
def counts_start_anew() -> None:
    """Each test is a visitor of its own: limits counted by an earlier one do not hold for it."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter("rate:*"):
            client.delete(key)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """The owner makes and migrates the test database; tests then run as the application."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", empty_tables_as_owner)
        with django_db_blocker.unblock(), as_owner(connection=connection):
            made = setup_databases(
                verbosity=request.config.option.verbose,
                interactive=False,
                keepdb=django_db_keepdb and not django_db_createdb,
            )
        yield
        if not django_db_keepdb:
            with django_db_blocker.unblock():
                end_other_sessions()
                with as_owner(connection=connection):
                    teardown_databases(made, verbosity=0)


def end_other_sessions() -> None:
    """What a killed process or a thread left open would keep the database from being dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


def owner_connection() -> psycopg.Connection:
    owner = settings.DATABASE_OWNER
    return psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"] or None,
        dbname=connections["default"].settings_dict["NAME"],
    )


def empty_tables_as_owner(_operations: DatabaseOperations, statements: list[str]) -> None:
    """Only the owner can empty a ledger, and only by taking its guard away for a moment."""
    with owner_connection() as link:
        guarded = [
            sql.Identifier(schema, table)
            for schema, table in link.execute(
                "SELECT n.nspname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.tgname = 'append_only'"
            )
        ]
        for table in guarded:
            link.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER append_only").format(table))
        for statement in statements:
            link.execute(statement.encode())
        for table in guarded:
            link.execute(sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER append_only").format(table))
