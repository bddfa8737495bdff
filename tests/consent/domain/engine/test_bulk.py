from datetime import date, datetime, timedelta

import pytest
from pytest_django import Settings

from consent.domain import suppressions
from consent.domain.engine.asking import Asked
from consent.domain.engine.bulk import answer_chunk
from consent.domain.engine.question import put_question
from consent.domain.engine.verdict import Verdict
from consent.domain.suppressions import Block
from consent.domain.withdrawals import Scope, object_to
from consent.models import BalancingTest, Channel, Suppression
from customers.domain import relations
from customers.domain.addresses import read_phone
from customers.models import Contact, ContactPoint, LegalEntity, LegalForm, ProductGroup
from tests import make
from tests.consent.admin_rows import BY_PHONE
from tests.consent.asking_scene import customer, offers, shop

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_verdict_in_order() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    offers = make.purpose(organisation=entity.organisation, legal_entities=[entity])
    make.caller_number(legal_entity=entity)
    bakery = make.contact(
        organisation=entity.organisation, kind=Contact.Kind.ORGANISATION, legal_form=LegalForm.BV
    )
    make.phone_point(contact=bakery, text="+31200000101")
    # A Saturday at 13:00 in Amsterdam: within the hours.
    question = put_question(legal_entity=entity.code, purpose=offers.code, channel="CALL", now=make.NOW)

    answered = answer_chunk(question=question, texts=["020 000 01 02", "0200000101"], contacts=[None, None])

    assert answered.keys == bakery.pk.bytes
    assert answered.verdicts == [
        Verdict(
            "false", "D_NO_BASIS", "D_NO_BASIS", "", "", "true", "2026-11-21T13:00:00+01:00", "+31200000002"
        ),
        Verdict(
            "true",
            "A_LEGAL_PERSON",
            "A_LEGAL_PERSON",
            "NO_CONSENT_NEEDED",
            "",
            "true",
            "2026-11-21T13:00:00+01:00",
            "+31200000002",
        ),
    ]


def codes(
    entity: LegalEntity, asked: list[Asked], *, channel: str = "CALL", at: datetime | None = None
) -> list[str]:
    question = put_question(
        legal_entity=entity.code,
        purpose="offers",
        channel=channel,
        product_group="lampen",
        at=at,
        now=make.NOW,
    )
    texts, contacts = [one.text for one in asked], [one.contact_id for one in asked]
    answered = answer_chunk(question=question, texts=texts, contacts=contacts)
    return [verdict.code for verdict in answered.verdicts]


def block(entity: LegalEntity, text: str) -> None:
    suppressions.suppress_address(
        block=Block(
            organisation=entity.organisation, address=read_phone(text=text, country="NL"), channel="CALL"
        ),
        reason=Suppression.Reason.BLOCKED,
        how=BY_PHONE,
        suppressed_at=make.NOW - timedelta(days=2),
        recorded_at=make.NOW - timedelta(days=2),
    )


def test_of_several_people_with_one_number_the_most_restrictive_answer_counts() -> None:
    lamps = shop()
    anna, bram = (customer(entity=lamps, name=name, number=101) for name in ("Anna", "Bram"))
    customer(entity=lamps, name="Carla", number=102)
    object_to(contact=bram, scope=Scope(), how=BY_PHONE, occurred_at=make.NOW - timedelta(days=1))
    in_2026 = datetime.fromisoformat("2026-05-03T12:00+02:00")
    asked = [
        Asked(text="0200000101"),
        Asked(text="0200000101", contact_id=anna.pk),
        Asked(text="0200000101", contact_id=bram.pk),
        Asked(text="0200000102"),
        Asked(text="0200000102", contact_id=anna.pk),
        Asked(text="no number"),
    ]

    assert codes(lamps, asked) == [
        "D_OBJECTION",
        "D_REL_ENDED_20260701",
        "D_OBJECTION",
        "D_REL_ENDED_20260701",
        "D_ADDRESS_INVALID",
        "D_ADDRESS_INVALID",
    ]
    assert codes(lamps, asked, at=in_2026) == [*["A_REL_SALE"] * 4, *["D_ADDRESS_INVALID"] * 2]


@pytest.mark.parametrize("past", [False, True])
def test_rows_blocked_under_any_key_and_no_others_are_left_alone(settings: Settings, *, past: bool) -> None:
    lamps = shop()
    settings.SUPPRESSION_KEYS = {1: b"1" * 32}
    block(lamps, "0200000102")
    settings.SUPPRESSION_KEYS = {1: b"1" * 32, 2: b"2" * 32}
    block(lamps, "0200000104")
    asked = [Asked(text=text) for text in ("0200000101", "0200000102", "?", "0200000103", "0200000104")]

    answers = codes(lamps, asked, at=make.NOW - timedelta(days=1) if past else None)

    assert answers == ["D_NO_BASIS", "D_SUPPRESSED", "D_ADDRESS_INVALID", "D_NO_BASIS", "D_SUPPRESSED"]


def test_post_is_asked_by_contact_at_the_newest_address_that_works() -> None:
    lamps = shop()
    people = [customer(entity=lamps, name=name, number=number) for number, name in enumerate(("A", "B", "C"))]
    BalancingTest.objects.create(
        legal_entity=lamps,
        purpose=offers(lamps),
        channel=Channel.POST,
        interest="Ons belang.",
        weighing="Weegt op.",
        concluded_at=make.LONG_AGO,
    )
    make.postal_point(contact=people[0], street="Dorpsstraat 1")
    make.postal_point(contact=people[0], street="Dorpsstraat 2")
    make.postal_point(contact=people[1])
    ContactPoint.objects.filter(street="Dorpsstraat 2").update(
        invalid_at=make.LONG_AGO, invalid_reason="REPLACED"
    )
    ContactPoint.objects.filter(contact=people[1]).update(invalid_at=make.LONG_AGO, invalid_reason="REPLACED")
    asked = [Asked(text="", contact_id=one.pk) for one in people] + [Asked(text="Dorpsstraat 1")]

    assert codes(lamps, asked, channel="POST") == ["A_LEGITIMATE_INTEREST", *["D_ADDRESS_INVALID"] * 3]


def test_rows_with_the_same_facts_end_each_at_their_own_moment() -> None:
    lamps = shop()
    for number, bought in ((101, "2023-05-10T12:00+02:00"), (102, "2023-05-11T12:00+02:00")):
        contact = make.contact(organisation=lamps.organisation)
        make.phone_point(contact=contact, text=f"+31200000{number}")
        sale = make.transaction(
            contact=contact,
            legal_entity=lamps,
            product_group=ProductGroup.objects.get(legal_entity=lamps, code="lampen"),
            occurred_at=datetime.fromisoformat(bought),
        )
        relations.keep_relations(transaction_ids=[sale.pk])
    question = put_question(
        legal_entity=lamps.code,
        purpose="offers",
        channel="CALL",
        product_group="lampen",
        at=datetime.fromisoformat("2026-05-03T12:00+02:00"),
        now=make.NOW,
    )

    verdicts = answer_chunk(
        question=question, texts=["0200000102", "0200000101"], contacts=[None, None]
    ).verdicts

    assert [(verdict.code, verdict.valid_until) for verdict in verdicts] == [
        ("A_REL_SALE", "2026-05-12T00:00:00+02:00"),
        ("A_REL_SALE", "2026-05-11T00:00:00+02:00"),
    ]


def test_each_child_is_answered_until_its_own_birthday() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    offers = make.purpose(organisation=entity.organisation, legal_entities=[entity])
    for number, born in ((101, date(2012, 3, 1)), (102, date(2012, 4, 1))):
        child = make.contact(organisation=entity.organisation, birth_date=born)
        make.phone_point(contact=child, text=f"+31200000{number}")
    question = put_question(legal_entity=entity.code, purpose=offers.code, channel="CALL", now=make.NOW)

    answered = answer_chunk(question=question, texts=["0200000102", "0200000101"], contacts=[None, None])
    verdicts = answered.verdicts

    assert [(verdict.code, verdict.valid_until) for verdict in verdicts] == [
        ("D_MINOR", "2028-04-01T00:00:00+02:00"),
        ("D_MINOR", "2028-03-01T00:00:00+01:00"),
    ]
