"""Eight programs that ask over HTTP, in a process of their own: told what to ask on stdin, tells on stdout.

They write and read bare sockets, so that most of the machine is left to the server.
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

CLIENTS = 8
OK = b"HTTP/1.1 200 "


class RefusedError(RuntimeError):
    """The server did not answer with 200."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is asked, for how long, and how often: as fast as they can when no rate is given."""

    port: int
    path: str
    token: str
    bodies: list[str]
    seconds: float
    rate: float = 0

    def request(self, number: int) -> bytes:
        body = self.bodies[number % len(self.bodies)].encode()
        lines = [
            *(f"POST {self.path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {self.token}"),
            *("Content-Type: application/json", f"Content-Length: {len(body)}", "", ""),
        ]
        return "\r\n".join(lines).encode() + body


@dataclass(kw_only=True)
class Tally:
    """How long each answer took, in seconds."""

    took: list[float] = field(default_factory=list)
    wrong: int = 0


def main() -> None:
    load = Load(**json.load(sys.stdin))
    tallies = [Tally() for _ in range(CLIENTS)]
    began = time.perf_counter()
    numbers, lock = count(), threading.Lock()

    def next_number() -> int:
        with lock:
            return next(numbers)

    threads = [threading.Thread(target=ask, args=(load, tally, began, next_number)) for tally in tallies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = sorted(one for tally in tallies for one in tally.took)
    wrong = sum(tally.wrong for tally in tallies)
    json.dump({"took": took, "wrong": wrong, "seconds": time.perf_counter() - began}, sys.stdout)


def ask(load: Load, tally: Tally, began: float, next_number: Callable[[], int]) -> None:
    with socket.create_connection(("127.0.0.1", load.port), timeout=10) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number, due in moments(load, began, next_number):
            link.sendall(load.request(number))
            tally.wrong += not read_answer(link).startswith(OK)
            tally.took.append(time.perf_counter() - due)


def moments(load: Load, began: float, next_number: Callable[[], int]) -> Iterator[tuple[int, float]]:
    """When each question is due; who is late counts from when it was, as whoever waits does."""
    while True:
        number, now = next_number(), time.perf_counter()
        due = began + number / load.rate if load.rate else now
        if due > began + load.seconds:
            return
        time.sleep(max(due - now, 0))
        yield number, due


def read_answer(link: socket.socket) -> bytes:
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += received(link)
    head, _, rest = answer.partition(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    missing = int(length.partition(b":")[2]) - len(rest)
    while missing > 0:
        missing -= len(received(link))
    return head


def received(link: socket.socket) -> bytes:
    data = link.recv(65536)
    if not data:
        raise RefusedError
    return data


if __name__ == "__main__":
    main()
