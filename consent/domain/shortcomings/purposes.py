"""Purposes nobody answers for, and balancing tests that no longer hold."""

import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.domain.shortcomings.shortcoming import Filters, Shortcoming, Urgency, days_from
from consent.models import BalancingTest, Purpose
from customers.domain.staff import Area

DISCUSS_TESTS: Final = _(
    "Some contact rests on our own interest instead of permission, weighed once against that of the people. "
    "Is that weighing still true: our interest, what people expect, how often, and how easily they stop it? "
    "Without a test that holds, the ground is gone."
)


def without_department(_at: datetime.datetime) -> Filters:
    """Nobody answers for it."""
    return {"department__isnull": True}


def test_ended(at: datetime.datetime) -> Filters:
    """The balancing test does not hold any more."""
    return {"valid_until_at__lt": at}


def test_ends_soon(at: datetime.datetime) -> Filters:
    """The balancing test ends within ninety days."""
    return {"valid_until_at__gte": at, "valid_until_at__lt": days_from(at, days=90)}


PURPOSES: Final = (
    Shortcoming(
        code="purposes_without_department",
        title=_("Purposes nobody answers for"),
        act=_("Choose a department"),
        discuss=_(
            "For every purpose somebody must answer: why we do it, on what ground, and for how long. Who is "
            "that for these, and do they know it?"
        ),
        article=_("art. 5(2) and 24 GDPR"),
        urgency=Urgency.AHEAD,
        area=Area.WORDING,
        model=Purpose,
        filters=without_department,
        legal_entity="",
        legal_entities="legal_entities",
        department="department",
    ),
    Shortcoming(
        code="balancing_tests_ended",
        title=_("Balancing tests that no longer hold"),
        act=_("Weigh anew, or stop the contact"),
        discuss=DISCUSS_TESTS,
        article=_("art. 6(1)(f) GDPR"),
        urgency=Urgency.NOW,
        area=Area.WORDING,
        model=BalancingTest,
        filters=test_ended,
        organisation="legal_entity__organisation",
        department="purpose__department",
    ),
    Shortcoming(
        code="balancing_tests_ending",
        title=_("Balancing tests that end within 90 days"),
        act=_("Weigh anew in time"),
        discuss=DISCUSS_TESTS,
        article=_("art. 6(1)(f) GDPR"),
        urgency=Urgency.AHEAD,
        area=Area.WORDING,
        model=BalancingTest,
        filters=test_ends_soon,
        organisation="legal_entity__organisation",
        department="purpose__department",
    ),
)
