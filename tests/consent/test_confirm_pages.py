import datetime
import re
from email.message import EmailMessage

import pytest
import time_machine
from django.conf import settings as jawoord
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import Settings

from consent.domain import delivery, outbox
from consent.domain.ledger.evidence import open_evidence
from consent.domain.messages import WorkingLinks
from consent.models import Act, ConsentEvent, ConsentRecord, Grade, Objection, OutboxMessage, Status
from customers.models import ContactPoint
from tests import scenes
from tests.consent.test_collection_pages import NOON, fill_in
from tests.mail_server import MailServer, Mood, running_mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_server(settings: Settings) -> object:
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 1
        yield server


def send_all(*, now: datetime.datetime) -> None:
    links = WorkingLinks(public_url=jawoord.PUBLIC_URL)
    while message := outbox.claim_next(now=now):
        delivery.deliver(message=message, links=links, now=now)


def ask_for_newsletter(client: Client) -> scenes.RecipeBook:
    scene = scenes.recipe_book()
    fill_in(client, "receptenboekje", EMAIL="alice@example.org", **{f"choice_{scene.newsletter.pk}": "on"})
    return scene


def link_in(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"{jawoord.PUBLIC_URL}(/{kind}/[A-Za-z0-9_-]+/)", body.get_content())
    assert found, body.get_content()
    return found.group(1)


def database_rows() -> dict[str, int]:
    models = (ConsentEvent, ConsentRecord, OutboxMessage, Objection, ContactPoint)
    return {model.__name__: model.objects.count() for model in models}


def test_mail_to_confirm_is_whole(client: Client, mail_server: MailServer) -> None:
    ask_for_newsletter(client)

    send_all(now=NOON + datetime.timedelta(seconds=30))

    (mail,) = mail_server.mails
    message = OutboxMessage.objects.get()
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert mail["To"] == "alice@example.org"
    assert mail["Message-ID"] == f"<{message.pk}@{message.legal_entity.sender_address.rpartition('@')[2]}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith(f"<{jawoord.PUBLIC_URL}/unsubscribe/")
    assert len(mail["Subject"]) <= 60
    for part in (plain.get_content(), html.get_content()):
        assert "Ja, Stichting HartHulp mag mij de nieuwsbrief mailen." in part
        assert link_in(mail, "confirm") in part
    assert '<html lang="nl">' in html.get_content()
    assert message.state == OutboxMessage.State.SENT


def test_opening_the_link_changes_nothing_and_the_button_confirms(
    client: Client, mail_server: MailServer
) -> None:
    ask_for_newsletter(client)
    send_all(now=NOON + datetime.timedelta(seconds=30))
    link = link_in(mail_server.mails[0], "confirm")
    before = database_rows()

    with time_machine.travel(NOON + datetime.timedelta(hours=1), tick=False):
        for _scan in range(3):
            assert Client().head(link).status_code == 302
            assert Client().get(link, follow=True).status_code == 200
        unchanged = database_rows()
        page = client.get(link, follow=True).content.decode()
        answer = client.post("/confirm/", {"action": "confirm"}, follow=True).content.decode()

    assert unchanged == before
    assert "Ja, Stichting HartHulp mag mij de nieuwsbrief mailen." in page
    assert link.split("/")[2] not in page
    record = ConsentRecord.objects.get()
    assert (record.status, record.grade, record.complete) == (Status.GIVEN, Grade.A, True)
    assert ContactPoint.objects.get().verified_method == ContactPoint.Verification.EMAIL_LINK
    assert "alice@example.org" in answer
    proof = open_evidence(event=ConsentEvent.objects.get(act=Act.CONFIRMED))
    assert (proof["address"], proof["faster_than_a_person"]) == ("alice@example.org", False)


def test_confirming_twice_confirms_once_and_says_so(client: Client, mail_server: MailServer) -> None:
    ask_for_newsletter(client)
    send_all(now=NOON + datetime.timedelta(seconds=30))
    link = link_in(mail_server.mails[0], "confirm")

    with time_machine.travel(NOON + datetime.timedelta(hours=1), tick=False):
        for _press in range(2):
            client.get(link)
            client.post("/confirm/", {"action": "confirm"})
        page = client.get(link, follow=True)
        send_all(now=timezone.now())

    assert ConsentEvent.objects.filter(act=Act.CONFIRMED).count() == 1
    assert page.status_code == 200
    assert "Ja, Stichting HartHulp mag mij de nieuwsbrief mailen." in page.content.decode()
    assert [mail["Subject"] for mail in mail_server.mails] == [
        OutboxMessageSubject.CONFIRM,
        OutboxMessageSubject.AGREED,
    ]


class OutboxMessageSubject:
    CONFIRM = "Bevestig uw keuze voor Stichting HartHulp"
    AGREED = "Wat u afsprak met Stichting HartHulp"


def test_expired_link_offers_a_new_one(client: Client, mail_server: MailServer) -> None:
    ask_for_newsletter(client)
    send_all(now=NOON + datetime.timedelta(seconds=30))
    link = link_in(mail_server.mails[0], "confirm")

    with time_machine.travel(NOON + datetime.timedelta(days=8), tick=False):
        page = client.get(link, follow=True)
        client.post("/confirm/", {"action": "confirm"})
        refused = ConsentRecord.objects.get().status
        client.post("/confirm/", {"action": "again"})
        send_all(now=timezone.now())
        client.get(link_in(mail_server.mails[1], "confirm"))
        client.post("/confirm/", {"action": "confirm"})

    assert page.status_code == 200
    assert refused == Status.REQUESTED
    assert ConsentRecord.objects.get().status == Status.GIVEN


def without_csrf(page: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", page)


@pytest.mark.parametrize("change", ["cut", "flipped", "other kind", "empty", "unicode", "huge"])
def test_forged_links_get_one_calm_page(client: Client, mail_server: MailServer, change: str) -> None:
    ask_for_newsletter(client)
    send_all(now=NOON + datetime.timedelta(seconds=30))
    token = link_in(mail_server.mails[0], "confirm").split("/")[2]
    other = link_in(mail_server.mails[0], "unsubscribe").split("/")[2]
    forged = {
        "cut": token[:-3],
        "flipped": ("A" if token[5] != "A" else "B").join([token[:5], token[6:]]),
        "other kind": other,
        "empty": "-",
        "unicode": "é" * 20,
        "huge": "A" * 3000,
    }[change]

    answer = Client().get(f"/confirm/{forged}/", follow=True)
    nothing = Client().get("/confirm/")

    assert (answer.status_code, without_csrf(answer.content)) == (404, without_csrf(nothing.content))


def test_one_click_stops_without_cookie_redirect_or_token(client: Client, mail_server: MailServer) -> None:
    ask_for_newsletter(client)
    send_all(now=NOON + datetime.timedelta(seconds=30))
    address = mail_server.mails[0]["List-Unsubscribe"].strip(" <>").removeprefix(jawoord.PUBLIC_URL)
    robot = Client(enforce_csrf_checks=True)

    with time_machine.travel(NOON + datetime.timedelta(hours=1), tick=False):
        answers = [
            robot.post(url, {"List-Unsubscribe": "One-Click"}) for url in (address, address.rstrip("/"))
        ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [dict(answer.cookies) for answer in answers] == [{}, {}]
    assert ConsentRecord.objects.get().status == Status.WITHDRAWN
    assert ConsentEvent.objects.filter(act=Act.WITHDRAWN).count() == 1


def test_one_click_passes_the_redirect_to_https(client: Client, mail_server: MailServer) -> None:
    ask_for_newsletter(client)
    send_all(now=NOON + datetime.timedelta(seconds=30))
    address = mail_server.mails[0]["List-Unsubscribe"].strip(" <>").removeprefix(jawoord.PUBLIC_URL)

    with override_settings(SECURE_SSL_REDIRECT=True, SECURE_REDIRECT_EXEMPT=[r"^unsubscribe/"]):
        answer = Client().post(address.rstrip("/"), {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200


def test_post_that_is_no_one_click_stops_nothing(client: Client, mail_server: MailServer) -> None:
    ask_for_newsletter(client)
    send_all(now=NOON + datetime.timedelta(seconds=30))
    address = link_in(mail_server.mails[0], "unsubscribe")

    answer = Client().post(address, {})

    assert answer.status_code == 400
    assert ConsentRecord.objects.get().status == Status.REQUESTED


def test_withdrawal_page_stops_this_or_everything(client: Client, mail_server: MailServer) -> None:
    ask_for_newsletter(client)
    send_all(now=NOON + datetime.timedelta(seconds=30))
    link = link_in(mail_server.mails[0], "unsubscribe")

    with time_machine.travel(NOON + datetime.timedelta(days=900), tick=False):
        page = client.get(link, follow=True).content.decode()
        this = client.post("/unsubscribe/", {"action": "stop"}).content.decode()
        everything = client.post("/unsubscribe/", {"action": "stop-all"}).content.decode()

        again = client.get(link, follow=True).content.decode()

    assert "alice@example.org" not in page
    assert "a…@example.org" in page
    assert 'value="stop"' in page
    assert 'value="stop"' not in again
    assert "Stichting HartHulp" in this
    assert "Stichting HartHulp" in everything
    assert ConsentRecord.objects.get().status == Status.WITHDRAWN
    objection = Objection.objects.get()
    assert (objection.legal_entity, objection.purpose, objection.channel, objection.standing) == (
        None,
        None,
        "",
        True,
    )


@pytest.mark.parametrize(
    ("mood", "state", "in_doubt"),
    [
        (Mood.LATER, OutboxMessage.State.WAITING, False),
        (Mood.NEVER, OutboxMessage.State.REFUSED, False),
        (Mood.HANGS, OutboxMessage.State.WAITING, True),
        (Mood.DIES, OutboxMessage.State.WAITING, True),
    ],
)
def test_mail_server_that_fails_loses_nothing(
    client: Client, mail_server: MailServer, mood: Mood, state: str, in_doubt: bool
) -> None:
    ask_for_newsletter(client)
    mail_server.mood = mood
    now = NOON + datetime.timedelta(seconds=30)

    send_all(now=now)

    message = OutboxMessage.objects.get()
    assert (message.state, message.possibly_sent_twice, message.tries) == (state, in_doubt, 1)
    assert "alice" not in message.last_answer

    mail_server.mood = Mood.TAKES
    if state == OutboxMessage.State.REFUSED:
        outbox.send_again(message=message, now=now)
    send_all(now=now + outbox.RETRY_AFTER)

    assert OutboxMessage.objects.get().state == OutboxMessage.State.SENT
    assert len({mail["Message-ID"] for mail in mail_server.mails}) == 1


def test_mail_server_that_is_away_is_tried_again(client: Client, settings: Settings) -> None:
    ask_for_newsletter(client)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    send_all(now=NOON + datetime.timedelta(seconds=30))

    message = OutboxMessage.objects.get()
    assert (message.state, message.possibly_sent_twice) == (OutboxMessage.State.WAITING, False)
    assert message.last_answer == "ConnectionRefusedError"


def test_message_of_a_killed_sender_is_free_after_twenty_seconds(client: Client) -> None:
    ask_for_newsletter(client)
    start = NOON + datetime.timedelta(seconds=30)
    outbox.claim_next(now=start)

    held = outbox.claim_next(now=start + datetime.timedelta(seconds=19))
    freed = outbox.claim_next(now=start + datetime.timedelta(seconds=21))

    assert held is None
    assert freed is not None
    assert (freed.tries, freed.possibly_sent_twice) == (2, True)


def test_names_cannot_break_out_of_a_header(client: Client, mail_server: MailServer) -> None:
    scene = ask_for_newsletter(client)
    scene.entity.name = 'Hart\r\nBcc: x@example.org "Hulp"'
    scene.entity.sender_name = "Hart\r\nBcc: x@example.org"
    scene.entity.save(update_fields=["name", "sender_name"])

    send_all(now=NOON + datetime.timedelta(seconds=30))

    assert [mail["Bcc"] for mail in mail_server.mails] == [None] * len(mail_server.mails)
