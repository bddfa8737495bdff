"""The clock of the benchmarks, and how a figure is told."""

import datetime
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from bench.processors import processor_seconds

TIMES = 3
Result = TypeVar("Result")


class Took(float):
    """How long something took on the clock in seconds, and of processors' time beside it.

    What else the machine does lengthens the first, and hardly the second.
    """

    processors: float

    def __new__(cls, seconds: float, processors: float) -> "Took":
        took = super().__new__(cls, seconds)
        took.processors = processors
        return took


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def timed(work: Callable[[], Result]) -> tuple[Took, Result]:
    used, began = processor_seconds(), time.perf_counter()
    result = work()
    seconds = time.perf_counter() - began
    return Took(seconds, processor_seconds() - used), result


def best(work: Callable[[], Result]) -> tuple[Took, Result]:
    """The quickest of a few times: what the machine does beside it only ever makes it slower."""
    return min((timed(work) for _ in range(TIMES)), key=lambda pair: pair[0])


def say(what: str, rows: int, seconds: float, beside: float | None = None) -> None:
    ratio = f"{seconds / beside:8.2f} times" if beside else " " * 14
    busy = f"{seconds.processors / rows * 1e6:10,.1f} µs of CPU a row" if isinstance(seconds, Took) else ""
    told = f"{what:<40} {rows:>10,} {seconds:>9.3f} s {rows / seconds:>12,.0f}/s {ratio} {busy}"
    sys.stdout.write(f"{told.rstrip()}\n")
    sys.stdout.flush()
