"""A canary with a row in every table that can hold a person, beside a neighbour who has them all too."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.contrib.sessions.backends.db import SessionStore

from consent.domain import link_requests, number_blocks, outbox, relations, restrictions, verification
from consent.domain.call_desk import inbound
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.outbox import NewMessage
from consent.domain.visits import Visit
from consent.domain.withdrawals import Scope, object_to
from consent.models import (
    Actor,
    EvidenceExport,
    EvidenceFile,
    EvidencePart,
    Job,
    Method,
    OutboxMessage,
    PrivacyStatementVersion,
    ReadyAddress,
    Source,
    StatementAnnouncement,
)
from customers.domain import addresses, standings
from customers.domain.staff_acts import About, NewAct, keep_act
from customers.models import Contact, ContactPoint, RelationKind, StaffAct, StaffMember, uuid7
from scoring.models import Campaign, Journey, Score, ScoreModel, Segment, SegmentMember, TalentPool
from tests import make
from tests.consent.domain.call_desk import desk as calling
from tests.scoring import make as scoring
from tests.scoring import make_journeys as journeys
from tests.scoring import make_scores as scores
from tests.scoring import pool_scene as pools

WORDS = (
    "Kanariepiet",
    "Geelvink",
    "kanarie@example.org",
    "200000100",
    "200000177",
    "Zangstraat",
    "203.0.113",
    "Bestelling-4711",
    "1971-04-09",
)
NEIGHBOUR = ("Buurman", "bob@example.org", "200000101", "Bosweg", "Bestelling-9")
VISIT = Visit(page="https://jawoord.example.org/forms/", network="203.0.113.0/24", browser="Firefox")
WAY = Circumstances(
    actor=Actor.SUBJECT, source=Source.WEB_FORM, method=Method.CHECKBOX, proof=VISIT.as_proof()
)
BEFORE = calling.MONDAY - timedelta(days=40)
ERASED = calling.MONDAY + timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Life:
    """Who somebody is, and what they gave us."""

    given_name: str
    family_name: str
    birth_date: date
    email: str
    street: str
    reference: str
    blocked_number: str


CANARY = Life(
    given_name="Kanariepiet",
    family_name="Geelvink",
    birth_date=date(1971, 4, 9),
    email="kanarie@example.org",
    street="Zangstraat 12",
    reference="Bestelling-4711",
    blocked_number="+31200000177",
)
BOB = Life(
    given_name="Bob",
    family_name="Buurman",
    birth_date=date(1980, 1, 2),
    email="bob@example.org",
    street="Bosweg 3",
    reference="Bestelling-9",
    blocked_number="+31200000178",
)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A call desk, the canary and the neighbour on its list."""

    desk: calling.Desk
    canary: Contact
    neighbour: Contact


def scene() -> Scene:
    """Both blocked their number before we knew them, and lived through everything since."""
    desk = calling.desk(people=2)
    canary, neighbour = (point.contact for point in desk.people)
    # A system outside hears of every stop, and was told nothing yet when the canary is erased.
    make.endpoint(legal_entities=[desk.entity])
    live(desk, desk.people[0], CANARY)
    live(desk, desk.people[1], BOB)
    calling.call(desk)
    calling.call(desk, at=calling.MONDAY + timedelta(minutes=5))
    return Scene(
        desk=desk,
        canary=Contact.objects.get(pk=canary.pk),
        neighbour=Contact.objects.get(pk=neighbour.pk),
    )


def live(desk: calling.Desk, phone: ContactPoint, life: Life) -> None:
    contact = phone.contact
    contact.given_name, contact.family_name = life.given_name, life.family_name
    contact.birth_date = life.birth_date
    contact.save(update_fields=["given_name", "family_name", "birth_date"])
    standings.keep_standing(contact_id=contact.pk, replaced_at=BEFORE)
    mail = make.email_point(contact=contact, text=life.email)
    make.postal_point(contact=contact, street=life.street)
    blocked_before(contact, life)
    buy(desk, contact, life.reference)
    make.permission_event(contact_point=phone, notice_version=desk.notice, occurred_at=BEFORE)
    write_to(desk, mail)
    verification.ask_call_back(
        asking=verification.Asking(point=phone, legal_entity=desk.entity, language="nl", asked_at=BEFORE)
    )
    object_to(contact=contact, scope=Scope(channel="EMAIL"), how=WAY, occurred_at=BEFORE)
    restrictions.restrict(
        contact=contact,
        reason=f"{life.given_name} betwist het",
        how=WAY,
        restricted_at=BEFORE,
        recorded_at=BEFORE,
    )
    restrictions.lift_restriction(contact=contact, how=WAY, lifted_at=BEFORE, recorded_at=BEFORE)
    staff_saw(desk, contact, mail)
    link_requests.ask_for_link(text=life.email, asked_at=ERASED)
    give_evidence_out(contact, life, desk.agent)
    stood_ready(mail)
    StatementAnnouncement.objects.create(
        statement=statement_of(desk), contact=contact, message_id=uuid7(), told_at=BEFORE
    )
    look_at(desk, contact, life)


def stood_ready(point: ContactPoint) -> None:
    """As before they objected: who did stands ready no more."""
    ReadyAddress.objects.create(
        organisation=point.organisation,
        value=point.value,
        contact=point.contact,
        address_hash=point.address_hash,
        form=1,
        facts="NL|t|f||a|f|f|||",
        ends="|",
        holds_from=BEFORE,
    )


def look_at(desk: calling.Desk, contact: Contact, life: Life) -> None:
    """What they did and what is known, a score and a segment, a campaign and a journey they are in."""
    scoring.behaviour(
        contact=contact, legal_entity=desk.entity, subject=f"/{life.street}/", occurred_at=BEFORE
    )
    scoring.attribute(contact=contact, legal_entity=desk.entity, name="street", value=life.street)
    model = ScoreModel.objects.first() or scores.score_model(legal_entity=desk.entity)
    Score.objects.create(model=model, contact=contact, points=10, changed_at=BEFORE)
    campaign = Campaign.objects.first() or scoring.campaign(
        legal_entity=desk.entity, purpose=desk.notice.notice.purpose
    )
    scoring.recipient(campaign=campaign, contact=contact)
    segment = Segment.objects.first() or scores.segment(legal_entity=desk.entity)
    SegmentMember.objects.create(segment=segment, contact=contact, since_at=BEFORE)
    journey = Journey.objects.first() or journeys.journey(
        legal_entity=desk.entity, purpose=desk.notice.notice.purpose
    )
    stage = journey.stages.first() or journeys.stage(journey=journey)
    member = journeys.member(stage=stage, contact=contact, entered_at=BEFORE)
    journeys.move(member=member, reason=f"{life.given_name} belde zelf")
    journeys.task(member=member, words=f"{life.given_name} terugbellen")
    pool = TalentPool.objects.first() or pools.talent_pool(
        legal_entity=desk.entity, purpose=desk.notice.notice.purpose
    )
    pools.rows_of(pool=pool, contact=contact)


def give_evidence_out(contact: Contact, life: Life, staff: StaffMember) -> None:
    """With the file itself, which is there for a day."""
    selection, why = {"contact_id": str(contact.pk)}, f"{life.given_name} vroeg erom"
    export = EvidenceExport.objects.create(
        organisation=contact.organisation,
        contact_id=contact.pk,
        selection=selection,
        formats=["pdf"],
        with_evidence=True,
        reason=why,
        exported_at=BEFORE,
        tree_size=1,
        events=1,
        people=1,
        sha256="0" * 64,
    )
    job = Job.objects.create(
        organisation=contact.organisation,
        kind=Job.Kind.EXPORT,
        total=1,
        key_range={},
        created_at=BEFORE,
        heartbeat_at=BEFORE,
    )
    file = EvidenceFile.objects.create(
        organisation=contact.organisation,
        staff=staff,
        job=job,
        wanted={"selection": selection},
        reason=why,
        tree_size=1,
        asked_at=BEFORE,
        expires_at=BEFORE,
        export=export,
        wrapped_key=b"0",
        key_version=1,
    )
    EvidencePart.objects.create(
        file=file, number=1, people=1, events=1, length=1, nonce=b"0" * 12, ciphertext=b"0"
    )


def statement_of(desk: calling.Desk) -> PrivacyStatementVersion:
    return desk.entity.privacy_statements.first() or make.privacy_statement(legal_entity=desk.entity)


def blocked_before(contact: Contact, life: Life) -> None:
    """A number that nobody of ours held then."""
    proof = replace(WAY, proof={"typed": life.email, **VISIT.as_proof()})
    unknown = addresses.read_phone(text=life.blocked_number, country="NL")
    number_blocks.block_number(
        organisation=contact.organisation, address=unknown, how=proof, blocked_at=BEFORE
    )
    make.phone_point(contact=contact, text=life.blocked_number)


def buy(desk: calling.Desk, contact: Contact, reference: str) -> None:
    relations.record_transaction(
        agreed=relations.NewTransaction(
            contact=contact,
            legal_entity=desk.entity,
            kind=RelationKind.DONATION,
            occurred_at=BEFORE,
            reference=reference,
            supplied_kinds=[ContactPoint.Kind.EMAIL],
            how=WAY,
        ),
        recorded_at=BEFORE,
    )


def write_to(desk: calling.Desk, point: ContactPoint) -> None:
    outbox.write(
        message=NewMessage(
            kind=OutboxMessage.Kind.RECEIPT,
            legal_entity=desk.entity,
            contact_point=point,
            language="nl",
            content={"changed_at": BEFORE.isoformat(), "standing": [f"Dag {point.contact.given_name}"]},
        ),
        written_at=BEFORE,
    )


def staff_saw(desk: calling.Desk, contact: Contact, point: ContactPoint) -> None:
    """They were looked up, their names were changed in the admin, and the sentence about it waits."""
    asked = inbound.Desk(staff=desk.agent, organisation=desk.entity.organisation)
    inbound.look_up(desk=asked, text=point.value, at=calling.MONDAY)
    for row in (contact, point):
        about = About(model=type(row), key=str(row.pk), contact="pk" if row == contact else "contact")
        new = NewAct(act=StaffAct.Act.CHANGED, page="details", done_at=calling.MONDAY, about=about)
        keep_act(staff=desk.agent, new=new)
    session = SessionStore()
    session["_messages"] = f"{contact} is gewijzigd."
    session.save()
