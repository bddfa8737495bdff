from datetime import timedelta

import pytest
from django.db import IntegrityError

from scoring.models import ContactAttribute
from tests import make
from tests.scoring import make as scoring

pytestmark = pytest.mark.django_db


def test_behaviour_is_refused_more_than_five_minutes_ahead() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    alice = make.contact(organisation=entity.organisation)
    ahead = make.NOW + timedelta(minutes=5)

    kept = scoring.behaviour(contact=alice, legal_entity=entity, occurred_at=ahead, recorded_at=make.NOW)

    assert kept.occurred_at == ahead
    with pytest.raises(IntegrityError, match="behaviour_not_from_the_future"):
        scoring.behaviour(
            contact=alice,
            legal_entity=entity,
            occurred_at=ahead + timedelta(microseconds=1),
            recorded_at=make.NOW,
        )


@pytest.mark.parametrize("missing", ["seller", "processor", "told_at"])
def test_bought_data_needs_its_seller_its_party_and_when_the_person_was_told(missing: str) -> None:
    entity = make.legal_entity(organisation=make.organisation())
    whole = {
        "contact": make.contact(organisation=entity.organisation),
        "legal_entity": entity,
        "origin": ContactAttribute.Origin.BOUGHT,
        "seller": "Adressenhuis B.V.",
        "processor": make.processor(legal_entities=[entity]),
        "told_at": make.NOW,
    }
    lacking = {"seller": "", "processor": None, "told_at": None}[missing]

    scoring.attribute(**whole)  # type: ignore[arg-type]  # one mapping for several types

    with pytest.raises(IntegrityError, match="attribute_bought_says_from_whom"):
        scoring.attribute(**{**whole, "name": "other", missing: lacking})  # type: ignore[arg-type]
