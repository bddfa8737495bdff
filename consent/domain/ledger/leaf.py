import datetime
import enum
import json
import uuid

from consent.models import ConsentEvent

LEAF_FORMAT = "jawoord-event-1"

# What a sealed leaf holds. Append-only rows cannot be mended later: a new field means a new format,
# and leaves of an old format keep theirs.
LEAF_FIELDS = (
    "id",
    "sequence",
    "organisation_id",
    "legal_entity_id",
    "purpose_id",
    "channel",
    "act",
    "status",
    "subject_id",
    "contact_point_id",
    "address_hash",
    "hash_key_version",
    "refers_to_id",
    "occurred_at",
    "recorded_at",
    "proven",
    "actor",
    "staff_id",
    "source",
    "method",
    "collection_point_id",
    "language",
    "notice_version_id",
    "notice_hash",
    "privacy_statement_id",
    "privacy_statement_hash",
    "shown_form_hash",
    "valid_until",
    "uses",
    "first_contact_due_at",
    "collector",
    "complete",
    "lacks",
    "grade",
    "reason",
    "transaction_id",
    "relation_id",
    "import_batch_id",
    "evidence_digest",
)


def leaf_of(*, event: ConsentEvent) -> bytes:
    """Write an event as RFC 8785 canonical JSON: the bytes that are hashed into the Merkle tree.

    Every value is text, a small whole number, a boolean or null, in one flat object with ASCII names, so
    that the standard encoder with sorted keys gives the canonical bytes. What the product writes is ASCII;
    other text would still be canonical.
    """
    values = {name: _leaf_value(getattr(event, name)) for name in LEAF_FIELDS}
    return json.dumps(
        {"format": LEAF_FORMAT, **values}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def _leaf_value(value: object) -> str | int | bool | None:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, enum.Enum):
        return str(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(type(value).__name__)
