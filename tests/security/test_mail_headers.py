import pytest
import time_machine
from django.test import Client

from consent.models import OutboxMessage
from customers.models import Contact
from tests import scenes
from tests.browser.fixtures import PostOffice
from tests.security.visits import newsletter, send_form

pytestmark = pytest.mark.django_db
INJECTION = "Bcc: victim@example.org"
BREAKS = {
    "line feed": "\n",
    "carriage return": "\r",
    "both": "\r\n",
    "folded": "\r\n ",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "next line": "\x85",
    "vertical tab": "\v",
    "form feed": "\f",
    "file separator": "\x1c",
    "encoded line feed": "=?utf-8?q?=0D=0A?=",
    "encoded in base64": "=?utf-8?b?DQo=?=",
    "full-width": "\uff0d\uff3c\uff4e",
}
HEADERS = [
    "Content-Language",
    "Content-Type",
    "Date",
    "From",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Message-ID",
    "Subject",
    "To",
]


@pytest.mark.parametrize("line_break", BREAKS.values(), ids=BREAKS)
def test_name_of_the_sender_adds_no_header(
    client: Client, clock: time_machine.Traveller, post_office: PostOffice, line_break: str
) -> None:
    scene = scenes.recipe_book()
    name = f"Hart{line_break}{INJECTION}{line_break}{line_break}<b>Hulp</b>"
    scene.entity.name, scene.entity.sender_name = name, name
    scene.entity.save(update_fields=["name", "sender_name"])

    send_form(client, clock, newsletter(scene))
    mail = post_office.collect_one()

    assert sorted({key for key in mail if key != "Auto-Submitted"}) == HEADERS
    assert [str(address.addr_spec) for address in mail["From"].addresses] == ["post@lampenwinkel.example.org"]
    assert [str(address.addr_spec) for address in mail["To"].addresses] == ["alice@example.org"]
    for name in mail:
        assert len(str(mail[name]).splitlines()) == 1
    assert len(mail["Subject"]) <= 60
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    html = mail.get_body(("html",))
    assert html is not None
    assert "<b>Hulp" not in html.get_content()


@pytest.mark.parametrize("line_break", BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("shape", ["alice{0}@example.org", "alice@example.org{0}", "alice@exam{0}ple.org"])
def test_address_with_a_header_in_it_is_refused(
    client: Client, clock: time_machine.Traveller, line_break: str, shape: str
) -> None:
    scene = scenes.recipe_book()

    answer = send_form(client, clock, newsletter(scene, shape.format(line_break + INJECTION)))

    assert answer.status_code == 200
    assert Contact.objects.count() == 0
    assert OutboxMessage.objects.count() == 0


@pytest.mark.parametrize(
    "address",
    [
        "alice@example.org,victim@example.org",
        "alice@example.org;victim@example.org",
        "alice@example.org victim@example.org",
        "<alice@example.org>",
        "Alice <alice@example.org>",
        "alice@example.org>",
        '"alice@example.org, victim"@example.org',
        "alice@[127.0.0.1]",
        "alice@example.org\x00",
        "alice%victim@example.org@example.org",
    ],
)
def test_address_that_names_two_people_is_refused(
    client: Client, clock: time_machine.Traveller, address: str
) -> None:
    scene = scenes.recipe_book()

    answer = send_form(client, clock, newsletter(scene, address))

    assert answer.status_code == 200
    assert OutboxMessage.objects.count() == 0


def test_address_in_another_script_reaches_its_mailbox(
    client: Client, clock: time_machine.Traveller, post_office: PostOffice
) -> None:
    scene = scenes.recipe_book()

    send_form(client, clock, newsletter(scene, "alice+boek@bücher.example"))

    assert post_office.collect_one()["To"] == "alice+boek@xn--bcher-kva.example"
