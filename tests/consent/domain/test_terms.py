import datetime
from zoneinfo import ZoneInfo

import pytest

from consent.domain.terms import last_moment, term_end


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "months", "zone", "end"),
    [
        pytest.param("2026-11-21T12:00Z", 36, "Europe/Amsterdam", "2029-11-21T23:00Z", id="three-years"),
        pytest.param("2026-11-21T12:00Z", 6, "Europe/Amsterdam", "2027-05-21T22:00Z", id="winter-to-summer"),
        pytest.param("2026-05-21T12:00Z", 6, "Europe/Amsterdam", "2026-11-21T23:00Z", id="summer-to-winter"),
        pytest.param("2024-02-29T12:00Z", 12, "Europe/Amsterdam", "2025-02-28T23:00Z", id="leap-to-common"),
        pytest.param("2024-02-29T12:00Z", 48, "Europe/Amsterdam", "2028-02-29T23:00Z", id="leap-to-leap"),
        pytest.param("2023-02-28T12:00Z", 12, "Europe/Amsterdam", "2024-02-28T23:00Z", id="common-to-leap"),
        pytest.param("2096-02-29T12:00Z", 48, "Europe/Amsterdam", "2100-02-28T23:00Z", id="century-no-leap"),
        pytest.param("2026-01-31T12:00Z", 1, "Europe/Amsterdam", "2026-02-28T23:00Z", id="31-to-28"),
        pytest.param("2026-03-31T12:00Z", 1, "Europe/Amsterdam", "2026-04-30T22:00Z", id="31-to-30"),
        pytest.param("2026-11-30T12:00Z", 1, "Europe/Amsterdam", "2026-12-30T23:00Z", id="30-stays-30"),
        pytest.param("2026-12-31T12:00Z", 12, "Europe/Amsterdam", "2027-12-31T23:00Z", id="december"),
        pytest.param(
            "2026-02-28T12:00Z", 1, "Europe/Amsterdam", "2026-03-28T23:00Z", id="day-before-forward"
        ),
        pytest.param("2026-02-28T23:30Z", 1, "Europe/Amsterdam", "2026-04-01T22:00Z", id="next-day-here"),
        pytest.param("2026-09-25T12:00Z", 1, "Europe/Amsterdam", "2026-10-25T23:00Z", id="25-hour-day"),
        pytest.param("2026-03-01T12:00Z", 0, "Europe/Amsterdam", "2026-03-01T23:00Z", id="today"),
        pytest.param("2026-10-25T00:30Z", 1, "Europe/Amsterdam", "2026-11-25T23:00Z", id="first-02:30"),
        pytest.param("2026-10-25T01:30Z", 1, "Europe/Amsterdam", "2026-11-25T23:00Z", id="second-02:30"),
        pytest.param("2026-11-21T23:30Z", 12, "Europe/London", "2027-11-22T00:00Z", id="london-same-day"),
        pytest.param("2026-11-21T23:30Z", 12, "Europe/Brussels", "2027-11-22T23:00Z", id="brussels-next-day"),
        pytest.param(
            "2026-11-21T03:30Z", 12, "America/Curacao", "2027-11-21T04:00Z", id="curacao-day-before"
        ),
        pytest.param("2026-11-21T12:00Z", 12, "Pacific/Kiritimati", "2027-11-22T10:00Z", id="fourteen-ahead"),
        pytest.param("2026-11-21T12:00Z", 12, "UTC", "2027-11-22T00:00Z", id="utc"),
    ],
)
def test_term_ends_at_midnight_in_the_zone_of_the_legal_entity(
    start: str, months: int, zone: str, end: str
) -> None:
    assert term_end(start=moment(start), months=months, zone=zone) == moment(end)


@pytest.mark.parametrize(
    "zone", ["Europe/Amsterdam", "America/Curacao", "Asia/Beirut", "Australia/Lord_Howe"]
)
def test_every_day_of_four_years_has_an_end_after_it_and_in_order(zone: str) -> None:
    first = datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.UTC)
    starts = [first + datetime.timedelta(days=day) for day in range(4 * 366)]

    ends = [term_end(start=start, months=36, zone=zone) for start in starts]

    assert ends == sorted(ends)
    assert all(
        datetime.timedelta(days=1094) < end - start < datetime.timedelta(days=1098)
        for start, end in zip(starts, ends, strict=True)
    )


def test_a_clock_that_is_an_hour_wrong_moves_the_end_only_over_midnight() -> None:
    # Within the same day of the legal entity a skewed clock changes nothing.
    noon = moment("2026-11-21T11:00Z")
    hour = datetime.timedelta(hours=1)

    ends = {
        term_end(start=noon + skew, months=36, zone="Europe/Amsterdam") for skew in (-hour, hour * 0, hour)
    }

    assert ends == {moment("2029-11-21T23:00Z")}


def test_last_day_of_a_term_is_the_same_numbered_day() -> None:
    ends_at = term_end(start=moment("2025-03-10T12:00Z"), months=36, zone="Europe/Amsterdam")

    last = last_moment(ends_at=ends_at).astimezone(ZoneInfo("Europe/Amsterdam"))

    assert last.date() == datetime.date(2028, 3, 10)
