import pytest

from scoring.domain.talent_pool.wishes import CHANNEL, REGION, WORK, NotOfferedError, read_wishes, tell_wishes
from scoring.models import ContactAttribute
from tests import make
from tests.scoring.pool_scene import candidate, pool_house

pytestmark = pytest.mark.django_db


def test_what_a_candidate_tells_is_kept_as_told_by_themselves() -> None:
    house = pool_house()
    contact = candidate(house=house).contact

    tell_wishes(pool=house.pool, contact=contact, wishes={WORK: "lasser", CHANNEL: "CALL"}, told_at=make.NOW)

    assert read_wishes(pool=house.pool, contact=contact) == {WORK: "lasser", CHANNEL: "CALL"}
    assert set(ContactAttribute.objects.values_list("origin", flat=True)) == {"OWN"}


def test_a_new_answer_leaves_nothing_of_the_old_one() -> None:
    house = pool_house()
    contact = candidate(house=house).contact
    tell_wishes(
        pool=house.pool, contact=contact, wishes={WORK: "lasser", REGION: "Zeeland"}, told_at=make.NOW
    )

    changed = tell_wishes(
        pool=house.pool, contact=contact, wishes={WORK: "planner", REGION: ""}, told_at=make.NOW
    )

    assert changed
    assert list(ContactAttribute.objects.values_list("name", "value")) == [(WORK, "planner")]


def test_the_same_answer_changes_nothing() -> None:
    house = pool_house()
    contact = candidate(house=house).contact
    tell_wishes(pool=house.pool, contact=contact, wishes={WORK: "lasser"}, told_at=make.NOW)

    assert not tell_wishes(pool=house.pool, contact=contact, wishes={WORK: "lasser"}, told_at=make.NOW)


def test_an_answer_that_is_not_offered_is_refused() -> None:
    house = pool_house()
    contact = candidate(house=house).contact

    with pytest.raises(NotOfferedError):
        tell_wishes(pool=house.pool, contact=contact, wishes={WORK: "zwanger"}, told_at=make.NOW)

    assert ContactAttribute.objects.count() == 0
