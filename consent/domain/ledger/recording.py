import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from django.db import connection, transaction

from consent.domain.ledger import evidence
from consent.domain.ledger.followers import tell_followers
from consent.domain.ledger.statements import KEEP_OBJECTIONS, KEEP_PERMISSIONS
from consent.domain.notifying.writing import tell_of_events
from consent.models import GRANTS, Act, Actor, Channel, Collector, ConsentEvent, Grade, Method, Source, Status
from customers.domain.inserting import insert_rows
from customers.models import Contact, uuid7

STATUS_OF_ACT = {
    Act.REQUESTED: Status.REQUESTED,
    Act.GIVEN: Status.GIVEN,
    Act.CONFIRMED: Status.GIVEN,
    Act.RENEWED: Status.RENEWED,
    Act.REFUSED: Status.REFUSED,
    Act.WITHDRAWN: Status.WITHDRAWN,
    Act.USED: Status.GIVEN,
    Act.EXPIRED: Status.EXPIRED,
    Act.INVALIDATED: Status.INVALIDATED,
    Act.LAPSED: Status.REQUEST_DEFERRED,
}
# Only a yes, or the lifting of a stop, can have a date that is merely claimed: a no counts at its word.
ALWAYS_PROVEN = frozenset({Act.WITHDRAWN, Act.OBJECTED, Act.SUPPRESSED, Act.REFUSED})
OBJECTION_ACTS = frozenset({Act.OBJECTED, Act.OBJECTION_RETRACTED})


class EventNotRecordableError(ValueError):
    """The event lacks what its act needs, or lies in the future."""


@dataclass(frozen=True, kw_only=True)
class Wordings:
    """What the person was shown: the versions and hashes that go into the leaf."""

    language: str = ""
    notice_version_id: uuid.UUID | None = None
    notice_hash: str = ""
    privacy_statement_id: uuid.UUID | None = None
    privacy_statement_hash: str = ""
    shown_form_hash: str = ""


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """One act to be recorded; `proof` is its personal part and is encrypted."""

    organisation_id: uuid.UUID
    act: Act
    subject_id: uuid.UUID
    occurred_at: datetime.datetime
    actor: Actor
    source: Source
    method: Method
    legal_entity_id: uuid.UUID | None = None
    purpose_id: uuid.UUID | None = None
    channel: str = ""
    contact_point_id: uuid.UUID | None = None
    address_hash: str = ""
    hash_key_version: int | None = None
    refers_to_id: uuid.UUID | None = None
    proven: bool = True
    staff_id: uuid.UUID | None = None
    collection_point_id: uuid.UUID | None = None
    shown: Wordings = field(default_factory=Wordings)
    valid_until: datetime.datetime | None = None
    uses: int | None = None
    first_contact_due_at: datetime.datetime | None = None
    collector: Collector = Collector.OWN
    grade: Grade | None = None
    lacks: Sequence[str] = ()
    reason: str = ""
    transaction_id: uuid.UUID | None = None
    relation_id: uuid.UUID | None = None
    import_batch_id: uuid.UUID | None = None
    proof: Mapping[str, object] | None = None
    id: uuid.UUID = field(default_factory=uuid7)


@transaction.atomic
def record(*, events: Sequence[NewEvent], recorded_at: datetime.datetime) -> list[ConsentEvent]:
    """Write acts to the ledger with their evidence, and bring the present state up to date with them.

    Whoever outside is told of such acts has it written in the same transaction (`notifying`), and so do apps
    above this one what follows for them (`followers`).

    One event or a chunk of a million takes this same path; callers cut bulk work into chunks, one
    transaction each. A stop or refusal is always proven. Evidence is complete when nothing is missing of
    who, status, where and how, when, which permission, and the wording shown (see `list_missing`).
    Raises EventNotRecordableError.
    """
    erased = _lock_contacts(events)
    # Who waited for an erasure to end adds its bare act, and no proof to what was just destroyed.
    provable = [event for event in events if event.subject_id not in erased]
    sealed = evidence.seal(events=provable, recorded_at=recorded_at)
    rows = [_row(event, recorded_at, sealed.get(event.id, "")) for event in events]
    insert_rows(rows=rows)
    _fold(rows)
    tell_of_events(events=rows)
    tell_followers(events=rows)
    return rows


def list_missing(*, event: NewEvent) -> list[str]:
    """List what the proof of an act lacks: beside what the caller knows to be missing, for a permission the
    address it is about, the version, hash and language of the wording, the personal part of the proof, for a
    web form the form as shown, and for a confirmation the request (art. 7(1) GDPR; EDPB 05/2020 §108).
    """
    if event.act not in (*GRANTS, Act.REQUESTED):
        return list(event.lacks)
    shown = event.shown
    held = {
        "address": event.contact_point_id or event.channel == Channel.NONE,
        "wording": shown.notice_version_id and shown.notice_hash and shown.language,
        "proof": event.proof,
        "form": event.source != Source.WEB_FORM or (event.collection_point_id and shown.shown_form_hash),
        "request": event.act != Act.CONFIRMED or event.refers_to_id,
    }
    return [*event.lacks, *(name for name, held_here in held.items() if not held_here)]


def _lock_contacts(events: Sequence[NewEvent]) -> set[uuid.UUID]:
    # One writer per person: the fold then sees every event that was committed before it. Before anything
    # else is written, so that every writer takes its locks in one order: contacts, then what hangs on them.
    subjects = {event.subject_id for event in events}
    contacts = Contact.objects.filter(pk__in=subjects).order_by("pk").select_for_update(no_key=True)
    return {pk for pk, erased_at in contacts.values_list("pk", "erased_at") if erased_at is not None}


def _row(event: NewEvent, recorded_at: datetime.datetime, digest: str) -> ConsentEvent:
    _check(event, recorded_at)
    missing = list_missing(event=event)
    copied = {part.name: getattr(event, part.name) for part in fields(event) if part.name not in LEFT_OUT}
    shown = {part.name: getattr(event.shown, part.name) for part in fields(event.shown)}
    return ConsentEvent(
        **copied,
        **shown,
        status=STATUS_OF_ACT.get(event.act, ""),
        proven=event.proven or event.act in ALWAYS_PROVEN,
        grade=event.grade or "",
        complete=not missing,
        lacks=" ".join(sorted(set(missing))),
        recorded_at=recorded_at,
        evidence_digest=digest,
    )


LEFT_OUT = frozenset({"shown", "proof", "lacks", "proven", "grade"})


def _check(event: NewEvent, recorded_at: datetime.datetime) -> None:
    if event.occurred_at > recorded_at:
        raise EventNotRecordableError(f"{event.act} lies in the future")
    if event.act in STATUS_OF_ACT and not (event.legal_entity_id and event.purpose_id and event.channel):
        raise EventNotRecordableError(f"{event.act} names no legal entity, purpose or channel")


def _fold(rows: Sequence[ConsentEvent]) -> None:
    event_ids = {"event_ids": [row.id for row in rows]}
    with connection.cursor() as cursor:
        if any(row.status for row in rows):
            cursor.execute(KEEP_PERMISSIONS, event_ids)
        if any(row.act in OBJECTION_ACTS for row in rows):
            cursor.execute(KEEP_OBJECTIONS, event_ids)
