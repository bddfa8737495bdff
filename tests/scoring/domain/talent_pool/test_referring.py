import pytest

from consent.domain.arrivals import Arrival
from customers.models import Contact, ContactPoint
from scoring.domain.talent_pool import referring
from scoring.models import Referral, ReferredCandidate
from tests import make
from tests.scoring.pool_scene import PoolHouse, candidate, pool_house

pytestmark = pytest.mark.django_db


def arrive(house: PoolHouse, contact: Contact, code: str) -> None:
    referring.hear_arrival(Arrival(contact=contact, collection_point=house.form, code=code, came_at=make.NOW))


def test_a_candidate_has_one_link_however_often_they_ask() -> None:
    house = pool_house()
    contact = candidate(house=house).contact

    first = referring.link_of_candidate(pool=house.pool, contact=contact, made_at=make.NOW)
    second = referring.link_of_candidate(pool=house.pool, contact=contact, made_at=make.NOW)

    assert first == second
    assert Referral.objects.count() == 1


def test_a_link_stores_nobody() -> None:
    house = pool_house()
    contact = candidate(house=house).contact
    known = set(Contact.objects.values_list("pk", flat=True)), ContactPoint.objects.count()

    referring.link_of_candidate(pool=house.pool, contact=contact, made_at=make.NOW)

    assert (set(Contact.objects.values_list("pk", flat=True)), ContactPoint.objects.count()) == known
    [row] = Referral.objects.values()
    assert row.keys() == {"id", "pool_id", "code", "contact_id", "staff_id", "made_at"}
    assert row["contact_id"] == contact.pk


def test_who_signs_up_by_a_link_has_it_as_source_and_the_first_stays() -> None:
    house = pool_house()
    alice, bob = candidate(house=house).contact, make.contact(organisation=house.entity.organisation)
    colleague = make.staff_member(organisation=house.entity.organisation)
    first = referring.link_of_candidate(pool=house.pool, contact=alice, made_at=make.NOW)
    second = referring.link_of_colleague(pool=house.pool, staff=colleague, made_at=make.NOW)

    arrive(house, bob, first.code)
    arrive(house, bob, second.code)

    assert list(ReferredCandidate.objects.values_list("contact", "referral")) == [(bob.pk, first.pk)]


def test_a_form_sent_with_the_address_of_who_is_in_the_pool_gives_no_source() -> None:
    house = pool_house()
    alice, bob = candidate(house=house).contact, candidate(house=house, name="Bob").contact
    link = referring.link_of_candidate(pool=house.pool, contact=alice, made_at=make.NOW)

    arrive(house, bob, link.code)

    assert ReferredCandidate.objects.count() == 0


def test_where_nothing_is_confirmed_the_permission_of_the_form_itself_is_no_hindrance() -> None:
    house = pool_house()
    alice, bob = candidate(house=house).contact, candidate(house=house, name="Bob", given_at=make.NOW).contact
    link = referring.link_of_candidate(pool=house.pool, contact=alice, made_at=make.NOW)

    arrive(house, bob, link.code)

    assert ReferredCandidate.objects.get().contact == bob


@pytest.mark.parametrize("code", ["", "no-such-code"])
def test_an_unknown_code_says_nothing(code: str) -> None:
    house = pool_house()

    arrive(house, make.contact(organisation=house.entity.organisation), code)

    assert ReferredCandidate.objects.count() == 0


def test_nobody_refers_themselves_and_a_code_counts_at_its_own_form_only() -> None:
    house = pool_house()
    alice = candidate(house=house).contact
    link = referring.link_of_candidate(pool=house.pool, contact=alice, made_at=make.NOW)
    other = make.collection_point(legal_entity=house.entity, code="ander", published_at=make.LONG_AGO)
    bob = make.contact(organisation=house.entity.organisation)

    arrive(house, alice, link.code)
    referring.hear_arrival(Arrival(contact=bob, collection_point=other, code=link.code, came_at=make.NOW))

    assert ReferredCandidate.objects.count() == 0


def test_without_a_form_online_there_is_no_link() -> None:
    house = pool_house()
    contact = candidate(house=house).contact
    house.pool.form = None

    with pytest.raises(referring.NoFormError):
        referring.link_of_candidate(pool=house.pool, contact=contact, made_at=make.NOW)
