import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from consent.domain.preference_answers import agree_with_engine
from consent.domain.preference_carriers import Facts, find_carrier
from consent.domain.preference_grounds import Note, Standing, find_standing
from consent.domain.preference_holdings import Holdings, Spot, read_holdings
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
    entities = {entity.pk: entity for entity in held.legal_entities}
    for record in held.records:
        spot = Spot(entities[record.legal_entity_id], record.purpose, Channel(record.channel))
        if row := _row_of_record(record, spot, held):
            yield row
    for entity_id, purpose in held.offers:
        for channel in purpose.channels:
            if row := _row_beside_records(Spot(entities[entity_id], purpose, Channel(channel)), held):
                yield row


def _row_of_record(record: ConsentRecord, spot: Spot, held: Holdings) -> Row | None:
    """A permission in the ledger; one on an address that is no longer used shows only while it stands."""
    points = tuple(point for point in held.points if point.pk == record.contact_point_id)
    standing = _standing(_facts(spot, points, record, held), spot, held)
    if not standing.is_on and any(point.invalid_at for point in points):
        return None
    agreed = held.notice(record.notice_version_id)
    notice = agreed if standing.is_on else held.newest_notice(spot)
    return _row(spot, points, _named(standing, points, held), notice, held)


def _row_beside_records(spot: Spot, held: Holdings) -> Row | None:
    """What another ground carries, or what could be permitted, on addresses without a permission."""
    points = held.points_beside_records(spot)
    processing = spot.channel == Channel.NONE and not held.records_of(spot)
    if not points and not processing:
        return None
    facts = _facts(spot, points, None, held)
    offered, standing = held.newest_notice(spot), _standing(facts, spot, held)
    carried = standing.is_on or find_carrier(facts=facts) is not None
    if not carried and offered is None:
        return None
    shown = points if carried else points[:1]
    notice = None if standing.is_on else offered
    return _row(spot, shown, _named(standing, shown, held), notice, held)


def _standing(facts: Facts, spot: Spot, held: Holdings) -> Standing:
    return agree_with_engine(standing=find_standing(facts=facts), spot=spot, points=facts.points, held=held)


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
        standing=standing,
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


def _facts(
    spot: Spot, points: tuple[ContactPoint, ...], record: ConsentRecord | None, held: Holdings
) -> Facts:
    return Facts(
        contact=held.contact,
        legal_entity=spot.legal_entity,
        purpose=spot.purpose,
        channel=spot.channel,
        points=points,
        record=record,
        relations=[r for r in held.relations if r.legal_entity_id == spot.legal_entity.pk],
        stopped_at=held.stopped_at(spot, points),
        restricted=held.restricted,
        balanced=(spot.legal_entity.pk, spot.purpose.pk, spot.channel.value) in held.balanced,
        now=held.now,
    )


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
