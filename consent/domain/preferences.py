import datetime
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from consent.domain.contact_answers import Spot
from consent.domain.engine.answering import Answer
from consent.domain.preference_answers import AnswerAbout, Answers, ask_spots
from consent.domain.preference_grounds import (
    GROUNDS,
    Choice,
    Ground,
    Note,
    Products,
    Standing,
    find_standing,
)
from consent.domain.preference_holdings import Holdings, read_holdings
from consent.models import Channel, ConsentRecord, NoticeVersion, Purpose
from customers.models import Contact, ContactPoint, LegalEntity

CHANNEL_ORDER = {channel: place for place, channel in enumerate(Channel)}


class Key(NamedTuple):
    """Which permission a row is about; no contact point for processing, which hangs on the contact."""

    legal_entity_id: uuid.UUID
    purpose_id: uuid.UUID
    channel: str
    contact_point_id: uuid.UUID | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One permission as the person sees it: the truth about it, its wording, and whether it can change."""

    legal_entity: LegalEntity
    purpose: Purpose
    channel: Channel
    points: tuple[ContactPoint, ...]
    standing: Standing
    notice: NoticeVersion | None
    can_change: bool

    @property
    def key(self) -> Key:
        point_id = self.points[0].pk if self.points else None
        return Key(self.legal_entity.pk, self.purpose.pk, self.channel.value, point_id)


@dataclass(frozen=True, kw_only=True)
class Card:
    """What one legal entity may and may not, permission by permission."""

    legal_entity: LegalEntity
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """Everything a person can choose at one organisation."""

    contact: Contact
    cards: tuple[Card, ...]
    legal_entities: tuple[LegalEntity, ...]
    points: tuple[ContactPoint, ...]
    stopped_at: datetime.datetime | None

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for card in self.cards for row in card.rows)


def read_preferences(*, contact: Contact, opened_with: ContactPoint, now: datetime.datetime) -> Preferences:
    """Read what each legal entity of the organisation may, and what it could be permitted, for one contact.

    Every permission in the ledger has a row; so has every purpose that another ground carries, and every
    published notice the contact has an address for.
    """
    held = read_holdings(contact=contact, opened_with=opened_with, now=now)
    rows = sorted(_rows(held), key=_order)
    cards = (
        Card(legal_entity=entity, rows=tuple(row for row in rows if row.legal_entity.pk == entity.pk))
        for entity in held.legal_entities
    )
    return Preferences(
        contact=contact,
        cards=tuple(card for card in cards if card.rows),
        legal_entities=tuple(held.legal_entities),
        points=tuple(held.points),
        stopped_at=_stopped_everywhere_at(held),
    )


def _rows(held: Holdings) -> Iterator[Row]:
    found = ask_spots(spots=[*held.records, *held.offers], held=held)
    for spot, answers in found.items():
        for record in held.records.get(spot, ()):
            yield from _row_of_record(record, spot, answers, held)
        if spot in held.offers:
            yield from _rows_beside_records(spot, answers, held)


def _row_of_record(record: ConsentRecord, spot: Spot, answers: Answers, held: Holdings) -> Iterator[Row]:
    """A permission in the ledger; one on an address that is no longer used shows only while it stands."""
    points = tuple(point for point in held.points if point.pk == record.contact_point_id)
    standing = _standing(record, spot, answers.get(record.contact_point_id, ()), held)
    if standing.is_on or not any(point.invalid_at for point in points):
        # Beside another ground the words of a permission would say that it was given.
        agreed = held.notice(record.notice_version_id) if standing.ground is Ground.CONSENT else None
        yield _row(spot, points, standing, agreed if standing.is_on else held.newest_notice(spot), held)


def _rows_beside_records(spot: Spot, answers: Answers, held: Holdings) -> Iterator[Row]:
    """What another ground carries, or what could be permitted, on addresses without a permission.

    Addresses of which the same is true share a row; what could be permitted is offered on the first.
    """
    found: dict[tuple[bool, Standing], tuple[ContactPoint, ...]] = {}
    for point in held.places_beside_records(spot):
        about = answers.get(point.pk if point else None, ())
        standing = _standing(None, spot, about, held)
        is_carried = standing.is_on or any(one.answer.ground_beneath for one in about)
        found[is_carried, standing] = (*found.get((is_carried, standing), ()), *([point] if point else []))
    offered = held.newest_notice(spot)
    for (is_carried, standing), points in found.items():
        if is_carried or offered:
            shown = points if is_carried else points[:1]
            yield _row(spot, shown, standing, None if standing.is_on else offered, held)


def _standing(
    record: ConsentRecord | None, spot: Spot, about: Sequence[AnswerAbout], held: Holdings
) -> Standing:
    """One choice is about all products: what is permitted for some of them is on, and they are named."""
    answer = min((one.answer for one in about), key=_what_it_leaves, default=None)
    relations = [item.id for item in answer.evidence if item.kind == "relation"] if answer else []
    choice = Choice(
        channel=spot.channel,
        record=record,
        stopped_at=held.stopped_at(spot, answer.address if answer else ""),
        answer=answer,
        relation=held.relations.get(relations[0]) if relations else None,
    )
    standing = find_standing(choice=choice)
    return replace(standing, products=_products(about)) if standing.ground is Ground.CUSTOMER else standing


def _what_it_leaves(answer: Answer) -> int:
    """Of several answers the one that leaves most: a yes, else what another ground would carry."""
    if answer.decision.allowed:
        return 0
    return 1 if answer.ground_beneath else 2


def _products(about: Sequence[AnswerAbout]) -> tuple[Products, ...]:
    """The products a customer may be told about now, those last bought first."""
    return tuple(
        Products(one.product_group.name, one.answer.valid_until)
        for one in about
        if one.product_group
        and one.answer.decision.allowed
        and GROUNDS[one.answer.decision.code] is Ground.CUSTOMER
    )


def _row(
    spot: Spot,
    points: tuple[ContactPoint, ...],
    standing: Standing,
    notice: NoticeVersion | None,
    held: Holdings,
) -> Row:
    can_turn_on = notice is not None or held.own_objection(spot) is not None
    reachable = all(_may_be_turned_on(point, held.opened_with) for point in points[:1])
    return Row(
        legal_entity=spot.legal_entity,
        purpose=spot.purpose,
        channel=spot.channel,
        points=points,
        standing=_named(standing, points, held),
        notice=notice,
        can_change=standing.is_on or (can_turn_on and reachable),
    )


def _may_be_turned_on(point: ContactPoint, opened_with: ContactPoint) -> bool:
    """A mailed link proves its own address; another e-mail address needs a link of its own first."""
    proven = point.verified_at is not None or point.pk == opened_with.pk
    return proven or point.kind != ContactPoint.Kind.EMAIL


def _named(standing: Standing, points: tuple[ContactPoint, ...], held: Holdings) -> Standing:
    if standing.is_on or all(_may_be_turned_on(point, held.opened_with) for point in points[:1]):
        return standing
    return replace(standing, note=Note.ADDRESS_NOT_CONFIRMED)


def _stopped_everywhere_at(held: Holdings) -> datetime.datetime | None:
    everything = (
        stop.objected_at
        for stop in held.objections
        if stop.legal_entity_id is None and stop.purpose_id is None and not stop.channel
    )
    return next(everything, None)


def _order(row: Row) -> tuple[str, int, str]:
    point = row.points[0].value if row.points else ""
    return row.purpose.code, CHANNEL_ORDER[row.channel], point
