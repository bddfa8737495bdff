"""Random histories of one person: acts on a few permissions and scopes, in any order of arrival."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from consent.domain.ledger.recording import NewEvent, Wordings
from consent.models import (
    GRANTS,
    Act,
    Actor,
    Channel,
    Collector,
    ConsentEvent,
    ConsentRecord,
    Grade,
    Method,
    Objection,
    Source,
)
from customers.models import Contact, LegalEntity, uuid7
from tests import make
from tests.consent.domain.ledger import oracle

FOLLOWING = (Act.USED, Act.EXPIRED, Act.INVALIDATED, Act.LAPSED)
CHANNELS = (Channel.EMAIL, Channel.CALL, Channel.NONE)


@dataclass(frozen=True, kw_only=True)
class World:
    """What every history plays in: one legal entity and one purpose."""

    entity: LegalEntity
    purpose_id: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act as drawn; `names` is the place of the act it refers to."""

    act: Act
    channel: Channel
    days_ago: int
    proven: bool
    names: int | None
    uses: int | None
    with_notice: bool
    wide: bool


steps = st.builds(
    Step,
    act=st.sampled_from([*GRANTS, *FOLLOWING, Act.REQUESTED, Act.REFUSED, Act.WITHDRAWN, Act.WITHDRAWN]),
    channel=st.sampled_from([*[Channel.EMAIL] * 4, *CHANNELS]),
    days_ago=st.integers(0, 3),
    proven=st.booleans(),
    names=st.none() | st.integers(0, 5),
    uses=st.sampled_from([None, None, 1, 2]),
    with_notice=st.booleans(),
    wide=st.booleans(),
)
histories = st.lists(steps, min_size=1, max_size=12)
objection_steps = st.builds(
    Step,
    act=st.sampled_from([Act.OBJECTED, Act.OBJECTION_RETRACTED]),
    channel=st.sampled_from([Channel.EMAIL, ""]),
    days_ago=st.integers(0, 4),
    proven=st.booleans(),
    names=st.none(),
    uses=st.none(),
    with_notice=st.just(value=False),
    wide=st.booleans(),
)
objection_histories = st.lists(objection_steps, min_size=1, max_size=12)


def make_world() -> World:
    entity = make.legal_entity(organisation=make.organisation())
    purpose = make.purpose(organisation=entity.organisation, legal_entities=[entity], channels=CHANNELS)
    return World(entity=entity, purpose_id=purpose.pk)


def events_of(*, history: Sequence[Step], world: World) -> list[NewEvent]:
    """Turn drawn steps into events of a new person."""
    person = make.contact(organisation=world.entity.organisation)
    points: dict[str, uuid.UUID | None] = {
        Channel.EMAIL: make.email_point(contact=person).pk,
        Channel.CALL: make.phone_point(contact=person).pk,
    }
    ids = [uuid7() for _ in history]
    return [
        event_of(step, world, person, points.get(step.channel), event_id, ids)
        for step, event_id in zip(history, ids, strict=True)
    ]


def event_of(
    step: Step,
    world: World,
    person: Contact,
    point_id: uuid.UUID | None,
    event_id: uuid.UUID,
    ids: Sequence[uuid.UUID],
) -> NewEvent:
    about_permission = step.act not in (Act.OBJECTED, Act.OBJECTION_RETRACTED)
    named = ids[step.names % len(ids)] if step.names is not None and step.act in FOLLOWING else None
    event = NewEvent(
        id=event_id,
        organisation_id=world.entity.organisation_id,
        act=step.act,
        subject_id=person.pk,
        occurred_at=make.NOW - datetime.timedelta(days=step.days_ago),
        actor=Actor.SUBJECT,
        source=Source.PREFERENCES,
        method=Method.BUTTON,
        legal_entity_id=world.entity.pk if about_permission or not step.wide else None,
        purpose_id=world.purpose_id if about_permission or not step.wide else None,
        channel=step.channel,
        proven=step.proven,
        refers_to_id=named,
    )
    return replace(event, contact_point_id=point_id, **terms(step)) if about_permission else event


def terms(step: Step) -> dict[str, Any]:
    if not step.with_notice:
        return {"uses": step.uses}
    return {
        "uses": step.uses,
        "valid_until": make.NOW + datetime.timedelta(days=step.days_ago),
        "first_contact_due_at": make.NOW + datetime.timedelta(days=2 * step.days_ago),
        "collection_point_id": uuid7(),
        "collector": Collector.NAMED,
        "grade": Grade.A,
        "shown": Wordings(language="nl", notice_version_id=uuid7(), notice_hash="0" * 64),
        "proof": {"typed": "alice@example.org"},
    }


def records_of(*, person_id: uuid.UUID) -> dict[oracle.Key, oracle.Row]:
    rows = ConsentRecord.objects.filter(contact=person_id).values()
    return {key_of(row, oracle.PERMISSION): chosen(row, oracle.RECORD_COLUMNS) for row in rows}


def objections_of(*, person_id: uuid.UUID) -> dict[oracle.Key, oracle.Row]:
    rows = Objection.objects.filter(contact=person_id).values()
    return {key_of(row, oracle.SCOPE): chosen(row, oracle.OBJECTION_COLUMNS) for row in rows}


def ledger_of(*, person_id: uuid.UUID) -> list[ConsentEvent]:
    return list(ConsentEvent.objects.filter(subject_id=person_id))


def key_of(row: Mapping[str, Any], names: tuple[str, ...]) -> oracle.Key:
    return tuple(row["contact_id" if name == "subject_id" else name] for name in names)


def chosen(row: Mapping[str, Any], names: tuple[str, ...]) -> oracle.Row:
    return {name: row[name] for name in names}
