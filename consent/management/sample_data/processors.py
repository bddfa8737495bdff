"""Parties outside that get data in the sample: one in order, one whose agreement ends, one abroad."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from consent.management.sample_data.by_code import find_entity, find_purpose
from consent.models import DataKind, Endpoint, Processor, SubProcessor, Topic, TransferGround

SINCE: Final = datetime.date(2024, 2, 1)
SOON: Final = datetime.timedelta(days=30)
YEAR: Final = datetime.timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Party:
    """One processor of the sample; its agreement ends so long after loading, or not at all."""

    entities: Sequence[str]
    name: str
    service: str
    email: str
    purpose: str
    data: Sequence[DataKind]
    country: str = "NL"
    ground: TransferGround = TransferGround.NONE
    ends_in: datetime.timedelta | None = None


MAILER: Final = Party(
    entities=["harthulp"],
    name="Bezorgd Mail B.V.",
    service="Verstuurt de nieuwsbrieven",
    email="privacy@bezorgd.example.com",
    purpose="newsletter",
    data=[DataKind.NAMES, DataKind.EMAIL],
)
PARTIES: Final = (
    MAILER,
    Party(
        entities=["harthulp"],
        name="Belbureau Zonnig B.V.",
        service="Belt voor giften",
        email="privacy@zonnig.example.com",
        purpose="fundraising",
        data=[DataKind.NAMES, DataKind.PHONE, DataKind.RELATIONS],
        ends_in=SOON,
    ),
    Party(
        entities=["lampenwinkel", "stroomkring"],
        name="Shelf & Scale Inc.",
        service="Bewaart bestellingen en klantgegevens",
        email="privacy@shelf.example.com",
        purpose="offers",
        data=[DataKind.NAMES, DataKind.EMAIL, DataKind.PHONE, DataKind.POSTAL, DataKind.RELATIONS],
        country="US",
        ground=TransferGround.CLAUSES,
        ends_in=YEAR,
    ),
)


def load_processors(*, now: datetime.datetime) -> None:
    """Register who gets data; who sends the newsletters hears by mail whom to erase and correct."""
    made = {party.name: _register(party, now.date()) for party in PARTIES}
    mailer = made[MAILER.name]
    SubProcessor.objects.create(
        processor=mailer,
        name="Rekencentrum Noord B.V.",
        service="Servers",
        approved_date=SINCE,
    )
    endpoint = Endpoint.objects.create(
        organisation=mailer.organisation,
        processor=mailer,
        name="Bezorgd Mail, loket privacy",
        method=Endpoint.Method.MAIL,
        topics=[Topic.WITHDRAWN, Topic.OBJECTED, Topic.ERASED, Topic.RECTIFIED, Topic.RESTRICTED],
        created_at=now,
    )
    endpoint.legal_entities.set(mailer.legal_entities.all())


def _register(party: Party, today: datetime.date) -> Processor:
    entities = [find_entity(code=code) for code in party.entities]
    processor = Processor.objects.create(
        organisation=entities[0].organisation,
        name=party.name,
        service=party.service,
        contact_name="Loket privacy",
        contact_email=party.email,
        data=list(party.data),
        country=party.country,
        transfer_ground=party.ground,
        agreement_reference=f"Verwerkersovereenkomst {party.name}",
        agreed_date=SINCE,
        agreement_until_date=today + party.ends_in if party.ends_in else None,
        in_use_from_date=SINCE,
        review_date=today + YEAR,
    )
    processor.legal_entities.set(entities)
    processor.purposes.set([find_purpose(entity=entities[0], code=party.purpose)])
    return processor
