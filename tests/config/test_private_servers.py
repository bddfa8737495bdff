import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from config.embedded import binaries
from config.embedded.places import socket_dir
from config.embedded.postgres import PrivatePostgres
from config.embedded.processes import ServerMissingError, is_alive, wait_until
from config.embedded.valkey import PrivateValkey

START_AND_DIE = """
import os, signal
from pathlib import Path
from config.embedded.postgres import PrivatePostgres
from config.embedded.valkey import PrivateValkey
PrivatePostgres(state=Path({state!r})).start()
PrivateValkey(state=Path({state!r})).start()
os.kill(os.getpid(), signal.SIGKILL)
"""


def started(*, state: Path) -> PrivatePostgres:
    server = PrivatePostgres(state=state)
    server.forget_on_crash()
    server.start()
    return server


def pid_of(*, server: PrivatePostgres) -> int:
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def test_postgres_admits_the_owner_and_the_application_by_socket_only(state: Path) -> None:
    server = started(state=state)

    with psycopg.connect(server.connection_string(role="jawoord_app")) as link:
        answers = link.execute("SELECT current_user::text, current_setting('listen_addresses')").fetchone()
        owner = link.execute(
            "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = 'jawoord'"
        )
        assert answers == ("jawoord_app", "")
        assert owner.fetchone() == ("jawoord_owner",)

    server.stop()
    assert not server.is_ready()


def test_the_last_user_stops_postgres(state: Path) -> None:
    first, second = started(state=state), started(state=state)

    first.stop()
    assert second.is_ready()

    second.stop()
    assert not second.is_ready()
    assert first.child is not None
    assert first.child.wait(10) == 0


def test_servers_of_a_killed_process_are_taken_over(state: Path) -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", START_AND_DIE.format(state=str(state))], check=False, cwd=Path.cwd()
    )
    assert outcome.returncode == -signal.SIGKILL
    server, broker = PrivatePostgres(state=state), PrivateValkey(state=state)
    orphan = pid_of(server=server)

    server.start()
    broker.start()
    assert (pid_of(server=server), broker.child) == (orphan, None)

    server.stop()
    broker.stop()
    assert (server.is_ready(), broker.is_ready()) == (False, False)


def test_a_killed_postgres_starts_again_with_its_data(state: Path) -> None:
    server = PrivatePostgres(state=state)
    server.start()
    with psycopg.connect(server.connection_string(role="jawoord_owner")) as link:
        link.execute("CREATE TABLE kept AS SELECT 1 AS one")
    killed = pid_of(server=server)

    os.kill(killed, signal.SIGKILL)
    assert wait_until(holds=lambda: not server.is_ready(), seconds=10)
    server.start()

    with psycopg.connect(server.connection_string(role="jawoord_owner")) as link:
        assert link.execute("SELECT one FROM kept").fetchone() == (1,)
    server.stop()


def test_a_reused_process_id_is_not_taken_for_the_server() -> None:
    assert not is_alive(pid=os.getpid(), words=("postgres", "/no/such/data"))


def test_a_deep_folder_still_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)

    assert len(os.fsencode(socket_dir(state=deep, service="postgres"))) < 90


def test_a_missing_server_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "package_dir", lambda **_: None)
    monkeypatch.setattr(binaries, "MACHINE_POSTGRES", ())
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(ServerMissingError) as postgres:
        binaries.machine_postgres()
    with pytest.raises(ServerMissingError) as valkey:
        binaries.valkey_program()

    assert str(postgres.value) == (
        "No PostgreSQL 15 or newer was found: install it "
        "(Debian/Ubuntu: apt-get install postgresql), or set DATABASE_URL."
    )
    assert str(valkey.value) == (
        "No Valkey or Redis server was found: install one "
        "(Debian/Ubuntu: apt-get install redis-server), or set REDIS_URL."
    )


def test_servers_of_the_machine_serve_where_the_package_is_absent(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "package_dir", lambda **_: None)
    try:
        binaries.machine_postgres()
    except ServerMissingError:
        pytest.skip("No PostgreSQL is installed on this machine.")
    server = started(state=state)

    with psycopg.connect(server.connection_string(role="jawoord_app")) as link:
        assert link.execute("SELECT 1").fetchone() == (1,)
    server.stop()
