"""Who may be looked at: the gate before every score, every segment and every measurement."""

import datetime
import re
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from django.db import connection

from consent.domain.engine.question import UnknownCodeError, put_question
from consent.domain.rulebook.facts import Policy
from consent.models import Channel
from customers.models import LegalEntity

# The codes by which an organisation names these purposes; both are processing only, and choices of their own.
PROFILING: Final = "profiling"
MEASURING: Final = "behaviour"
CONSENT, LEGITIMATE_INTEREST = "CONSENT", "LEGITIMATE_INTEREST"
# The keys of everybody the gate lets in, and a condition on the column of a contact; their parameters come
# from `gate_parameters`.
SQL: Final = Path(__file__).with_name("sql")
LET_IN: Final = (
    SQL.joinpath("profiled.sql")
    .read_text()
    .replace("{valid}", f"({SQL.joinpath('valid_permission.sql').read_text()})")
)
PROFILED: Final = f"{{column}} IN (\n{LET_IN})"
# Asked of some people, nobody else is looked at, however many there are.
OF_SOME: Final = re.sub(r"/\* whose (\S+) \*/", r"AND \1 = ANY(%(asked)s::uuid[])", LET_IN)
NOBODY: Final = {
    "gate_organisation": None,
    "gate_legal_entity": None,
    "gate_purpose": None,
    "gate_country": "",
    "gate_zone": "UTC",
    "gate_day": None,
    "gate_at": None,
    "gate_closed": True,
    "gate_needs_permission": True,
    "gate_scores": True,
    "gate_journey": None,
}


def gate_parameters(
    *, legal_entity: LegalEntity, rests_on: str, now: datetime.datetime, purpose: str = PROFILING
) -> dict[str, Any]:
    """Say what the gate asks: who may be profiled by a legal entity, on permission or until they object.

    Never who was erased, is restricted, objected, refused, withdrew, is blocked, or is under age without
    their representative; nobody at all where the house forbids it or the legal entity has no such purpose:
    no answer is no. Nor an employee: who is in a stage of which only figures are shown cannot freely consent.
    It is always asked as of now, also for a score as at an earlier day: who left is not looked at any more.
    Source: art. 6(1)(a) and (f), 8, 18 and 21(2) GDPR, recital 43; rules, "The question".
    """
    try:
        question = put_question(
            legal_entity=legal_entity.code, purpose=purpose, channel=Channel.NONE, product_group="", now=now
        )
    except UnknownCodeError:
        return dict(NOBODY)
    policy = question.case.policy
    return {
        "gate_organisation": question.organisation_id,
        "gate_legal_entity": question.legal_entity_id,
        "gate_purpose": question.purpose_id,
        "gate_country": question.country,
        "gate_zone": question.zone,
        "gate_day": question.day,
        "gate_at": now,
        "gate_closed": policy == Policy.EVERYTHING,
        "gate_needs_permission": rests_on == CONSENT or policy == Policy.WITHOUT_CONSENT,
        "gate_scores": True,
        "gate_journey": None,
    }


def without_scoring(*, gate: dict[str, Any]) -> dict[str, Any]:
    """Ask the same where nobody is judged by themselves: employees are let in too.

    What others tell of them is kept, for figures of ten people or more.
    """
    return gate | {"gate_scores": False}


def keep_profiled(*, contact_ids: Collection[uuid.UUID], gate: dict[str, Any]) -> set[uuid.UUID]:
    """Pick from these contacts those whom the gate lets in: one statement, however many there are."""
    with connection.cursor() as cursor:
        cursor.execute(OF_SOME, {**gate, "asked": list(contact_ids)})
        return {contact_id for (contact_id,) in cursor.fetchall()}


def count_profiled(*, gate: dict[str, Any]) -> int:
    """Count everybody whom the gate lets in."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({LET_IN}) let_in", gate)  # noqa: S608 # nosec B608
        return int(cursor.fetchone()[0])
