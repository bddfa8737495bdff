import datetime

import pytest

from consent.domain.engine.moments import MomentNotReadableError, read_moment

ZONE = "Europe/Amsterdam"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-30", "2026-06-30T12:00:00+02:00"),
        ("2026-12-30", "2026-12-30T12:00:00+01:00"),
        (" 2026-06-30 ", "2026-06-30T12:00:00+02:00"),
        ("20260630", "2026-06-30T12:00:00+02:00"),
        ("2026-06-30T23:59", "2026-06-30T23:59:00+02:00"),
        ("2026-06-30 23:59:30", "2026-06-30T23:59:30+02:00"),
        ("2026-06-30T23:59Z", "2026-06-30T23:59:00+00:00"),
        ("2026-06-30T23:59-05:00", "2026-06-30T23:59:00-05:00"),
        ("2026-10-25T02:30", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T02:30:00+01:00"),
    ],
)
def test_moment_is_read(text: str, moment: str) -> None:
    assert read_moment(text=text, zone=ZONE).isoformat() == moment


def test_moment_without_offset_is_that_of_the_zone() -> None:
    here, there = (read_moment(text="2026-06-30", zone=zone) for zone in (ZONE, "America/New_York"))

    assert there - here == datetime.timedelta(hours=6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gisteren",
        "30-06-2026",
        "2026-02-30",
        "2026-06-30T25:00",
        "2026-03-29T02:30",
        "1899-12-31",
        "2200-01-01",
        "0001-01-01",
        "9999-12-31T23:59-12:00",
        "2026-06-30T23:59+99:00",
    ],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(MomentNotReadableError):
        read_moment(text=text, zone=ZONE)


def test_refusal_says_how_to_write_it() -> None:
    with pytest.raises(MomentNotReadableError) as refused:
        read_moment(text="gisteren", zone=ZONE)

    assert refused.value.sentence.startswith("“gisteren” ")
