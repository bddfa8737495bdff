"""How the database writes the rows of a table itself: one text each, which is passed on as it is.

A row that is sent column by column costs more on its way than all that stands in it.
"""

import uuid
from itertools import chain
from typing import Final

from consent.domain.ledger.leaf import LEAF_FIELDS
from consent.domain.seal.leaf_sql import MOMENTS, TEXTS, moment
from consent.models import Purpose
from customers.models import LegalEntity

# Codes beside the keys, so that a table can be read without the database. They are few and given along: to
# join their tables takes as long as the rest of a row.
CODE: Final = "(%(codes)s::text[])[array_position(%(coded)s::uuid[], event.{key})]"
NAMES: Final = {
    "legal_entity": CODE.format(key="legal_entity_id"),
    "purpose": CODE.format(key="purpose_id"),
}
COLUMNS: Final = ("position", *NAMES, *LEAF_FIELDS)
# Spreadsheets run what starts with one of these; only text can.
FORMULA: Final = "=@+-\t\r"
STARTS_A_FORMULA: Final = ", ".join(str(ord(sign)) for sign in FORMULA)
SAFE: Final = f"CASE WHEN ascii({{value}}) IN ({STARTS_A_FORMULA}) THEN '''' || {{value}} ELSE {{value}} END"


def header(*, delimiter: str) -> bytes:
    """Write the names of the columns."""
    return f"{delimiter.join(COLUMNS)}\n".encode()


def codes_of(*, organisation_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Read the codes that stand beside the keys."""
    kinds = (LegalEntity.objects, Purpose.objects)
    found = [kind.filter(organisation=organisation_id).values_list("pk", "code") for kind in kinds]
    return dict(chain.from_iterable(found))


def text_cell(*, text: str, is_safe: bool) -> str:
    """Write a text that is given along as a cell."""
    mark = "'" if is_safe and text.startswith(tuple(FORMULA)) else ""
    doubled = text.replace('"', '""')
    return f'"{mark}{doubled}"'


def row(*, delimiter: str, is_safe: bool) -> str:
    """Write one row as CSV (RFC 4180): text between quotes, anything else without, nothing where nothing is.

    Quotes within a text are looked for once in all texts together: there are hardly any.
    """
    texts = " || ".join(_value(name) for name in COLUMNS if name in TEXTS)
    quoted, plain = (_row(delimiter, is_safe=is_safe, holds_quotes=holds) for holds in (True, False))
    return f"CASE WHEN strpos({texts}, '\"') > 0 THEN {quoted} ELSE {plain} END"


def _row(delimiter: str, *, is_safe: bool, holds_quotes: bool) -> str:
    # One call that takes values as they are: no text is copied twice. Of what is not there it writes nothing.
    places = delimiter.join('"%%s"' if name in TEXTS else "%%s" for name in COLUMNS)
    values = ", ".join(_cell(name, is_safe=is_safe, holds_quotes=holds_quotes) for name in COLUMNS)
    return f"format(E'{places}\\n', {values})"


def _cell(name: str, *, is_safe: bool, holds_quotes: bool) -> str:
    value = _value(name)
    if is_safe and name in TEXTS:
        value = SAFE.format(value=value)
    return f"""replace({value}, '"', '""')""" if holds_quotes and name in TEXTS else value


def _value(name: str) -> str:
    if name == "position":
        return "sealed.position"
    return moment(name) if name in MOMENTS else NAMES.get(name, f"event.{name}")
