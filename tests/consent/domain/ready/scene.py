"""People of every sort, drawn at random, and the same question asked both ways."""

import datetime
import random
import uuid
from collections.abc import Sequence
from unittest import mock

from consent.domain.engine import ready
from consent.domain.engine.bulk import answer_chunk
from consent.domain.engine.question import Question, put_question
from consent.domain.engine.verdict import Verdict
from consent.domain.ready.making import take_up_changes
from consent.models import Actor, Collector, ConsentRecord, Objection, Purpose, Status
from customers.models import (
    Collection,
    Contact,
    ContactPoint,
    CustomerRelation,
    LegalEntity,
    LegalForm,
    ProductGroup,
    RelationKind,
)
from tests import make
from tests.consent.asking_scene import shop

DAY = datetime.timedelta(days=1)
CHANNELS = ("CALL", "SMS", "EMAIL")


class House:
    """Two shops of one organisation, with two purposes that both may use."""

    def __init__(self) -> None:
        self.shop = shop()
        self.sister = shop(organisation=self.shop.organisation, code="meubelzaak")
        self.entities = (self.shop, self.sister)
        self.offers = Purpose.objects.get(organisation=self.shop.organisation, code="offers")
        self.news = make.purpose(
            organisation=self.shop.organisation,
            legal_entities=list(self.entities),
            code="news",
            channels=list(CHANNELS),
        )
        self.purposes = (self.offers, self.news)

    def questions(self, *, at: datetime.datetime) -> list[Question]:
        """Every question of the house on each channel, with a product group and without one."""
        return [
            put_question(
                legal_entity=entity.code,
                purpose=purpose.code,
                channel=channel,
                product_group=group,
                now=at,
            )
            for entity in self.entities
            for purpose in self.purposes
            for channel in CHANNELS
            for group in ("", "lampen")
        ]


def both_ways(
    *, question: Question, texts: Sequence[str], contacts: Sequence[uuid.UUID | None] = ()
) -> tuple[list[Verdict], list[Verdict], int]:
    """The verdicts by the short way and by the long one, and how many stood ready."""
    named = contacts or [None] * len(texts)
    seen = []

    def fetch(**about: object) -> list[ready.Ready]:
        seen.append(ready.fetch_ready(**about))  # type: ignore[arg-type]
        return seen[-1]

    with mock.patch.object(ready, "FEWEST", 0), mock.patch("consent.domain.engine.bulk.fetch_ready", fetch):
        short = answer_chunk(question=question, texts=texts, contacts=named)
    with mock.patch.object(ready, "FEWEST", len(texts) + 1):
        long = answer_chunk(question=question, texts=texts, contacts=named)
    assert sorted_keys(short.keys) == sorted_keys(long.keys)
    return short.verdicts, long.verdicts, len(seen[0])


def sorted_keys(keys: bytes) -> list[bytes]:
    return sorted(keys[place : place + 16] for place in range(0, len(keys), 16))


def make_all_ready(*, now: datetime.datetime = make.NOW) -> None:
    while take_up_changes(now=now):
        pass


def somebody(*, house: House, number: int, chance: random.Random) -> Contact:
    """One person or organisation with addresses, permissions, relations and objections drawn at random."""
    born = chance.choice([None, None, 40 * 365, 15 * 365, 12 * 365])
    contact = make.contact(
        organisation=house.shop.organisation,
        kind=chance.choice([Contact.Kind.PERSON, Contact.Kind.PERSON, Contact.Kind.ORGANISATION]),
        legal_form=chance.choice(["", LegalForm.BV, LegalForm.VOF]),
        country=chance.choice(["NL", "NL", "BE", "DE", ""]),
        birth_date=make.NOW.date() - born * DAY if born else None,
    )
    points = [
        make.phone_point(contact=contact, text=f"+3120000{number:04}"),
        make.email_point(contact=contact, text=f"a{number}@example.org"),
    ]
    for point in points:
        _find_out(point, chance)
        for _number in range(chance.randrange(3)):
            _permit(house, contact, point, chance)
    for _number in range(chance.randrange(3)):
        _relate(house, contact, chance)
    if chance.random() < 0.1:
        _object(house, contact, chance)
    return contact


def _find_out(point: ContactPoint, chance: random.Random) -> None:
    if chance.random() < 0.5:
        point.verified_at, point.verified_method = make.NOW - 9 * DAY, ContactPoint.Verification.EMAIL_LINK
    if chance.random() < 0.1:
        point.invalid_at, point.invalid_reason = make.NOW - DAY, ContactPoint.Invalidity.WRONG_NUMBER
    if chance.random() < 0.1:
        point.published_from_date = (make.NOW - chance.randrange(-3, 3) * DAY).date()
    point.impersonal = chance.random() < 0.2
    point.save()


def _moment(chance: random.Random, days: int = 400) -> datetime.datetime | None:
    return chance.choice([None, make.NOW - chance.randrange(1, days) * DAY, make.NOW - chance.random() * DAY])


def _permit(house: House, contact: Contact, point: ContactPoint, chance: random.Random) -> None:
    phone = point.kind == ContactPoint.Kind.PHONE
    ConsentRecord.objects.get_or_create(
        organisation=house.shop.organisation,
        contact=contact,
        contact_point=point,
        legal_entity=chance.choice(house.entities),
        purpose=chance.choice(house.purposes),
        channel=chance.choice(["CALL", "SMS"]) if phone else "EMAIL",
        defaults={
            "status": chance.choice(Status.values),
            "requested_at": _moment(chance),
            "granted_at": _moment(chance),
            "grant_proven": chance.random() < 0.8,
            "withdrawn_at": _moment(chance),
            "valid_until": chance.choice([None, make.NOW + chance.randrange(-5, 5) * DAY]),
            "uses": chance.choice([None, None, 1]),
            "uses_spent": chance.randrange(2),
            "first_used_at": _moment(chance),
            "first_contact_due_at": chance.choice([None, make.NOW + chance.randrange(-3, 3) * DAY]),
            "collector": chance.choice(Collector.values),
            "given_by": chance.choice([Actor.SUBJECT, Actor.REPRESENTATIVE]),
            "complete": chance.random() < 0.8,
        },
    )


def _relate(house: House, contact: Contact, chance: random.Random) -> None:
    entity: LegalEntity = chance.choice(house.entities)
    collected = {
        f"{kind}_collection": chance.choice(Collection.values) for kind in ("email", "phone", "postal")
    }
    moments = {
        f"{kind}_collected_at": chance.choice([None, make.NOW - 400 * DAY, make.NOW - 2500 * DAY])
        for kind in ("email", "phone", "postal")
    }
    CustomerRelation.objects.get_or_create(
        organisation=house.shop.organisation,
        legal_entity=entity,
        contact=contact,
        kind=chance.choice(RelationKind.values),
        product_group=chance.choice([None, *ProductGroup.objects.filter(legal_entity=entity)]),
        defaults={
            **collected,
            **moments,
            "started_at": make.NOW - 400 * DAY,
            "last_agreement_at": make.NOW - 400 * DAY,
            "ends_at": chance.choice([None, make.NOW + chance.randrange(-3, 3) * DAY]),
        },
    )


def _object(house: House, contact: Contact, chance: random.Random) -> None:
    Objection.objects.create(
        organisation=house.shop.organisation,
        contact=contact,
        legal_entity=chance.choice([None, house.shop]),
        channel=chance.choice(["", "CALL"]),
        objected_at=make.NOW - 5 * DAY,
        standing=chance.random() < 0.7,
    )
