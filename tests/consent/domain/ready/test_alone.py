"""One address, the short way: the very answer of the long way, with what it relies on."""

import random
import uuid
from dataclasses import replace

import pytest
from pytest_django import Settings

from consent.domain import do_not_call
from consent.domain.do_not_call import Registration
from consent.domain.engine import alone
from consent.domain.engine.alone import ask_again
from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import Question
from consent.domain.ready.making import note_changes
from consent.domain.suppressions import Block, suppress_address
from consent.models import ConsentRecord, Suppression
from customers.domain.addresses import read_address
from customers.models import Contact, CustomerRelation, RelationKind
from tests import make
from tests.consent.admin_rows import BY_PHONE
from tests.consent.domain.ready.scene import DAY, House, make_all_ready, somebody
from tests.statements import statements_sent

pytestmark = pytest.mark.django_db
PEOPLE = 12
KEYS = ("grant_event_id", "request_event_id", "withdrawal_event_id", "notice_version_id")


def people(house: House, *, seed: int = 0, many: int = PEOPLE) -> list[Contact]:
    """People of every sort, what was agreed with whom, and keys of what their permissions came from."""
    chance = random.Random(seed)  # noqa: S311 (people to test with)
    contacts = [somebody(house=house, number=number, chance=chance) for number in range(many)]
    for record in ConsentRecord.objects.all():
        ConsentRecord.objects.filter(pk=record.pk).update(
            **{name: chance.choice([None, uuid.UUID(int=chance.getrandbits(128))]) for name in KEYS}
        )
    for relation in CustomerRelation.objects.all():
        for _number in range(chance.randrange(3)):
            make.transaction(
                contact=relation.contact,
                legal_entity=relation.legal_entity,
                kind=RelationKind(relation.kind),
                product_group=relation.product_group,
                supplied_kinds=chance.choice([["EMAIL"], ["PHONE"]]),
                optout_offered=chance.random() < 0.5,
            )
    make_all_ready()
    return contacts


def put_again(house: House, *, days: int = 0) -> list[Question]:
    """What counts for everyone was read for an earlier request."""
    return [replace(one, kept=True) for one in house.questions(at=make.NOW + days * DAY)]


def statements(question: Question, text: str, contact: Contact | None = None) -> int:
    """Ask both ways; say how many statements the short one took."""
    asked = Asked(text=text, contact_id=contact.pk if contact else None)
    long = ask_one(question=question, asked=asked)
    with statements_sent() as sent:
        short = ask_again(question=question, asked=asked)
    assert short == long
    return len(sent)


@pytest.mark.parametrize(("seed", "days"), [(0, 0), (1, 0), (2, 2)])
def test_whoever_is_asked_about(seed: int, days: int) -> None:
    house = House()
    first, *_others = people(house, seed=seed)
    texts = [f"+3120000{number:04}" for number in range(PEOPLE + 1)]
    texts += [f"a{number}@example.org" for number in range(PEOPLE + 1)]

    took = [
        statements(question, text, contact)
        for question in put_again(house, days=days)
        for text in texts
        for contact in (None, first)
    ]

    assert set(took) == {1, 2}
    assert took.count(1) > len(took) // 5


def test_what_an_answer_relies_on_is_compared_at_all() -> None:
    house = House()
    people(house)
    numbers = [f"+3120000{number:04}" for number in range(PEOPLE)]

    kinds = {
        item.kind
        for question in put_again(house)
        for text in numbers
        for item in ask_again(question=question, asked=Asked(text=text)).evidence
    }

    assert {"event", "notice", "relation", "transaction"} <= kinds


def test_whoever_is_blocked_registered_or_changed_goes_the_long_way() -> None:
    house = House()
    known, blocked, registered, stranger = "+31200000101", "+31200000902", "+3222000101", "+31200000903"
    contact = make.contact(organisation=house.shop.organisation)
    make.phone_point(contact=contact, text=known)
    block = Block(organisation=house.shop.organisation, address=read_address(text=blocked, country="NL"))
    suppress_address(
        block=block,
        reason=Suppression.Reason.BLOCKED,
        how=BY_PHONE,
        suppressed_at=make.NOW,
        recorded_at=make.NOW,
    )
    do_not_call.load_snapshot(
        organisation=house.shop.organisation,
        registrations=[Registration(number=registered, registered_date=make.LONG_AGO.date())],
        taken_at=make.NOW,
        loaded_at=make.NOW,
    )
    make_all_ready()
    question = put_again(house)[0]

    took = [statements(question, text) for text in (known, stranger, blocked, registered, "?")]
    note_changes(contact_ids=[contact.pk])
    took.append(statements(question, known))

    assert took == [1, 1, 2, 2, 1, 2]


def test_where_much_changed_nobody_counts_as_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    _contact, other = people(house, many=2)
    number = make.phone_point(contact=make.contact(organisation=house.shop.organisation)).value
    make_all_ready()
    question = put_again(house)[0]
    note_changes(contact_ids=[other.pk] * 2)
    before = statements(question, number)

    monkeypatch.setattr(alone, "MUCH", 2)

    assert (before, statements(question, number)) == (1, 2)


def test_under_a_second_key_and_at_first_all_go_the_long_way(settings: Settings) -> None:
    house = House()
    people(house, many=1)
    question = put_again(house)[0]
    first = statements(replace(question, kept=False), "+31200000999")

    settings.SUPPRESSION_KEYS = {**settings.SUPPRESSION_KEYS, 9: b"9" * 32}

    assert (first, statements(question, "+31200000999")) == (1, 1)
    with statements_sent() as sent:
        ask_again(question=question, asked=Asked(text="+31200000999"))
    assert "WITH asked" in sent[0]
