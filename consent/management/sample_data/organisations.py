import datetime
from dataclasses import dataclass

from customers.models import (
    CallerNumber,
    Country,
    LegalEntity,
    Organisation,
    ProductGroup,
    ProductSimilarity,
)

Kind = LegalEntity.Kind
FROM_DATE = datetime.date(2020, 1, 1)
# A person of the sample asked a newsletter on 2026-10-01 and never confirmed it; questions about her must
# find that request for a long time, so this charity keeps unconfirmed requests longer than the usual 14 days.
DAYS_THAT_OUTLAST_THE_SAMPLE = 365


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One legal entity of the sample; its numbers end in two digits that nobody can be called on."""

    code: str
    organisation: str
    name: str
    sender: str
    officer: str
    accent: str
    digits: str
    kind: Kind = Kind.COMMERCIAL
    kind_proof: str = ""
    country: Country = Country.NL
    time_zone: str = "Europe/Amsterdam"
    unconfirmed_days: int = 14

    @property
    def domain(self) -> str:
        return f"{self.code}.example.{'be' if self.country == Country.BE else 'org'}"

    @property
    def postal_address(self) -> str:
        town = "0000 Voorbeeldgem" if self.country == Country.BE else "0000 AA Voorbeeldstad"
        return f"Postbus {int(self.digits)}\n{town}"

    def number(self, *, use: int) -> str:
        start = "+32220000" if self.country == Country.BE else "+312000000"
        return f"{start}{use}{int(self.digits)}"


ORGANISATIONS = {
    "harthulp": "HartHulp",
    "bosvogels": "Bos en Vogels",
    "dagpost": "De Dagpost",
    "huisgroep": "Huisgroep",
    "geluksloterij": "Geluksloterij",
    "werkplaats": "Werkplaats",
    "belgaboek": "Belgaboek",
}

LEGAL_ENTITIES = (
    Entity(
        code="harthulp",
        organisation="harthulp",
        name="Stichting HartHulp",
        sender="HartHulp",
        officer="Fenna van Voorbeeld",
        accent="#b01e3c",
        digits="1",
        kind=Kind.CHARITY,
        kind_proof="RSIN 000000001, CBF-erkenning 0001 (voorbeeld)",
        unconfirmed_days=DAYS_THAT_OUTLAST_THE_SAMPLE,
    ),
    Entity(
        code="bosvogels",
        organisation="bosvogels",
        name="Vereniging Bos en Vogels",
        sender="Bos en Vogels",
        officer="Berend Verzonnen",
        accent="#2f6b3a",
        digits="2",
        kind=Kind.CHARITY,
        kind_proof="RSIN 000000002, CBF-erkenning 0002 (voorbeeld)",
    ),
    Entity(
        code="dagpost",
        organisation="dagpost",
        name="De Dagpost B.V.",
        sender="De Dagpost",
        officer="Dina Papierman",
        accent="#1f3f73",
        digits="3",
        kind=Kind.PUBLISHER,
        kind_proof="ISSN 0000-0003 (voorbeeld), verschijnt elke dag",
    ),
    Entity(
        code="lampenwinkel",
        organisation="huisgroep",
        name="Lampenwinkel B.V.",
        sender="Lampenwinkel",
        officer="Hilde Proefstra",
        accent="#8a5a00",
        digits="4",
    ),
    Entity(
        code="stroomkring",
        organisation="huisgroep",
        name="Stroomkring N.V.",
        sender="Stroomkring",
        officer="Hilde Proefstra",
        accent="#00667a",
        digits="5",
    ),
    Entity(
        code="geluksloterij",
        organisation="geluksloterij",
        name="Geluksloterij N.V.",
        sender="Geluksloterij",
        officer="Gerard Nooitgedacht",
        accent="#7a2e86",
        digits="6",
        kind=Kind.LOTTERY,
        kind_proof="Vergunning artikel 3 Wok, kenmerk 0006 (voorbeeld)",
    ),
    Entity(
        code="werkplaats",
        organisation="werkplaats",
        name="Werkplaats B.V.",
        sender="Werkplaats",
        officer="Wubbo van der Proef",
        accent="#a0401c",
        digits="7",
    ),
    Entity(
        code="belgaboek",
        organisation="belgaboek",
        name="Belgaboek BV",
        sender="Belgaboek",
        officer="Bert Vandenvoorbeeld",
        accent="#3d4aa3",
        digits="8",
        country=Country.BE,
        time_zone="Europe/Brussels",
    ),
)

PRODUCT_GROUPS = (
    ("dagpost", "krant", "Kranten en abonnementen"),
    ("lampenwinkel", "lampen", "Lampen"),
    ("lampenwinkel", "lichtbronnen", "Lichtbronnen"),
    ("lampenwinkel", "meubels", "Meubels"),
    ("stroomkring", "stroom", "Stroom"),
    ("geluksloterij", "loten", "Loten"),
    ("belgaboek", "boeken", "Boeken"),
)
SIMILAR = (
    ("lampen", "lichtbronnen", "Wie een lamp koopt, heeft er lichtbronnen bij nodig."),
    ("lichtbronnen", "lampen", "Wie lichtbronnen koopt, gebruikt ze in lampen."),
)


def load_organisations() -> None:
    """Make the organisations, their legal entities with caller numbers, and their product groups."""
    for code, name in ORGANISATIONS.items():
        Organisation.objects.create(code=code, name=name)
    for entity in LEGAL_ENTITIES:
        _add_caller_number(entity, _add_legal_entity(entity))
    _add_product_groups()


def _add_legal_entity(entity: Entity) -> LegalEntity:
    return LegalEntity.objects.create(
        organisation=Organisation.objects.get(code=entity.organisation),
        code=entity.code,
        name=entity.name,
        kind=entity.kind,
        kind_proof=entity.kind_proof,
        country=entity.country,
        time_zone=entity.time_zone,
        postal_address=entity.postal_address,
        stop_number=entity.number(use=0),
        sender_name=entity.sender,
        sender_address=f"post@{entity.domain}",
        website=f"https://{entity.domain}/",
        dpo_name=entity.officer,
        dpo_email=f"fg@{entity.domain}",
        unconfirmed_days=entity.unconfirmed_days,
        accent_colour=entity.accent,
    )


def _add_caller_number(entity: Entity, row: LegalEntity) -> None:
    CallerNumber.objects.create(
        legal_entity=row,
        number=entity.number(use=1),
        label="Gesprekken met klanten en donateurs",
        in_use_from_date=FROM_DATE,
    )


def _add_product_groups() -> None:
    for entity, code, name in PRODUCT_GROUPS:
        ProductGroup.objects.create(legal_entity=LegalEntity.objects.get(code=entity), code=code, name=name)
    for bought, similar, reason in SIMILAR:
        ProductSimilarity.objects.create(
            product_group=ProductGroup.objects.get(code=bought),
            similar_group=ProductGroup.objects.get(code=similar),
            reason=reason,
            valid_from_date=FROM_DATE,
        )
