import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction

from customers.models import RELATION_MONTHS, Contact, CustomerRelation, TermExtension, Transaction


def _read(name: str) -> str:
    return Path(__file__).with_name(f"{name}.sql").read_text()


# One fold of all that was agreed: it keeps the relations, and answers what they were at an earlier moment.
FOLD_RELATIONS = _read("relations_fold").replace("{relation_months}", str(RELATION_MONTHS))
FOLD_TOUCHED = FOLD_RELATIONS.replace("/* of these */", _read("relations_of_touched").strip())
KEEP_RELATIONS = _read("relations_touched") + FOLD_TOUCHED + _read("relations_keep")
END_RELATIONS = _read("end_relations")
ROWS_AT_ONCE = 2000


class KeptRelation(NamedTuple):
    """One relation that transactions touched, and whether they started it or brought it back."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    legal_entity_id: uuid.UUID
    contact_id: uuid.UUID
    kind: str
    product_group_id: int | None
    started: bool


class EndedRelation(NamedTuple):
    """One relation that its term has ended."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    legal_entity_id: uuid.UUID
    contact_id: uuid.UUID
    ends_at: datetime.datetime


@dataclass(frozen=True, kw_only=True)
class LongerTerm:
    """How long relations are kept beyond three years, and the test and opinion that carry it."""

    term_months: int
    balancing_test: str
    opinion_reference: str
    opinion: str


@transaction.atomic
def keep_relations(*, transaction_ids: list[uuid.UUID]) -> list[KeptRelation]:
    """Bring the relations of these transactions up to date.

    There is one by contact, legal entity, kind and product group; several never add up.

    The term is three years after the last agreement or the end of the contract (Code Telemarketing 2024),
    longer only where a TermExtension is recorded. A new agreement revives an ended relation.
    """
    # One writer per contact, so that two sales at once are both counted.
    contacts = Transaction.objects.filter(pk__in=transaction_ids).values("contact")
    list(
        Contact.objects.filter(pk__in=contacts)
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk")
    )
    with connection.cursor() as cursor:
        cursor.execute(KEEP_RELATIONS, {"transaction_ids": transaction_ids})
        return [KeptRelation(*row) for row in cursor.fetchall()]


def end_due_relations(*, ended_at: datetime.datetime, at_most: int) -> list[EndedRelation]:
    """End at most this many relations whose term has passed; call it in a transaction, until none is left."""
    with connection.cursor() as cursor:
        cursor.execute(END_RELATIONS, {"ended_at": ended_at, "at_most": at_most})
        return [EndedRelation(*row) for row in cursor.fetchall()]


@transaction.atomic
def extend_term(
    *,
    relation: CustomerRelation,
    term: LongerTerm,
    decided_at: datetime.datetime,
    decided_by_id: uuid.UUID | None,
) -> TermExtension:
    """Keep relations of this legal entity, kind and product group longer, on a recorded balancing test.

    The committee (Commissie Balanstoets Telemarketing) advises; the controller decides and answers for it.
    Relations that the longer term covers come back, ended ones too. The last decision counts; earlier ones
    are kept, so that a question about their time finds them.
    """
    return TermExtension.objects.create(
        legal_entity=relation.legal_entity,
        kind=relation.kind,
        product_group=relation.product_group,
        **vars(term),
        decided_at=decided_at,
        decided_by_id=decided_by_id,
    )


def transactions_under(*, extension: TermExtension) -> Iterator[uuid.UUID]:
    """Go through one transaction for each relation whose term this extension changes, in a transaction."""
    transactions = Transaction.objects.filter(legal_entity=extension.legal_entity, kind=extension.kind)
    if extension.product_group_id is not None:
        transactions = transactions.filter(product_group=extension.product_group)
    return (
        transactions.order_by("contact", "product_group", "pk")
        .distinct("contact", "product_group")
        .values_list("pk", flat=True)
        .iterator(chunk_size=ROWS_AT_ONCE)
    )
