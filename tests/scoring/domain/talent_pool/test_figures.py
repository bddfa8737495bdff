from datetime import timedelta

import pytest

from scoring.domain.talent_pool import figures
from scoring.domain.talent_pool.asking import ask_again
from scoring.domain.talent_pool.figures import read_figures
from tests import make
from tests.scoring.pool_scene import ENDS_AT, candidate, permit, pool_house

pytestmark = pytest.mark.django_db
AT = ENDS_AT - timedelta(days=10)


def test_who_permits_it_at_two_addresses_is_one_person_in_each_figure() -> None:
    house = pool_house()
    alice = candidate(house=house)
    permit(house=house, point=make.email_point(contact=alice.contact, text="alice.work@example.org"))
    sum(ask_again(now=AT))

    found = read_figures(pool=house.pool, now=AT)

    assert (found.in_pool, found.asked, found.joined) == (1, 1, 1)
    assert read_figures(pool=house.pool, now=ENDS_AT).ended == 1


def test_figures_are_the_same_in_however_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    house = pool_house()
    for name in ("Alice", "Bob", "Carol"):
        candidate(house=house, name=name)
    whole = read_figures(pool=house.pool, now=AT)

    monkeypatch.setattr(figures, "AT_ONCE", 2)

    assert whole.in_pool == 3
    assert read_figures(pool=house.pool, now=AT) == whole
