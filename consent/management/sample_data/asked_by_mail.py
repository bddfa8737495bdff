"""A permission asked outside the hosted forms and confirmed by the button behind a mailed link."""

import datetime

from consent.domain import outbox
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.opt_in import CONFIRM_WITHIN
from consent.domain.outbox import NewMessage
from consent.management.sample_data.acts import LANGUAGE, Known, confirm_mail
from consent.management.sample_data.by_code import find_collection_point, find_notice
from consent.management.sample_data.deals import shown_at
from consent.management.sample_data.moments import JUST_BEFORE
from consent.models import (
    Act,
    Actor,
    CollectionPoint,
    ConsentEvent,
    Grade,
    Method,
    NoticeVersion,
    OutboxMessage,
    Source,
    in_language,
)
from customers.models import LegalEntity


def ask_and_confirm(
    *, known: Known, entity: LegalEntity, notice: str, place: str, confirmed_at: datetime.datetime
) -> None:
    """Tick a box in the shop, and press the button in the mail that follows."""
    asked_at = confirmed_at - JUST_BEFORE
    point, version = find_collection_point(code=place), find_notice(entity=entity, code=notice)
    [request] = record(events=[_request(known, version, point, asked_at)], recorded_at=asked_at)
    message = NewMessage(
        kind=OutboxMessage.Kind.CONFIRM_REQUEST,
        legal_entity=entity,
        contact_point=known.email,
        language=LANGUAGE,
        content=_content(request, version, point),
        event_id=request.pk,
        link_lasts=CONFIRM_WITHIN,
    )
    confirm_mail(message=outbox.write(message=message, written_at=asked_at), confirmed_at=confirmed_at)


def _request(
    known: Known, version: NoticeVersion, point: CollectionPoint, asked_at: datetime.datetime
) -> NewEvent:
    return NewEvent(
        organisation_id=known.contact.organisation_id,
        legal_entity_id=version.notice.legal_entity_id,
        purpose_id=version.notice.purpose_id,
        channel=version.notice.channel,
        act=Act.REQUESTED,
        subject_id=known.contact.pk,
        contact_point_id=known.email.pk,
        occurred_at=asked_at,
        actor=Actor.SUBJECT,
        source=Source.API,
        method=Method.CHECKBOX,
        collection_point_id=point.pk,
        shown=shown_at(point=point, version=version),
        grade=Grade.B,
        proof={"address": known.email.value, "wording": in_language(version.wording, LANGUAGE)},
    )


def _content(request: ConsentEvent, version: NoticeVersion, point: CollectionPoint) -> dict[str, object]:
    return {
        "form": in_language(point.title, LANGUAGE),
        "agreed_at": request.occurred_at.isoformat(),
        "permissions": [outbox.tell_permission(event=request, version=version, language=LANGUAGE)],
    }
