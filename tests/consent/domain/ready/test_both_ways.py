"""The short way and the long way give one answer, whoever is asked about and whenever."""

import datetime
import random

import pytest

from consent.domain.ledger.reconciling import list_ranges
from consent.domain.ready.making import mend
from consent.models import ReadyAddress
from tests import make
from tests.consent.domain.ready.scene import House, both_ways, make_all_ready, somebody

pytestmark = pytest.mark.django_db
PEOPLE = 40
LATER = (
    datetime.timedelta(0),
    datetime.timedelta(hours=7),
    datetime.timedelta(days=2),
    datetime.timedelta(days=400),
)


@pytest.mark.parametrize("seed", range(4))
def test_whoever_is_asked_about(seed: int) -> None:
    chance, house = random.Random(seed), House()  # noqa: S311 (people to test with)
    people = [somebody(house=house, number=number, chance=chance) for number in range(PEOPLE)]
    shared = make.phone_point(contact=people[1], text="+31200000000")
    make_all_ready()
    texts = [f"+3120000{number:04}" for number in range(PEOPLE + 2)]
    texts += [f"a{number}@example.org" for number in range(PEOPLE + 2)]

    for later in LATER:
        stood = 0
        for question in house.questions(at=make.NOW + later):
            short, long, ready = both_ways(question=question, texts=texts)
            assert short == long
            stood += ready
        # Else nothing was compared at all; whom a moment has passed for goes the long way again.
        assert stood > (100 if later < LATER[-1] else 0)
    assert not ReadyAddress.objects.filter(value=shared.value).exists()


def test_who_is_named_beside_an_address() -> None:
    chance, house = random.Random(6), House()  # noqa: S311 (people to test with)
    people = [somebody(house=house, number=number, chance=chance) for number in range(PEOPLE)]
    make_all_ready()
    texts = [f"+3120000{number:04}" for number in range(PEOPLE)] * 3
    # Each number for nobody, for whom it belongs to, and for somebody else.
    contacts = [*[None] * PEOPLE, *[one.pk for one in people], *[people[0].pk] * PEOPLE]

    for question in house.questions(at=make.NOW):
        short, long, ready = both_ways(question=question, texts=texts, contacts=contacts)
        assert short == long
        assert question.channel == "EMAIL" or ready > 0


def test_whose_term_passed_is_made_ready_again() -> None:
    chance, house = random.Random(5), House()  # noqa: S311 (people to test with)
    for number in range(PEOPLE):
        somebody(house=house, number=number, chance=chance)
    make_all_ready()
    later = make.NOW + datetime.timedelta(days=2)
    texts = [f"+3120000{number:04}" for number in range(PEOPLE)]
    question = house.questions(at=later)[0]
    *_verdicts, before = both_ways(question=question, texts=texts)

    for within in list_ranges():
        assert mend(within=within, now=later) == 0
    make_all_ready(now=later)

    short, long, after = both_ways(question=question, texts=texts)
    assert short == long
    assert after > before
