"""What people may type into a form, or leave out, and the page says so in a sentence."""

import pytest
from django.test import Client

from consent.models import Channel, CollectionChoice, CollectionField
from customers.models import Contact, ContactPoint
from tests import make
from tests.consent.test_collection_pages import fill_in

pytestmark = pytest.mark.django_db
Name = CollectionField.Name
WHOLE_ADDRESS = {"STREET": "Dorpsstraat 1", "POSTAL_CODE": "1000 AA", "CITY": "Amsterdam"}


def form(*, channel: Channel = Channel.POST, email_required: bool = True) -> CollectionChoice:
    """A form with every detail a person may leave out, and one box."""
    organisation = make.organisation()
    entity = make.legal_entity(organisation=organisation)
    purpose = make.purpose(
        organisation=organisation, legal_entities=[entity], channels=[Channel.EMAIL, Channel.POST]
    )
    point = make.collection_point(
        legal_entity=entity, privacy_statement=make.privacy_statement(legal_entity=entity)
    )
    make.collection_field(collection_point=point, required=email_required)
    for position, name in enumerate((Name.GIVEN_NAME, Name.STREET, Name.POSTAL_CODE, Name.CITY), start=1):
        make.collection_field(collection_point=point, name=name, position=position, required=False)
    version = make.notice_version(legal_entity=entity, purpose=purpose, channel=channel, code="offers")
    return make.collection_choice(collection_point=point, notice_version=version)


def send(client: Client, box: CollectionChoice | None, **answers: str) -> int:
    ticked = {f"choice_{box.pk}": "on"} if box else {}
    return fill_in(client, "aanbiedingen", **answers, **ticked).status_code


def test_whole_postal_address_is_kept(client: Client) -> None:
    box = form()

    assert send(client, box, EMAIL="alice@example.org", **WHOLE_ADDRESS) == 302
    assert ContactPoint.objects.get(kind="POSTAL").value == "NL 1000AA DORPSSTRAAT 1"


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"STREET": "Dorpsstraat 1"},
        WHOLE_ADDRESS | {"POSTAL_CODE": "1" * 13},
        WHOLE_ADDRESS | {"CITY": "a" * 101},
        WHOLE_ADDRESS | {"STREET": "\u200e"},
        WHOLE_ADDRESS | {"GIVEN_NAME": "a" * 101},
    ],
)
def test_part_that_is_missing_or_too_long_is_asked_again(client: Client, answers: dict[str, str]) -> None:
    box = form()

    assert send(client, box, EMAIL="alice@example.org", **answers) == 200
    assert Contact.objects.count() == 0


def test_nothing_is_kept_of_who_allows_nothing(client: Client) -> None:
    form(channel=Channel.EMAIL)

    assert send(client, None, EMAIL="alice@example.org") == 200
    assert Contact.objects.count() == 0


def test_nothing_is_kept_of_who_leaves_no_address(client: Client) -> None:
    form(channel=Channel.EMAIL, email_required=False)

    assert send(client, None) == 200
    assert Contact.objects.count() == 0
