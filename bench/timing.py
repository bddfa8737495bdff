"""The clock of the benchmarks, and how a figure is told."""

import datetime
import sys
import time
from collections.abc import Callable
from typing import TypeVar

TIMES = 3
Result = TypeVar("Result")


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def best(work: Callable[[], Result]) -> tuple[float, Result]:
    """The quickest of a few times: what the machine does beside it only ever makes it slower."""
    return min((timed(work) for _ in range(TIMES)), key=lambda pair: pair[0])


def say(what: str, rows: int, seconds: float, beside: float | None = None) -> None:
    ratio = f"{seconds / beside:8.2f} times" if beside else ""
    sys.stdout.write(f"{what:<40} {rows:>10,} {seconds:>9.3f} s {rows / seconds:>12,.0f}/s {ratio}\n")
    sys.stdout.flush()
