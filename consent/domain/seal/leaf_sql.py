"""The leaf in SQL: the bytes of `leaf_of`, written and hashed where the events are."""

from pathlib import Path

from consent.domain.ledger.leaf import LEAF_FIELDS, LEAF_FORMAT

SQL = Path(__file__).with_name("sql")
NUMBERS = frozenset({"sequence", "hash_key_version", "uses"})
FLAGS = frozenset({"proven", "complete"})
MOMENTS = frozenset({"occurred_at", "recorded_at", "valid_until", "first_contact_due_at"})
TEXTS = frozenset(
    {
        "channel",
        "act",
        "status",
        "address_hash",
        "actor",
        "source",
        "method",
        "language",
        "notice_hash",
        "privacy_statement_hash",
        "shown_form_hash",
        "collector",
        "lacks",
        "grade",
        "reason",
        "evidence_digest",
    }
)
NAMES = sorted({"format", *LEAF_FIELDS})


def _moment(name: str) -> str:
    return f"""to_char(event.{name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def _column(name: str) -> str:
    if name == "format":
        return f"'{LEAF_FORMAT}' AS format"
    return f"{_moment(name)} AS {name}" if name in MOMENTS else f"event.{name}"


def _member(name: str) -> str:
    """Name and value as JSON, of text that needs no escape."""
    if name == "format":
        return f"""'"format":"{LEAF_FORMAT}"'"""
    if name in TEXTS:
        return f"""'"{name}":"' || event.{name} || '"'"""
    if name in NUMBERS | FLAGS:
        return f"""coalesce('"{name}":' || event.{name}, '"{name}":null')"""
    plain = _moment(name) if name in MOMENTS else f"event.{name}"
    return f"""coalesce('"{name}":"' || {plain} || '"', '"{name}":null')"""


# The columns in the order of their names: row_to_json writes them in this order, without blanks, and escapes
# text as RFC 8785 does. Putting strings together is twice as fast and says the same unless a text needs an
# escape, which makes it longer: one look at all texts together tells.
ENTRY = f"FROM (SELECT {', '.join(map(_column, NAMES))}) entry"
ESCAPED = f"(SELECT row_to_json(entry)::text {ENTRY})"
PLAIN = f"concat('{{', concat_ws(',', {', '.join(map(_member, NAMES))}), '}}')"
ALL_TEXT = f"concat({', '.join(f'event.{name}::text' for name in sorted(TEXTS))})"
TEXT_LENGTH = " + ".join(f"octet_length(event.{name})" for name in sorted(TEXTS))
NEEDS_NO_ESCAPE = f"octet_length(to_json({ALL_TEXT})::text) = 2 + {TEXT_LENGTH}"
LEAF_TEXT = f"CASE WHEN {NEEDS_NO_ESCAPE} THEN {PLAIN} ELSE {ESCAPED} END"
LEAF_HASH = rf"sha256('\x00'::bytea || convert_to({LEAF_TEXT}, 'UTF8'))"


def read_statement(name: str) -> str:
    """Read a statement of the seal, with how the leaf of `event` is hashed filled in."""
    return (SQL / f"{name}.sql").read_text().replace("/* leaf_hash */", LEAF_HASH)
