"""After an address was replaced, its mailbox may be somebody else's: links sent there open nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from consent.domain.links import LinkKind, Withdrawable, message_token, withdrawal_token
from consent.domain.outbox import NewMessage, write
from consent.models import Act, ConsentEvent, ConsentRecord, OutboxMessage, Status
from customers.domain.contacts import mark_invalid
from customers.domain.key_rings import link_keys
from customers.models import ContactPoint
from tests import make, preference_scenes
from tests.preference_scenes import NOON, House, boxes, form_with, open_choices

pytestmark = pytest.mark.django_db

CALLING = "Ja, Lampenwinkel B.V. mag mij bellen met aanbiedingen."
CHOICES = "/preferences/choices/"
DETAILS = "/preferences/details/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as travelled:
        yield travelled


def replace(client: Client, *, house: House) -> str:
    """Alice replaces her address in one browser; the link she used is handed back."""
    link = preference_scenes.link_to(point=house.email, legal_entity=house.shop, asked_at=NOON)
    client.get(link)
    answer = client.post(DETAILS, {"email": "new@example.org"})
    assert answer.status_code == 302
    return link


def test_link_to_the_old_address_opens_nothing(client: Client) -> None:
    house = preference_scenes.house()
    link = replace(client, house=house)
    stranger = Client(headers={"accept-language": "en"})

    page = stranger.get(link, follow=True)

    assert page.status_code == 410
    assert "links to the old one have stopped working" in page.content.decode()
    assert "Ask for a new link" in page.content.decode()


def test_browser_that_was_open_at_the_old_address_is_shut_out(client: Client) -> None:
    house = preference_scenes.house()
    link = preference_scenes.link_to(point=house.email, legal_entity=house.shop, asked_at=NOON)
    stranger = Client()
    filled = form_with(stranger.get(link, follow=True).content.decode(), on=(CALLING,))
    replace(client, house=house)

    answers = [stranger.get(CHOICES).status_code, stranger.post(CHOICES, filled).status_code]

    assert answers == [410, 410]
    assert not ConsentRecord.objects.filter(status__in=[Status.GIVEN, Status.RENEWED]).exists()


def test_person_who_replaced_it_goes_on_and_mends_a_slip(client: Client) -> None:
    house = preference_scenes.house()
    replace(client, house=house)

    shown = [client.get(path).status_code for path in ("/preferences/details/saved/", CHOICES, DETAILS)]
    client.post(DETAILS, {"email": "newer@example.org"})

    assert shown == [200, 200, 200]
    used = ContactPoint.objects.filter(kind="EMAIL", invalid_at__isnull=True)
    assert list(used.values_list("value", flat=True)) == ["newer@example.org"]


def test_following_the_old_link_again_ends_that(client: Client) -> None:
    house = preference_scenes.house()
    link = replace(client, house=house)

    statuses = [client.get(link, follow=True).status_code, client.get(CHOICES).status_code]

    assert statuses == [410, 410]


def test_that_lasts_no_longer_than_the_link(client: Client, clock: time_machine.Traveller) -> None:
    house = preference_scenes.house()
    replace(client, house=house)
    clock.shift(timedelta(minutes=31))

    assert client.get(CHOICES).status_code == 410


def test_corrected_name_leaves_the_link_open(client: Client) -> None:
    house = preference_scenes.house()
    link = preference_scenes.link_to(point=house.email, legal_entity=house.shop, asked_at=NOON)
    client.get(link)
    client.post(DETAILS, {"given_name": "Aleida"})

    assert Client().get(link, follow=True).status_code == 200


def test_link_to_the_new_address_opens_the_choices(client: Client) -> None:
    house = preference_scenes.house()
    replace(client, house=house)
    message = OutboxMessage.objects.get(contact_point__value="new@example.org")
    token = message_token(kind=LinkKind.PREFERENCES, message_id=message.pk, keys=link_keys())

    page = Client().get(f"/preferences/{token}/", follow=True)

    assert page.status_code == 200
    assert boxes(page.content.decode()) == {
        "Ja, Lampenwinkel B.V. mag mij aanbiedingen mailen.": False,
        CALLING: False,
    }


def test_number_found_to_be_anothers_opens_nothing(client: Client) -> None:
    house = preference_scenes.house()
    open_choices(client, house=house, point=house.phone)
    mark_invalid(point=house.phone, reason=ContactPoint.Invalidity.WRONG_NUMBER, invalid_at=NOON)

    assert client.get(CHOICES).status_code == 410


def test_old_withdrawal_link_still_stops_and_mails_nothing_to_the_old_address(client: Client) -> None:
    house = preference_scenes.house()
    replace(Client(), house=house)
    token = withdrawal_token(
        permission=Withdrawable(
            contact_point_id=house.email.pk,
            legal_entity_id=house.shop.pk,
            purpose_id=house.offers.pk,
            channel="EMAIL",
        ),
        keys=link_keys(),
    )
    client.get(f"/unsubscribe/{token}/")
    before = OutboxMessage.objects.count()

    asked = client.post("/unsubscribe/", {"action": "link"})
    stopped = client.post("/unsubscribe/", {"action": "stop"})

    assert (asked.status_code, asked["Location"]) == (302, "/preferences/")
    assert OutboxMessage.objects.count() == before
    assert stopped.status_code == 200
    assert ConsentEvent.objects.filter(act=Act.OBJECTED, channel="EMAIL").count() == 1


def test_mail_to_the_old_address_confirms_nothing(client: Client) -> None:
    house = preference_scenes.house()
    asked = make.permission_event(contact_point=house.phone, notice_version=house.by_call, act=Act.REQUESTED)
    message = write(message=confirm_request(house, asked), written_at=NOON - timedelta(minutes=5))
    replace(Client(), house=house)
    token = message_token(kind=LinkKind.CONFIRM, message_id=message.pk, keys=link_keys())
    client.get(f"/confirm/{token}/")

    answer = client.post("/confirm/", {"action": "confirm"}, follow=True)

    assert answer.status_code == 404
    assert ConsentRecord.objects.get(contact_point=house.phone).status == Status.REQUESTED


def confirm_request(house: House, asked: ConsentEvent) -> NewMessage:
    return NewMessage(
        kind=OutboxMessage.Kind.CONFIRM_REQUEST,
        legal_entity=house.shop,
        contact_point=house.email,
        language="nl",
        content={"permissions": [{"event_id": str(asked.pk)}]},
        event_id=asked.pk,
        link_lasts=timedelta(days=7),
    )
