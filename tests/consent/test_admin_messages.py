from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from consent.domain import outbox
from consent.domain.links import LinkKind, message_token
from consent.models import Channel, OutboxMessage, SubjectKey
from customers.domain.key_rings import link_keys
from customers.models import ContactPoint, LegalEntity, StaffMember
from tests import make
from tests.consent.admin_rows import Rows, everything, organisation_in, page_of, signed_in, superuser

pytestmark = pytest.mark.django_db
Role = StaffMember.Role


@pytest.fixture
def rows() -> Rows:
    return everything(code="eigen")


@pytest.fixture
def message(rows: Rows) -> OutboxMessage:
    return OutboxMessage.objects.get(pk=rows[OutboxMessage].pk)


def signed_in_as(role: Role, *, rows: Rows) -> Client:
    return signed_in(make.staff_member(organisation=organisation_in(rows), username=role.lower(), role=role))


def test_message_is_shown_as_it_was_sent_with_its_tokens_masked(rows: Rows, message: OutboxMessage) -> None:
    client = signed_in_as(Role.MARKETING, rows=rows)
    tokens = [message_token(kind=kind, message_id=message.pk, keys=link_keys()) for kind in LinkKind]

    page = client.get(page_of(message, "change"))
    html = client.get(page_of(message, "html"))

    whole = page.content.decode() + html.content.decode()
    assert page.context["rendered"].subject in page.content.decode()
    assert "eigen B.V. mag mij aanbiedingen sturen." in page.context["rendered"].text
    assert [token in whole for token in tokens] == [False] * len(tokens)
    assert "/unsubscribe/••••••••/" in whole


def test_mail_in_html_is_a_guest_that_runs_and_loads_nothing(rows: Rows, message: OutboxMessage) -> None:
    page = signed_in_as(Role.MARKETING, rows=rows).get(page_of(message, "html"))

    assert page["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    assert page["X-Frame-Options"] == "SAMEORIGIN"


def test_html_of_another_organisation_is_not_found(rows: Rows) -> None:
    foreign = everything(code="ander")[OutboxMessage]

    assert signed_in_as(Role.MARKETING, rows=rows).get(page_of(foreign, "html")).status_code == 404


def test_html_needs_the_right_to_see_messages(rows: Rows, message: OutboxMessage) -> None:
    assert signed_in_as(Role.CALL_AGENT, rows=rows).get(page_of(message, "html")).status_code == 403


def test_erased_message_is_said_in_a_sentence(rows: Rows, message: OutboxMessage) -> None:
    SubjectKey.objects.all().delete()
    client = signed_in_as(Role.MARKETING, rows=rows)

    page = client.get(page_of(message, "change"))

    assert "The content was erased with the person." in page.content.decode()
    assert client.get(page_of(message, "html")).status_code == 404


def test_code_in_a_text_message_is_never_shown(rows: Rows) -> None:
    phone = ContactPoint.objects.get(kind="PHONE")
    code = outbox.write(
        message=outbox.NewMessage(
            kind=OutboxMessage.Kind.PHONE_CODE,
            legal_entity=LegalEntity.objects.get(pk=rows[LegalEntity].pk),
            contact_point=phone,
            language="nl",
            content={"verification_id": str(phone.verifications.get().pk)},
            channel=Channel.SMS,
        ),
        written_at=make.NOW,
    )

    page = signed_in(superuser()).get(page_of(code, "change"))

    assert "A text message carries a secret code. Nobody but the person reads it." in page.content.decode()


@pytest.mark.parametrize("state", [OutboxMessage.State.REFUSED, OutboxMessage.State.GIVEN_UP])
def test_message_that_got_stuck_is_sent_again(
    rows: Rows, message: OutboxMessage, state: OutboxMessage.State
) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(state=state, tries=48)

    signed_in_as(Role.MARKETING, rows=rows).post(page_of(message, "again"))

    message.refresh_from_db()
    assert (message.state, message.tries) == (OutboxMessage.State.WAITING, 0)


def test_sent_message_is_not_sent_again(rows: Rows, message: OutboxMessage) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(state=OutboxMessage.State.SENT)

    signed_in_as(Role.MARKETING, rows=rows).post(page_of(message, "again"))

    message.refresh_from_db()
    assert message.state == OutboxMessage.State.SENT


def test_auditor_sends_nothing(rows: Rows, message: OutboxMessage) -> None:
    assert signed_in_as(Role.AUDITOR, rows=rows).post(page_of(message, "again")).status_code == 403


@pytest.fixture
def mailbox(settings: Settings, tmp_path: Path) -> Path:
    settings.MAILBOX_DIR = tmp_path
    return tmp_path


def put(mailbox: Path, *, name: str, to: str, subject: str = "Bevestig uw keuze") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "post@lampenwinkel.example.org", to, subject
    mail["Date"] = "Sat, 21 Nov 2026 12:00:00 +0000"
    mail["List-Unsubscribe"] = "<https://jawoord.example.org/unsubscribe/abc/>"
    mail.set_content("Bevestig: https://jawoord.example.org/confirm/abc/")
    mail.add_alternative(
        "<html><head><title>x</title></head><body>"
        '<a href="https://jawoord.example.org/confirm/abc/">Bevestig</a></body></html>',
        subtype="html",
    )
    (mailbox / f"{name}.eml").write_bytes(bytes(mail))


def test_mailbox_lists_mails_newest_first_and_finds_by_recipient(rows: Rows, mailbox: Path) -> None:
    put(mailbox, name="100-aa", to="alice@example.org")
    put(mailbox, name="200-bb", to="bob@example.org")
    client = signed_in_as(Role.CALL_AGENT, rows=rows)

    whole = client.get("/admin/mailbox/").context["mails"]
    found = client.get("/admin/mailbox/", {"q": "ALICE"}).context["mails"]

    assert [mail.to for mail in whole] == ["bob@example.org", "alice@example.org"]
    assert [mail.to for mail in found] == ["alice@example.org"]


def test_mail_is_shown_whole_with_links_that_work(rows: Rows, mailbox: Path) -> None:
    put(mailbox, name="100-aa", to="alice@example.org")
    client = signed_in_as(Role.CALL_AGENT, rows=rows)

    page = client.get("/admin/mailbox/100-aa/")
    html = client.get("/admin/mailbox/100-aa/html/")

    mail = page.context["mail"]
    assert [name for name, _value in mail.headers] == ["From", "To", "Subject", "Date", "List-Unsubscribe"]
    assert '<a href="https://jawoord.example.org/confirm/abc/"' in page.content.decode()
    assert '<head><base target="_blank">' in html.content.decode()
    assert '<a href="https://jawoord.example.org/confirm/abc/">' in html.content.decode()
    assert "sandbox allow-popups" in html["Content-Security-Policy"]


def test_mailbox_is_paged(rows: Rows, mailbox: Path) -> None:
    for number in range(51):
        put(mailbox, name=f"{number:03}-aa", to="alice@example.org")
    client = signed_in_as(Role.CALL_AGENT, rows=rows)

    pages = [client.get("/admin/mailbox/", {"page": number}).context["mails"] for number in ("1", "2")]

    assert [len(mails) for mails in pages] == [50, 1]


def test_header_that_lies_does_not_break_the_mailbox(rows: Rows, mailbox: Path) -> None:
    (mailbox / "100-aa.eml").write_bytes(b"Date: never\nSubject: =?utf-8?q?=C3=A9?=\n\n\xff\xfe")
    client = signed_in_as(Role.CALL_AGENT, rows=rows)

    pages = [client.get(page).status_code for page in ("/admin/mailbox/", "/admin/mailbox/100-aa/")]

    assert pages == [200, 200]


def test_mail_outside_the_mailbox_is_not_found(rows: Rows, mailbox: Path) -> None:
    client = signed_in_as(Role.CALL_AGENT, rows=rows)

    pages = [client.get(f"/admin/mailbox/{name}/").status_code for name in ("weg", "..%2f..%2fsecrets")]

    assert pages == [404, 404]


def test_mailbox_asks_for_a_login(mailbox: Path) -> None:
    assert Client().get("/admin/mailbox/").status_code == 302


def test_there_is_no_mailbox_outside_a_trial(rows: Rows, settings: Settings) -> None:
    settings.MAILBOX_DIR = None
    client = signed_in(superuser())

    assert client.get("/admin/mailbox/").status_code == 404
    assert "/admin/mailbox/" not in client.get(reverse("admin:index")).content.decode()
