"""The decision API as programs meet it: the real web server, beside one query through the same server."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings

from bench.clients import CLIENTS
from config import launch
from config.mail import LOOPBACK, free_port

ASKING, MANY = "/api/v1/may-contact", "/api/v1/may-contact/batch"
FLOORS = {"one query": "/one-query", "one query by key": "/one-query-by-key"}
SECONDS, WARM_UP, RATE = 8, 2, 300
READY_WITHIN = 60


@dataclass(frozen=True, kw_only=True)
class Served:
    """What the clients measured: answers, seconds, and how long each answer took, in order."""

    took: list[float]
    wrong: int
    seconds: float

    def percentile(self, percent: int) -> float:
        return self.took[min(len(self.took) - 1, len(self.took) * percent // 100)]


class NotServedError(RuntimeError):
    """The web server did not come up, or answered otherwise than with an answer."""


@contextlib.contextmanager
def web_server() -> Iterator[int]:
    """The web server as `manage.py run` starts it; gives its port and ends it afterwards."""
    state, port = Path(settings.STATE_DIR), free_port()
    (web,) = (program for program in launch.programs(port=port) if program.name == "web")
    with launch.private_servers(state=state), (state / "bench-web.log").open("wb") as log:
        process = subprocess.Popen(
            web.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings", "PORT": str(port)},
        )
        try:
            wait_for_answers(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def wait_for_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not launch.answers(port=port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotServedError
        time.sleep(0.1)


def ask_in_time(*, port: int, path: str, token: str, bodies: list[str], rate: int = 0) -> Served:
    """Eight clients at once, first to warm up: as fast as they can, or at a rate."""
    load = {"port": port, "path": path, "token": token, "bodies": bodies, "rate": rate}
    for seconds in (WARM_UP, SECONDS):
        clients = subprocess.run(
            [sys.executable, "-m", "bench.clients"],
            input=json.dumps({**load, "seconds": seconds}),
            capture_output=True,
            check=True,
            text=True,
            cwd=settings.BASE_DIR,
            timeout=60,
        )
        served = Served(**json.loads(clients.stdout))
        if served.wrong or not served.took:
            raise NotServedError(path, served.wrong)
    return served


def ask_many(*, port: int, token: str, body: dict[str, Any]) -> None:
    """One batch; raises NotServedError when it is not answered."""
    link = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with contextlib.closing(link):
        link.request("POST", MANY, body=json.dumps(body), headers=headers)
        answer = link.getresponse()
        answer.read()
    if answer.status != HTTPStatus.OK:
        raise NotServedError(answer.status)


def say_how_quick(*, port: int, token: str, bodies: list[str]) -> None:
    asked = ask_in_time(port=port, path=ASKING, token=token, bodies=bodies)
    per_second = len(asked.took) / asked.seconds
    sys.stdout.write(f"one decision over HTTP, {CLIENTS} clients {per_second:>8,.0f}/s\n")
    for name, path in FLOORS.items():
        floor = ask_in_time(port=port, path=path, token=token, bodies=bodies)
        floor_per_second = len(floor.took) / floor.seconds
        sys.stdout.write(
            f"  beside {name:<31} {floor_per_second:>8,.0f}/s {per_second / floor_per_second:>8.2f}\n"
        )
    paced = ask_in_time(port=port, path=ASKING, token=token, bodies=bodies, rate=RATE)
    sys.stdout.write(
        f"one decision at {RATE} a second: half within {paced.percentile(50) * 1000:.1f} ms, "
        f"99 in 100 within {paced.percentile(99) * 1000:.1f} ms\n"
    )
    sys.stdout.flush()
