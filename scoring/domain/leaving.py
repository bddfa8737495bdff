"""Whoever may not be looked at any more leaves in the transaction of the act that says so."""

import datetime
import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from consent.models import Act, Channel, ConsentEvent
from customers.models import ContactPoint, LegalEntity
from scoring.domain.journeys.gate import keep_followed
from scoring.domain.journeys.stopping import stop_following
from scoring.domain.profiling import (
    CONSENT,
    LEGITIMATE_INTEREST,
    MEASURING,
    PROFILING,
    gate_parameters,
    keep_profiled,
)
from scoring.models import BehaviourEvent, Journey, JourneyMember, Score, ScoreModel, SegmentMember

# After these there is nothing to ask: only storing is left, or nothing at all.
AT_ONCE: Final = frozenset({Act.RESTRICTED, Act.ERASED, Act.SUPPRESSED})
STOPS: Final = frozenset({Act.OBJECTED, Act.WITHDRAWN, Act.REFUSED, Act.EXPIRED, Act.INVALIDATED})
OF_PROCESSING: Final = ("", Channel.NONE)
Via = BehaviourEvent.Via


class _Gate(NamedTuple):
    """One purpose of processing and what it rests on, with the rows that stand and fall with it."""

    purpose: str
    rests_on: str
    rows: Sequence[Any]


def follow_acts(events: Sequence[ConsentEvent]) -> None:
    """Delete the scores, memberships and measurements of whoever a stop closes the gate for.

    On journeys they go no further.

    A restriction, an erasure and a block on all channels take everything out; after another stop the gate is
    asked again, since a later permission may stand. Source: art. 7(3), 18 and 21(3) GDPR.
    """
    told = [event for event in events if event.channel in OF_PROCESSING and event.act in AT_ONCE | STOPS]
    found = _looked_at(_people(told)) if told else set()
    if not found:
        return
    _take_out([event for event in told if event.act in AT_ONCE], found)
    for entity, people, now in _asked_again([event for event in told if event.act in STOPS], found):
        for gate in _gates(entity):
            parameters = gate_parameters(
                legal_entity=entity, rests_on=gate.rests_on, purpose=gate.purpose, now=now
            )
            leaving = people - keep_profiled(contact_ids=people, gate=parameters)
            _delete(gate.rows, leaving)
        _leave_journeys(entity, people, now)


def _people(told: Sequence[ConsentEvent]) -> set[uuid.UUID]:
    return {event.subject_id for event in told} | _holders(told)


def _holders(told: Sequence[ConsentEvent]) -> set[uuid.UUID]:
    """Everybody with the address that was blocked, whoever asked for it."""
    blocked = [event for event in told if event.act == Act.SUPPRESSED]
    if not blocked:
        return set()
    hashes = [bytes.fromhex(event.address_hash) for event in blocked]
    points = ContactPoint.objects.filter(
        organisation__in={event.organisation_id for event in blocked}, address_hash__in=hashes
    )
    return set(points.values_list("contact_id", flat=True))


def _looked_at(people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Most people are not looked at: one question says so."""
    rows = (rows.filter(contact__in=people).values_list("contact_id") for rows in _everything())
    first, *others = rows
    return {contact_id for (contact_id,) in first.union(*others)}


def _everything() -> tuple[Any, ...]:
    measured = BehaviourEvent.objects.filter(via=Via.PAGE)
    return Score.objects.all(), SegmentMember.objects.all(), measured, _on_journeys()


def _on_journeys() -> QuerySet[JourneyMember]:
    return JourneyMember.objects.filter(left_at__isnull=True)


def _take_out(told: Sequence[ConsentEvent], found: set[uuid.UUID]) -> None:
    leaving = _people(told) & found
    _delete((Score.objects.all(), SegmentMember.objects.all()), leaving)
    if leaving:
        now = max(event.recorded_at for event in told)
        stop_following(members=_on_journeys().filter(contact__in=leaving), at=now)


def _leave_journeys(entity: LegalEntity, people: set[uuid.UUID], now: datetime.datetime) -> None:
    """Of each journey they are on its own gates are asked again."""
    inside = _on_journeys().filter(contact__in=people, journey__legal_entity=entity)
    for journey in Journey.objects.filter(pk__in=inside.values("journey")).select_related(
        "legal_entity", "purpose"
    ):
        leaving = people - keep_followed(journey=journey, contact_ids=people, now=now)
        stop_following(members=inside.filter(journey=journey, contact__in=leaving), at=now)


def _asked_again(
    told: Sequence[ConsentEvent], found: set[uuid.UUID]
) -> Iterator[tuple[LegalEntity, set[uuid.UUID], datetime.datetime]]:
    """Whom each legal entity asks the gate about; a stop that names none is one for all of them."""
    organisations = {event.organisation_id for event in told if event.subject_id in found}
    for entity in LegalEntity.objects.filter(organisation__in=organisations).order_by("pk"):
        stopped = [event for event in told if event.legal_entity_id in (None, entity.pk)]
        own = [event for event in stopped if event.organisation_id == entity.organisation_id]
        people = {event.subject_id for event in own} & found
        if people:
            yield entity, people, max(event.recorded_at for event in own)


def _gates(entity: LegalEntity) -> Iterator[_Gate]:
    scores = Score.objects.filter(model__legal_entity=entity)
    members = SegmentMember.objects.filter(segment__legal_entity=entity)
    measured = BehaviourEvent.objects.filter(legal_entity=entity, via=Via.PAGE)
    for ground in ScoreModel.Ground:
        of_model = members.filter(segment__model__rests_on=ground)
        yield _Gate(PROFILING, ground, (scores.filter(model__rests_on=ground), of_model))
    yield _Gate(PROFILING, LEGITIMATE_INTEREST, (members.filter(segment__model__isnull=True),))
    yield _Gate(MEASURING, CONSENT, (measured,))


def _delete(rows: Sequence[Any], people: Collection[uuid.UUID]) -> None:
    for one in rows if people else ():
        one.filter(contact__in=people).delete()
