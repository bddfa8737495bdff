"""A list over several processes: each reads its own pieces of the file and has its own connection."""

import contextlib
import datetime
import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import BinaryIO

from django.db import connections
from django.db.utils import OperationalError

from consent.domain.engine.question import Wanted
from consent.domain.lists.layout import Layout
from consent.domain.lists.records import Piece, pieces
from consent.domain.lists.rows import titles_of
from consent.domain.screening.pieces import Screened, screen_piece

WAITING_PER_WORKER = 2


class WorkerLostError(RuntimeError):
    """A process of the screening ended before its time; the machine may be short of memory."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What every process of one screening knows."""

    wanted: Wanted
    layout: Layout
    clock: Callable[[], datetime.datetime]

    def screen(self, *, data: bytes, titles: int) -> Screened:
        """Answer a piece as things are now: who withdrew a moment ago is left alone."""
        question = self.wanted.put(now=self.clock())
        return screen_piece(data=data, titles=titles, layout=self.layout, question=question)


@dataclass(frozen=True, kw_only=True)
class _Task:
    """Where a piece stands in the file; of a giant row only the beginning, closed by its line end."""

    start: int
    length: int
    behind: bytes
    titles: int


def screen_here(*, text: BinaryIO, plan: Plan) -> Iterator[Screened]:
    """Answer a list piece by piece in this process."""
    with _tidied_between_pieces():
        for piece in pieces(source=text, layout=plan.layout):
            yield plan.screen(data=piece.data, titles=_titles(piece, plan))
            gc.collect()


@contextlib.contextmanager
def _tidied_between_pieces() -> Iterator[None]:
    """Look for what nobody needs any more between pieces only, and not among what was there before them.

    Time and again going through all of it costs as much as the answers.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def screen_in_parallel(*, text: BinaryIO, plan: Plan, processes: int) -> Iterator[Screened]:
    """Answer a list over several processes, in the order of its rows; text must be a real file.

    Raises OperationalError when the database went away, WorkerLostError when a process did.
    """
    connections.close_all()
    text.flush()
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(_worker(text.fileno(), plan)) for _number in range(processes)]
        waiting: deque[Connection] = deque()
        for number, piece in enumerate(pieces(source=text, layout=plan.layout)):
            if len(waiting) == WAITING_PER_WORKER * processes:
                yield _receive(waiting.popleft())
            worker = workers[number % processes]
            worker.send(_task(piece, plan))
            waiting.append(worker)
        while waiting:
            yield _receive(waiting.popleft())


@contextlib.contextmanager
def _worker(file: int, plan: Plan) -> Iterator[Connection]:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, here, file, plan), daemon=True)
    process.start()
    there.close()
    try:
        yield here
    finally:
        here.close()
        process.terminate()
        process.join()


def _serve(link: Connection, other_end: Connection, file: int, plan: Plan) -> None:
    # The parent's end must be the only other one, or the end of the parent would go unnoticed.
    other_end.close()
    _leave_connections_to_the_parent()
    with _tidied_between_pieces(), contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            task: _Task = link.recv()
            data = _read(file, task) + task.behind
            try:
                link.send(plan.screen(data=data, titles=task.titles))
            except OperationalError as error:
                link.send(OperationalError(*error.args))
            gc.collect()
    connections.close_all()


def _leave_connections_to_the_parent() -> None:
    """Forget what the parent still has open: two processes on one connection garble each other's answers."""
    for connection in connections.all(initialized_only=True):
        connection.connection = None


def _read(file: int, task: _Task) -> bytes:
    found = b""
    while len(found) < task.length:
        more = os.pread(file, task.length - len(found), task.start + len(found))
        if not more:
            break
        found += more
    return found


def _receive(worker: Connection) -> Screened:
    try:
        answer: Screened | OperationalError = worker.recv()
    except EOFError as error:
        raise WorkerLostError from error
    if isinstance(answer, OperationalError):
        raise answer
    return answer


def _task(piece: Piece, plan: Plan) -> _Task:
    whole = piece.end - piece.start == len(piece.data)
    behind = b"\n" if not whole and piece.data.endswith(b"\n") else b""
    return _Task(
        start=piece.start,
        length=len(piece.data) - len(behind),
        behind=behind,
        titles=_titles(piece, plan),
    )


def _titles(piece: Piece, plan: Plan) -> int:
    return 0 if piece.start else titles_of(layout=plan.layout)
