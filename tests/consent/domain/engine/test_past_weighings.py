"""What a team wrote down about a purpose or its products: the past is answered by what was known then."""

from datetime import datetime, timedelta

import pytest

from consent.domain.engine.question import Question, put_question
from consent.models import BalancingTest, Channel
from customers.models import LegalEntity, ProductSimilarity
from tests import make

pytestmark = pytest.mark.django_db


def moment(days: float) -> datetime:
    return make.NOW + timedelta(days=days)


@pytest.fixture
def shop() -> LegalEntity:
    shop = make.legal_entity(organisation=make.organisation())
    make.purpose(organisation=shop.organisation, legal_entities=[shop], channels=[Channel.POST])
    return shop


def asked(*, at: float, known: float) -> Question:
    return put_question(
        legal_entity="lampenwinkel",
        purpose="offers",
        channel="POST",
        product_group="lampen",
        at=moment(at),
        known_at=moment(known),
        now=moment(90),
    )


def test_weighing_counts_once_it_is_entered_and_ends_once_that_is_entered(shop: LegalEntity) -> None:
    make.product_group(legal_entity=shop, code="lampen")
    BalancingTest.objects.create(
        legal_entity=shop,
        purpose=shop.purposes.get(),
        channel=Channel.POST,
        concluded_at=moment(-10),
        entered_at=moment(1),
        valid_until_at=moment(20),
        end_entered_at=moment(25),
    )

    found = {(at, known): asked(at=at, known=known) for at in (0, 22) for known in (0.5, 2, 30)}

    assert [key for key, question in found.items() if question.balancing_test_id] == [
        (0, 2),
        (0, 30),
        (22, 2),
    ]
    assert found[0, 2].balancing_test_ends_at is None
    assert found[0, 30].balancing_test_ends_at == moment(20)


def test_similarity_counts_once_it_is_entered_and_ends_once_that_is_entered(shop: LegalEntity) -> None:
    lamps = make.product_group(legal_entity=shop, code="lampen")
    bulbs = make.product_group(legal_entity=shop, code="peertjes", name="Peertjes")
    alike = make.product_similarity(product_group=bulbs, similar_group=lamps)
    ProductSimilarity.objects.filter(pk=alike.pk).update(
        entered_at=moment(1), valid_until_date=moment(20).date(), end_entered_at=moment(25)
    )

    found = {(at, known): asked(at=at, known=known).groups for at in (0, 22) for known in (0.5, 2, 30)}

    assert [key for key, groups in found.items() if bulbs.pk in groups] == [(0, 2), (0, 30), (22, 2)]
