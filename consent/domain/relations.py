import datetime
import enum
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from consent.domain.ledger.circumstances import BY_SCHEDULE, Circumstances
from consent.domain.ledger.recording import NewEvent, record
from consent.models import Act, Actor, Method, Source
from customers.domain import relations
from customers.domain.relations import EndedRelation, KeptRelation, LongerTerm
from customers.models import (
    Contact,
    CustomerRelation,
    LegalEntity,
    ProductGroup,
    RelationKind,
    TermExtension,
    Transaction,
)

ROWS_AT_ONCE = 2000


class TransactionNotRecordableError(ValueError):
    """The facts contradict each other, lie in the future, or belong to two organisations."""


class ContractNotRunningError(ValueError):
    """The transaction is no running contract, or its end lies before its beginning."""


class Answer(enum.Enum):
    """What the person said to "no, do not contact me" beside the order."""

    NOTHING_SAID = enum.auto()
    NO_CONTACT = enum.auto()


@dataclass(frozen=True, kw_only=True)
class NewTransaction:
    """One thing agreed, which details were supplied in it, and what the person was told and answered."""

    contact: Contact
    legal_entity: LegalEntity
    kind: RelationKind
    occurred_at: datetime.datetime
    how: Circumstances
    obligation_to_pay: bool = False
    product_group: ProductGroup | None = None
    reference: str = ""
    runs_on: bool = False
    ended_at: datetime.datetime | None = None
    supplied_kinds: Sequence[str] = ()
    told_at_collection: bool = False
    optout_offered: bool = False
    answer: Answer = Answer.NOTHING_SAID
    import_batch_id: uuid.UUID | None = None


def record_transaction(*, agreed: NewTransaction, recorded_at: datetime.datetime) -> Transaction:
    """Write down one thing agreed, keep the relation that follows from it, and its evidence.

    A relation needs a kind of the rules; a sale needs an obligation to pay (art. 11.7(4) and (5) Tw).
    "No, do not contact me" is an objection to every message of this legal entity (art. 21(2) GDPR).
    Raises TransactionNotRecordableError.
    """
    return record_transactions(agreed=[agreed], recorded_at=recorded_at)[0]


@transaction.atomic
def record_transactions(
    *, agreed: Sequence[NewTransaction], recorded_at: datetime.datetime
) -> list[Transaction]:
    """Write down many things agreed at once, as `record_transaction` does; callers cut into chunks."""
    for one in agreed:
        _check(one, recorded_at)
    _hold_contacts(agreed)
    rows = Transaction.objects.bulk_create([_row(one, recorded_at) for one in agreed])
    kept = relations.keep_relations(transaction_ids=[row.pk for row in rows])
    origins = _origins(agreed, rows)
    events = [_start_event(relation, *origins[_key_of(relation)]) for relation in kept if relation.started]
    events += [
        _objection_event(one, row)
        for one, row in zip(agreed, rows, strict=True)
        if one.answer is Answer.NO_CONTACT
    ]
    record(events=events, recorded_at=recorded_at)
    return rows


@transaction.atomic
def end_contract(*, transaction_id: uuid.UUID, ended_at: datetime.datetime) -> Transaction:
    """Note the end of a running contract or of volunteer work: from here the term of three years runs.

    Source: Code Telemarketing 2024. Raises ContractNotRunningError.
    """
    row = Transaction.objects.select_for_update(of=("self",)).get(pk=transaction_id)
    if not row.runs_on:
        raise ContractNotRunningError("no running contract")
    if ended_at < row.occurred_at:
        raise ContractNotRunningError("ends before it began")
    row.ended_at, row.runs_on = ended_at, False
    row.save(update_fields=["ended_at", "runs_on"])
    relations.keep_relations(transaction_ids=[row.pk])
    return row


def expire_relations(*, now: datetime.datetime, chunk: int = ROWS_AT_ONCE) -> Iterator[int]:
    """End the relations whose term has passed; yields how many after each chunk, which is one transaction.

    Stopping between chunks loses nothing: a later run takes up what is left, whatever the downtime.
    Each end stands in the ledger at the moment the term passed (three years, Code Telemarketing 2024).
    """
    while count := _expire_some(now, chunk):
        yield count


@transaction.atomic
def extend_term(
    *,
    relation: CustomerRelation,
    term: LongerTerm,
    decided_at: datetime.datetime,
    decided_by_id: uuid.UUID | None,
) -> TermExtension:
    """Keep relations of one kind longer, on a recorded balancing test and the committee's opinion.

    The relations it covers get their new end at once; those that had ended come back, which the ledger
    shows as a start. Source: Code Telemarketing 2024 (the committee advises, the controller decides).
    """
    extension = relations.extend_term(
        relation=relation, term=term, decided_at=decided_at, decided_by_id=decided_by_id
    )
    covered = relations.transactions_under(extension=extension)
    while transaction_ids := list(islice(covered, ROWS_AT_ONCE)):
        kept = relations.keep_relations(transaction_ids=transaction_ids)
        events = [_return_event(one, extension) for one in kept if one.started]
        record(events=events, recorded_at=decided_at)
    return extension


RelationKey = tuple[uuid.UUID, uuid.UUID, str, int | None]


def _check(one: NewTransaction, recorded_at: datetime.datetime) -> None:
    faults = {
        "lies in the future": one.occurred_at > recorded_at,
        "belongs to another organisation": one.contact.organisation_id != one.legal_entity.organisation_id,
        "names a product group of another legal entity": one.product_group is not None
        and one.product_group.legal_entity_id != one.legal_entity.pk,
        "is a sale without an obligation to pay": one.kind == RelationKind.SALE and not one.obligation_to_pay,
        "offers an opt-out without telling": one.optout_offered and not one.told_at_collection,
        "ends before it began": one.ended_at is not None and one.ended_at < one.occurred_at,
        "runs on though it has ended": one.runs_on and one.ended_at is not None,
    }
    if found := [fault for fault, present in faults.items() if present]:
        raise TransactionNotRecordableError("; ".join(found))


def _hold_contacts(agreed: Sequence[NewTransaction]) -> None:
    # Held first, as every writer does: nobody is erased between our look and our writing.
    contact_ids = {one.contact.pk for one in agreed}
    contacts = Contact.objects.filter(pk__in=contact_ids, erased_at__isnull=True).order_by("pk")
    held = contacts.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)
    if len(held) < len(contact_ids):
        raise TransactionNotRecordableError("is about an erased contact")


def _row(one: NewTransaction, recorded_at: datetime.datetime) -> Transaction:
    return Transaction(
        organisation_id=one.legal_entity.organisation_id,
        legal_entity=one.legal_entity,
        contact=one.contact,
        kind=one.kind,
        obligation_to_pay=one.obligation_to_pay,
        product_group=one.product_group,
        reference=one.reference,
        occurred_at=one.occurred_at,
        runs_on=one.runs_on,
        ended_at=one.ended_at,
        supplied_kinds=list(one.supplied_kinds),
        told_at_collection=one.told_at_collection,
        optout_offered=one.optout_offered,
        notice_version_id=one.how.shown.notice_version_id,
        collection_point_id=one.how.collection_point_id,
        import_batch_id=one.import_batch_id,
        recorded_at=recorded_at,
    )


def _origins(
    agreed: Sequence[NewTransaction], rows: Sequence[Transaction]
) -> dict[RelationKey, tuple[NewTransaction, Transaction]]:
    """Find the first of these transactions behind each relation."""
    latest_first = sorted(
        zip(agreed, rows, strict=True), key=lambda pair: (pair[1].occurred_at, pair[1].pk), reverse=True
    )
    return {
        (row.contact_id, row.legal_entity_id, row.kind, row.product_group_id): (one, row)
        for one, row in latest_first
    }


def _key_of(relation: KeptRelation) -> RelationKey:
    return relation.contact_id, relation.legal_entity_id, relation.kind, relation.product_group_id


def _start_event(relation: KeptRelation, one: NewTransaction, row: Transaction) -> NewEvent:
    return NewEvent(
        organisation_id=relation.organisation_id,
        act=Act.RELATION_STARTED,
        subject_id=relation.contact_id,
        legal_entity_id=relation.legal_entity_id,
        occurred_at=one.occurred_at,
        transaction_id=row.pk,
        relation_id=relation.id,
        import_batch_id=one.import_batch_id,
        **vars(one.how),
    )


def _objection_event(one: NewTransaction, row: Transaction) -> NewEvent:
    return NewEvent(
        organisation_id=row.organisation_id,
        act=Act.OBJECTED,
        subject_id=row.contact_id,
        legal_entity_id=row.legal_entity_id,
        occurred_at=one.occurred_at,
        transaction_id=row.pk,
        import_batch_id=one.import_batch_id,
        **vars(one.how),
    )


def _return_event(relation: KeptRelation, extension: TermExtension) -> NewEvent:
    return NewEvent(
        organisation_id=relation.organisation_id,
        act=Act.RELATION_STARTED,
        subject_id=relation.contact_id,
        legal_entity_id=relation.legal_entity_id,
        occurred_at=extension.decided_at,
        actor=Actor.STAFF,
        staff_id=extension.decided_by_id,
        source=Source.STAFF_ENTRY,
        method=Method.RECORD,
        relation_id=relation.id,
    )


@transaction.atomic
def _expire_some(now: datetime.datetime, at_most: int) -> int:
    ended = relations.end_due_relations(ended_at=now, at_most=at_most)
    record(events=[_end_event(one) for one in ended], recorded_at=now)
    return len(ended)


def _end_event(relation: EndedRelation) -> NewEvent:
    return NewEvent(
        organisation_id=relation.organisation_id,
        act=Act.RELATION_ENDED,
        subject_id=relation.contact_id,
        legal_entity_id=relation.legal_entity_id,
        occurred_at=relation.ends_at,
        reason=CustomerRelation.Ending.TERM,
        relation_id=relation.id,
        **vars(BY_SCHEDULE),
    )
