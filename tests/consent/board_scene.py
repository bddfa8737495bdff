"""An organisation in which something of everything falls short, for the start page and its oracles."""

import datetime
from dataclasses import dataclass

from consent.domain.figures.counting import count_figures
from consent.domain.rights import receiving
from consent.domain.seal.sealing import seal_chunk
from consent.domain.withdrawals import Scope, object_to
from consent.models import (
    Act,
    BalancingTest,
    Channel,
    Incident,
    NoticeVersion,
    OutboxMessage,
    Purpose,
    RightsRequest,
    Source,
)
from customers.domain import relations
from customers.models import Contact, Department, LegalEntity, Organisation, uuid7
from tests import make
from tests.consent.admin_rows import BY_PHONE
from tests.consent.admin_rows import given as given_without_form

ZONE = "Europe/Amsterdam"
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Board:
    """One organisation with two legal entities, two departments, and people in every state."""

    organisation: Organisation
    lamps: LegalEntity
    power: LegalEntity
    marketing: Department
    service: Department
    offers: Purpose
    news: Purpose


def board(*, code: str = "huisgroep") -> Board:
    organisation = make.organisation(code=code, name=f"Groep {code}")
    lamps = make.legal_entity(organisation=organisation, code=f"{code}-lampen", name="Lampenwinkel B.V.")
    power = make.legal_entity(organisation=organisation, code=f"{code}-stroom", name="Stroomkring N.V.")
    marketing = make.department(organisation=organisation, email=f"marketing@{code}.example.org")
    service = make.department(
        organisation=organisation,
        name="Klantenservice",
        email=f"service@{code}.example.org",
        legal_entities=[lamps],
    )
    offers = make.purpose(organisation=organisation, legal_entities=[lamps], department=marketing)
    news = make.purpose(organisation=organisation, legal_entities=[lamps, power], code="news")
    made = Board(
        organisation=organisation,
        lamps=lamps,
        power=power,
        marketing=marketing,
        service=service,
        offers=offers,
        news=news,
    )
    _permit(made)
    _fall_short(made)
    return made


def _permit(made: Board) -> None:
    asked = {
        purpose.code: make.notice_version(
            legal_entity=entity, purpose=purpose, code=purpose.code, channel=Channel.EMAIL
        )
        for purpose, entity in ((made.offers, made.lamps), (made.news, made.power))
    }
    for number in range(7):
        person = make.contact(organisation=made.organisation, family_name=f"Persoon {number}")
        _act(made, asked["offers" if number % 3 else "news"], person, number)
    objector = make.contact(organisation=made.organisation)
    object_to(contact=objector, scope=Scope(channel="CALL"), how=BY_PHONE, occurred_at=make.NOW - 40 * DAY)


def _act(made: Board, version: NoticeVersion, person: Contact, number: int) -> None:
    point = make.email_point(contact=person, text=f"{made.organisation.code}-{number}@example.org")
    if number == 4:
        given_without_form(contact=person, point=point, version=version)
        return
    ends = {1: make.NOW + 10 * DAY, 2: make.NOW + 45 * DAY, 3: make.NOW + 75 * DAY}.get(number)
    given = make.permission_event(
        contact_point=point,
        notice_version=version,
        occurred_at=make.NOW - (20 * number + 1) * DAY,
        valid_until=ends,
    )
    if number == 5:
        make.permission_event(
            contact_point=point,
            notice_version=version,
            act=Act.WITHDRAWN,
            occurred_at=make.NOW - 3 * DAY,
            refers_to_id=given.pk,
        )


def _fall_short(made: Board) -> None:
    buyer = make.contact(organisation=made.organisation, given_name="Bob")
    for entity, days in ((made.lamps, 20), (made.lamps, 50), (made.power, 80)):
        sale = make.transaction(
            contact=buyer if entity == made.power else make.contact(organisation=made.organisation),
            legal_entity=entity,
            occurred_at=make.NOW - (3 * 365 + 1 - days) * DAY,
        )
        relations.keep_relations(transaction_ids=[sale.pk])
    for entity, received in ((made.lamps, 60), (made.lamps, 26), (made.power, 40)):
        _ask(entity, make.contact(organisation=made.organisation), make.NOW - received * DAY)
    make.processor(
        legal_entities=[made.lamps],
        agreed_date=datetime.date(2020, 1, 1),
        agreement_until_date=datetime.date(2026, 6, 1),
        review_date=datetime.date(2027, 6, 1),
    )
    _leave_places(made)
    _leave_papers(made)
    _fail_mail(made, buyer)


def _ask(entity: LegalEntity, contact: Contact, received_at: datetime.datetime) -> None:
    asked = receiving.NewRequest(
        legal_entity=entity,
        kind=RightsRequest.Kind.ACCESS,
        source=Source.PAPER,
        language="nl",
        contact=contact,
        words="Een kopie, graag.",
        identity=RightsRequest.Identity.DOCUMENT,
    )
    receiving.receive(asked=asked, received_at=received_at, recorded_at=received_at)


def _leave_places(made: Board) -> None:
    code = made.organisation.code
    make.collection_point(legal_entity=made.lamps, code=f"{code}-nooit", department=made.marketing)
    make.collection_point(
        legal_entity=made.lamps,
        code=f"{code}-lang",
        department=made.marketing,
        last_reviewed_date=datetime.date(2025, 1, 1),
    )
    make.collection_point(
        legal_entity=made.power, code=f"{code}-niemand", last_reviewed_date=datetime.date(2026, 9, 1)
    )
    for ends in (make.NOW - DAY, make.NOW + 30 * DAY):
        BalancingTest.objects.create(
            legal_entity=made.lamps,
            purpose=made.offers,
            channel=Channel.POST,
            interest="Ons belang.",
            weighing="Weegt op.",
            concluded_at=make.LONG_AGO,
            valid_until_at=ends,
        )


def _leave_papers(made: Board) -> None:
    LegalEntity.objects.filter(pk=made.power.pk).update(dpo_email="")
    make.incident(
        legal_entity=made.lamps,
        risk=Incident.Risk.RISK,
        happened_from=make.NOW - 5 * DAY,
        noticed_at=make.NOW - 3 * DAY,
    )
    make.incident(legal_entity=made.power, risk=Incident.Risk.HIGH)
    make.security_measures(organisation=made.organisation, reviewed_date=datetime.date(2025, 6, 1))
    make.impact_assessment(
        legal_entity=made.lamps,
        concluded_date=datetime.date(2023, 1, 1),
        review_date=datetime.date(2026, 1, 1),
    )
    make.purpose(
        organisation=made.organisation,
        legal_entities=[made.lamps],
        department=made.service,
        code="scores",
        channels=[Channel.NONE],
    )


def _fail_mail(made: Board, person: Contact) -> None:
    point = make.email_point(contact=person, text=f"bob@{made.organisation.code}.example.org")
    for state, days in (("REFUSED", 2), ("GIVEN_UP", 3), ("REFUSED", 200), ("SENT", 1)):
        OutboxMessage.objects.create(
            organisation=made.organisation,
            legal_entity=made.lamps,
            contact=person,
            contact_point=point,
            channel=Channel.EMAIL,
            kind=OutboxMessage.Kind.CONFIRMATION,
            language="nl",
            subject_id=uuid7(),
            nonce=b"",
            ciphertext=b"",
            recipient_hash=b"0" * 32,
            created_at=make.NOW - days * DAY,
            due_at=make.NOW,
            state=state,
        )


def count(*, now: datetime.datetime = make.NOW) -> int:
    """Seal what waits, and count all figures."""
    seal_chunk(now=now)
    return sum(count_figures(now=now, zone=ZONE))
