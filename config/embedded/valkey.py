"""A private Valkey (or Redis) as broker, for trying, development and tests: on a socket only."""

import subprocess
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.embedded.binaries import valkey_program
from config.embedded.places import socket_dir
from config.embedded.processes import ServerFailedError, Users, wait_until


class PrivateValkey:
    """The broker of one state folder, shared by every process that uses that folder."""

    def __init__(self, *, state: Path) -> None:
        self.place = state / "valkey"
        self.sockets = socket_dir(state=state, service="valkey")
        self.socket = self.sockets / "valkey.sock"
        self.client = redis.Redis(
            unix_socket_path=str(self.socket), socket_timeout=5, retry=Retry(NoBackoff(), 0)
        )
        self.child: subprocess.Popen[bytes] | None = None
        self.users = Users(place=self.place)

    def start(self) -> None:
        with self.users.alone_at_the_gate():
            self.users.enter()
            if not self.is_ready():  # one left behind by a killed process is taken over as it is
                self._launch()

    def stop(self) -> None:
        with self.users.alone_at_the_gate():
            if not self.users.leave() or not self.is_ready():
                return
            self.client.shutdown()  # writes its file first
            if self.child is not None:
                self.child.wait(10)

    def is_ready(self) -> bool:
        try:
            return bool(self.client.ping())
        except (redis.ConnectionError, FileNotFoundError):
            return False

    def _launch(self) -> None:
        for folder in (self.place, self.sockets):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        command = [valkey_program(), "--port", "0", "--unixsocket", str(self.socket)]
        command += ["--unixsocketperm", "700", "--dir", str(self.place), "--appendonly", "yes"]
        command += ["--save", "", "--maxmemory-policy", "noeviction"]
        command += ["--logfile", str(self.place / "valkey.log")]
        self.child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if not wait_until(holds=self.is_ready, seconds=10):
            raise ServerFailedError(f"The private Valkey is not ready: see {self.place}/valkey.log.")
