"""A shop that mails light ideas to whoever asked for them, and a campaign about it."""

import datetime

from consent.domain import withdrawals
from consent.domain.ledger.circumstances import Circumstances
from consent.models import Actor, Channel, Method, NoticeVersion, Purpose, Source
from customers.models import ContactPoint, Language, LegalEntity, StaffMember
from scoring.domain.campaigns import running, sending
from scoring.models import Campaign, CampaignRecipient, ScoreModel, Segment
from tests import make

NOW = make.NOW
DAY = datetime.timedelta(days=1)
BEFORE = NOW - 30 * DAY
BY_LINK = Circumstances(actor=Actor.SUBJECT, source=Source.ONE_CLICK, method=Method.BUTTON, proof={})
TEXT = {
    "nl": "Dag {given_name|lezer},\n\nDe lampen zijn er.",
    "en": "Hello {given_name|reader},\n\nThe lamps are here.",
}


def shop() -> LegalEntity:
    entity = make.legal_entity(organisation=make.organisation())
    channels = (Channel.EMAIL, Channel.SMS, Channel.CALL)
    purpose = make.purpose(organisation=entity.organisation, legal_entities=[entity], channels=channels)
    for channel in channels:
        make.notice_version(
            legal_entity=entity, purpose=purpose, channel=channel, code=f"offers-{channel.lower()}"
        )
    return entity


def purpose_of(entity: LegalEntity) -> Purpose:
    return Purpose.objects.get(legal_entities=entity, code="offers")


def marketer(entity: LegalEntity) -> StaffMember:
    found = StaffMember.objects.filter(username="mark").first()
    return found or make.staff_member(
        organisation=entity.organisation, username="mark", role=StaffMember.Role.MARKETING
    )


def reader(
    entity: LegalEntity,
    name: str,
    *,
    channel: Channel = Channel.EMAIL,
    language: Language = Language.NL,
    phone: str = "+31200000101",
) -> ContactPoint:
    """Somebody who permitted the shop's offers."""
    contact = make.contact(organisation=entity.organisation, given_name=name, language=language)
    if channel == Channel.EMAIL:
        point = make.email_point(contact=contact, text=f"{name}@example.org".lower())
    else:
        point = make.phone_point(contact=contact, text=phone)
        ContactPoint.objects.filter(pk=point.pk).update(verified_at=BEFORE, verified_method="SMS_CODE")
    version = NoticeVersion.objects.get(notice__legal_entity=entity, notice__channel=channel)
    make.permission_event(contact_point=point, notice_version=version, occurred_at=BEFORE)
    return point


def campaign(
    entity: LegalEntity,
    *,
    code: str = "lampen",
    channel: Channel = Channel.EMAIL,
    text: dict[str, str] | None = None,
    purpose: Purpose | None = None,
    segment: Segment | None = None,
    waits: tuple[Campaign.Begins, ScoreModel, int] | None = None,
) -> Campaign:
    begins, score_model, points = waits or (Campaign.Begins.NOW, None, None)
    return Campaign.objects.create(
        organisation=entity.organisation,
        legal_entity=entity,
        code=code,
        name=f"Campagne {code}",
        purpose=purpose or purpose_of(entity),
        channel=channel,
        subject={"nl": "Nieuwe lampen", "en": "New lamps"},
        text=text or TEXT,
        created_at=BEFORE,
        segment=segment,
        begins=begins,
        score_model=score_model,
        points=points,
    )


def started(entity: LegalEntity, *, code: str = "lampen", channel: Channel = Channel.EMAIL) -> Campaign:
    return start(campaign(entity, code=code, channel=channel), entity)


def start(made: Campaign, entity: LegalEntity) -> Campaign:
    running.start_campaign(campaign=made, started_by=marketer(entity), started_at=NOW)
    made.refresh_from_db()
    return made


def work_off(at: datetime.datetime = NOW) -> None:
    while sending.work_once(now=at):
        pass


def withdraw(point: ContactPoint, entity: LegalEntity, at: datetime.datetime) -> None:
    scope = withdrawals.Scope(
        legal_entity_id=entity.pk, purpose_id=purpose_of(entity).pk, channel=Channel.EMAIL
    )
    withdrawals.stop(point=point, scope=scope, how=BY_LINK, occurred_at=at)


def states(of: Campaign) -> dict[str, str]:
    rows = CampaignRecipient.objects.filter(campaign=of).select_related("contact")
    return {row.contact.given_name: row.state for row in rows}
