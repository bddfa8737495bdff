import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.domain.rulebook.calling_hours import (
    CallingRules,
    Closure,
    HoursCode,
    Tightening,
    Window,
    find_day,
    next_allowed_at,
    why_not,
    within_hours,
)
from consent.domain.rulebook.facts import Jurisdiction
from consent.domain.rulebook.public_holidays import OptionalDay, name_holiday

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NL = CallingRules(jurisdiction=Jurisdiction.NL, zone="Europe/Amsterdam")
BE = CallingRules(jurisdiction=Jurisdiction.BE, zone="Europe/Amsterdam")
EU = CallingRules(jurisdiction=Jurisdiction.EU, zone="Europe/Amsterdam")
PROHIBITED, OUTSIDE = HoursCode.D_PROHIBITED_DAY, HoursCode.D_OUTSIDE_HOURS
ALWAYS = date(2000, 1, 1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def hours(rules: CallingRules, day: str) -> str:
    found = find_day(rules=rules, on=date.fromisoformat(day))
    return found.value if isinstance(found, Closure) else f"{found.opens:%H:%M}-{found.closes:%H:%M}"


def narrowed(rules: CallingRules, *tightened: Tightening) -> CallingRules:
    return replace(rules, tightened=tightened)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-16", "09:00-22:00"),  # Monday
        ("2026-11-20", "09:00-22:00"),  # Friday
        ("2026-11-21", "10:00-16:00"),  # Saturday
        ("2026-11-22", "SUNDAY"),
        ("2027-01-01", "HOLIDAY"),
        ("2027-03-26", "09:00-19:00"),  # Good Friday
        ("2027-03-29", "HOLIDAY"),  # Easter Monday
        ("2027-05-06", "HOLIDAY"),  # Ascension
        ("2027-05-17", "HOLIDAY"),  # Whit Monday
        ("2026-12-25", "HOLIDAY"),
        ("2026-12-26", "HOLIDAY"),  # a Saturday
        ("2027-04-27", "09:00-22:00"),  # King's Day
        ("2025-05-05", "09:00-22:00"),  # Liberation Day, in a year it is a public holiday
        ("2026-05-04", "09:00-18:30"),
        ("2025-12-05", "09:00-18:30"),
        ("2026-12-05", "10:00-16:00"),  # a Saturday keeps its own hours
        ("2026-12-24", "09:00-18:30"),
        ("2026-12-31", "09:00-22:00"),
        ("2016-05-05", "HOLIDAY"),  # Ascension and Liberation Day on one day
    ],
)
def test_hours_of_a_day_in_the_netherlands(day: str, expected: str) -> None:
    assert hours(NL, day) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-20", "09:00-20:00"),
        ("2026-11-21", "09:00-20:00"),  # Saturday
        ("2026-11-22", "SUNDAY"),
        ("2026-05-01", "HOLIDAY"),
        ("2026-07-21", "HOLIDAY"),
        ("2026-08-15", "HOLIDAY"),  # a Saturday
        ("2026-11-11", "HOLIDAY"),
        ("2026-12-24", "09:00-20:00"),
        ("2026-12-26", "09:00-20:00"),  # no public holiday in Belgium
        ("2027-03-26", "09:00-20:00"),  # Good Friday
    ],
)
def test_hours_of_a_day_in_belgium(day: str, expected: str) -> None:
    assert hours(BE, day) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-20", "09:00-20:00"),
        ("2026-11-21", "10:00-16:00"),
        ("2026-11-22", "SUNDAY"),
        ("2026-07-21", "HOLIDAY"),  # only in Belgium
        ("2026-12-26", "HOLIDAY"),  # only in the Netherlands
        ("2026-12-24", "09:00-18:30"),
        ("2027-03-26", "09:00-19:00"),
    ],
)
def test_elsewhere_the_narrower_of_both_counts(day: str, expected: str) -> None:
    assert hours(EU, day) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T08:59:59.999999", OUTSIDE),
        ("2026-11-20T09:00", None),
        ("2026-11-20T21:59:59.999999", None),
        ("2026-11-20T22:00", OUTSIDE),
        ("2026-11-21T09:59", OUTSIDE),
        ("2026-11-21T16:00", OUTSIDE),
        ("2026-11-22T12:00", PROHIBITED),
        ("2026-12-25T12:00", PROHIBITED),
        ("2026-12-24T18:30", OUTSIDE),
    ],
)
def test_every_refusal_of_hours_has_its_code(moment: str, expected: HoursCode | None) -> None:
    assert why_not(rules=NL, at=local(moment)) == expected
    assert within_hours(rules=NL, at=local(moment)) is (expected is None)


def test_day_of_mourning_is_closed() -> None:
    rules = replace(NL, mourning=frozenset({date(2026, 12, 9)}))

    assert hours(rules, "2026-12-09") == "MOURNING"
    assert why_not(rules=rules, at=local("2026-12-09T12:00")) == PROHIBITED
    assert next_allowed_at(rules=rules, at=local("2026-12-09T12:00")) == local("2026-12-10T09:00")


@pytest.mark.parametrize(
    ("moment", "utc"),
    [
        # Summer time ends on Sunday 25 October 2026 and begins on Sunday 28 March 2027.
        ("2026-10-24T15:59", "2026-10-24T13:59"),
        ("2026-10-24T16:00", "2026-10-26T08:00"),
        ("2027-03-27T15:59", "2027-03-27T14:59"),
        ("2027-03-27T16:00", "2027-03-30T07:00"),  # Easter Monday lies between
    ],
)
def test_hours_follow_the_clock_when_it_changes(moment: str, utc: str) -> None:
    found = next_allowed_at(rules=NL, at=local(moment))

    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_clock_is_that_of_the_jurisdiction_and_elsewhere_that_of_the_legal_entity() -> None:
    at = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    lisbon = [replace(rules, zone="Europe/Lisbon") for rules in (NL, BE, EU)]

    assert [within_hours(rules=rules, at=at) for rules in lisbon] == [True, True, False]


def test_next_moment_skips_sunday_and_holidays() -> None:
    christmas_eve = local("2026-12-24T18:30")

    assert next_allowed_at(rules=NL, at=christmas_eve) == local("2026-12-28T09:00")
    assert next_allowed_at(rules=BE, at=local("2026-12-24T20:00")) == local("2026-12-26T09:00")


def test_policy_narrows_hours_days_and_dates() -> None:
    rules = narrowed(
        NL,
        Tightening(
            first_day=ALWAYS,
            weekdays=frozenset({1, 2, 6}),
            window=Window(clock_time(10, 30), clock_time(18)),
            closed_dates=frozenset({date(2026, 11, 17)}),
            closed_holidays=frozenset({OptionalDay.KINGS_DAY, OptionalDay.LIBERATION_DAY}),
        ),
    )

    days = ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-21", "2027-04-27", "2026-05-05", "2026-12-25"]
    assert [hours(rules, day) for day in days] == [
        "10:30-18:00",
        "POLICY",
        "POLICY",
        "10:30-16:00",
        "POLICY",
        "POLICY",
        "HOLIDAY",
    ]


def test_kings_day_on_a_sunday_is_kept_on_saturday() -> None:
    closed = Tightening(first_day=ALWAYS, closed_holidays=frozenset({OptionalDay.KINGS_DAY}))

    assert hours(narrowed(NL, closed), "2025-04-26") == "POLICY"


def test_policy_counts_from_its_first_day_to_its_last() -> None:
    short = Tightening(
        first_day=date(2026, 11, 17),
        last_day=date(2026, 11, 18),
        window=Window(clock_time(9), clock_time(12)),
    )

    found = [hours(narrowed(NL, short), f"2026-11-{day}") for day in (16, 17, 18, 19)]

    assert found == ["09:00-22:00", "09:00-12:00", "09:00-12:00", "09:00-22:00"]


def test_policies_that_leave_no_hour_close_the_day() -> None:
    late = Tightening(first_day=ALWAYS, window=Window(clock_time(20), clock_time(22)))

    assert hours(narrowed(BE, late), "2026-11-20") == "POLICY"
    assert hours(narrowed(NL, late), "2026-11-21") == "POLICY"


def test_nothing_within_sixty_days_is_none() -> None:
    never = Tightening(first_day=ALWAYS, weekdays=frozenset())
    pause = Tightening(first_day=ALWAYS, last_day=date(2027, 1, 18), weekdays=frozenset())
    day_longer = replace(pause, last_day=date(2027, 1, 19))
    at = local("2026-11-20T09:00")

    assert next_allowed_at(rules=narrowed(NL, never), at=at) is None
    assert next_allowed_at(rules=narrowed(NL, pause), at=at) == local("2027-01-19T09:00")
    assert next_allowed_at(rules=narrowed(NL, day_longer), at=at) is None


@pytest.mark.parametrize("moment", ["1900-06-15T12:00", "2101-06-15T12:00", "9999-12-30T12:00"])
def test_year_whose_holidays_are_not_known_is_closed(moment: str) -> None:
    for rules in (NL, EU):
        assert why_not(rules=rules, at=local(moment)) == PROHIBITED
        assert next_allowed_at(rules=rules, at=local(moment)) is None


def test_last_known_year_is_open() -> None:
    assert next_allowed_at(rules=NL, at=local("2100-12-31T21:00")) == local("2100-12-31T21:00")
    assert next_allowed_at(rules=NL, at=local("2100-12-31T22:00")) is None


def test_holidays_have_names_in_both_languages() -> None:
    easter_monday = date(2027, 3, 29)

    names = [name_holiday(country="NL", on=easter_monday, language=language) for language in ("nl", "en")]

    assert names == ["Tweede paasdag", "Easter Monday"]
    assert name_holiday(country="BE", on=date(2026, 7, 22), language="nl") == ""


def test_answer_takes_less_than_a_millisecond() -> None:
    at = local("2026-11-20T23:00")
    far = narrowed(NL, Tightening(first_day=ALWAYS, weekdays=frozenset()))
    next_allowed_at(rules=far, at=at)

    took = []
    for _ in range(20):
        began = time.perf_counter()
        next_allowed_at(rules=far, at=at)
        took.append(time.perf_counter() - began)

    assert min(took) < 0.001


MOMENTS = st.datetimes(datetime(2022, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(date(2022, 1, 1), date(2030, 1, 1))
TIMES = st.times()


@st.composite
def tightenings(draw: st.DrawFn) -> Tightening:
    first, opens, closes = draw(DAYS), draw(TIMES), draw(TIMES)
    length = draw(st.none() | st.integers(0, 400))
    return Tightening(
        first_day=first,
        last_day=None if length is None else first + timedelta(days=length),
        weekdays=frozenset(draw(st.sets(st.integers(1, 7)))),
        window=Window(min(opens, closes), max(opens, closes)),
        closed_holidays=frozenset(draw(st.sets(st.sampled_from(OptionalDay)))),
        closed_dates=frozenset(draw(st.sets(DAYS, max_size=3))),
    )


@st.composite
def rule_sets(draw: st.DrawFn) -> CallingRules:
    return CallingRules(
        jurisdiction=draw(st.sampled_from(Jurisdiction)),
        zone=draw(st.sampled_from(["Europe/Amsterdam", "Europe/Lisbon", "Europe/Athens"])),
        mourning=frozenset(draw(st.sets(DAYS, max_size=3))),
        tightened=tuple(draw(st.lists(tightenings(), max_size=2))),
    )


@given(rules=rule_sets(), at=MOMENTS)
def test_next_moment_is_allowed_and_not_before(rules: CallingRules, at: datetime) -> None:
    found = next_allowed_at(rules=rules, at=at)

    if found is not None:
        assert within_hours(rules=rules, at=found)
        assert at <= found <= at + timedelta(days=60)


@given(rules=rule_sets(), at=MOMENTS, seconds=st.integers(0, 60 * 24 * 3600))
def test_nothing_before_the_next_moment_is_allowed(rules: CallingRules, at: datetime, seconds: int) -> None:
    found, between = next_allowed_at(rules=rules, at=at), at + timedelta(seconds=seconds)

    if found is None or between < found:
        assert not within_hours(rules=rules, at=between)


@given(rules=rule_sets(), at=MOMENTS)
def test_next_moment_of_the_next_moment_is_itself(rules: CallingRules, at: datetime) -> None:
    found = next_allowed_at(rules=rules, at=at)

    if found is not None:
        assert next_allowed_at(rules=rules, at=found) == found


@given(rules=rule_sets(), at=MOMENTS, later=st.timedeltas(timedelta(0), timedelta(days=90)))
def test_asking_later_never_gives_an_earlier_moment(
    rules: CallingRules, at: datetime, later: timedelta
) -> None:
    first, second = next_allowed_at(rules=rules, at=at), next_allowed_at(rules=rules, at=at + later)

    if first is not None and second is not None:
        assert first <= second


@given(rules=rule_sets(), more=st.lists(tightenings(), min_size=1, max_size=2), at=MOMENTS)
def test_a_policy_never_opens(rules: CallingRules, more: Sequence[Tightening], at: datetime) -> None:
    tighter = replace(rules, tightened=(*rules.tightened, *more))

    if within_hours(rules=tighter, at=at):
        assert within_hours(rules=rules, at=at)


@given(at=MOMENTS)
def test_elsewhere_never_opens_what_a_neighbour_closes(at: datetime) -> None:
    if within_hours(rules=EU, at=at):
        assert within_hours(rules=NL, at=at)
        assert within_hours(rules=BE, at=at)
