"""Everybody an organisation knows: a question about stored addresses, which need not be read again."""

from collections.abc import Sequence
from typing import Final

from consent.domain.engine.answering import (
    ANSWERS,
    Answer,
    answer_addresses,
    answers_from,
    ask_database,
    facts_parameters,
    rule_on,
)
from consent.domain.engine.asking import Addresses, Asked
from consent.domain.engine.facts_query import FactsQuery
from consent.domain.engine.question import Question
from consent.domain.engine.ready import fetch_ready, in_places, key_of
from consent.domain.rulebook.decision import Decision
from customers.models import ContactPoint

COLUMNS = "SELECT key FROM facts ORDER BY place"
KEYS: Final = FactsQuery(COLUMNS)
EACH: Final = ANSWERS.statements[False, False].for_each("place", "contact_id")


def decide_about(*, question: Question, points: Sequence[ContactPoint]) -> list[Decision]:
    """Decide about each of these addresses for the contact it belongs to, in their order.

    It fetches nothing but facts, so that a whole audience can be counted.
    """
    addresses = _known(points)
    ready = fetch_ready(question=question, addresses=addresses)
    by_value = {value: facts for value, facts, _ends, _holder in ready}
    placed = in_places(addresses=addresses, ready=ready, known=by_value)
    facts = {place: one for place, one in enumerate(placed) if one}
    keyed = {one: key_of(question=question, facts=one).key for one in set(facts.values())}
    keys = {place: keyed[one] for place, one in facts.items()}
    others = [place for place in range(len(points)) if place not in keys]
    if others:
        among = addresses.only(places=others)
        rows = ask_database(query=KEYS, question=question, addresses=among, explained=False)
        keys |= {place: key for place, (key,) in zip(others, rows, strict=True)}
    rulings = {key: rule_on(case=question.case, key=key) for key in set(keys.values())}
    return [rulings[keys[place]].decision for place in range(len(points))]


def ask_about(*, question: Question, points: Sequence[ContactPoint]) -> list[Answer]:
    """Answer as `ask_without_evidence` does, for each of these addresses and the contact it belongs to."""
    return answer_addresses(question=question, asked=_asked(points), addresses=_known(points))


def explain_each(*, about: Sequence[tuple[Question, Sequence[ContactPoint]]]) -> list[list[Answer]]:
    """Answer each of these questions about the present as `ask` does, for its addresses and their contacts.

    One statement for all of them together.
    """
    known = [_known(points) for _question, points in about]
    found = EACH.fetch(
        [
            facts_parameters(question=question, addresses=addresses, explained=True)
            for (question, _points), addresses in zip(about, known, strict=True)
        ]
    )
    return [
        answers_from(
            question=question, asked=_asked(points), values=addresses.values, rows=rows, explained=True
        )
        for (question, points), addresses, rows in zip(about, known, found, strict=True)
    ]


def _asked(points: Sequence[ContactPoint]) -> list[Asked]:
    return [Asked(text=point.value, contact_id=point.contact_id) for point in points]


def _known(points: Sequence[ContactPoint]) -> Addresses:
    addresses = Addresses()
    for point in points:
        addresses.add(value=point.value, usable=not point.placeholder, contact_id=point.contact_id)
    return addresses
