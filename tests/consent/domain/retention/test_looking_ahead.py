from datetime import timedelta

import pytest

from consent.domain.retention.applying import apply_retention
from consent.domain.retention.looking_ahead import look_ahead
from consent.models import RetentionTerm
from tests import make
from tests.consent.domain.retention.test_applying import FIVE_YEARS, GIVEN, decide, given_and_withdrawn
from tests.preference_scenes import house

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_preview_counts_what_goes_today_this_week_this_month_and_this_quarter() -> None:
    home = house()
    given_and_withdrawn(home)
    due = GIVEN + DAY + FIVE_YEARS

    counts = [
        line.counts
        for days in (0, 7, 8, 91)
        for line in look_ahead(organisation=home.organisation, now=due - days * DAY)
        if line.title == RetentionTerm.Kind.PROOF.label
    ]

    assert counts == [[2, 2, 2, 2], [0, 2, 2, 2], [0, 0, 2, 2], [0, 0, 0, 0]]


def test_preview_of_today_is_what_goes() -> None:
    home = house()
    given_and_withdrawn(home)
    at = GIVEN + 10 * DAY + FIVE_YEARS

    told = sum(line.counts[0] for line in look_ahead(organisation=home.organisation, now=at))

    assert told == sum(chunk.rows for chunk in apply_retention(now=at)) == 2


def test_preview_tells_the_term_and_reason_that_were_decided() -> None:
    home = house()
    decide(home.organisation, RetentionTerm.Kind.MAILS, 30)

    [line] = [
        line
        for line in look_ahead(organisation=home.organisation, now=make.NOW)
        if line.title == RetentionTerm.Kind.MAILS.label
    ]

    assert (line.days_kept, line.reason) == (30, "Zo lang en niet langer.")


def test_every_kind_has_a_default_with_a_reason() -> None:
    home = house()

    lines = look_ahead(organisation=home.organisation, now=make.NOW)

    assert len(lines) == len(RetentionTerm.Kind) + 3
    assert all(str(line.reason) for line in lines)
