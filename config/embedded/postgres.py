"""A private PostgreSQL for trying, development and tests.

It listens on a socket only and knows no password: `peer` authentication with an ident map
admits the account that runs the product and the account that runs the server, each as the
superuser, the owner of the tables or the application's role.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from config.embedded.accounts import application_account, privileges_to_drop, server_account
from config.embedded.binaries import postgres_programs, version_of
from config.embedded.places import socket_dir
from config.embedded.processes import ServerFailedError, Users, is_alive, wait_until

ROLES = ("jawoord_owner", "jawoord_app")
BUILTIN_LOCALE = 17  # the first version with PostgreSQL's own, stable locale
ATTEMPTS = 5
PAUSE = 0.5
FAST_AND_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PrivatePostgres:
    """The server of one state folder, shared by every process that uses that folder."""

    def __init__(self, *, state: Path, database: str = "jawoord") -> None:
        self.place = state / "postgres"
        self.state, self.database = state, database
        self.sockets = socket_dir(state=state, service="postgres")
        self.data = self.place / "data"
        self.account = server_account()
        self.drop = privileges_to_drop(account=self.account)
        self.environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        self.settings = ["listen_addresses=", "unix_socket_permissions=0700", "timezone=UTC"]
        self.settings += ["max_connections=100", "shared_buffers=128MB"]
        self.child: subprocess.Popen[bytes] | None = None
        self.users = Users(place=self.place)

    def forget_on_crash(self) -> None:
        """For tests: speed before safety."""
        self.settings += FAST_AND_FORGETFUL

    def start(self) -> None:
        with self.users.alone_at_the_gate():
            self.users.enter()
            if not self.is_ready():  # one left behind by a killed process is taken over as it is
                self._launch()
            self._prepare()

    def stop(self) -> None:
        with self.users.alone_at_the_gate():
            found = self._postmaster()
            if not self.users.leave() or found is None:
                return
            os.kill(found[0], signal.SIGINT)  # roll back, write a checkpoint, exit
            wait_until(holds=lambda: self._has_ended(pid=found[0]), seconds=30)

    def is_ready(self) -> bool:
        found = self._postmaster()
        return found is not None and found[1] == "ready"

    def connection_string(self, *, role: str, database: str = "") -> str:
        return f"host={self.sockets} user={role} dbname={database or self.database}"

    def _has_ended(self, *, pid: int) -> bool:
        ended = not is_alive(pid=pid, words=("postgres",))
        if self.child is not None and self.child.poll() is None and ended and self.child.pid == pid:
            self.child.wait()
        return ended

    def _postmaster(self) -> tuple[int, str] | None:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            pid, status = int(lines[0]), "".join(lines[7:8]).strip()
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return (pid, status) if is_alive(pid=pid, words=("postgres", str(self.data))) else None

    def _run(self, *command: str) -> str:
        outcome: subprocess.CompletedProcess[str] = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd="/", env=self.environment, **self.drop
        )
        return outcome.stdout

    def _launch(self) -> None:
        for folder in (self.data, self.sockets):
            folder.mkdir(exist_ok=True, parents=True, mode=0o700)
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        # Helpers of a killed server hold its memory for a moment: a first try may fail.
        for _attempt in range(ATTEMPTS):
            if self._postmaster() is None:
                self._start_server()
            if wait_until(holds=self._is_decided, seconds=60) and self.is_ready():
                return
            time.sleep(PAUSE)
        raise ServerFailedError(f"The private PostgreSQL does not start: see {self._log()}.")

    def _is_decided(self) -> bool:
        return self.is_ready() or (self.child is not None and self.child.poll() is not None)

    def _start_server(self) -> None:
        programs = postgres_programs(state=self.state, run=self._run)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(programs=programs)
        command = [str(programs / "postgres"), "-D", str(self.data), "-k", str(self.sockets)]
        for setting in self.settings:
            command += ["-c", setting]
        if self.child is not None:
            self.child.wait()
        with self._log().open("ab") as log:
            self.child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self.environment,
                start_new_session=True,
                **self.drop,
            )

    def _log(self) -> Path:
        return self.place / "postgres.log"

    def _make_cluster(self, *, programs: Path) -> None:
        locale = ["--locale=C"]
        if version_of(path=programs, cwd="/", **self.drop) >= BUILTIN_LOCALE:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run(
            str(programs / "initdb"),
            *("-D", str(self.data), "-U", "postgres", "--encoding=UTF8"),
            *("--auth-local=peer", "--auth-host=reject", *locale),
        )
        names = sorted({application_account().pw_name, self.account.pw_name})
        mapped = [f"jawoord {name} {role}\n" for name in names for role in ("postgres", *ROLES)]
        (self.data / "pg_ident.conf").write_text("".join(mapped))
        (self.data / "pg_hba.conf").write_text("local all,replication all peer map=jawoord\n")

    def _prepare(self) -> None:
        """Makes the two roles and the database where they are missing."""
        with psycopg.connect(
            self.connection_string(role="postgres", database="postgres"), autocommit=True
        ) as link:
            roles = {row[0] for row in link.execute("SELECT rolname FROM pg_roles")}
            for role in ROLES:
                if role not in roles:
                    link.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            databases = {row[0] for row in link.execute("SELECT datname FROM pg_database")}
            if self.database not in databases:
                self._make_database(link=link)

    def _make_database(self, *, link: psycopg.Connection) -> None:
        names = {"database": sql.Identifier(self.database), "owner": sql.Identifier(ROLES[0])}
        link.execute(sql.SQL("ALTER ROLE {owner} CREATEDB").format(**names))  # for test databases
        link.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
