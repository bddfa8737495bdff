"""Reads the text file of the Belgian do-not-call-me list: a phone number and a day on each line."""

import codecs
import contextlib
import datetime
import enum
import io
import itertools
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from consent.domain.do_not_call import Refusal, Registration, SnapshotNotLoadableError
from customers.domain.addresses import AddressNotUsableError, read_phone

HEAD_BYTES = 64 * 1024
LONGEST_LINE = 200
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%PDF")
BETWEEN = re.compile(r"[\s;,|]+")
COLUMN = re.compile(r"[\t;,|]")
YEAR_FIRST = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:T[\d:.]+Z?)?", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?", re.ASCII)
PUNCTUATION = str.maketrans("", "", "./()-\u2010\u2011\u2012\u2013\u2014\u2015")
# The usual ways to write a Belgian number; with the first zero gone a spreadsheet has been at it.
BELGIAN = re.compile(r"(?:(?:\+|00)?320?|0)?([1-9]\d{7}|4\d{8})", re.ASCII)
# Nearly all of two million rows look like this: read at a glance, what is not goes the long way.
PLAIN = re.compile(rf"{BELGIAN.pattern}[\t;, ](\d{{4}}-\d\d-\d\d|\d\d[-/]\d\d[-/]\d{{4}})\r?\n?", re.ASCII)
QUOTES = str.maketrans("", "", "\"'")


class Fault(enum.StrEnum):
    """What is wrong with a row; the number of a row with a wrong day is kept."""

    NO_NUMBER = "no phone number"
    NO_DAY = "no day of registration"
    FUTURE_DAY = "a day later than the list"
    TOO_LONG = "longer than a row can be"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the file: what it says, or the fault that stands in the way."""

    place: int
    registration: Registration | None = None
    fault: Fault | None = None


def read_rows(*, file: BinaryIO, taken_on: datetime.date) -> Generator[Row]:
    """Read a do-not-call-me list, row by row, in any usual separator, notation and encoding.

    A first line without any digit is a heading; blank lines are nothing. A number whose day cannot be read,
    or lies after the list, counts as registered on the day the list was taken: the strictest reading, so
    that no number is lost for its day. Memory does not grow with the file. Raises
    SnapshotNotLoadableError.
    """
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if head.startswith(PACKED):
        raise SnapshotNotLoadableError(Refusal.NOT_TEXT)
    text = io.TextIOWrapper(file, encoding=_encoding(head), errors="replace")
    try:
        for place, line in _lines(text):
            if not line.isspace() and not (place == 1 and not any(letter.isdigit() for letter in line)):
                yield _read(place, line, taken_on)
    finally:
        text.detach()


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Digits in two bytes each have a zero on one side.
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 4:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"


def _lines(text: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    """Number the lines; of one that never ends only its beginning is kept."""
    for place in itertools.count(1):
        line = text.readline(LONGEST_LINE + 1)
        if not line:
            return
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith("\n"):
            rest = text.readline(LONGEST_LINE + 1)
        yield place, line


def _read(place: int, line: str, taken_on: datetime.date) -> Row:
    if (plain := PLAIN.fullmatch(line)) and (day := _day(plain[2])) and day <= taken_on:
        return Row(place=place, registration=Registration(number=f"+32{plain[1]}", registered_date=day))
    return _read_closely(place, line, taken_on)


def _read_closely(place: int, line: str, taken_on: datetime.date) -> Row:
    if len(line.rstrip("\n")) > LONGEST_LINE:
        return Row(place=place, fault=Fault.TOO_LONG)
    line = line.translate(QUOTES).strip()
    number_words, day_word = _parts(BETWEEN.split(line.strip(";,| ")))
    number = _number("".join(number_words)) if number_words else None
    if number is None and not day_word:
        number = _number(COLUMN.split(line)[0])
    if number is None:
        return Row(place=place, fault=Fault.NO_NUMBER)
    day = _day(day_word)
    fault = Fault.NO_DAY if day is None else Fault.FUTURE_DAY if day > taken_on else None
    kept = taken_on if day is None or fault else day
    return Row(place=place, registration=Registration(number=number, registered_date=kept), fault=fault)


def _parts(words: list[str]) -> tuple[list[str], str]:
    """Part the words of a number from the day, which stands last or first, with or without a time."""
    if len(words) == 1:
        return ([], words[0]) if _is_day(words[0]) and not words[0].isdigit() else (words, "")
    last = -2 if TIME.fullmatch(words[-1]) else -1
    if len(words) >= 1 - last and _is_day(words[last]):
        return words[:last], words[last]
    if _is_day(words[0]):
        return words[2 if TIME.fullmatch(words[1]) else 1 :], words[0]
    return words, ""


def _is_day(word: str) -> bool:
    return bool(YEAR_FIRST.fullmatch(word) or DAY_FIRST.fullmatch(word))


@lru_cache(maxsize=4096)
def _day(word: str) -> datetime.date | None:
    """A list has as many days as it has years of registrations: few beside its numbers."""
    if found := YEAR_FIRST.fullmatch(word):
        year, month, day = map(int, found.groups())
    elif found := DAY_FIRST.fullmatch(word):
        day, month, year = map(int, found.groups())
    else:
        return None
    with contextlib.suppress(ValueError):
        return datetime.date(year, month, day)
    return None


def _number(text: str) -> str | None:
    """Belgian numbers by their shape, as a list has two million of them; others the thorough way."""
    if belgian := BELGIAN.fullmatch("".join(text.split()).translate(PUNCTUATION)):
        return f"+32{belgian[1]}"
    with contextlib.suppress(AddressNotUsableError):
        return read_phone(text=text, country="BE").value
    return None
