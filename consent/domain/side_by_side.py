"""Long reading spread over a few connections, in constant memory and in order."""

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

WAITING_PER_READER = 2
Part = TypeVar("Part")


def read_in_order(*, parts: Iterable[Callable[[], Part]], readers: int) -> Iterator[Part]:
    """Read parts side by side, each reader over a connection of its own; yields them in their order.

    One reader is this thread with its own connection.
    """
    if readers == 1:
        yield from (part() for part in parts)
        return
    with contextlib.ExitStack() as stack:
        threads = [stack.enter_context(_reader()) for _number in range(readers)]
        waiting: deque[Future[Part]] = deque()
        for number, part in enumerate(parts):
            if len(waiting) == WAITING_PER_READER * readers:
                yield waiting.popleft().result()
            waiting.append(threads[number % readers].submit(part))
        while waiting:
            yield waiting.popleft().result()


@contextlib.contextmanager
def asked_beside(*, question: Callable[[], Part], readers: int) -> Iterator[Callable[[], Part]]:
    """Have one question answered meanwhile, over a connection of its own; gives how to get the answer.

    One reader asks it when the answer is wanted.
    """
    if readers == 1:
        yield question
        return
    with _reader() as thread:
        yield thread.submit(question).result


@contextlib.contextmanager
def _reader() -> Iterator[ThreadPoolExecutor]:
    """A thread with a connection of its own, which is closed where it was opened."""
    with ThreadPoolExecutor(1) as thread:
        try:
            yield thread
        finally:
            thread.submit(_close).result()


def _close() -> None:
    connection.close()
