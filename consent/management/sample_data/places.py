"""Where the sample collects beside its hosted forms: tills, desks, paper, gatherings."""

from dataclasses import dataclass

from consent.management.sample_data.by_code import find_department, find_entity, find_notice
from consent.management.sample_data.departments import CUSTOMER_SERVICE
from consent.management.sample_data.forms import OPT_OUT, REVIEWED_DATE
from consent.models import CollectionPoint, Wording
from customers.models import RelationKind

Place = CollectionPoint.Place
Nature = CollectionPoint.Nature


@dataclass(frozen=True, kw_only=True)
class CollectingPlace:
    """One place without a hosted form."""

    entity: str
    code: str
    place: Place
    title: Wording
    reason: str
    nature: Nature = Nature.TRANSACTIONAL
    kind: RelationKind | None = None


def till(entity: str, nl: str, en: str, kind: RelationKind = RelationKind.SALE) -> CollectingPlace:
    """Where orders and gifts come from: the till or the web shop, another system."""
    return CollectingPlace(
        entity=entity,
        code=f"{entity}-kassa",
        place=Place.API,
        title={"nl": nl, "en": en},
        reason="Vastleggen wat mensen bestellen of geven, en of zij nee zeiden tegen latere berichten.",
        kind=kind,
    )


def desk(entity: str) -> CollectingPlace:
    """Where people call, or are called."""
    return CollectingPlace(
        entity=entity,
        code=f"{entity}-telefoon",
        place=Place.SERVICE_DESK,
        title={"nl": "Gesprek met de klantenservice", "en": "Talk with customer service"},
        reason="Vastleggen wat mensen aan de telefoon toestaan of weigeren.",
        nature=Nature.COMMERCIAL,
    )


PLACES = (
    till("harthulp", "Giften aan HartHulp", "Gifts to HartHulp", RelationKind.DONATION),
    till("bosvogels", "Giften aan Bos en Vogels", "Gifts to Bos en Vogels", RelationKind.DONATION),
    till("dagpost", "Abonnementen van De Dagpost", "Subscriptions to De Dagpost"),
    till("lampenwinkel", "Webwinkel van Lampenwinkel", "Web shop of Lampenwinkel"),
    till("stroomkring", "Klant worden van Stroomkring", "Becoming a customer of Stroomkring"),
    till("geluksloterij", "Loten kopen", "Buying tickets"),
    till("belgaboek", "Webwinkel van Belgaboek", "Web shop of Belgaboek"),
    desk("harthulp"),
    desk("bosvogels"),
    desk("lampenwinkel"),
    desk("stroomkring"),
    desk("belgaboek"),
    CollectingPlace(
        entity="harthulp",
        code="harthulp-vrijwilligers",
        place=Place.PAPER,
        title={"nl": "Aanmelding als vrijwilliger", "en": "Registration as a volunteer"},
        reason="Weten wie wanneer helpt.",
        kind=RelationKind.VOLUNTEER,
    ),
    CollectingPlace(
        entity="bosvogels",
        code="bosvogels-vrijwilligers",
        place=Place.PAPER,
        title={"nl": "Aanmelding als vrijwilliger", "en": "Registration as a volunteer"},
        reason="Weten wie wanneer helpt.",
        kind=RelationKind.VOLUNTEER,
    ),
    CollectingPlace(
        entity="bosvogels",
        code="bosvogels-bosdag",
        place=Place.EVENT,
        title={"nl": "Bosdag", "en": "Forest day"},
        reason="Weten wie er komt.",
        kind=RelationKind.ATTENDANCE,
    ),
    CollectingPlace(
        entity="bosvogels",
        code="bosvogels-petitie",
        place=Place.PAPER,
        title={"nl": "Petitie voor oude bossen", "en": "Petition for old forests"},
        reason="Handtekeningen aanbieden aan de gemeente.",
        kind=RelationKind.SYMPATHY,
    ),
    CollectingPlace(
        entity="harthulp",
        code="harthulp-oude-lijst",
        place=Place.API,
        title={"nl": "Lijst uit het oude systeem", "en": "List from the old system"},
        reason="Overnemen wie de nieuwsbrief kreeg.",
        nature=Nature.COMMERCIAL,
    ),
)


def load_places() -> None:
    """Put every place where data is collected in the inventory."""
    for place in PLACES:
        entity = find_entity(code=place.entity)
        point = CollectionPoint.objects.create(
            legal_entity=entity,
            code=place.code,
            title=place.title,
            place=place.place,
            reason=place.reason,
            nature=place.nature,
            privacy_statement=entity.privacy_statements.get(number=1),
            department=find_department(entity=entity, name=CUSTOMER_SERVICE),
            last_reviewed_date=REVIEWED_DATE,
        )
        if place.kind is not None:
            _tell_customers(point, place.kind)


def _tell_customers(point: CollectionPoint, kind: RelationKind) -> None:
    point.form, point.transaction_kind = CollectionPoint.Form.TRANSACTION, kind
    point.soft_optin_notice = find_notice(entity=point.legal_entity, code="told")
    point.optout_wording = OPT_OUT
    point.save(update_fields=["form", "transaction_kind", "soft_optin_notice", "optout_wording"])
