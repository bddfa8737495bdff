"""Whether two ways of asking can be told apart by the time the answer takes."""

import math
import random
import time
from collections.abc import Callable

PAIRS = 1_000
CHANCE = 0.01
ROUNDS = 3


def seconds_of(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def looks_alike(one: Callable[[], float], other: Callable[[], float], *, pairs: int = PAIRS) -> bool:
    return likeness(one, other, pairs=pairs) > CHANCE


def likeness(one: Callable[[], float], other: Callable[[], float], *, pairs: int = PAIRS) -> float:
    """Measure both in turn and compare by rank (Mann-Whitney): how likely chance explains the difference.

    One round in a hundred tells two equal things apart by chance; three in a row is one in a million, while
    a real difference shows in each. So the first round that tells nothing apart counts.
    """
    rounds = (probability(*measure(one, other, pairs)) for _round in range(ROUNDS))
    return next((found for found in rounds if found > CHANCE), 0.0)


def measure(
    one: Callable[[], float], other: Callable[[], float], pairs: int
) -> tuple[list[float], list[float]]:
    ones, others = [], []
    for _pair in range(pairs):
        if random.random() < 0.5:  # noqa: S311 (the order of measuring, no secret)
            ones.append(one())
            others.append(other())
        else:
            others.append(other())
            ones.append(one())
    return ones, others


def probability(ones: list[float], others: list[float]) -> float:
    """Say how likely a difference at least this large is between two samples of one thing."""
    ranked = sorted([(value, 0) for value in ones] + [(value, 1) for value in others])
    rank_sum = sum(rank for rank, (_value, sample) in enumerate(ranked, start=1) if sample == 0)
    n, m = len(ones), len(others)
    statistic = rank_sum - n * (n + 1) / 2
    deviation = math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(statistic - n * m / 2) / deviation / math.sqrt(2))
