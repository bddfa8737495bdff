from datetime import timedelta

import pytest

from consent.domain.retention.applying import apply_retention
from scoring.models import BehaviourEvent
from tests import make
from tests.scoring import make as scoring

pytestmark = pytest.mark.django_db


def test_behaviour_goes_two_years_after_it_was_done_whenever_it_was_told() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    alice = make.contact(organisation=entity.organisation, created_at=make.NOW)
    term = timedelta(days=2 * 366)
    for subject, occurred_at in (("old", make.NOW - term), ("young", make.NOW - term + timedelta(seconds=1))):
        scoring.behaviour(
            contact=alice,
            legal_entity=entity,
            subject=subject,
            occurred_at=occurred_at,
            recorded_at=make.NOW,
        )

    gone = [tuple(one) for one in apply_retention(now=make.NOW) if one.what == "BEHAVIOUR"]

    assert gone == [("BEHAVIOUR", 1)]
    assert [one.subject for one in BehaviourEvent.objects.all()] == ["young"]
