import contextlib
import datetime
import smtplib
from collections.abc import Callable
from email.headerregistry import Address
from email.utils import format_datetime
from typing import Final

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from consent.domain import messages, outbox, sms, told_by_law
from consent.domain.ledger.evidence import EvidenceGoneError
from consent.domain.messages import Links, Rendered
from consent.domain.notifying import mailing
from consent.domain.privacy import announcing
from consent.models import Channel, OutboxMessage

# Below this an SMTP answer means "later", from here on "never" (RFC 5321, section 4.2.1).
PERMANENT = 500
MayStillGo = Callable[[OutboxMessage, datetime.datetime], bool]
# Asked once more right before such a message leaves; an app above this one adds its own when it is ready.
MAY_STILL_GO: Final[dict[str, MayStillGo]] = {
    OutboxMessage.Kind.PRIVACY_CHANGE: announcing.may_still_go,
    OutboxMessage.Kind.BREACH: told_by_law.must_still_be_told,
}


class NotTakenError(Exception):
    """The mail server did not take the message; it was certainly not sent."""

    def __init__(self, answer: str, *, permanent: bool) -> None:
        super().__init__(answer)
        self.permanent = permanent


class StoppedMeanwhileError(Exception):
    """The address was blocked, or what the message tells withdrawn, after it was written."""


class InDoubtError(Exception):
    """The connection was lost after the message was handed over: it may or may not have been taken."""


def deliver(*, message: OutboxMessage, links: Links, now: datetime.datetime) -> None:
    """Send one claimed message and note what came of it.

    A temporary refusal is tried again on a flat schedule, a permanent one ends it and stays visible. The one
    window in which a message can go out twice lies between the mail server's answer and our note of it; it
    then carries the same Message-ID and links, and is marked.
    """
    try:
        answer = _send(message, links, now)
    except EvidenceGoneError:
        outbox.mark_refused(message=message, answer="the person was erased")
    except StoppedMeanwhileError:
        outbox.mark_refused(message=message, answer="stopped before its turn came")
    except NotTakenError as error:
        _note_refusal(message, error, now)
    except InDoubtError as error:
        outbox.mark_in_doubt(message=message, now=now, answer=str(error))
    except Exception as error:  # noqa: BLE001 (one broken message must not hold up the others)
        outbox.mark_for_retry(message=message, now=now, answer=_say(error))
    else:
        outbox.mark_sent(message=message, sent_at=now, answer=answer)
    mailing.note_mail(message=message, now=now)
    outbox.let_go(message=message)


def compose(*, message: OutboxMessage, rendered: Rendered, now: datetime.datetime) -> EmailMultiAlternatives:
    """Build the mail: text and HTML alike, one-click unsubscribe (RFC 8058), a steady Message-ID."""
    entity = message.legal_entity
    mail = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=str(Address(" ".join(entity.sender_name.split()), addr_spec=entity.sender_address)),
        to=[outbox.recipient_of(message=message)],
        headers={
            "Message-ID": f"<{message.pk}@{entity.sender_address.rpartition('@')[2]}>",
            "Date": format_datetime(now),
            **_one_click(rendered),
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
    )
    mail.attach_alternative(rendered.html, "text/html")
    for name, text in rendered.attached.items():
        mail.attach(name, text, "text/plain")
    return mail


def _one_click(rendered: Rendered) -> dict[str, str]:
    """A letter to somebody who is no contact can stop nothing."""
    if not rendered.unsubscribe_url:
        return {}
    return {
        "List-Unsubscribe": f"<{rendered.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _send(message: OutboxMessage, links: Links, now: datetime.datetime) -> str:
    may_still_go = MAY_STILL_GO.get(message.kind)
    if may_still_go is not None and not may_still_go(message, now):
        raise StoppedMeanwhileError
    if message.channel == Channel.SMS:
        return _send_by_sms(message, links)
    rendered = messages.render(message=message, links=links)
    connection = get_connection()
    _open(connection)
    try:
        return _hand_over(connection, compose(message=message, rendered=rendered, now=now))
    finally:
        _close(connection)


def _send_by_sms(message: OutboxMessage, links: Links) -> str:
    text = messages.render_text(message=message, links=links)
    try:
        sms.gateway().send(number=message.point.value, text=text)
    except OSError as error:
        raise NotTakenError(_say(error), permanent=False) from error
    return "handed over"


def _open(connection: BaseEmailBackend) -> None:
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotTakenError(_say(error), permanent=False) from error


def _hand_over(connection: BaseEmailBackend, mail: EmailMultiAlternatives) -> str:
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise NotTakenError(_answer(code, said), permanent=code >= PERMANENT) from error
    except smtplib.SMTPResponseException as error:
        permanent = error.smtp_code >= PERMANENT
        raise NotTakenError(_answer(error.smtp_code, error.smtp_error), permanent=permanent) from error
    except Exception as error:
        # Also when time ran out for the worker: the message may be with the server already.
        _hang_up(connection)
        raise InDoubtError(_say(error)) from error
    return "250"


def _hang_up(connection: BaseEmailBackend) -> None:
    """Break off without a goodbye: a server that fell silent would not answer that either."""
    conversation = getattr(connection, "connection", None)
    if isinstance(conversation, smtplib.SMTP):
        conversation.close()


def _close(connection: BaseEmailBackend) -> None:
    # The server's answer to the message has been read; how it says goodbye does not matter.
    with contextlib.suppress(Exception):
        connection.close()


def _note_refusal(message: OutboxMessage, error: NotTakenError, now: datetime.datetime) -> None:
    if error.permanent:
        outbox.mark_refused(message=message, answer=str(error))
    else:
        outbox.mark_for_retry(message=message, now=now, answer=str(error))


def _answer(code: int, said: bytes | str) -> str:
    # Servers repeat the address in their answer; the code is all we keep of it.
    return f"{code}" if said else f"{code} (silent)"


def _say(error: Exception) -> str:
    return type(error).__name__
