"""Anybody can type somebody else's address into a form: what then happens to that person."""

import uuid
from datetime import timedelta

import pytest

from consent.domain import link_requests, opt_in, shown_forms, suppressions, withdrawals
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.opt_in import Answers, Asking
from consent.domain.preferences import Row, read_preferences
from consent.domain.suppressions import Block
from consent.domain.visits import Visit
from consent.domain.withdrawals import Scope
from consent.models import (
    Act,
    Actor,
    Channel,
    CollectionPoint,
    Method,
    OutboxMessage,
    Source,
    Status,
    Suppression,
)
from customers.domain.addresses import Address, read_email, read_phone
from customers.domain.contacts import PersonDetails
from customers.models import ContactPoint
from tests import make, preference_scenes
from tests.preference_scenes import NOON, House

pytestmark = pytest.mark.django_db
STRANGERS_NUMBER = "+31200000166"
EARLIER = NOON - timedelta(days=30)
LATER = NOON + timedelta(hours=1)
BY_PERSON = Circumstances(actor=Actor.SUBJECT, source=Source.PREFERENCES, method=Method.BUTTON)


def fill_in(house: House, *, phone: str = "", email: str = "alice@example.org") -> opt_in.OptIn:
    """A stranger fills in the shop's form with Alice's e-mail address, and ticks every box they can."""
    point = make.collection_point(legal_entity=house.shop, privacy_statement=house.statement)
    boxes = [make.collection_choice(collection_point=point, notice_version=house.by_email)]
    found: dict[str, Address] = {ContactPoint.Kind.EMAIL: read_email(text=email)}
    if phone:
        boxes.append(make.collection_choice(collection_point=point, notice_version=house.by_call))
        found[ContactPoint.Kind.PHONE] = read_phone(text=phone, country="NL")
    answers = Answers(
        addresses=found,
        details=PersonDetails(given_name="Stranger"),
        chosen=frozenset(box.pk for box in boxes),
        as_typed={"EMAIL": email, "PHONE": phone},
    )
    return opt_in.opt_in(answers=answers, asking=asking(point))


def asking(point: CollectionPoint) -> Asking:
    return Asking(
        collection_point=point,
        shown_form=shown_forms.keep_shown_form(
            collection_point=point, language="nl", content="form", shown_at=NOON
        ),
        language="nl",
        visit=Visit(page="https://jawoord.example.org/forms/aanbiedingen/", network="", browser=""),
        submission_id=uuid.uuid4(),
        shown_at=NOON - timedelta(seconds=20),
        submitted_at=NOON,
    )


def ask_for_link(text: str) -> list[OutboxMessage]:
    link_requests.ask_for_link(text=text, asked_at=LATER)
    while link_requests.answer_next(now=LATER):
        pass
    return list(OutboxMessage.objects.filter(kind=OutboxMessage.Kind.PREFERENCE_LINK))


def test_number_typed_beside_an_address_opens_nothing_to_who_has_it() -> None:
    house = preference_scenes.house()
    fill_in(house, phone=STRANGERS_NUMBER)

    (message,) = ask_for_link(STRANGERS_NUMBER)

    assert (message.channel, message.point) == (Channel.EMAIL, house.email)


def test_number_typed_before_its_victim_came_opens_nothing_to_who_has_it() -> None:
    house = preference_scenes.house()
    typed = fill_in(house, phone=STRANGERS_NUMBER, email="bob@example.org")

    (message,) = ask_for_link(STRANGERS_NUMBER)

    assert (message.contact, message.point.value) == (typed.contact, "bob@example.org")


def test_permission_after_a_withdrawal_waits_for_the_person() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=EARLIER)
    scope = Scope(legal_entity_id=house.shop.pk, purpose_id=house.offers.pk, channel="EMAIL")
    withdrawals.stop(point=house.email, scope=scope, how=BY_PERSON, occurred_at=EARLIER)

    typed = fill_in(house)

    assert [event.act for event in typed.events] == [Act.REQUESTED]
    assert house.alice.consent_records.get().status == Status.WITHDRAWN
    assert typed.message is not None
    assert typed.message.kind == OutboxMessage.Kind.CONFIRM_REQUEST


@pytest.mark.parametrize("narrow", [True, False])
def test_permission_after_an_objection_waits_for_the_person(narrow: bool) -> None:
    house = preference_scenes.house()
    scope = Scope(legal_entity_id=house.shop.pk, channel="EMAIL") if narrow else Scope()
    withdrawals.object_to(contact=house.alice, scope=scope, how=BY_PERSON, occurred_at=EARLIER)

    typed = fill_in(house)

    assert [event.act for event in typed.events] == [Act.REQUESTED]
    assert not any(row.standing.is_on for row in choices(house))


def test_permission_on_a_blocked_number_waits_for_the_person() -> None:
    house = preference_scenes.house()
    suppressions.suppress_address(
        block=Block(organisation=house.organisation, address=read_phone(text=STRANGERS_NUMBER, country="NL")),
        reason=Suppression.Reason.BLOCKED,
        how=BY_PERSON,
        suppressed_at=EARLIER,
        recorded_at=EARLIER,
    )

    typed = fill_in(house, phone=STRANGERS_NUMBER)

    assert [(event.channel, event.act) for event in typed.events] == [
        (Channel.EMAIL, Act.GIVEN),
        (Channel.CALL, Act.REQUESTED),
    ]


def test_permission_over_another_channel_than_was_stopped_needs_no_more() -> None:
    house = preference_scenes.house()
    scope = Scope(legal_entity_id=house.shop.pk, channel="CALL")
    withdrawals.object_to(contact=house.alice, scope=scope, how=BY_PERSON, occurred_at=EARLIER)

    assert [event.act for event in fill_in(house).events] == [Act.GIVEN]


def choices(house: House) -> tuple[Row, ...]:
    return read_preferences(contact=house.alice, opened_with=house.email, now=LATER).rows
