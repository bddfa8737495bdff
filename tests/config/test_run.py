import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
from django.conf import settings

from config.embedded.processes import wait_until
from config.mail import LOOPBACK, free_port
from config.supervisor import marked_processes
from consent.management.sample_data.staff import SAMPLE_LOGINS

READY_WITHIN = 180  # on a machine that is busy with other tests


@contextmanager
def running(*, state: Path, port: int) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    log = state / f"run-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            stdout=output,
            stderr=output,
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ["PATH"], "JAWOORD_STATE_DIR": str(state), "PORT": str(port)},
        )
    try:
        yield process, log
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


def is_ready(*, log: Path) -> bool:
    return "Jawoord is ready" in log.read_text()


def status_of(*, port: int) -> int:
    with closing(urllib.request.urlopen(f"http://{LOOPBACK}:{port}/healthz", timeout=5)) as answer:
        return int(answer.status)


def processes_of(*, state: Path) -> list[psutil.Process]:
    """Everything that runs out of this folder: programs by their mark, servers by their command line."""
    servers = [one for one in psutil.process_iter() if str(state) in " ".join(command_of(process=one))]
    return [*marked_processes(mark=str(state)), *servers]


def command_of(*, process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_killed_run_is_followed_by_a_good_one_that_leaves_nothing(state: Path) -> None:
    port = free_port()
    with running(state=state, port=port) as (process, log):
        assert wait_until(holds=lambda: is_ready(log=log), seconds=READY_WITHIN)
        assert status_of(port=port) == 200
        assert f"  {SAMPLE_LOGINS[0].username} " in log.read_text()
        process.kill()
        process.wait()

    with running(state=state, port=port) as (process, log):
        assert wait_until(holds=lambda: is_ready(log=log), seconds=READY_WITHIN)
        assert log.read_text().startswith("Ended ")
        assert status_of(port=port) == 200

        for server in processes_of(state=state):
            if "postgres" in server.name() or "valkey" in server.name():
                server.kill()
        assert wait_until(
            holds=lambda: "PrivateValkey stopped; it starts again." in log.read_text(), seconds=20
        )
        assert wait_until(holds=lambda: status_of(port=port) == 200, seconds=20)

    assert process.returncode == 0
    assert processes_of(state=state) == []


def test_a_taken_port_is_told_in_one_sentence(state: Path) -> None:
    port = free_port()
    with (
        closing(socket.create_server((LOOPBACK, port))),
        running(state=state, port=port) as (process, log),
    ):
        assert process.wait(40) == 2

    assert log.read_text() == (
        f"Port {port} is in use by another program: stop it, or choose another: PORT={port + 1} make run.\n"
    )
