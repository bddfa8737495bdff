"""What is known about the permissions of one person, put together for somebody who was not there."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet

from consent.domain.dossier.selection import Selection, sealed_events_of
from consent.domain.ledger.evidence import open_all_evidence
from consent.models import (
    CollectionPoint,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    NoticeVersion,
    OutboxMessage,
    PrivacyStatementVersion,
    ShownForm,
)
from customers.models import Contact, ContactPoint, StaffMember

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Account:
    """One person, their acts and what they saw, and every contact made with them."""

    contact: Contact
    points: Sequence[ContactPoint]
    records: Sequence[ConsentRecord]
    events: Sequence[ConsentEvent]
    evidence: Mapping[uuid.UUID, bytes]
    attempts: Sequence[ContactAttempt]
    messages: Sequence[OutboxMessage]

    def events_on(self, record: ConsentRecord) -> list[ConsentEvent]:
        """The acts about one permission, in the order in which they were written."""
        return [event for event in self.events if is_about(event, record)]

    def other_events(self) -> list[ConsentEvent]:
        """The acts that are about no single permission of this account: stops, addresses, relations."""
        return [e for e in self.events if not any(is_about(e, record) for record in self.records)]


@dataclass(frozen=True, kw_only=True)
class Library:
    """What people were shown, and where, by key; and which member of staff acted."""

    notices: Mapping[uuid.UUID, NoticeVersion]
    statements: Mapping[uuid.UUID, PrivacyStatementVersion]
    places: Mapping[uuid.UUID, CollectionPoint]
    forms: Mapping[str, ShownForm]
    staff: Mapping[uuid.UUID, StaffMember]


def read_accounts(
    *, contacts: Sequence[Contact], selection: Selection, tree_size: int, with_evidence: bool = True
) -> list[Account]:
    """Read everything about these people that a selection reaches, each table once.

    Of what they did, that which is sealed in the tree of this size.
    Raises EvidenceBrokenError when a personal part is not what was recorded.
    """
    events = list(
        sealed_events_of(selection=selection, tree_size=tree_size)
        .filter(subject_id__in=[contact.pk for contact in contacts])
        .select_related("organisation", "legal_entity", "purpose")
    )
    acts = _by(events, "subject_id")
    points = _by(ContactPoint.objects.filter(contact__in=contacts).order_by("created_at", "pk"))
    records = _by(_records(contacts))
    attempts, messages = _by(_attempts(contacts, selection)), _by(_messages(contacts, selection))
    evidence = open_all_evidence(events=events) if with_evidence else {}
    return [
        Account(
            contact=contact,
            points=points[contact.pk],
            records=[row for row in records[contact.pk] if any(is_about(e, row) for e in acts[contact.pk])],
            events=acts[contact.pk],
            evidence={event.pk: evidence[event.pk] for event in acts[contact.pk] if event.pk in evidence},
            attempts=attempts[contact.pk],
            messages=messages[contact.pk],
        )
        for contact in contacts
    ]


def read_library(*, events: Sequence[ConsentEvent]) -> Library:
    """Read what the people of these events were shown."""
    forms = ShownForm.objects.filter(content_hash__in={e.shown_form_hash for e in events} - {""})
    return Library(
        notices=NoticeVersion.objects.select_related("notice").in_bulk(_keys(events, "notice_version_id")),
        statements=PrivacyStatementVersion.objects.in_bulk(_keys(events, "privacy_statement_id")),
        places=CollectionPoint.objects.in_bulk(_keys(events, "collection_point_id")),
        forms={form.content_hash: form for form in forms.order_by("-first_shown_at", "-pk")},
        staff=StaffMember.objects.in_bulk(_keys(events, "staff_id")),
    )


def is_about(event: ConsentEvent, record: ConsentRecord) -> bool:
    """Say whether an act is about the very permission that a record keeps."""
    return bool(event.status) and (
        (event.legal_entity_id, event.purpose_id, event.channel, event.contact_point_id)
        == (record.legal_entity_id, record.purpose_id, record.channel, record.contact_point_id)
    )


def _records(contacts: Sequence[Contact]) -> QuerySet[ConsentRecord]:
    kept = ConsentRecord.objects.filter(contact__in=contacts)
    related = kept.select_related("legal_entity", "purpose", "contact_point")
    return related.order_by("legal_entity__name", "purpose__code", "channel", "pk")


def _attempts(contacts: Sequence[Contact], selection: Selection) -> QuerySet[ContactAttempt]:
    scope = _scope(selection, "legal_entity_id", "purpose_id", "channel")
    made = ContactAttempt.objects.filter(contact__in=contacts, **scope)
    related = made.select_related("legal_entity", "purpose", "number_shown", "contact_point", "shown")
    return related.order_by("attempted_at", "pk")


def _messages(contacts: Sequence[Contact], selection: Selection) -> QuerySet[OutboxMessage]:
    sent = OutboxMessage.objects.filter(contact__in=contacts, **_scope(selection, "legal_entity_id"))
    return sent.select_related("legal_entity", "contact_point").order_by("created_at", "pk")


def _by(rows: Iterable[Row], name: str = "contact_id") -> dict[uuid.UUID, list[Row]]:
    """Put rows side by side by the person they are about, in their order."""
    found: dict[uuid.UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _scope(selection: Selection, *names: str) -> dict[str, object]:
    return {name: value for name in names if (value := getattr(selection, name))}


def _keys(events: Sequence[ConsentEvent], name: str) -> set[uuid.UUID]:
    return {key for event in events if (key := getattr(event, name))}
