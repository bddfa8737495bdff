"""The two database roles, and how a connection becomes the owner's for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from config.embedded.places import private_database_url
from config.environment import env, number, text

IDENTITY = ("HOST", "PORT", "USER", "PASSWORD")
GRANTS = Path(__file__).with_name("grants.sql")


def application_database(*, production: bool, state: Path) -> dict[str, Any]:
    url = text(name="DATABASE_URL")
    if not url and production:
        raise ImproperlyConfigured("DATABASE_URL must be set in production.")
    return configured(url=url or private_database_url(state=state, role="jawoord_app"))


def owner_database(*, application: dict[str, Any], state: Path) -> dict[str, Any]:
    if url := text(name="DATABASE_OWNER_URL"):
        return configured(url=url)
    if text(name="DATABASE_URL"):
        return application
    return configured(url=private_database_url(state=state, role="jawoord_owner"))


def configured(*, url: str) -> dict[str, Any]:
    database: dict[str, Any] = dict(env.db_url_config(url))
    if database.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must be a postgres:// address.")
    options = database.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 5)
    # Compiling a plan takes longer than any of our questions does, and so does making it anew each time.
    options.setdefault("options", "-c jit=off -c plan_cache_mode=force_generic_plan")
    # Only our own statements ask for it: Django's cursor sends no parameters to the server.
    options.setdefault("prepare_threshold", 5)
    database["CONN_HEALTH_CHECKS"] = True
    if pool_size := number(name="DATABASE_POOL_SIZE", default=0):
        # Left alone, the pool waits twice as long after each failed try: pages would stay away for minutes.
        options["pool"] = {"min_size": 0, "max_size": pool_size, "timeout": 5, "reconnect_timeout": 2}
    else:
        database["CONN_MAX_AGE"] = 60
    return database


@contextmanager
def as_owner(*, connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Lets this connection act as the owner of the tables, then as itself again."""
    application = {key: connection.settings_dict[key] for key in IDENTITY}
    become(connection=connection, identity=settings.DATABASE_OWNER)
    try:
        yield
    finally:
        become(connection=connection, identity=application)


def become(*, connection: BaseDatabaseWrapper, identity: dict[str, Any]) -> None:
    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool:
        close_pool()
    connection.settings_dict.update({key: identity.get(key, "") for key in IDENTITY})


def grant_application_rights(*, connection: BaseDatabaseWrapper) -> None:
    """Gives the application role what it needs and no more; with one role there is nothing to divide."""
    role = settings.DATABASE_APPLICATION_ROLE
    if role == connection.settings_dict["USER"]:
        return
    statements = sql.SQL(GRANTS.read_text()).format(role=sql.Identifier(role))
    with connection.cursor() as cursor:
        cursor.execute(statements.as_string(cursor.cursor))
