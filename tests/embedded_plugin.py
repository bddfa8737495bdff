"""Loaded before the settings are read: gives the tests a database with two roles, and a broker.

Without DATABASE_URL a private server is started that forgets everything on a crash. With the
address of a superuser the two roles are made on that server. Workers of a parallel run inherit
the addresses, so only the first process does anything.
"""

import atexit
import os
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from psycopg import sql

from config.embedded.places import private_broker_url, private_database_url, private_redis_url
from config.embedded.postgres import PrivatePostgres
from config.embedded.valkey import PrivateValkey
from config.environment import state_dir

OWNER, APPLICATION = "jawoord_test_owner", "jawoord_test_app"


def use_private_postgres(*, state: Path) -> None:
    server = PrivatePostgres(state=state)
    server.forget_on_crash()
    server.start()
    atexit.register(server.stop)
    os.environ["DATABASE_URL"] = private_database_url(state=state, role="jawoord_app")
    os.environ["DATABASE_OWNER_URL"] = private_database_url(state=state, role="jawoord_owner")


def use_private_valkey(*, state: Path) -> None:
    server = PrivateValkey(state=state)
    server.start()
    atexit.register(server.stop)
    os.environ["REDIS_URL"] = private_redis_url(state=state)
    os.environ.setdefault("BROKER_URL", private_broker_url(state=state))


def divide_roles(*, url: str) -> None:
    """On a server where we are superuser, tests run with two roles as in production."""
    with psycopg.connect(url, autocommit=True) as link:
        row = link.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        if row is None or not row[0]:
            return
        existing = {name for (name,) in link.execute("SELECT rolname FROM pg_roles")}
        for role in (OWNER, APPLICATION):
            verb = "ALTER" if role in existing else "CREATE"
            link.execute(
                sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(password_of(role=role, url=url))
                )
            )
        link.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER)))
    os.environ["DATABASE_URL"] = address_of(role=APPLICATION, url=url)
    os.environ["DATABASE_OWNER_URL"] = address_of(role=OWNER, url=url)


def password_of(*, role: str, url: str) -> str:
    return sha256(f"{role} {url}".encode()).hexdigest()


def address_of(*, role: str, url: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{password_of(role=role, url=url)}@{place}"))


def keep_to_yourself(*, worker: int) -> None:
    """Parallel workers share a Redis: each counts and queues in a place of its own."""
    url = os.environ["REDIS_URL"]
    os.environ.setdefault("BROKER_URL", url)
    database = int(redis.Redis.from_url(url).get_connection_kwargs().get("db", 0)) + 2 + worker
    os.environ["REDIS_URL"] = f"{url.partition('?')[0]}?db={database}"
    os.environ["BROKER_QUEUE"] = f"jawoord-{worker}"


def prepare() -> None:
    state = state_dir() / "pytest"
    state.mkdir(mode=0o711, exist_ok=True)
    if "DATABASE_URL" not in os.environ:
        use_private_postgres(state=state)
    elif "DATABASE_OWNER_URL" not in os.environ:
        divide_roles(url=os.environ["DATABASE_URL"])
    if "REDIS_URL" not in os.environ:
        use_private_valkey(state=state)
    if worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
        keep_to_yourself(worker=int(worker))


prepare()
