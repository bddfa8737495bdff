"""What a rule may look at and ask: a closed list, each word with the SQL it stands for and nothing else."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from scoring.models import RuleCondition, ScoreRule

Field = RuleCondition.Field
Comparison = RuleCondition.Comparison
LooksAt = ScoreRule.LooksAt


class Shape(enum.StrEnum):
    """What kind of thing a field holds, and so what can be asked of it."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    PRESENCE = "presence"
    EITHER = "either"


TEXTS: Final = (Comparison.IS, Comparison.IS_NOT, Comparison.CONTAINS, Comparison.STARTS_WITH)
NUMBERS: Final = (Comparison.AT_LEAST, Comparison.AT_MOST)
COMPARISONS: Final[Mapping[Shape, tuple[Comparison, ...]]] = {
    Shape.TEXT: (*TEXTS, Comparison.KNOWN),
    Shape.NUMBER: (*NUMBERS, Comparison.KNOWN),
    Shape.CHOICE: (Comparison.IS, Comparison.IS_NOT, Comparison.KNOWN),
    Shape.PRESENCE: (Comparison.KNOWN,),
    Shape.EITHER: tuple(Comparison),
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A field of the act or of the person itself."""

    shape: Shape
    sql: str


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A field of rows about the person: any row for which it holds will do.

    `number` is the column that numbers are compared with, where it is another one.
    """

    shape: Shape
    sql: str
    rows: str
    number: str = ""


OF_AN_ACT: Final[Mapping[str, Column | Rows]] = {
    Field.SUBJECT: Column(shape=Shape.TEXT, sql="act.subject"),
    Field.SOURCE: Column(shape=Shape.TEXT, sql="act.source"),
    Field.VALUE: Column(shape=Shape.NUMBER, sql="act.value"),
}
POINTS: Final = (
    "customers_contactpoint point WHERE point.contact_id = contact.id AND point.created_at < %(until)s "
    "AND (point.invalid_at IS NULL OR point.invalid_at >= %(until)s) AND NOT point.placeholder "
    "AND point.kind = "
)
TRANSACTIONS: Final = (
    "customers_transaction bought WHERE bought.contact_id = contact.id "
    "AND bought.legal_entity_id = %(legal_entity)s AND bought.occurred_at < %(until)s "
    "AND bought.kind IN ('SALE', 'DONATION')"
)
ATTRIBUTES: Final = (
    "scoring_contactattribute known WHERE known.contact_id = contact.id "
    "AND known.legal_entity_id = %(legal_entity)s AND known.acquired_at < %(until)s "
    "AND (known.replaced_at IS NULL OR known.replaced_at >= %(until)s) AND known.name = %(name)s"
)
OF_A_PERSON: Final[Mapping[str, Column | Rows]] = {
    Field.LANGUAGE: Column(shape=Shape.CHOICE, sql="contact.language"),
    Field.COUNTRY: Column(shape=Shape.CHOICE, sql="contact.country"),
    Field.CONTACT_KIND: Column(shape=Shape.CHOICE, sql="contact.kind"),
    Field.LEGAL_FORM: Column(shape=Shape.CHOICE, sql="contact.legal_form"),
    Field.AGE: Column(
        shape=Shape.NUMBER, sql="date_part('year', age(%(day)s::date, contact.birth_date))::int"
    ),
    Field.DAYS_KNOWN: Column(
        shape=Shape.NUMBER, sql="(%(day)s::date - (contact.created_at AT TIME ZONE %(zone)s)::date)"
    ),
    Field.PURCHASES: Column(shape=Shape.NUMBER, sql=f"(SELECT count(*) FROM {TRANSACTIONS})"),  # noqa: S608 # nosec B608
    Field.DAYS_SINCE_PURCHASE: Column(
        shape=Shape.NUMBER,
        sql="(SELECT %(day)s::date - (max(bought.occurred_at) AT TIME ZONE %(zone)s)::date "  # noqa: S608 # nosec B608
        f"FROM {TRANSACTIONS})",
    ),
    Field.TOWN: Rows(shape=Shape.TEXT, sql="point.city", rows=f"{POINTS}'POSTAL'"),
    Field.POSTAL_CODE: Rows(shape=Shape.TEXT, sql="point.postal_code", rows=f"{POINTS}'POSTAL'"),
    Field.EMAIL: Rows(shape=Shape.PRESENCE, sql="point.value", rows=f"{POINTS}'EMAIL'"),
    Field.PHONE: Rows(shape=Shape.PRESENCE, sql="point.value", rows=f"{POINTS}'PHONE'"),
    Field.ATTRIBUTE: Rows(shape=Shape.EITHER, sql="known.value", rows=ATTRIBUTES, number="known.number"),
}


def fields_of(*, looks_at: str) -> Mapping[str, Column | Rows]:
    """List what can be asked in a rule: of the act it looks at, or of the person."""
    return OF_A_PERSON if looks_at == LooksAt.PERSON else OF_AN_ACT
