"""The talent pool of Werkplaats: candidates in each stage, one asked to stay, one referred, one rejected.

Jade follows what is sent, Kees applies, Lars was hired, Nina came by the link of Tess, whose own year ends
soon; Mila was rejected, never permitted more, and goes by herself in three days.
"""

import datetime
from typing import Final

from consent.domain import outbox
from consent.domain.arrivals import Arrival
from consent.management.sample_data.acts import (
    MAIL_SERVER_TOOK_IT,
    Known,
    Person,
    fill_in,
    get_to_know,
    press_confirm,
)
from consent.management.sample_data.by_code import find_collection_point, find_entity, find_purpose
from consent.management.sample_data.moments import JUST_BEFORE, noon
from consent.models import Channel, OutboxMessage
from customers.models import Contact, LegalEntity, StaffMember
from scoring.domain.journeys import moving, running
from scoring.domain.talent_pool import asking, journey, referring, wishes
from scoring.models import JobApplication, Journey, JourneyMember, StayQuestion, TalentPool

DAY: Final = datetime.timedelta(days=1)
PHONES: Final = {"jade": "143", "kees": "144", "lars": "145", "mila": "146", "nina": "147"}
SIGNED_UP: Final = {
    "jade": "2026-03-02",
    "kees": "2026-05-11",
    "lars": "2026-02-09",
    "nina": "2026-10-20",
}
WANTED: Final = {
    "jade": {wishes.WORK: "planner", wishes.REGION: "Utrecht", wishes.CHANNEL: "EMAIL"},
    "kees": {wishes.WORK: "lasser", wishes.REGION: "Zeeland", wishes.CHANNEL: "CALL"},
    "nina": {wishes.WORK: "lasser", wishes.REGION: "Utrecht"},
}
# To which stage, on which day, and what the colleague wrote down.
MOVED: Final = {
    "jade": ("engage", "2026-11-11", "Las drie verhalen van collega's en stelde een vraag."),
    "kees": ("hire", "2026-11-12", "Solliciteerde als lasser."),
    "lars": ("retain", "2026-11-16", "Begon als planner."),
}


def load_talent_pool(*, now: datetime.datetime) -> None:
    """Tell the story through the functions of the product, each act at its own moment."""
    entity = find_entity(code="werkplaats")
    # Werkplaats has no login of its own in a trial: who keeps the trial did this for it.
    marketer = StaffMember.objects.get(username="beheer")
    pool = _make_pool(entity)
    candidates = {name: _sign_up(name, day, entity) for name, day in SIGNED_UP.items()}
    _refer(pool, candidates["nina"].contact, noon(day="2026-10-20", entity=entity))
    for name, told in WANTED.items():
        wishes.tell_wishes(
            pool=pool,
            contact=candidates[name].contact,
            wishes=told,
            told_at=noon(day="2026-11-01", entity=entity),
        )
    _ask_tess(noon(day="2026-11-02", entity=entity))
    _go(pool, candidates, marketer)
    _apply(pool, candidates, now)


def _make_pool(entity: LegalEntity) -> TalentPool:
    return TalentPool.objects.create(
        organisation=entity.organisation,
        legal_entity=entity,
        purpose=find_purpose(entity=entity, code="talent-pool"),
        code="talent",
        name="Talentenpool",
        form=find_collection_point(code="talent"),
        sought="Lassers en planners met een paar jaar ervaring, die graag samen iets bouwen.",
        disciplines=["lasser", "planner", "tekenaar"],
        regions=["Utrecht", "Zeeland"],
        channels=[Channel.EMAIL, Channel.CALL],
    )


def _person(name: str) -> Person:
    return Person(name=name, phone=f"+31200000{PHONES[name]}")


def _sign_up(name: str, day: str, entity: LegalEntity) -> Known:
    confirmed_at = noon(day=day, entity=entity)
    known, opted_in = fill_in(
        form="talent",
        person=_person(name),
        ticked=["talent-pool-email"],
        submitted_at=confirmed_at - JUST_BEFORE,
    )
    press_confirm(opted_in=opted_in, confirmed_at=confirmed_at)
    return known


def _refer(pool: TalentPool, contact: Contact, came_at: datetime.datetime) -> None:
    tess = Contact.objects.get(points__value="tess@example.org", organisation=pool.organisation_id)
    link = referring.link_of_candidate(pool=pool, contact=tess, made_at=came_at - DAY)
    referring.hear_arrival(
        Arrival(
            contact=contact,
            collection_point=find_collection_point(code="talent"),
            code=link.code,
            came_at=came_at,
        )
    )


def _ask_tess(asked_at: datetime.datetime) -> None:
    """Her year ends on 1 December: she was asked a month before, and did not answer yet."""
    for _count in asking.ask_again(now=asked_at):
        pass
    for key in StayQuestion.objects.values_list("message_id", flat=True):
        message = OutboxMessage.objects.get(pk=key)
        outbox.mark_sent(message=message, sent_at=asked_at, answer=MAIL_SERVER_TOOK_IT)


def _go(pool: TalentPool, candidates: dict[str, Known], marketer: StaffMember) -> None:
    began_at = noon(day="2026-10-01", entity=pool.legal_entity)
    made = journey.make_journey(pool=pool, made_at=began_at)
    doubts = running.find_doubts(journey=made, at=began_at)
    running.start_journey(
        journey=made, started_by=marketer, started_at=began_at, confirmed=[doubt.key for doubt in doubts]
    )
    made.refresh_from_db()
    for _count in journey.lead_people(now=noon(day="2026-11-10", entity=pool.legal_entity)):
        pass
    for name, (stage, day, reason) in MOVED.items():
        moving.move_by_hand(
            member=_member(made, candidates[name].contact),
            to_stage=made.stages.get(code=stage),
            moved_by=marketer,
            reason=reason,
            at=noon(day=day, entity=pool.legal_entity),
        )


def _member(made: Journey, contact: Contact) -> JourneyMember:
    return JourneyMember.objects.get(journey=made, contact=contact, left_at__isnull=True)


def _apply(pool: TalentPool, candidates: dict[str, Known], now: datetime.datetime) -> None:
    applied_at = noon(day="2026-11-12", entity=pool.legal_entity)
    mila = get_to_know(person=_person("mila"), organisation=pool.organisation, known_at=now - 40 * DAY)
    rows = (
        ("Lasser", candidates["kees"].contact, applied_at, None, ""),
        ("Planner", candidates["lars"].contact, applied_at - 60 * DAY, applied_at - 20 * DAY, "HIRED"),
        ("Tekenaar", mila.contact, now - 40 * DAY, now - 25 * DAY, "REJECTED"),
    )
    JobApplication.objects.bulk_create(
        [
            JobApplication(
                organisation=pool.organisation,
                pool=pool,
                contact=contact,
                vacancy=vacancy,
                applied_at=began_at,
                ended_at=ended_at,
                outcome=outcome,
                told_at=ended_at or began_at,
            )
            for vacancy, contact, began_at, ended_at, outcome in rows
        ]
    )
