import random

from tests.security.timing import CHANCE, looks_alike, probability


def test_equal_things_look_alike() -> None:
    chance = random.Random(1)  # noqa: S311 (made-up measurements)

    assert looks_alike(lambda: chance.gauss(10, 1), lambda: chance.gauss(10, 1))


def test_a_small_difference_shows() -> None:
    chance = random.Random(1)  # noqa: S311 (made-up measurements)

    assert not looks_alike(lambda: chance.gauss(10, 1), lambda: chance.gauss(10.3, 1))


def test_probability_is_that_of_mann_and_whitney() -> None:
    assert probability([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) < CHANCE
    assert round(probability([1, 4, 5, 8], [2, 3, 6, 7]), 3) == 1.0
