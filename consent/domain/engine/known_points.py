"""Everybody an organisation knows: a question about stored addresses, which need not be read again."""

from collections.abc import Sequence
from typing import Final

from consent.domain.engine.answering import Answer, answer_addresses, parameters_of, rule_on
from consent.domain.engine.asking import Asked, as_rows
from consent.domain.engine.facts_query import PAST, PRESENT
from consent.domain.engine.question import Question
from consent.domain.engine.statement import Statement
from consent.domain.rulebook.decision import Decision
from customers.domain.addresses import Address
from customers.models import ContactPoint

COLUMNS = "SELECT key FROM facts ORDER BY place"
KEYS: Final = {False: Statement(PRESENT + COLUMNS), True: Statement(PAST + COLUMNS)}


def decide_about(*, question: Question, points: Sequence[ContactPoint]) -> list[Decision]:
    """Decide about each of these addresses for the contact it belongs to, in their order: one query.

    It fetches nothing but facts, so that a whole audience can be counted.
    """
    addresses = [_known(point) for point in points]
    parameters = {**parameters_of(question), "explained": False}
    parameters["asked"] = as_rows(question=question, addresses=addresses)
    rows = KEYS[question.about_the_past].fetch(parameters)
    return [rule_on(case=question.case, key=key).decision for (key,) in rows]


def ask_about(*, question: Question, points: Sequence[ContactPoint]) -> list[Answer]:
    """Answer as `ask_without_evidence` does, for each of these addresses and the contact it belongs to."""
    return answer_addresses(question=question, addresses=[_known(point) for point in points])


def _known(point: ContactPoint) -> tuple[Asked, Address | None]:
    address = Address(kind=point.kind, value=point.value, raw_input="", placeholder=point.placeholder)
    return Asked(text=point.value, contact_id=point.contact_id), address
