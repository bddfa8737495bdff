"""The real web server, and visitors who fill in a form over HTTP."""

import contextlib
import http.client
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings

from config import launch
from config.mail import LOOPBACK
from tests.services.house import House
from tests.services.processes import Running, running, start_and_wait
from tests.services.worker import command_of

REFUSED = 0
PATIENCE = 30


@contextlib.contextmanager
def running_web(*, house: House) -> Iterator[Running]:
    collect_static_files(house=house)
    web = Running(name="web", command=command_of(name="web", house=house), house=house)
    with running(program=web, ready=answers) as started:
        yield started


def restart(*, web: Running) -> float:
    return start_and_wait(program=web, ready=answers)


def answers(web: Running) -> bool:
    return launch.answers(port=web.house.port)


def collect_static_files(*, house: House) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        check=True,
        cwd=settings.BASE_DIR,
        env=house.environment(),
    )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, and after how long; status 0 when the connection broke."""

    status: int
    seconds: float
    body: str = ""
    cookies: str = ""
    retry_after: str = ""


@dataclass(kw_only=True)
class Visitor:
    """One person at one form, behind a network address of their own."""

    port: int
    number: int
    choice: int
    form: str = "receptenboekje"
    cookies: str = ""
    hidden: dict[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"visitor-{self.number}@example.org"

    def open(self) -> Answer:
        answer = self._ask("GET", "")
        names = ("csrfmiddlewaretoken", "ticket")
        found = {name: re.search(rf'name="{name}" value="([^"]+)"', answer.body) for name in names}
        self.hidden = {name: match.group(1) for name, match in found.items() if match}
        self.cookies = answer.cookies or self.cookies
        return answer

    def send(self) -> Answer:
        return self._ask(
            "POST", urlencode({**self.hidden, "EMAIL": self.email, f"choice_{self.choice}": "on"})
        )

    def _ask(self, method: str, body: str) -> Answer:
        headers = {
            "X-Forwarded-For": f"198.51.{self.number // 250}.{self.number % 250 + 1}",
            "Cookie": self.cookies,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        began = time.monotonic()
        link = http.client.HTTPConnection(LOOPBACK, self.port, timeout=PATIENCE)
        try:
            link.request(method, f"/forms/{self.form}/", body=body, headers=headers)
            got = link.getresponse()
            text = got.read().decode()
            cookies = "; ".join(one.split(";")[0] for one in got.headers.get_all("Set-Cookie") or [])
            return Answer(
                status=got.status,
                seconds=time.monotonic() - began,
                body=text,
                cookies=cookies,
                retry_after=got.headers.get("Retry-After", ""),
            )
        except (OSError, http.client.HTTPException):
            return Answer(status=REFUSED, seconds=time.monotonic() - began)
        finally:
            link.close()


def percentile(*, seconds: list[float], percent: int) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
