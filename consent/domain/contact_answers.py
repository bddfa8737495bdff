import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from consent.domain.engine.answering import Answer, ask
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import Question, Wanted
from consent.models import Channel, ContentKind, Purpose
from customers.models import Contact, ContactPoint, CustomerRelation, LegalEntity, ProductGroup


class Spot(NamedTuple):
    """What could be asked about a contact; of customers, about one of the products they bought."""

    legal_entity: LegalEntity
    purpose: Purpose
    channel: Channel
    product_group: ProductGroup | None


def find_spots(*, contact: Contact, legal_entities: Sequence[LegalEntity]) -> list[Spot]:
    """List what these legal entities could ask: each purpose, over the channels there is an address for.

    Offers must be similar to what was bought, so a question without products would say no to every customer;
    and each of the products that were bought has an answer of its own.
    """
    kinds = {"", *contact.points.values_list("kind", flat=True)}
    bought = products_bought(contact=contact)
    served = Purpose.legal_entities.through.objects.filter(legalentity__in=legal_entities)
    purposes: dict[uuid.UUID, list[Purpose]] = {}
    for row in served.select_related("purpose").order_by("purpose__code", "pk"):
        purposes.setdefault(row.legalentity_id, []).append(row.purpose)
    return [
        Spot(entity, purpose, channel, group)
        for entity in legal_entities
        for purpose in purposes.get(entity.pk, [])
        for group in products_to_ask(purpose=purpose, bought=bought.get(entity.pk, ()))
        for channel in Channel
        if channel.value in purpose.channels and channel.point_kind in kinds
    ]


def answer_spot(*, contact: Contact, spot: Spot, now: datetime.datetime) -> list[Answer]:
    """Ask now, for each address of the contact that the channel can use.

    It takes the same number of queries however many addresses, permissions and relations there are.
    """
    question = question_about(spot=spot, now=now)
    return ask(question=question, asked=addresses_for(contact=contact, channel=spot.channel))


def question_about(*, spot: Spot, now: datetime.datetime) -> Question:
    """Put the question of a spot; raises UnknownCodeError where the purpose no longer serves the entity."""
    return wanted_about(spot=spot).put(now=now)


def wanted_about(*, spot: Spot) -> Wanted:
    """Name the question of a spot by its codes."""
    return Wanted(
        legal_entity=spot.legal_entity.code,
        purpose=spot.purpose.code,
        channel=spot.channel,
        product_group=spot.product_group.code if spot.product_group else "",
    )


def addresses_for(*, contact: Contact, channel: Channel) -> list[Asked]:
    """List the addresses of a contact that a channel can use; one that stands for none where there is none.

    Processing hangs on the contact, whichever address that works names it, and post on the contact itself.
    """
    points = list(contact.points.all())
    texts = [point.value for point in points if point.kind == channel.point_kind]
    if channel == Channel.NONE:
        texts = [point.value for point in points if names_contact(point=point)][:1]
    if channel == Channel.POST:
        texts = texts[:1]
    return [Asked(text=text, contact_id=contact.pk) for text in texts or [""]]


def names_contact(*, point: ContactPoint) -> bool:
    """Say whether an address can name its contact in a question about processing."""
    works = point.invalid_at is None and not point.placeholder
    return works and point.kind != ContactPoint.Kind.POSTAL


def products_to_ask(*, purpose: Purpose, bought: Sequence[ProductGroup]) -> Sequence[ProductGroup | None]:
    """Name the products questions about a purpose are for: those bought there, where it offers any."""
    offers = purpose.content == ContentKind.COMMERCIAL and purpose.channels != [Channel.NONE]
    return (bought if offers else ()) or (None,)


def products_bought(*, contact: Contact) -> Mapping[uuid.UUID, Sequence[ProductGroup]]:
    """Find the products of the relations with each legal entity, the last agreed first."""
    relations = CustomerRelation.objects.filter(contact=contact, product_group__isnull=False)
    rows = relations.select_related("product_group").order_by("-last_agreement_at", "-pk")
    found: dict[uuid.UUID, dict[ProductGroup, None]] = {}
    for row in rows:
        if row.product_group:
            found.setdefault(row.legal_entity_id, {})[row.product_group] = None
    return {entity_id: list(groups) for entity_id, groups in found.items()}
