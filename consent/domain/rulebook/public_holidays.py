"""Public holidays, computed for any year, and which of them close the telephones."""

import datetime
import enum
import functools
import importlib
from collections.abc import Mapping
from typing import Any, Final

GOOD_FRIDAY: Final = "Goede vrijdag"
KINGS_DAY: Final = ("Koningsdag", "Koninginnedag")
LIBERATION_DAY: Final = "Bevrijdingsdag"
# Shops may open on these days (Winkeltijdenwet), so calls are allowed; a house policy may close them.
OPEN: Final = frozenset({GOOD_FRIDAY, *KINGS_DAY, LIBERATION_DAY})


class OptionalDay(enum.StrEnum):
    """A Dutch national day that a legal entity may close for itself."""

    KINGS_DAY = "KINGS_DAY"
    LIBERATION_DAY = "LIBERATION_DAY"


@functools.lru_cache(maxsize=256)
def find_closed_holidays(country: str, year: int) -> frozenset[datetime.date]:
    """List the public holidays of a country and year on which nobody is called."""
    return frozenset(day for day, names in _names(country, year).items() if set(names) - OPEN)


@functools.lru_cache(maxsize=64)
def find_optional_days(year: int) -> Mapping[datetime.date, OptionalDay]:
    """List the Dutch national days that a legal entity may close for itself."""
    kings_day = [day for day, names in _names("NL", year).items() if set(names) & set(KINGS_DAY)]
    liberation_day = datetime.date(year, 5, 5)
    return {**dict.fromkeys(kings_day, OptionalDay.KINGS_DAY), liberation_day: OptionalDay.LIBERATION_DAY}


@functools.lru_cache(maxsize=64)
def find_good_friday(year: int) -> datetime.date | None:
    """Find Good Friday; None outside the years that the library computes."""
    return next((day for day, names in _names("NL", year).items() if GOOD_FRIDAY in names), None)


def name_holiday(*, country: str, on: datetime.date, language: str) -> str:
    """Name the public holiday on a day, in "nl" or "en"; empty on any other day."""
    calendar = _calendar(country, on.year, {"en": "en_US"}.get(language, language))
    return ", ".join(calendar.get_list(on))


def _names(country: str, year: int) -> dict[datetime.date, list[str]]:
    calendar = _calendar(country, year, "nl")
    return {day: calendar.get_list(day) for day in calendar}


@functools.lru_cache(maxsize=64)
def _calendar(country: str, year: int, language: str) -> Any:
    # The library takes longer to load than an answer may take: only when a calendar is first asked.
    library = importlib.import_module("holidays")
    return library.country_holidays(country, years=year, language=language, expand=False)
