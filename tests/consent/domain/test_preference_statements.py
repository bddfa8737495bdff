"""What a person's page asks the engine, whose statements go past Django: two, however much there is."""

import pytest

from consent.domain.preferences import Row, read_preferences
from consent.models import Channel
from customers.models import Contact
from tests import make, preference_scenes
from tests.preference_scenes import NOON, House
from tests.statements import statements_sent

pytestmark = pytest.mark.django_db


def house_with(*, purposes: int, products: int) -> House:
    house = preference_scenes.house()
    for number in range(purposes):
        make.purpose(
            organisation=house.organisation,
            legal_entities=[house.shop, house.sister],
            code=f"more-{number}",
            channels=[Channel.EMAIL, Channel.CALL],
        )
    for number in range(products):
        group = make.product_group(legal_entity=house.shop, code=f"g{number}", name=f"Groep {number}")
        preference_scenes.buy_lamp(house=house, product_group=group)
    return house


def rows(house: House) -> tuple[Row, ...]:
    alice = Contact.objects.get(pk=house.alice.pk)
    return read_preferences(contact=alice, opened_with=house.email, now=NOON).rows


@pytest.mark.parametrize(("purposes", "products"), [(0, 0), (1, 1), (3, 1), (1, 3), (3, 3)])
def test_page_puts_two_statements_however_much_there_is(purposes: int, products: int) -> None:
    house = house_with(purposes=purposes, products=products)

    with statements_sent() as sent:
        found = rows(house)

    assert len(sent) == 2
    assert {len(row.standing.products) for row in found if row.standing.products} == {products} - {0}
