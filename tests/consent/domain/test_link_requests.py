from datetime import timedelta

import pytest

from consent.domain import link_requests
from consent.domain.link_requests import LinkNotOpenError
from consent.domain.outbox import mark_sent
from consent.models import Channel, LinkRequest, OutboxMessage
from customers.domain.addresses import AddressNotUsableError
from customers.domain.contacts import mark_invalid
from customers.models import ContactPoint, Language
from tests import make, preference_scenes
from tests.preference_scenes import NOON

pytestmark = pytest.mark.django_db


def ask(text: str) -> list[OutboxMessage]:
    link_requests.ask_for_link(text=text, asked_at=NOON)
    while link_requests.answer_next(now=NOON):
        pass
    return list(OutboxMessage.objects.order_by("created_at", "pk"))


def test_known_address_gets_a_link_and_the_request_is_forgotten() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)

    (message,) = ask(" Alice@Example.org ")

    assert (message.kind, message.channel, message.contact_point, message.legal_entity) == (
        OutboxMessage.Kind.PREFERENCE_LINK,
        Channel.EMAIL,
        house.email,
        house.shop,
    )
    assert (message.language, message.link_expires_at) == ("nl", NOON + timedelta(minutes=30))
    assert LinkRequest.objects.count() == 0


def test_known_number_gets_a_text_message_however_it_is_written() -> None:
    house = preference_scenes.house()

    (message,) = ask("020 000 01 01")

    assert (message.channel, message.contact_point) == (Channel.SMS, house.phone)


def test_unknown_address_gets_nothing_and_leaves_nothing() -> None:
    preference_scenes.house()

    assert ask("stranger@example.org") == []
    assert LinkRequest.objects.count() == 0


def test_known_and_unknown_addresses_are_kept_alike(django_assert_num_queries: object) -> None:
    assert callable(django_assert_num_queries)
    preference_scenes.house()

    for text in ("alice@example.org", "other@example.org"):
        with django_assert_num_queries(1):
            link_requests.ask_for_link(text=text, asked_at=NOON)

    known, unknown = LinkRequest.objects.order_by("pk")
    assert b"alice" not in bytes(known.ciphertext)
    assert len(bytes(known.ciphertext)) == len(bytes(unknown.ciphertext))


def test_each_organisation_and_each_contact_gets_a_link_of_its_own() -> None:
    house = preference_scenes.house()
    bob = make.contact(organisation=house.organisation, given_name="Bob", language=Language.EN)
    make.email_point(contact=bob)
    other = make.organisation(code="harthulp", name="HartHulp")
    make.legal_entity(organisation=other, code="harthulp", name="Stichting HartHulp")
    make.email_point(contact=make.contact(organisation=other))

    messages = ask("alice@example.org")

    assert {(m.organisation.code, m.person.given_name, m.language) for m in messages} == {
        ("huisgroep", "Alice", "nl"),
        ("huisgroep", "Bob", "en"),
        ("harthulp", "Alice", "nl"),
    }


def test_fourth_request_of_a_day_sends_nothing_and_says_nothing() -> None:
    preference_scenes.house()
    for _time in range(3):
        ask("alice@example.org")

    assert len(ask("alice@example.org")) == 3


def test_organisation_without_a_legal_entity_sends_nothing() -> None:
    empty = make.organisation(code="empty", name="Empty")
    make.email_point(contact=make.contact(organisation=empty))

    assert ask("alice@example.org") == []
    assert LinkRequest.objects.count() == 0


def test_address_that_was_replaced_gets_nothing() -> None:
    house = preference_scenes.house()
    mark_invalid(point=house.email, reason=ContactPoint.Invalidity.REPLACED, invalid_at=NOON)

    assert ask("alice@example.org") == []


@pytest.mark.parametrize("text", ["", "alice", "alice@", "12", "@example.org", "alice@example.org\nBcc: x"])
def test_text_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressNotUsableError):
        link_requests.ask_for_link(text=text, asked_at=NOON)


def test_link_works_for_thirty_minutes_from_sending() -> None:
    preference_scenes.house()
    (message,) = ask("alice@example.org")
    sent_at = NOON + timedelta(minutes=10)
    mark_sent(message=message, sent_at=sent_at, answer="250")

    in_time = link_requests.open_link(message_id=message.pk, now=sent_at + timedelta(minutes=29))

    assert in_time == message
    with pytest.raises(LinkNotOpenError):
        link_requests.open_link(message_id=message.pk, now=sent_at + timedelta(minutes=30))


def test_revoked_link_does_not_open() -> None:
    preference_scenes.house()
    (message,) = ask("alice@example.org")
    OutboxMessage.objects.filter(pk=message.pk).update(link_revoked_at=NOON)

    with pytest.raises(LinkNotOpenError):
        link_requests.open_link(message_id=message.pk, now=NOON)


def test_link_of_an_erased_person_does_not_open() -> None:
    house = preference_scenes.house()
    (message,) = ask("alice@example.org")
    house.alice.given_name = house.alice.family_name = ""
    house.alice.erased_at = NOON
    house.alice.save(update_fields=["given_name", "family_name", "erased_at"])

    with pytest.raises(LinkNotOpenError):
        link_requests.find_session(message_id=message.pk)
