"""Permissions as consent records in JSON-LD: the fields of ISO/IEC TS 27560:2023 in DPV terms.

Structured after the guide of W3C's Data Privacy Vocabularies Community Group; no claim of certification.
"""

import datetime
import uuid
from collections.abc import Mapping
from typing import Protocol

from django.db.models import Q

from consent.domain.dossier.account import Account, Library
from consent.models import GRANTS, Act, Actor, ConsentEvent, ConsentRecord, Processor, in_language
from customers.models import LegalEntity

# Who outside gets data, by legal entity and purpose.
Recipients = dict[tuple[uuid.UUID, uuid.UUID], list[dict[str, str]]]
PROFILE = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"
IRI = {"@type": "@id"}
CONTEXT: Mapping[str, object] = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "pd": "https://w3id.org/dpv/pd#",
    "dct": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "jawoord": "urn:jawoord:",
    "schema_version": {"@id": "dct:conformsTo", **IRI},
    "record_id": "dct:identifier",
    "pii_principal_id": "dpv:hasDataSubject",
    "privacy_notice": "dpv:hasNotice",
    "language": "dct:language",
    "purposes": "dpv:hasPurpose",
    "lawful_basis": {"@id": "dpv:hasLegalBasis", **IRI},
    "pii_information": "dpv:hasPersonalData",
    "pii_controllers": "dpv:hasDataController",
    "collection_method": "dpv:hasDataSource",
    "processing_method": {"@id": "dpv:hasProcessing", **IRI},
    "storage_locations": "dpv:hasStorageCondition",
    "retention_period": "dpv:hasDuration",
    "jurisdiction": {"@id": "dpv:hasJurisdiction", **IRI},
    "recipient_third_parties": "dpv:hasRecipient",
    "withdrawal_method": "dpv:hasConsentControl",
    "privacy_rights": {"@id": "dpv:hasRight", **IRI},
    "authority_party": "dpv:hasAuthority",
    "party_name": "dpv:hasName",
    "party_address": "dpv:hasAddress",
    "party_contact": "dpv:hasContact",
    "party_email": "schema:email",
    "party_url": {"@id": "schema:url", **IRI},
    "events": "dpv:hasProcess",
    "event_id": "jawoord:event",
    "event_time": {"@id": "dpv:isIndicatedAtTime", "@type": "xsd:dateTime"},
    "validity_duration": "jawoord:validity",
    "entity_id": "dpv:isIndicatedBy",
    "event_type": {"@id": "jawoord:eventType", **IRI},
    "event_state": {"@id": "dpv:hasConsentStatus", **IRI},
    "indication_method": "dpv:hasIndicationMethod",
    "title": "dct:title",
    "description": "dct:description",
    "text": "jawoord:text",
    "content_hash": "jawoord:sha256",
    "version": "dct:hasVersion",
    "channel": "jawoord:channel",
}
AUTHORITY = {"NL": "Autoriteit Persoonsgegevens", "BE": "Gegevensbeschermingsautoriteit"}
RIGHTS = (
    "eu-gdpr:A7-3",
    "eu-gdpr:A15",
    "eu-gdpr:A16",
    "eu-gdpr:A17",
    "eu-gdpr:A18",
    "eu-gdpr:A20",
    "eu-gdpr:A21",
)
ENDLESS, UNTIL_EVENT, ONCE = "dpv:EndlessDuration", "until withdrawn", "fixed number of uses"


class Writer(Protocol):
    """Writes one permission as a record, or as its receipt."""

    def __call__(
        self, *, record: ConsentRecord, account: Account, library: Library, recipients: Recipients
    ) -> dict[str, object]: ...


def read_recipients(*, organisation_id: uuid.UUID, at: datetime.datetime) -> Recipients:
    """Read who outside got data at a moment, by legal entity and purpose (art. 13(1)(e) GDPR)."""
    in_use = Processor.objects.filter(
        Q(in_use_until_date__isnull=True) | Q(in_use_until_date__gte=at.date()),
        organisation=organisation_id,
        in_use_from_date__lte=at.date(),
    )
    pairs = in_use.filter(legal_entities__isnull=False, purposes__isnull=False).order_by("name", "pk")
    found: Recipients = {}
    for key, name, entity, purpose in pairs.values_list("pk", "name", "legal_entities", "purposes"):
        party = {"@id": f"urn:uuid:{key}", "@type": "dpv:Recipient", "party_name": name}
        found.setdefault((entity, purpose), []).append(party)
    return found


def record_of(
    *, record: ConsentRecord, account: Account, library: Library, recipients: Recipients
) -> dict[str, object]:
    """Write one permission with all its acts."""
    events = account.events_on(record)
    asked = _asked(events)
    entity = record.legal_entity
    return {
        "@id": f"urn:uuid:{record.pk}",
        "@type": "dpv:ConsentRecord",
        "schema_version": PROFILE,
        "record_id": str(record.pk),
        "pii_principal_id": f"urn:uuid:{account.contact.pk}",
        "privacy_notice": _notices(asked, library),
        "language": asked.language if asked else "",
        "purposes": [_purpose(record)],
        "lawful_basis": "eu-gdpr:A6-1-a",
        "pii_information": [_personal_data(record)],
        "pii_controllers": [party_of(entity=entity)],
        "collection_method": asked.get_source_display() if asked else "",
        "processing_method": "dpv:Use",
        "storage_locations": [f"loc:{entity.country}"],
        "retention_period": _term(record),
        "jurisdiction": f"loc:{entity.country}",
        "recipient_third_parties": recipients.get((record.legal_entity_id, record.purpose_id), []),
        "withdrawal_method": _withdrawal(record, asked, library),
        "privacy_rights": list(RIGHTS),
        "authority_party": {
            "@type": "dpv:DataProtectionAuthority",
            "party_name": AUTHORITY.get(entity.country, ""),
        },
        "event_state": f"dpv:{record.status}",
        "events": [event_of(event=event) for event in events],
    }


def receipt_of(
    *, record: ConsentRecord, account: Account, library: Library, recipients: Recipients
) -> dict[str, object]:
    """Write the receipt of a permission: the record as the person may keep it (TS 27560, clause 7)."""
    whole = record_of(record=record, account=account, library=library, recipients=recipients)
    return {
        **whole,
        "@id": f"urn:jawoord:receipt:{record.pk}",
        "@type": "dpv:ConsentReceipt",
        "schema_version": "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr",
    }


def event_of(*, event: ConsentEvent) -> dict[str, object]:
    """Write one act: when, by whom, how, and the state it led to."""
    return {
        "@id": f"urn:uuid:{event.pk}",
        "@type": "dpv:Process",
        "event_id": str(event.pk),
        "event_time": moment(event.occurred_at),
        "validity_duration": _validity(event),
        "entity_id": {Actor.SUBJECT: f"urn:uuid:{event.subject_id}"}.get(Actor(event.actor), event.actor),
        "event_type": "dpv:ExplicitlyExpressedConsent" if event.act in GRANTS else "dpv:Consent",
        "event_state": f"dpv:{event.status}",
        "indication_method": f"{event.source} {event.method}",
    }


def party_of(*, entity: LegalEntity) -> dict[str, object]:
    """Write the controller: who it is, where it is, and whom to ask."""
    party: dict[str, object] = {
        "@id": f"urn:uuid:{entity.pk}",
        "@type": "dpv:DataController",
        "party_name": entity.name,
        "party_address": entity.postal_address,
        "party_contact": entity.dpo_name or entity.name,
        "party_email": entity.dpo_email or entity.sender_address,
    }
    return {**party, "party_url": entity.website} if entity.website else party


def moment(at: datetime.datetime) -> str:
    """Write a moment in UTC."""
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _asked(events: list[ConsentEvent]) -> ConsentEvent | None:
    """The last act that carries a wording: what the permission rests on."""
    shown = [event for event in events if event.notice_version_id and event.act in (*GRANTS, Act.REQUESTED)]
    return shown[-1] if shown else None


def _notices(asked: ConsentEvent | None, library: Library) -> list[dict[str, object]]:
    if asked is None:
        return []
    return [
        *_text_of(
            asked.privacy_statement_id, asked.privacy_statement_hash, asked.language, library.statements
        ),
        *_text_of(asked.notice_version_id, asked.notice_hash, asked.language, library.notices),
    ]


def _text_of(
    key: uuid.UUID | None, digest: str, language: str, versions: Mapping[uuid.UUID, object]
) -> list[dict[str, object]]:
    version = versions.get(key) if key else None
    if version is None:
        return []
    return [
        {
            "@id": f"urn:uuid:{key}",
            "@type": "dpv:ConsentNotice",
            "version": getattr(version, "number", 0),
            "text": in_language(getattr(version, "wording", {}), language),
            "content_hash": digest,
        }
    ]


def _purpose(record: ConsentRecord) -> dict[str, object]:
    return {
        "@id": f"urn:uuid:{record.purpose_id}",
        "@type": "dpv:Marketing",
        "title": str(record.purpose),
        "channel": record.channel,
    }


def _personal_data(record: ConsentRecord) -> dict[str, object]:
    kinds = {"EMAIL": "pd:EmailAddress", "PHONE": "pd:TelephoneNumber", "POSTAL": "pd:PhysicalAddress"}
    kind = record.contact_point.kind if record.contact_point else ""
    return {"@type": kinds.get(kind, "dpv:PersonalData")}


def _term(record: ConsentRecord) -> str:
    if record.valid_until:
        return moment(record.valid_until)
    return ONCE if record.uses else UNTIL_EVENT


def _validity(event: ConsentEvent) -> str:
    if event.valid_until:
        days = (event.valid_until - event.occurred_at).days
        return f"P{max(days, 0)}D"
    return ENDLESS


def _withdrawal(record: ConsentRecord, asked: ConsentEvent | None, library: Library) -> str:
    version = library.notices.get(asked.notice_version_id) if asked and asked.notice_version_id else None
    return (
        in_language(version.withdrawal, asked.language)
        if version and asked
        else record.legal_entity.postal_address
    )
