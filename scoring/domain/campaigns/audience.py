"""Whom a campaign is for, and what the rules say about each of them now."""

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from django.db import connection
from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from consent.domain.engine.known_points import decide_about
from consent.domain.engine.question import Question, put_question
from consent.domain.rulebook.decision import Decision
from consent.models import ContentKind
from customers.models import Contact, ContactPoint
from scoring.domain.journeys.gate import keep_followed
from scoring.domain.profiling import gate_parameters, keep_profiled
from scoring.models import (
    Campaign,
    CampaignRecipient,
    FrequencyCap,
    Journey,
    JourneyMember,
    Score,
    ScoreQuerySet,
    Segment,
    SegmentMember,
)

# Beside the codes of the rules: what keeps somebody from a message before the rules are asked, or after.
NO_ADDRESS, HAD_ENOUGH, LEFT_AUDIENCE = "NO_ADDRESS", "HAD_ENOUGH", "LEFT_AUDIENCE"
SAME_ADDRESS = "SAME_ADDRESS"
State = CampaignRecipient.State
OF_A_POINT = (
    "contact_id",
    "kind",
    "value",
    "placeholder",
    "organisation_id",
    "address_hash",
    "verified_at",
    "created_at",
)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One person, the address to use, and what was decided about it; without an address no decision."""

    contact_id: uuid.UUID
    point: ContactPoint | None = None
    decision: Decision | None = None
    # Until then this person has had enough campaigns.
    room_at: datetime.datetime | None = None

    @property
    def code(self) -> str:
        return self.decision.code if self.decision else NO_ADDRESS

    @property
    def allowed(self) -> bool:
        return self.decision is not None and self.decision.allowed

    @property
    def goes(self) -> bool:
        return self.allowed and self.room_at is None

    @property
    def outcome(self) -> str:
        return HAD_ENOUGH if self.allowed and self.room_at else self.code


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What would come of how many people."""

    counts: dict[str, int]
    people: int


def question_of(*, campaign: Campaign, at: datetime.datetime) -> Question:
    """Put the question of a campaign at this moment; raises UnknownCodeError."""
    return put_question(
        legal_entity=campaign.legal_entity.code,
        purpose=campaign.purpose.code,
        channel=campaign.channel,
        product_group=campaign.product_group.code if campaign.product_group else "",
        now=at,
    )


def audience(*, campaign: Campaign) -> QuerySet[Contact]:
    """Everybody a campaign may be for: in its segment and stage, and scored or on a journey as it asks.

    Who objects to profiling loses score, segment and journey at once, and so is in it no more. Whoever fell
    may have fallen to nothing; that they may still be profiled is asked apart.
    """
    people = Contact.objects.filter(organisation=campaign.organisation_id, erased_at__isnull=True)
    if campaign.segment is not None:
        people = people.filter(Exists(in_segment(segment=campaign.segment).filter(contact=OuterRef("pk"))))
    if campaign.score_model_id is not None and campaign.begins != Campaign.Begins.FALLS:
        people = people.filter(Exists(_scored(campaign)))
    if campaign.journey_stage_id is not None:
        people = people.filter(Exists(_on_journey().filter(stage=campaign.journey_stage_id)))
    if campaign.begins == Campaign.Begins.JOURNEY:
        people = people.filter(Exists(_sent_by(campaign, OuterRef("pk"))))
    return people


def on_hold(*, campaign: Campaign, contact: uuid.UUID | OuterRef) -> QuerySet[JourneyMember]:
    """Where somebody stands in a stage that sends this, of a journey that is paused: they wait with it."""
    return _sent_by(campaign, contact).filter(journey__state=Journey.State.PAUSED)


def keep_in_audience(
    *, campaign: Campaign, contact_ids: Collection[uuid.UUID], at: datetime.datetime
) -> set[uuid.UUID]:
    """Pick whom of these a campaign is for; where a score decides, only who may be profiled at this moment.

    A score that was being counted while somebody objected may still be there.
    """
    found = audience(campaign=campaign).filter(pk__in=contact_ids)
    staying = set(found.values_list("pk", flat=True))
    for ground in _grounds(campaign):
        gate = gate_parameters(legal_entity=campaign.legal_entity, rests_on=ground, now=at)
        staying = keep_profiled(contact_ids=staying, gate=gate)
    if campaign.journey_stage is not None:
        journey = campaign.journey_stage.journey
        staying = keep_followed(journey=journey, contact_ids=staying, now=at)
    if campaign.begins == Campaign.Begins.JOURNEY:
        staying = _followed(campaign, staying, at)
    return staying


def _followed(
    campaign: Campaign, contact_ids: Collection[uuid.UUID], at: datetime.datetime
) -> set[uuid.UUID]:
    """Whom of these at least one of the journeys that send this may follow at this moment."""
    places = JourneyMember.objects.filter(
        contact__in=contact_ids, left_at__isnull=True, stage__actions__campaign=campaign
    )
    inside: defaultdict[Journey, set[uuid.UUID]] = defaultdict(set)
    for member in places.select_related("journey__legal_entity", "journey__purpose"):
        inside[member.journey].add(member.contact_id)
    kept = [keep_followed(journey=journey, contact_ids=keys, now=at) for journey, keys in inside.items()]
    return set().union(*kept)


def _grounds(campaign: Campaign) -> set[str]:
    """On what the scores rest that decide whom a campaign is for."""
    models = [campaign.score_model, campaign.segment.model if campaign.segment else None]
    return {model.rests_on for model in models if model is not None}


def members(*, campaign: Campaign) -> QuerySet[Contact]:
    """Everybody a campaign is for now, whether or not they may be reached.

    One that goes when a score falls is for whoever stands above it, and may fall.
    """
    people, points = audience(campaign=campaign), campaign.points
    if points is None:
        return people
    scored = _scored(campaign)
    falls = campaign.begins == Campaign.Begins.FALLS
    return people.filter(Exists(scored.above(points) if falls else scored.at_least(points)))


def in_segment(*, segment: Segment) -> QuerySet[Any]:
    """The rows that put people in a segment: a band of a model decides, or who was put in."""
    if segment.model_id is None:
        return SegmentMember.objects.filter(segment=segment)
    # A model of another legal entity decides nothing here: its scores are counted on other grounds.
    own = Score.objects.filter(model=segment.model_id, model__legal_entity=segment.legal_entity_id)
    return own.filter(band__code=segment.band_code)


def _on_journey() -> QuerySet[JourneyMember]:
    return JourneyMember.objects.filter(contact=OuterRef("pk"), left_at__isnull=True)


def _sent_by(campaign: Campaign, contact: uuid.UUID | OuterRef) -> QuerySet[JourneyMember]:
    """Where somebody stands in a stage that sends this; whoever went on from it gets it no more."""
    return JourneyMember.objects.filter(
        contact=contact, left_at__isnull=True, stage__actions__campaign=campaign
    )


def _scored(campaign: Campaign) -> ScoreQuerySet:
    return Score.objects.filter(model=campaign.score_model_id, contact=OuterRef("pk"))


def look(*, campaign: Campaign, contact_ids: Sequence[uuid.UUID], at: datetime.datetime) -> list[Candidate]:
    """Ask the rules about these people, in their order: as few queries for many as for one.

    Of several addresses of one person one that may be used comes first, then one they verified, then the one
    known longest. Raises UnknownCodeError.
    """
    question = question_of(campaign=campaign, at=at)
    points = _points(question, contact_ids)
    whole = points.only(*OF_A_POINT)
    return _judge(campaign, question, contact_ids, list(whole), at)


class Address(NamedTuple):
    """What the rules are asked about; of somebody without an address nothing but who they are.

    Rows that are read as such: to make whole addresses takes longer than to decide about them.
    """

    contact_id: uuid.UUID
    value: str | None
    placeholder: bool | None


def count(*, campaign: Campaign, people: QuerySet[Contact], at: datetime.datetime) -> Counted:
    """Count what would come of these people, as `look` says; nothing but what is asked about is fetched.

    Raises UnknownCodeError.
    """
    question = question_of(campaign=campaign, at=at)
    rows = _addresses(question, people)
    usable = [row for row in rows if row.value is not None]
    decisions = decide_about(question=question, points=cast("list[ContactPoint]", usable)) if usable else []
    best: dict[uuid.UUID, Decision] = {}
    for row, decision in zip(usable, decisions, strict=True):
        known = best.setdefault(row.contact_id, decision)
        if known is not decision and decision.allowed and not known.allowed:
            best[row.contact_id] = decision
    room = find_room(campaign=campaign, contact_ids=list(best), at=at)
    counts = Counter(
        HAD_ENOUGH if key in room and one.allowed else str(one.code) for key, one in best.items()
    )
    looked_at = len({row.contact_id for row in rows})
    counts[NO_ADDRESS] = looked_at - len(best)
    return Counted(counts={code: number for code, number in counts.items() if number}, people=looked_at)


def _addresses(question: Question, people: QuerySet[Contact]) -> list[Address]:
    """Everybody beside each of their addresses of the kind asked about, in the order in which they count."""
    of_kind = FilteredRelation("points", condition=Q(points__kind=question.point_kind))
    order = ("pk", "point__verified_at", "point__created_at", "point__pk")
    rows = people.annotate(point=of_kind).order_by(*order)
    sql, params = rows.values_list("pk", "point__value", "point__placeholder").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [Address._make(row) for row in cursor.fetchall()]


def _points(question: Question, contact_ids: Sequence[uuid.UUID]) -> QuerySet[ContactPoint]:
    points = ContactPoint.objects.filter(contact__in=_listed(contact_ids), kind=question.point_kind)
    return points.order_by("contact_id", "verified_at", "created_at", "pk")


def _listed(contact_ids: Sequence[uuid.UUID]) -> RawSQL:
    """Many keys as one parameter: one for each takes longer than to find them."""
    return RawSQL("SELECT unnest(%s::uuid[])", [list(contact_ids)])  # nosec B611


def _judge(
    campaign: Campaign,
    question: Question,
    contact_ids: Sequence[uuid.UUID],
    points: Sequence[ContactPoint],
    at: datetime.datetime,
) -> list[Candidate]:
    decisions = decide_about(question=question, points=points) if points else []
    found = defaultdict(list)
    for point, decision in zip(points, decisions, strict=True):
        found[point.contact_id].append((point, decision))
    room = find_room(campaign=campaign, contact_ids=list(found), at=at)
    return [_candidate(key, found.get(key, []), room.get(key)) for key in contact_ids]


def find_room(
    *, campaign: Campaign, contact_ids: Sequence[uuid.UUID], at: datetime.datetime
) -> dict[uuid.UUID, datetime.datetime]:
    """Find who got as many campaigns as the cap lets through, and from when there is room again.

    Service messages neither count nor wait.
    """
    cap = FrequencyCap.objects.filter(organisation=campaign.organisation_id).first()
    if cap is None or not campaign.is_marketing:
        return {}
    window = datetime.timedelta(days=cap.days)
    marketing = ~Q(campaign__purpose__content=ContentKind.SERVICE)
    counted = CampaignRecipient.objects.filter(
        marketing,
        contact__in=_listed(contact_ids),
        state__in=[State.HANDED_OVER, State.SENT, State.LISTED],
        handed_at__gt=at - window,
    )
    got: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for key, handed_at in counted.order_by("-handed_at").values_list("contact", "handed_at"):
        got[key].append(handed_at)
    enough = {key: moments for key, moments in got.items() if len(moments) >= cap.messages}
    return {key: moments[cap.messages - 1] + window for key, moments in enough.items()}


def count_outcomes(*, candidates: Sequence[Candidate]) -> dict[str, int]:
    """Count what came of each."""
    return dict(Counter(str(one.outcome) for one in candidates))


def _candidate(
    key: uuid.UUID, addresses: Sequence[tuple[ContactPoint, Decision]], room_at: datetime.datetime | None
) -> Candidate:
    best = next((pair for pair in addresses if pair[1].allowed), addresses[0] if addresses else None)
    if best is None:
        return Candidate(contact_id=key)
    point, decision = best
    return Candidate(contact_id=key, point=point, decision=decision, room_at=room_at)
