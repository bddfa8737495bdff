"""A shop with lamps and furniture, and people who bought there: whom may it call and mail?"""

from datetime import UTC, datetime

from consent.models import Channel, Purpose
from customers.domain import relations
from customers.models import Contact, LegalEntity, Organisation, ProductGroup, Transaction
from tests import make

BOUGHT = datetime(2025, 3, 10, 11, 0, tzinfo=UTC)
BY_CALL = {
    "legal_entity": "lampenwinkel",
    "purpose": "offers",
    "channel": "CALL",
    "product_group": "lampen",
}
BY_EMAIL = {**BY_CALL, "channel": "EMAIL"}
DAY_BEFORE = {"at_date": "2026-06-30", "at_time": "23:59"}
DAY_AFTER = {"then_date": "2026-07-01", "then_time": "00:01"}


def shop(*, organisation: Organisation | None = None, code: str = "lampenwinkel") -> LegalEntity:
    """A legal entity with one purpose and two product groups."""
    entity = make.legal_entity(
        organisation=organisation or make.organisation(code=f"groep-{code}"), code=code, name=f"{code} B.V."
    )
    make.product_group(legal_entity=entity)
    make.product_group(legal_entity=entity, code="meubels", name="Meubels")
    offers(entity)
    return entity


def offers(entity: LegalEntity) -> Purpose:
    found = Purpose.objects.filter(organisation=entity.organisation, code="offers").first()
    if found is None:
        return make.purpose(
            organisation=entity.organisation,
            legal_entities=[entity],
            channels=[Channel.EMAIL, Channel.CALL, Channel.POST],
        )
    found.legal_entities.add(entity)
    return found


def customer(*, entity: LegalEntity, name: str, number: int, group: str = "lampen") -> Contact:
    """Somebody who bought once, in 2025, and was told and could say no."""
    contact = make.contact(organisation=entity.organisation, given_name=name)
    make.phone_point(contact=contact, text=f"+3120000{number:04}")
    make.email_point(contact=contact, text=f"{name.lower()}@example.org")
    buy(contact=contact, entity=entity, group=group)
    return contact


def buy(*, contact: Contact, entity: LegalEntity, group: str) -> Transaction:
    bought = ProductGroup.objects.get(legal_entity=entity, code=group)
    sale = make.transaction(contact=contact, legal_entity=entity, product_group=bought, occurred_at=BOUGHT)
    relations.keep_relations(transaction_ids=[sale.pk])
    return sale
