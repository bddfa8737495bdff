from datetime import timedelta

import pytest

from consent.domain.do_not_call_freshness import Freshness, find_lists_to_renew, judge
from consent.models import DoNotCallSnapshot
from customers.models import Organisation
from tests import make

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(), Freshness.FRESH),
        (timedelta(hours=96) - SECOND, Freshness.FRESH),
        (timedelta(hours=96), Freshness.ENDING),
        (timedelta(hours=120), Freshness.ENDING),
        (timedelta(hours=120) + SECOND, Freshness.STALE),
        (-SECOND, Freshness.MISSING),
    ],
)
def test_list_is_fresh_for_120_hours(age: timedelta, expected: Freshness) -> None:
    assert judge(taken_at=make.NOW - age, at=make.NOW) is expected


def test_no_list_is_missing() -> None:
    assert judge(taken_at=None, at=make.NOW) is Freshness.MISSING


def take(organisation: Organisation, *, hours_ago: int) -> None:
    taken_at = make.NOW - timedelta(hours=hours_ago)
    DoNotCallSnapshot.objects.create(
        organisation=organisation, taken_at=taken_at, loaded_at=taken_at, numbers=1
    )


def renewals() -> list[tuple[str, Freshness]]:
    found = find_lists_to_renew(organisations=Organisation.objects.all(), at=make.NOW)
    return [(one.organisation.code, one.freshness) for one in found]


@pytest.mark.django_db
def test_only_who_calls_belgium_is_reminded() -> None:
    by_contact = make.organisation(code="a", name="A")
    make.contact(organisation=by_contact, country="BE")
    by_entity = make.organisation(code="b", name="B")
    make.legal_entity(organisation=by_entity, country="BE")
    dutch = make.organisation(code="c", name="C")
    make.contact(organisation=dutch, country="NL")

    assert renewals() == [("a", Freshness.MISSING), ("b", Freshness.MISSING)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours_ago", "expected"), [(95, []), (96, [("b", Freshness.ENDING)]), (121, [("b", Freshness.STALE)])]
)
def test_reminder_follows_the_last_list(hours_ago: int, expected: list[tuple[str, Freshness]]) -> None:
    belgian = make.organisation(code="b", name="B")
    make.legal_entity(organisation=belgian, country="BE")
    take(belgian, hours_ago=500)
    take(belgian, hours_ago=hours_ago)
    take(make.organisation(code="other", name="Other"), hours_ago=1)

    assert renewals() == expected
