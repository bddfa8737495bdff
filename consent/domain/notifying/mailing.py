"""Telling a processor by mail, to its contact for privacy; the mail is destroyed once it left."""

import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from consent.domain import outbox
from consent.domain.notifying.payloads import compose, forget_addresses
from consent.domain.outbox import Letter
from consent.models import Endpoint, Notification, OutboxMessage, Topic
from customers.models import ContactPoint, LegalEntity

State = Notification.State


@transaction.atomic
def write_mail(*, notification: Notification, written_at: datetime.datetime) -> OutboxMessage:
    """Hand what a processor is told to the outbox of mail (art. 19 GDPR); raises PersonErasedError."""
    endpoint = notification.endpoint
    entity = notification.legal_entity or _first_entity(endpoint)
    with translation.override(entity.language):
        content = _content(notification, written_at)
    message = outbox.write_letter(
        letter=Letter(
            kind=OutboxMessage.Kind.PROCESSOR,
            legal_entity=entity,
            to=endpoint.processor.contact_email if endpoint.processor else "",
            language=entity.language,
            content=content,
        ),
        written_at=written_at,
    )
    mailed = Notification.objects.filter(pk=notification.pk)
    mailed.update(state=State.MAILED, message_id=message.pk)
    return message


def note_mail(*, message: OutboxMessage, now: datetime.datetime) -> None:
    """Note what came of a mail to a processor: it was told, or never will be by this mail."""
    if message.kind != OutboxMessage.Kind.PROCESSOR:
        return
    state = OutboxMessage.objects.values_list("state", flat=True).get(pk=message.pk)
    mailed = Notification.objects.filter(message_id=message.pk, state=State.MAILED)
    if state == OutboxMessage.State.SENT:
        told = list(mailed.values_list("pk", flat=True))
        mailed.update(state=State.TOLD, told_at=now)
        forget_addresses(notification_ids=told)
    elif state in (OutboxMessage.State.REFUSED, OutboxMessage.State.GIVEN_UP):
        mailed.update(state=State.DEAD)


def _first_entity(endpoint: Endpoint) -> LegalEntity:
    return endpoint.legal_entities.order_by("name", "pk")[0]


def _content(notification: Notification, at: datetime.datetime) -> dict[str, object]:
    about = compose(notification=notification, at=at)["data"]
    return {
        "subject": gettext("To act on: %(what)s") % {"what": notification.get_topic_display()},
        "paragraphs": [_asked(Topic(notification.topic))],
        "facts": [
            (gettext("What"), str(notification.get_topic_display())),
            *((str(label), value) for label, value in _facts(notification, about)),
            (gettext("Number"), str(notification.pk)),
        ],
    }


def _asked(topic: Topic) -> str:
    asked = {
        Topic.WITHDRAWN: gettext("Stop using these details for this. The permission for it has ended."),
        Topic.OBJECTED: gettext("Stop contacting this person. They objected."),
        Topic.ERASED: gettext(
            "Erase what you hold about this person for us, also at your sub-processors (art. 17 and 19 GDPR)."
        ),
        Topic.RECTIFIED: gettext("Correct what you hold about this person for us (art. 16 and 19 GDPR)."),
        Topic.RESTRICTED: gettext(
            "Only store what you hold about this person for us, and use it for nothing (art. 18 and 19 GDPR)."
        ),
        Topic.UNRESTRICTED: gettext("The restriction is lifted: you may use the details again."),
        Topic.TEST: gettext("This is a test. You do not have to do anything."),
    }
    return asked[topic]


def _facts(notification: Notification, about: dict[str, object]) -> list[tuple[str, str]]:
    facts = [(gettext("Our reference"), str(about.get("contact") or ""))]
    addresses = about.get("addresses")
    for one in addresses if isinstance(addresses, list) else []:
        facts.append((str(ContactPoint.Kind(one["kind"]).label), str(one.get("value", ""))))
    if notification.purpose is not None:
        facts.append((gettext("Purpose"), str(notification.purpose)))
    if notification.channel:
        facts.append((gettext("Channel"), str(notification.get_channel_display())))
    corrected = about.get("corrected")
    if isinstance(corrected, dict):
        facts += [(gettext("Now"), _written(value)) for value in corrected.values()]
    return [(label, value) for label, value in facts if value]


def _written(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part)
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
