"""A prospect who visits, searches, opens and buys, and her twin, who withdraws a second before.

Both are hot for lamps at the same moment; one message goes out, and the twin gets none.
"""

import datetime
from collections.abc import Sequence
from typing import Final

from consent.domain import outbox, withdrawals
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.withdrawals import Scope
from consent.management.sample_data.acts import (
    MAIL_SERVER_TOOK_IT,
    Known,
    Person,
    get_to_know,
)
from consent.management.sample_data.asked_by_mail import ask_and_confirm
from consent.management.sample_data.by_code import (
    find_collection_point,
    find_entity,
    find_notice,
    find_purpose,
)
from consent.management.sample_data.deals import shown_at
from consent.management.sample_data.moments import noon
from consent.management.sample_data.people_shoppers import OFFERS_BY_EMAIL, by_link
from consent.models import Act, Actor, Channel, Grade, Method, OutboxMessage, Source
from customers.models import LegalEntity, StaffMember
from scoring.domain.behaviour import Delivery, keep_behaviour
from scoring.domain.campaigns import outcomes, sending
from scoring.domain.scores.computing import score_some
from scoring.management.sample_data.lamp_campaign import keep_kinds, publish_interest, start_lamp_campaign
from scoring.models import BehaviourEvent, Campaign, ScoreModelVersion

Kind, Via = BehaviourEvent.Kind, BehaviourEvent.Via
COUNTER: Final = "lampenwinkel-kassa"
TWINS: Final = (Person(name="iris", phone="+31200000141"), Person(name="isa", phone="+31200000142"))
MINUTE, SECOND = datetime.timedelta(minutes=1), datetime.timedelta(seconds=1)
# What both do, on which day and how many minutes after noon, and by which way we know of it.
ON_THE_WAY: Final = (
    ("2026-11-16", 0, Kind.PAGE_VISIT, "/lampen/bureau/", "", Via.PAGE),
    ("2026-11-16", 4, Kind.SEARCH, "bureaulamp dimbaar", "", Via.PAGE),
    ("2026-11-17", 30, Kind.MAIL_OPENED, "nieuwsbrief-november", "nieuwsbrief", Via.API),
    ("2026-11-17", 31, Kind.LINK_FOLLOWED, "nieuwsbrief-november", "nieuwsbrief", Via.PAGE),
    ("2026-11-18", 15, Kind.PURCHASE, "bureaulamp-zwart", "webwinkel", Via.API),
)


def load_prospect(*, now: datetime.datetime) -> None:
    """Tell the story through the functions of the product, each act at its own moment, all before now."""
    entity = find_entity(code="lampenwinkel")
    marketer = StaffMember.objects.get(
        organisation=entity.organisation_id,
        role=StaffMember.Role.MARKETING,
        legal_entities__isnull=True,
    )
    keep_kinds(entity=entity)
    version = publish_interest(entity=entity, by=marketer, at=noon(day="2026-10-01", entity=entity))
    iris, isa = twins = [_meet(person, entity) for person in TWINS]
    campaign = start_lamp_campaign(model=version.model, by=marketer, at=noon(day="2026-11-02", entity=entity))
    for act in ON_THE_WAY[:-1]:
        _do(act, twins, version)
    bought_at = _moment(ON_THE_WAY[-1], entity)
    _withdraw(isa, entity, bought_at - SECOND)
    _do(ON_THE_WAY[-1], twins, version)
    _send(campaign, iris, min(bought_at + 10 * SECOND, now))


def _meet(person: Person, entity: LegalEntity) -> Known:
    """At the counter: offers by mail, confirmed by mail; and being looked at, in two ways, each by itself."""
    met_at = noon(day="2026-10-20", entity=entity)
    known = get_to_know(person=person, organisation=entity.organisation, known_at=met_at)
    ask_and_confirm(
        known=known, entity=entity, notice=OFFERS_BY_EMAIL, place=COUNTER, confirmed_at=met_at + 5 * MINUTE
    )
    ticked = [_tick(known, entity, purpose, met_at) for purpose in ("profiling", "behaviour")]
    record(events=ticked, recorded_at=met_at)
    return known


def _tick(known: Known, entity: LegalEntity, purpose: str, at: datetime.datetime) -> NewEvent:
    point = find_collection_point(code=COUNTER)
    version = find_notice(entity=entity, code=f"{purpose}-none")
    return NewEvent(
        organisation_id=entity.organisation_id,
        legal_entity_id=entity.pk,
        purpose_id=version.notice.purpose_id,
        channel=Channel.NONE,
        act=Act.GIVEN,
        subject_id=known.contact.pk,
        occurred_at=at,
        actor=Actor.SUBJECT,
        source=Source.API,
        method=Method.CHECKBOX,
        collection_point_id=point.pk,
        shown=shown_at(point=point, version=version),
        grade=Grade.B,
        proof={"address": known.email.value, "wording": version.wording["nl"]},
    )


def _moment(act: tuple[str, int, str, str, str, str], entity: LegalEntity) -> datetime.datetime:
    return noon(day=act[0], entity=entity) + act[1] * MINUTE


def _do(
    act: tuple[str, int, str, str, str, str], people: Sequence[Known], version: ScoreModelVersion
) -> None:
    entity = version.model.legal_entity
    at, (_day, _minutes, kind, subject, source, via) = _moment(act, entity), act
    rows = [
        {
            "contact": str(known.contact.pk),
            "kind": kind,
            "occurred_at": at.isoformat(),
            "subject": subject,
            "source": source,
            "external_id": f"{known.contact.given_name}-{kind}".lower(),
        }
        for known in people
    ]
    delivery = Delivery(legal_entity=entity, sender="webwinkel", via=Via(via), now=at)
    keep_behaviour(rows=rows, delivery=delivery)
    score_some(version=version, contact_ids=[known.contact.pk for known in people], now=at)


def _withdraw(known: Known, entity: LegalEntity, at: datetime.datetime) -> None:
    purpose = find_purpose(entity=entity, code="offers")
    withdrawals.stop(
        point=known.email,
        scope=Scope(legal_entity_id=entity.pk, purpose_id=purpose.pk, channel=Channel.EMAIL),
        how=by_link(known=known),
        occurred_at=at,
    )


def _send(campaign: Campaign, known: Known, at: datetime.datetime) -> None:
    """Everybody's turn comes, and the mail server takes what was written."""
    while sending.work_once(now=at):
        pass
    written = OutboxMessage.objects.filter(
        kind=OutboxMessage.Kind.CAMPAIGN, contact_point=known.email, created_at__gte=campaign.started_at
    )
    for message in written:
        outbox.mark_sent(message=message, sent_at=at, answer=MAIL_SERVER_TOOK_IT)
    outcomes.read_back(now=at)
