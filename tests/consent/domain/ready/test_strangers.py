"""Whoever nobody knows is answered by the short way as by the long one."""

import uuid
from unittest import mock

import pytest
from pytest_django import Settings

from consent.domain import do_not_call, suppressions
from consent.domain.do_not_call import Registration
from consent.domain.engine import ready
from consent.domain.engine.asking import read_texts
from consent.domain.engine.bulk import answer_chunk
from consent.domain.engine.strangers import find_known
from consent.domain.suppressions import Block
from consent.models import Suppression
from customers.domain.addresses import read_address
from tests import make
from tests.consent.admin_rows import BY_PHONE
from tests.consent.domain.ready.scene import DAY, House

pytestmark = pytest.mark.django_db
STRANGERS = ["+31200000901", "+3222000109", "+4930123456", "?", "0612345678", "eva@example.org", "+31x@e.nl"]
BLOCKED, BLOCKED_BEFORE = "+31200000902", "+31200000903"
REGISTERED, HELD = "+3222000101", "+31200000101"
KNOWN = [BLOCKED, BLOCKED_BEFORE, REGISTERED, HELD]


def block(house: House, text: str) -> None:
    suppressions.suppress_address(
        block=Block(organisation=house.shop.organisation, address=read_address(text=text, country="NL")),
        reason=Suppression.Reason.BLOCKED,
        how=BY_PHONE,
        suppressed_at=make.NOW - DAY,
        recorded_at=make.NOW - DAY,
    )


@pytest.fixture
def house(settings: Settings) -> House:
    """A house with somebody's number, two that are blocked, each under another key, and a registered one."""
    house, settings.SUPPRESSION_KEYS = House(), {1: b"1" * 32}
    alice = make.contact(organisation=house.shop.organisation)
    make.phone_point(contact=alice, text=HELD)
    block(house, BLOCKED_BEFORE)
    settings.SUPPRESSION_KEYS = {1: b"1" * 32, 2: b"2" * 32}
    block(house, BLOCKED)
    do_not_call.load_snapshot(
        organisation=house.shop.organisation,
        registrations=[Registration(number=REGISTERED, registered_date=make.LONG_AGO.date())],
        taken_at=make.NOW,
        loaded_at=make.NOW,
    )
    return house


@pytest.mark.parametrize("contact", [None, uuid.UUID(int=1)])
def test_both_ways_give_one_answer(house: House, contact: uuid.UUID | None) -> None:
    texts = STRANGERS + KNOWN
    contacts = [contact] * len(texts)

    for question in house.questions(at=make.NOW):
        with mock.patch.object(ready, "FEWEST", 0):
            short = answer_chunk(question=question, texts=texts, contacts=contacts)
        with mock.patch.object(ready, "FEWEST", len(texts) + 1):
            long = answer_chunk(question=question, texts=texts, contacts=contacts)
        assert short == long


def test_only_who_is_no_stranger_goes_the_long_way(house: House) -> None:
    calls, texts, mails = (
        next(one for one in house.questions(at=make.NOW) if one.channel == channel)
        for channel in ("CALL", "SMS", "EMAIL")
    )
    known = {}

    with mock.patch.object(ready, "FEWEST", 0):
        for question in (calls, texts, mails):
            asked = read_texts(question=question, texts=STRANGERS + KNOWN, contacts=[None] * 11)
            known[question.channel] = find_known(question=question, addresses=asked)

    # Only who calls looks at the do-not-call-me list.
    assert known == {"CALL": {8, 9, 10, 11}, "SMS": {8, 9, 11}, "EMAIL": set()}


def test_a_few_go_the_long_way_at_once(house: House) -> None:
    question = house.questions(at=make.NOW)[0]
    asked = read_texts(question=question, texts=STRANGERS, contacts=[None] * 7)

    assert find_known(question=question, addresses=asked) == {1, 2, 3, 4, 5, 6, 7}
