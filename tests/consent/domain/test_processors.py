from datetime import date, timedelta
from typing import Any

import pytest

from consent.domain import outbox, processors
from consent.domain.processors import Shortcoming
from consent.models import OutboxMessage, Processor
from customers.models import LegalEntity
from tests import make

pytestmark = pytest.mark.django_db
TODAY = make.NOW.date()


@pytest.fixture
def shop() -> LegalEntity:
    return make.legal_entity(organisation=make.organisation(), dpo_email="fg@example.org")


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("facts", "shortcomings"),
    [
        ({}, ()),
        ({"agreed_date": None}, (Shortcoming.NO_AGREEMENT,)),
        ({"agreed_date": None, "role": Processor.Role.RECIPIENT}, ()),
        ({"agreement_until_date": day(61)}, ()),
        ({"agreement_until_date": day(60)}, (Shortcoming.AGREEMENT_ENDS,)),
        ({"agreement_until_date": day(0)}, (Shortcoming.AGREEMENT_ENDS,)),
        ({"agreement_until_date": day(-1)}, (Shortcoming.AGREEMENT_ENDED,)),
        ({"review_date": day(15)}, ()),
        ({"review_date": day(14)}, (Shortcoming.REVIEW_DUE,)),
        ({"review_date": day(-1)}, (Shortcoming.REVIEW_OVERDUE,)),
        (
            {"review_date": day(-1), "agreement_until_date": day(-1)},
            (Shortcoming.AGREEMENT_ENDED, Shortcoming.REVIEW_OVERDUE),
        ),
        ({"review_date": day(-1), "in_use_until_date": day(-1)}, ()),
    ],
)
def test_what_falls_short(
    shop: LegalEntity, facts: dict[str, Any], shortcomings: tuple[Shortcoming, ...]
) -> None:
    processor = make.processor(legal_entities=[shop], **facts)

    listed = processors.list_watched(among=Processor.objects.all(), today=TODAY)

    assert processors.find_shortcomings(processor=processor, today=TODAY) == shortcomings
    assert [one.shortcomings for one in listed] == ([shortcomings] if shortcomings else [])


def remind_all(days: int) -> int:
    reminded = 0
    while processors.remind_next(now=make.NOW + timedelta(days=days)):
        reminded += 1
    return reminded


def test_officer_is_reminded_ahead_and_once_more_when_the_day_has_passed(shop: LegalEntity) -> None:
    make.processor(legal_entities=[shop], agreement_until_date=day(90))

    assert [remind_all(days) for days in (0, 30, 31, 89, 91, 92)] == [0, 1, 0, 0, 1, 0]


def test_each_officer_gets_one_mail_that_says_what_falls_short(shop: LegalEntity) -> None:
    sister = make.legal_entity(
        organisation=shop.organisation, code="zuster", name="Zuster", dpo_email="fg@example.org"
    )
    other = make.legal_entity(
        organisation=shop.organisation, code="ander", name="Ander", dpo_email="fg2@example.org"
    )
    silent = make.legal_entity(organisation=shop.organisation, code="stil", name="Stil", dpo_email="")
    make.processor(legal_entities=[shop, sister, other, silent], review_date=day(3))

    remind_all(0)

    letters = OutboxMessage.objects.order_by("pk")
    assert sorted(outbox.recipient_of(message=letter) for letter in letters) == [
        "fg2@example.org",
        "fg@example.org",
    ]
    assert "Bezorgd Mail B.V." in str(outbox.read_content(message=letters[0])["paragraphs"])


def test_who_gets_data_on_a_day_is_listed(shop: LegalEntity) -> None:
    now = make.processor(legal_entities=[shop], name="Nu")
    make.processor(legal_entities=[shop], name="Voorbij", in_use_until_date=day(-1))
    make.processor(legal_entities=[shop], name="Straks", in_use_from_date=day(1))

    assert processors.list_in_use(organisation_id=shop.organisation_id, today=TODAY) == [now]
