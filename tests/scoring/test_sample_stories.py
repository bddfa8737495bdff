"""What the sample tells of scoring: visible in the admin as soon as it is loaded."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.db.models import QuerySet

from consent.models import OutboxMessage
from scoring.domain.versions import explain_as_at
from scoring.models import (
    CampaignRecipient,
    ContactAttribute,
    JourneyMember,
    Score,
    ScoreModel,
    SegmentMember,
)
from tests.make import NOW

pytestmark = pytest.mark.django_db
DAYS = {16: 15, 17: 30, 18: 70}


@pytest.fixture(scope="module", autouse=True)
def sample(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("sample", people=0, verbosity=0)
        yield
        transaction.set_rollback(True)


def score_of(name: str) -> Score:
    return Score.objects.get(model__code="interesse-lampen", contact__points__value=f"{name}@example.org")


@pytest.mark.parametrize("name", ["iris", "isa"])
def test_score_of_the_prospect_climbs_with_reasons(name: str) -> None:
    model, contact = ScoreModel.objects.get(code="interesse-lampen"), score_of(name).contact

    seen = {
        day: explain_as_at(model=model, contact_id=contact.pk, day=date(2026, 11, day), now=NOW)
        for day in DAYS
    }

    assert [len(explained.lines) for explained in seen.values()] == [2, 4, 5]
    assert {day: round(explained.points or 0) for day, explained in seen.items()} == DAYS


def test_threshold_sent_one_message_and_none_to_the_twin_who_withdrew() -> None:
    found = CampaignRecipient.objects.values_list("contact__given_name", "state", "code")
    messages = OutboxMessage.objects.filter(kind=OutboxMessage.Kind.CAMPAIGN)

    assert set(found) == {
        ("Iris", "SENT", "A_CONSENT"),
        ("Isa", "DENIED", "D_WITHDRAWN"),
    }
    assert [(one.state, one.point.value, one.created_at) for one in messages] == [
        ("SENT", "iris@example.org", datetime(2026, 11, 18, 11, 15, 10, tzinfo=UTC))
    ]


def test_both_are_in_the_segment_of_whoever_is_hot() -> None:
    found = SegmentMember.objects.values_list("segment__code", "contact__given_name")

    assert set(found) == {("heet-voor-lampen", "Iris"), ("heet-voor-lampen", "Isa")}


def test_loading_twice_changes_nothing() -> None:
    before = {model.__name__: QuerySet(model=model).count() for model in apps.get_models()}

    call_command("sample", people=0, verbosity=0)

    assert {model.__name__: QuerySet(model=model).count() for model in apps.get_models()} == before


def test_who_is_likely_to_leave_came_into_the_journey_that_keeps_customers() -> None:
    member = JourneyMember.objects.select_related("contact").get(journey__code="behouden")

    assert (member.contact.given_name, member.stage.code if member.stage else "") == ("Anna", "luisteren")
    assert member.source == JourneyMember.Source.RULE
    assert [task.words for task in member.tasks.all()] == ["Vraag hoe de lamp bevalt; bied niets aan."]


def test_of_who_stopped_everything_no_probability_is_kept() -> None:
    kept = ContactAttribute.objects.filter(name="churn").order_by("contact__given_name")

    assert list(kept.values_list("contact__given_name", "value")) == [("Anna", "0.82"), ("Noor", "0.35")]
