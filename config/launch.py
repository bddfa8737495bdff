"""What belongs to a running installation, and in which order it comes up."""

import fcntl
import http.client
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands
from django.db import connection, connections

from config.databases import as_owner
from config.embedded.postgres import PrivatePostgres
from config.embedded.processes import ServerFailedError, ServerMissingError
from config.embedded.valkey import PrivateValkey
from config.environment import text
from config.mail import LOOPBACK, free_port
from config.supervisor import Program, Supervisor
from consent.management.sample_data.staff import SAMPLE_LOGINS
from customers.models import Organisation, StaffMember

READY_WITHIN = 120.0
WEB = "--workers 2 --blocking-threads 4 --respawn-failed-workers --no-ws"
WORKER = "-m celery --app config worker --concurrency 2 --loglevel INFO --without-gossip --without-mingle"


@contextmanager
def only_one(*, state: Path) -> Iterator[None]:
    """Waits a moment for an ending predecessor, then insists on being alone."""
    with (state / "run.lock").open("a+") as lock:
        if not wait_for_lock(lock=lock, seconds=25):
            lock.seek(0)
            number = lock.read().strip()
            raise ImproperlyConfigured(f"Jawoord already runs here as process {number}: stop it first.")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def wait_for_lock(*, lock: IO[str], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        else:
            return True


@contextmanager
def private_servers(*, state: Path) -> Iterator[list[PrivatePostgres | PrivateValkey]]:
    """The servers for which no address was given."""
    servers: list[PrivatePostgres | PrivateValkey] = []
    try:
        if not text(name="DATABASE_URL"):
            servers.append(PrivatePostgres(state=state))
        if not text(name="REDIS_URL"):
            servers.append(PrivateValkey(state=state))
        for server in servers:
            server.start()
        yield servers
    except (ServerMissingError, ServerFailedError) as fault:
        raise ImproperlyConfigured(str(fault)) from fault
    finally:
        for server in reversed(servers):
            server.stop()


def prepare_data(*, say: Callable[[str], None]) -> None:
    say("Bringing the database up to date.")
    call_command("migrate", verbosity=0, interactive=False)
    if settings.DEPLOYMENT == "trial" and "sample" in get_commands() and not has_organisations():
        say("Loading the sample organisation.")
        call_command("sample")
        look_over_tables()
    connections.close_all()
    call_command("collectstatic", verbosity=0, interactive=False)


def look_over_tables() -> None:
    """After a bulk load the planner knows nothing yet of the tables; only the owner may tell it."""
    with as_owner(connection=connection), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def has_organisations() -> bool:
    return Organisation.objects.exists()


def require_free_port(*, port: int) -> None:
    if not is_free(port=port):
        raise ImproperlyConfigured(
            f"Port {port} is in use by another program: stop it, or choose another: PORT={port + 1} make run."
        )


def is_free(*, port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def keep_mailbox_port_free(*, state: Path) -> None:
    """Another program may have taken the mailbox's port since; the mailbox moves then."""
    if settings.MAILBOX_DIR and not is_free(port=settings.EMAIL_PORT):
        (state / "mailbox-port").write_text(str(free_port()))


def programs(*, port: int) -> list[Program]:
    python = sys.executable
    web = f"-m granian --interface wsgi --host {LOOPBACK} --port {port} {WEB} config.wsgi:application"
    found = [
        Program(name="web", command=(python, *web.split())),
        Program(name="worker", command=(python, *WORKER.split())),
        Program(name="beat", command=(python, "manage.py", "beat")),
    ]
    if settings.MAILBOX_DIR:
        found.insert(0, Program(name="mailbox", command=(python, "-m", "config.mailbox")))
    return found


def wait_until_ready(*, port: int, supervisor: Supervisor, stopped: threading.Event) -> bool:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and not stopped.wait(0.2):
        supervisor.look_after()
        if answers(port=port):
            return True
    return False


def answers(*, port: int) -> bool:
    link = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        link.request("GET", "/healthz")
        return link.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def welcome(*, state: Path) -> str:
    address = settings.PUBLIC_URL
    lines = ["", f"Jawoord is ready:  {address}/", f"Admin:             {address}/admin/"]
    if settings.DEPLOYMENT == "trial":
        lines += sample_logins()
    lines += [f"Logs:              {state / 'logs'}", "Ctrl-C stops everything.", ""]
    return "\n".join(lines)


def sample_logins() -> list[str]:
    """The logins of the sample, where it is loaded."""
    loaded = set(StaffMember.objects.values_list("username", flat=True))
    logins = [login for login in SAMPLE_LOGINS if login.username in loaded]
    lines = [f"  {login.username:<24} {login.password}" for login in logins]
    return ["Sample logins:", *lines] if lines else []
