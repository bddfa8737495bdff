"""The leaf in SQL: the bytes of `leaf_of`, written and hashed where the events are."""

from collections.abc import Sequence
from pathlib import Path

from consent.domain.ledger.leaf import LEAF_FIELDS, LEAF_FORMAT
from consent.models import ConsentEvent

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
NULLABLE = {
    field.column
    for field in ConsentEvent._meta.concrete_fields  # noqa: SLF001  (public by Django's documents)
    if field.null
}
GAP = "\0"


def moment(name: str) -> str:
    """Write a moment as the leaf has it; an interval is no name that is looked up for each row."""
    return f"""to_char(event.{name} AT TIME ZONE interval '0', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def _column(name: str) -> str:
    if name == "format":
        return f"'{LEAF_FORMAT}' AS format"
    return f"{moment(name)} AS {name}" if name in MOMENTS else f"event.{name}"


def _value(name: str) -> str:
    """What stands in the leaf, as text, with quotes only where its place cannot have them."""
    text = moment(name) if name in MOMENTS else f"event.{name}::text"
    if name not in NULLABLE:
        return text
    return f"coalesce({text}, 'null')" if name in NUMBERS else f"""coalesce('"' || {text} || '"', 'null')"""


def _place(name: str) -> str:
    if name == "format":
        return f'"format":"{LEAF_FORMAT}"'
    return f'"{name}":{GAP}' if name in NULLABLE | NUMBERS | FLAGS else f'"{name}":"{GAP}"'


def _fill_in() -> str:
    literals = f"{{{','.join(map(_place, NAMES))}}}".split(GAP)
    values = [*(_value(name) for name in NAMES if name != "format"), "''"]
    pairs = zip(literals, values, strict=True)
    return _join([part for literal, value in pairs for part in (f"'{literal}'::text", value)])


def _join(parts: Sequence[str]) -> str:
    """Halves joined to halves: what is written is copied a few times, not once for each part."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({_join(parts[:middle])} || {_join(parts[middle:])})"


# The columns in the order of their names: row_to_json writes them in this order, without blanks, and escapes
# text as RFC 8785 does. Putting strings together is twice as fast and says the same unless a text needs an
# escape, which makes it longer: one look at all texts together tells.
ENTRY = f"FROM (SELECT {', '.join(map(_column, NAMES))}) entry"
ESCAPED = f"(SELECT row_to_json(entry)::text {ENTRY})"
PLAIN = _fill_in()
ALL_TEXT = f"concat({', '.join(f'event.{name}::text' for name in sorted(TEXTS))})"
TEXT_LENGTH = " + ".join(f"octet_length(event.{name})" for name in sorted(TEXTS))
NEEDS_NO_ESCAPE = f"octet_length(to_json({ALL_TEXT})::text) = 2 + {TEXT_LENGTH}"
LEAF_TEXT = f"coalesce(CASE WHEN {NEEDS_NO_ESCAPE} THEN {PLAIN} END, {ESCAPED})"
LEAF_HASH = rf"sha256('\x00'::bytea || convert_to({LEAF_TEXT}, 'UTF8'))"


def read_statement(name: str) -> str:
    """Read a statement of the seal, with how the leaf of `event` is written and hashed filled in."""
    statement = (SQL / f"{name}.sql").read_text()
    return statement.replace("/* leaf_hash */", LEAF_HASH).replace("/* plain_leaf */", PLAIN)
