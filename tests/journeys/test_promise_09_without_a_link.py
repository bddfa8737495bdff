import time
from pathlib import Path
from typing import Any

import pytest

from consent import tasks
from consent.domain.suppressions import find_suppressions
from consent.models import Objection, OutboxMessage
from customers.domain.addresses import read_phone
from tests import make, preference_scenes
from tests.browser.fixtures import PostOffice, Visitor, link_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def ask(visitor: Visitor, address: str) -> str:
    visitor.open("/preferences/")
    visitor.write("Your e-mail address or phone number", address)
    visitor.press("Send me a link")
    return visitor.text


def received(folder: Path) -> str:
    """The text message that arrives; a worker may be sending it at this very moment."""
    for _try in range(100):
        tasks.deliver_outbox()
        if found := [place.read_text() for place in folder.glob("*.txt")]:
            return found[0]
        time.sleep(0.1)
    pytest.fail("no text message arrived")


def block(visitor: Visitor, number: str) -> str:
    visitor.open("/preferences/block/lampenwinkel/")
    visitor.write("The phone number", number)
    visitor.press("Block this number")
    return visitor.text


def test_link_comes_by_mail(visitor: Visitor, post_office: PostOffice) -> None:
    preference_scenes.house()

    ask(visitor, "Alice@Example.org")
    visitor.open(link_in(post_office.collect_one(), "preferences"))

    assert visitor.heading == "Your choices"


def test_link_comes_by_text_message(visitor: Visitor, settings: Any, tmp_path: Path) -> None:
    preference_scenes.house()
    settings.SMS_GATEWAY = f"file:{tmp_path}"

    ask(visitor, "020 - 000 01 01")
    visitor.open(received(tmp_path).split()[-1])

    assert visitor.heading == "Your choices"


def test_page_never_tells_whether_an_address_is_known(visitor: Visitor, post_office: PostOffice) -> None:
    preference_scenes.house()

    pages = {ask(visitor, address) for address in ("alice@example.org", "stranger@example.org", "0200000199")}

    assert len(pages) == 1
    assert [mail["To"] for mail in post_office.collect()] == ["alice@example.org"]


def test_each_organisation_that_knows_the_address_sends_its_own_link(
    visitor: Visitor, post_office: PostOffice
) -> None:
    preference_scenes.house()
    other = make.organisation(code="harthulp", name="HartHulp")
    make.legal_entity(organisation=other, code="harthulp", name="Stichting HartHulp")
    make.email_point(contact=make.contact(organisation=other))

    ask(visitor, "alice@example.org")

    assert len(post_office.collect()) == 2
    assert set(OutboxMessage.objects.values_list("organisation__code", flat=True)) == {
        "huisgroep",
        "harthulp",
    }


def test_number_is_blocked_without_any_link(visitor: Visitor) -> None:
    house = preference_scenes.house()
    unknown = read_phone(text="+31200000199", country="NL")

    pages = [block(visitor, number) for number in ("020 000 0101", "020 000 0199")]

    assert pages[0].replace("0101", "0199") == pages[1]
    assert "Stroomkring N.V." in pages[0]
    assert Objection.objects.filter(contact=house.alice, channel="CALL", standing=True).exists()
    assert unknown.value in find_suppressions(organisation=house.organisation, addresses=[unknown])
