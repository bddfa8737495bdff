"""What a generated person can do: agree on something, permit, confirm, verify, stop."""

import datetime
from dataclasses import dataclass
from typing import Any

from consent.domain.ledger.recording import NewEvent
from consent.domain.relations import Answer, NewTransaction
from consent.domain.terms import term_end
from consent.management.sample_data.acts import LANGUAGE
from consent.management.sample_data.deals import shown_at, told_at
from consent.management.sample_data.generated_people import Drawn
from consent.models import (
    Act,
    Actor,
    Channel,
    CollectionPoint,
    Grade,
    Method,
    NoticeVersion,
    Source,
    in_language,
)
from customers.models import ContactPoint, LegalEntity, ProductGroup, RelationKind

CONFIRMED_AFTER = datetime.timedelta(minutes=7)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What was collected of one agreement: whether the person was told, and could say no."""

    told: bool = True
    optout_offered: bool = True
    answer: Answer = Answer.NOTHING_SAID
    runs_on: bool = False


def agreement(
    *,
    drawn: Drawn,
    place: CollectionPoint,
    kind: RelationKind,
    group: ProductGroup | None,
    kept: Kept,
    at: datetime.datetime,
) -> NewTransaction:
    return NewTransaction(
        contact=drawn.contact,
        legal_entity=place.legal_entity,
        kind=kind,
        occurred_at=at,
        how=told_at(point=place, proof={"address": drawn.points[ContactPoint.Kind.EMAIL].value}),
        obligation_to_pay=kind == RelationKind.SALE,
        product_group=group,
        reference=f"{place.code}-{at:%Y%m%d%H%M%S}",
        runs_on=kept.runs_on,
        supplied_kinds=drawn.supplied,
        told_at_collection=kept.told,
        optout_offered=kept.optout_offered,
        answer=kept.answer,
    )


def permission(
    *,
    drawn: Drawn,
    version: NoticeVersion,
    place: CollectionPoint,
    act: Act,
    at: datetime.datetime,
    **more: Any,
) -> NewEvent:
    """One act on the permission that a notice asks, with the wording that was shown."""
    notice, point = version.notice, _point_for(drawn, version)
    defaults: dict[str, Any] = {"source": Source.API, "method": Method.CHECKBOX, "grade": Grade.B}
    return NewEvent(
        organisation_id=drawn.contact.organisation_id,
        legal_entity_id=notice.legal_entity_id,
        purpose_id=notice.purpose_id,
        channel=notice.channel,
        act=act,
        subject_id=drawn.contact.pk,
        contact_point_id=point.pk,
        occurred_at=at,
        actor=Actor.SUBJECT,
        collection_point_id=place.pk,
        shown=shown_at(point=place, version=version),
        proof={"address": point.value, "wording": in_language(version.wording, LANGUAGE)},
        **defaults | _terms(version, act, at) | more,
    )


def _point_for(drawn: Drawn, version: NoticeVersion) -> ContactPoint:
    return drawn.points[Channel(version.notice.channel).point_kind]


def _terms(version: NoticeVersion, act: Act, at: datetime.datetime) -> dict[str, Any]:
    if act not in (Act.REQUESTED, Act.GIVEN):
        return {}
    purpose, zone = version.notice.purpose, version.notice.legal_entity.time_zone
    by_phone = version.notice.channel == Channel.CALL
    return {
        "valid_until": _end(at, purpose.term_months, zone),
        "uses": purpose.uses,
        "first_contact_due_at": _end(at, purpose.first_contact_months if by_phone else None, zone),
    }


def _end(start: datetime.datetime, months: int | None, zone: str) -> datetime.datetime | None:
    return term_end(start=start, months=months, zone=zone) if months else None


def confirmation(
    *, drawn: Drawn, version: NoticeVersion, place: CollectionPoint, request: NewEvent
) -> NewEvent:
    """The button behind the mailed link; the address is the person's from then on."""
    at = request.occurred_at + CONFIRMED_AFTER
    point = _point_for(drawn, version)
    point.verified_at, point.verified_method = at, ContactPoint.Verification.EMAIL_LINK
    return permission(
        drawn=drawn,
        version=version,
        place=place,
        act=Act.CONFIRMED,
        at=at,
        source=Source.CONFIRMATION_LINK,
        method=Method.BUTTON,
        grade=Grade.A,
        refers_to_id=request.id,
        valid_until=request.valid_until,
    )


def verification(*, drawn: Drawn, entity: LegalEntity, at: datetime.datetime) -> NewEvent:
    """The code that came by SMS; the number is the person's from then on."""
    point = drawn.points[ContactPoint.Kind.PHONE]
    point.verified_at, point.verified_method = at, ContactPoint.Verification.SMS_CODE
    return NewEvent(
        organisation_id=drawn.contact.organisation_id,
        legal_entity_id=entity.pk,
        act=Act.ADDRESS_VERIFIED,
        subject_id=drawn.contact.pk,
        contact_point_id=point.pk,
        occurred_at=at,
        actor=Actor.SUBJECT,
        source=Source.WEB_FORM,
        method=Method.CODE,
        proof={"address": point.value},
    )


def withdrawal(*, drawn: Drawn, granted: NewEvent, at: datetime.datetime) -> NewEvent:
    return NewEvent(
        organisation_id=granted.organisation_id,
        legal_entity_id=granted.legal_entity_id,
        purpose_id=granted.purpose_id,
        channel=granted.channel,
        act=Act.WITHDRAWN,
        subject_id=drawn.contact.pk,
        contact_point_id=granted.contact_point_id,
        refers_to_id=granted.id,
        occurred_at=at,
        actor=Actor.SUBJECT,
        source=Source.ONE_CLICK if granted.channel == Channel.EMAIL else Source.PREFERENCES,
        method=Method.BUTTON,
        proof=granted.proof and {"address": granted.proof["address"]},
    )


def objection(*, drawn: Drawn, entity: LegalEntity, at: datetime.datetime) -> NewEvent:
    """“Do not contact me” to one legal entity, whatever for and however."""
    return NewEvent(
        organisation_id=drawn.contact.organisation_id,
        legal_entity_id=entity.pk,
        act=Act.OBJECTED,
        subject_id=drawn.contact.pk,
        occurred_at=at,
        actor=Actor.SUBJECT,
        source=Source.PREFERENCES,
        method=Method.BUTTON,
        proof={"address": drawn.points[ContactPoint.Kind.EMAIL].value},
    )
