import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import override

from consent.domain import outbox
from consent.domain import preference_words as words
from consent.domain.outbox import AgreedPermission, NewMessage
from consent.domain.preference_changes import Visitor, prove_address
from consent.domain.preferences import read_preferences
from consent.models import GRANTS, ConsentEvent, NoticeVersion, OutboxMessage
from customers.models import ContactPoint, LegalEntity


@transaction.atomic
def mail_receipt(
    *,
    visitor: Visitor,
    legal_entity: LegalEntity,
    events: Sequence[ConsentEvent],
    written_at: datetime.datetime,
) -> OutboxMessage | None:
    """Mail what a person changed, with the exact wording of what they agreed to, and what holds now.

    Returns None when there is no e-mail address that is known to be theirs.
    """
    point = _email_point(visitor)
    if point is None:
        return None
    language = visitor.how.shown.language
    with override(language):
        content = _content(visitor, events, written_at)
    message = NewMessage(
        kind=OutboxMessage.Kind.RECEIPT,
        legal_entity=legal_entity,
        contact_point=point,
        language=language,
        content=content,
        event_id=events[0].pk if events else None,
    )
    return outbox.write(message=message, written_at=written_at)


@transaction.atomic
def mail_standing(
    *, visitor: Visitor, legal_entity: LegalEntity, asked_at: datetime.datetime
) -> OutboxMessage | None:
    """Mail what holds now to a person who asks for it behind a link, which proves its address.

    Returns None when there is no e-mail address that is known to be theirs.
    """
    prove_address(visitor=visitor, occurred_at=asked_at)
    return mail_receipt(visitor=visitor, legal_entity=legal_entity, events=[], written_at=asked_at)


def _email_point(visitor: Visitor) -> ContactPoint | None:
    points = visitor.contact.points.filter(
        kind=ContactPoint.Kind.EMAIL, invalid_at__isnull=True, verified_at__isnull=False
    ).order_by("created_at", "pk")
    return next((p for p in points if p.pk == visitor.opened_with.pk), points.first())


def _content(
    visitor: Visitor, events: Sequence[ConsentEvent], written_at: datetime.datetime
) -> dict[str, object]:
    preferences = read_preferences(contact=visitor.contact, opened_with=visitor.opened_with, now=written_at)
    return {
        "changed_at": written_at.isoformat(),
        "changes": [words.describe(event=event) for event in events],
        "permissions": _permissions(events, visitor.how.shown.language),
        "standing": words.everywhere_you_stand(preferences=preferences),
    }


def _permissions(events: Sequence[ConsentEvent], language: str) -> list[AgreedPermission]:
    given = [event for event in events if event.act in GRANTS and event.notice_version_id]
    notices = NoticeVersion.objects.in_bulk([event.notice_version_id for event in given])
    return [
        outbox.tell_permission(event=event, version=notices[event.notice_version_id], language=language)
        for event in given
        if event.notice_version_id
    ]
