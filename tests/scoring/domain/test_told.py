from datetime import timedelta
from decimal import Decimal

import pytest

from scoring.domain.told import SENTENCES, Fault, FaultyRowError, names_somebody, read_told
from tests import make

ROW = {"address": "alice@example.org", "kind": "PAGE_VISIT", "occurred_at": "2026-11-21T12:00"}
ZONE = "Europe/Amsterdam"


def test_row_is_read_as_it_was_told() -> None:
    told = read_told(row={**ROW, "subject": "/lampen/", "value": "12.5"}, zone=ZONE, now=make.NOW)

    # At noon in Amsterdam it is eleven o'clock UTC.
    assert told.occurred_at == make.NOW - timedelta(hours=1)
    assert (told.address, told.subject, told.value) == ("alice@example.org", "/lampen/", Decimal("12.50"))


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"kind": "DANCED"}, Fault.UNKNOWN_KIND),
        ({"kind": ""}, Fault.UNKNOWN_KIND),
        ({"birth_date": "1980-01-01"}, Fault.UNKNOWN_FIELD),
        ({"occurred_at": "yesterday"}, Fault.NO_MOMENT),
        ({"occurred_at": "2026-11-21T12:05:01+00:00"}, Fault.FROM_THE_FUTURE),
        ({"occurred_at": "2199-01-01"}, Fault.FROM_THE_FUTURE),
        ({"subject": "x" * 201}, Fault.TOO_LONG),
        ({"subject": "a\0b"}, Fault.NO_TEXT),
        ({"subject": ["/lampen/"]}, Fault.NO_TEXT),
        ({"subject": "lamp voor bob@example.org"}, Fault.NAMES_SOMEBODY),
        ({"source": "bel +31 20 000 01 01"}, Fault.NAMES_SOMEBODY),
        ({"external_id": "bob@example.org"}, Fault.NAMES_SOMEBODY),
        ({"value": "NaN"}, Fault.NO_AMOUNT),
        ({"value": "1.005"}, Fault.NO_AMOUNT),
        ({"value": "1" * 13}, Fault.NO_AMOUNT),
        ({"value": True}, Fault.NO_TEXT),
        ({"contact": "0190a1b2-0000-7000-8000-000000000000"}, Fault.NOBODY_NAMED),
        ({"address": ""}, Fault.NOBODY_NAMED),
        ({"address": "", "contact": "alice"}, Fault.UNKNOWN_PERSON),
    ],
)
def test_row_that_cannot_be_kept_says_why(changed: dict[str, object], fault: Fault) -> None:
    with pytest.raises(FaultyRowError) as refused:
        read_told(row={**ROW, **changed}, zone=ZONE, now=make.NOW)

    assert (refused.value.fault, str(refused.value)) == (fault, fault)


@pytest.mark.parametrize("row", ["PAGE_VISIT", None, 4711, [ROW]])
def test_what_is_no_row_is_refused(row: object) -> None:
    with pytest.raises(FaultyRowError) as refused:
        read_told(row=row, zone=ZONE, now=make.NOW)

    assert refused.value.fault == Fault.NO_ROW


def test_five_minutes_ahead_is_a_clock_that_differs() -> None:
    told = read_told(row={**ROW, "occurred_at": "2026-11-21T12:05:00Z"}, zone=ZONE, now=make.NOW)

    assert told.occurred_at == make.NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("/2026/11/22/lampen/", False),
        ("/artikel/00123456789/", False),
        ("ean 8712345678906", False),
        ("/@redactie/nieuws/", False),
        ("0612345678", True),
        ("bel 020-000 01 01 nu", True),
        ("+31.20.000.0101", True),
        ("alice@example.org", True),
        ("?van=alice@example.org&x", True),
    ],
)
def test_address_in_a_text_is_seen_and_a_path_is_not_taken_for_one(text: str, names: bool) -> None:
    assert names_somebody(text=text) is names


def test_every_fault_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Fault)
