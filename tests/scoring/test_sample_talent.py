"""What the sample tells of the talent pool: visible in the admin as soon as it is loaded."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from consent.domain.retention.looking_ahead import look_ahead
from consent.models import OutboxMessage, RetentionTerm
from scoring.domain.talent_pool.figures import read_figures
from scoring.models import JobApplication, JourneyMember, ReferredCandidate, StayQuestion, TalentPool
from tests.scoring.pool_scene import ENDS_AT

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def sample(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("sample", people=0, verbosity=0)
        yield
        transaction.set_rollback(True)


def test_candidates_stand_in_each_stage_as_they_came() -> None:
    rows = JourneyMember.objects.filter(journey__kind="TALENT_POOL").order_by("contact__given_name")

    assert list(rows.values_list("contact__given_name", "stage__code", "source")) == [
        ("Jade", "engage", "FORM"),
        ("Kees", "hire", "FORM"),
        ("Lars", "retain", "FORM"),
        ("Nina", "attract", "REFERRAL"),
        ("Tess", "attract", "FORM"),
    ]


def test_tess_was_asked_to_stay_and_the_mail_left() -> None:
    question = StayQuestion.objects.get()

    assert (question.contact.given_name, question.turn, question.ends_at) == ("Tess", 1, ENDS_AT)
    assert OutboxMessage.objects.get(pk=question.message_id).state == OutboxMessage.State.SENT


def test_the_pool_tells_its_figures() -> None:
    figures = read_figures(pool=TalentPool.objects.get(), now=ENDS_AT - timedelta(days=5))

    # Lars works here now, so he is not counted.
    assert (figures.in_pool, figures.referred, figures.running) == (4, 1, 1)
    assert (figures.fit.right, figures.fit.unknown, figures.fit.not_looked_at) == (3, 1, 0)
    assert figures.ending == {7: 1, 30: 1, 90: 1}
    assert figures.channels == {"EMAIL": 1, "CALL": 1}


def test_the_rejected_applicant_goes_within_a_week() -> None:
    pool = TalentPool.objects.get()
    lines = look_ahead(organisation=pool.organisation, now=timezone.now())
    [line] = [one for one in lines if one.title == RetentionTerm.Kind.APPLICATIONS.label]

    assert line.counts[:2] == [0, 1]
    assert JobApplication.objects.get(outcome="REJECTED").contact.given_name == "Mila"


def test_nina_came_by_the_link_of_tess() -> None:
    row = ReferredCandidate.objects.select_related("referral__contact").get()

    assert row.contact.given_name == "Nina"
    assert row.referral is not None
    assert str(row.referral.contact) == "Tess Voorbeeld"
