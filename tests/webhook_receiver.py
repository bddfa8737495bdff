"""A program outside that is told: a real HTTP server on this machine, which keeps what it got."""

import contextlib
import datetime
import http.server
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from config.mail import LOOPBACK


@dataclass(frozen=True, kw_only=True)
class Got:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def webhook_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = orjson.loads(self.body)
        return payload


@dataclass(kw_only=True)
class Receiver:
    """What arrived, and what is answered: each answer once, the last one from then on."""

    port: int
    scheme: str = "http"
    host: str = LOOPBACK
    answers: list[int] = field(default_factory=lambda: [200])
    headers: dict[str, str] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)
    drips: bool = False

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/jawoord?van=jawoord"

    def next_answer(self) -> int:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextlib.contextmanager
def running_receiver(*, context: ssl.SSLContext | None = None, host: str = LOOPBACK) -> Iterator[Receiver]:
    server = http.server.ThreadingHTTPServer((LOOPBACK, 0), _Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(port=server.server_port, scheme="https" if context else "http", host=host)
    receiver.may_answer.set()
    server.receiver = receiver  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.may_answer.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.got.append(Got(path=self.path, headers=dict(self.headers), body=body))
        receiver.arrived.set()
        receiver.may_answer.wait(30)
        with contextlib.suppress(OSError):
            self.answer(receiver)

    def answer(self, receiver: Receiver) -> None:
        if receiver.drips:
            self.drip()
            return
        self.send_response(receiver.next_answer())
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"x" * 10_000)

    def drip(self) -> None:
        """A head that never ends, a byte at a time."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            self.wfile.write(b"x")
            self.wfile.flush()
            threading.Event().wait(0.05)

    def log_message(self, *_args: object) -> None:
        pass


def moment_of(got: Got) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), tz=datetime.UTC)
