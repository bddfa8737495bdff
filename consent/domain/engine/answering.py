import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from consent.domain.engine.asking import Addresses, Asked, as_parameters, read_all_asked
from consent.domain.engine.backing import Candidate, EvidenceItem, Ruling, find_end, find_evidence
from consent.domain.engine.facts_query import FactsQuery
from consent.domain.engine.question import Question
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.deciding import (
    decide,
    deny_unreadable,
    ground_beneath,
    law_changes_answer_at,
)
from consent.domain.rulebook.decision import Decision, restrictiveness
from consent.domain.rulebook.facts import Case, Facts, Jurisdiction, read_facts
from consent.domain.rulebook.packs import law_holds_since, nl_2021_07_01

# The keys of what is relied on as texts, with commas between them: they are told, and not looked up, and
# few of them are read.
COLUMNS = """
SELECT place, key, ends, contact_id, point_id,
    array_to_string(grant_event_ids, ',', ''), array_to_string(request_event_ids, ',', ''),
    array_to_string(withdrawal_event_ids, ',', ''), array_to_string(notice_version_ids, ',', ''),
    array_to_string(relation_ids, ',', ''), array_to_string(transaction_ids, ',', ''),
    objection_event_id::text, suppression_event_id::text, restriction_event_id::text
FROM facts ORDER BY place, contact_id
"""
# For a list, what an answer relies on stays where it is: most of the work would be to carry it here.
LIST_COLUMNS = "SELECT place, key, ends, contact_id, point_id FROM facts ORDER BY place, contact_id"
ANSWERS: Final = FactsQuery(COLUMNS)
LISTS: Final = FactsQuery(LIST_COLUMNS)
# Art. 20.7 Tw: only details collected from here on needed an opt-out at the sale.
OPTOUT_AT_SALE_FROM: Final = nl_2021_07_01.PACK.starts_at


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What may be done with one address, and why."""

    asked: Asked
    address: str
    contact_id: uuid.UUID | None
    contact_point_id: uuid.UUID | None
    jurisdiction: Jurisdiction
    decision: Decision
    ground_beneath: Code | None
    evidence: tuple[EvidenceItem, ...]
    valid_until: datetime.datetime | None
    within_hours: bool | None
    next_allowed_at: datetime.datetime | None
    caller_number: str


def ask(*, question: Question, asked: Sequence[Asked]) -> list[Answer]:
    """Answer a question about each of these addresses, in their order: one query for all of them.

    Of several people who hold an address the most restrictive answer counts (rules, "The question").
    """
    return _ask(question, asked, explained=True)


def ask_without_evidence(*, question: Question, asked: Sequence[Asked]) -> list[Answer]:
    """Answer as `ask` does, for a list: what each answer relies on is not looked up."""
    return _ask(question, asked, explained=False)


def ask_one(*, question: Question, asked: Asked) -> Answer:
    """Answer a question about one address."""
    return ask(question=question, asked=[asked])[0]


def answer_addresses(
    *, question: Question, asked: Sequence[Asked], addresses: Addresses, explained: bool = False
) -> list[Answer]:
    """Answer as `ask_without_evidence` does, for addresses read already; explained, as `ask` does."""
    return _answer_all(question, asked, addresses, explained=explained)


def ask_database(
    *, query: FactsQuery, question: Question, addresses: Addresses, explained: bool
) -> list[tuple[Any, ...]]:
    """Fetch the facts about these addresses."""
    parameters = facts_parameters(question=question, addresses=addresses, explained=explained)
    return query.fetch(about=len(addresses.values), past=question.about_the_past, parameters=parameters)


def facts_parameters(*, question: Question, addresses: Addresses, explained: bool) -> dict[str, object]:
    """What the query of facts is asked about these addresses."""
    asked = as_parameters(question=question, addresses=addresses)
    return {**parameters_of(question), **asked, "explained": explained}


def _ask(question: Question, asked: Sequence[Asked], *, explained: bool) -> list[Answer]:
    addresses = read_all_asked(question=question, asked=asked)
    return _answer_all(question, asked, addresses, explained=explained)


def _answer_all(
    question: Question, asked: Sequence[Asked], addresses: Addresses, *, explained: bool
) -> list[Answer]:
    rows = ask_database(
        query=ANSWERS if explained else LISTS,
        question=question,
        addresses=addresses,
        explained=explained,
    )
    return answers_from(
        question=question, asked=asked, values=addresses.values, rows=rows, explained=explained
    )


def answers_from(
    *,
    question: Question,
    asked: Sequence[Asked],
    values: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    explained: bool,
) -> list[Answer]:
    """Decide on the facts that were fetched about these addresses."""
    rulings = {key: rule_on(case=question.case, key=key) for key in {row[1] for row in rows}}
    found: list[list[tuple[Ruling, Candidate]]] = [[] for _one in asked]
    for candidate in (Candidate(*row) for row in rows):
        found[candidate.place - 1].append((rulings[candidate.key], candidate))
    return [
        _answer(question, one, value, min(pairs, key=_restrictiveness), explained=explained)
        for one, value, pairs in zip(asked, values, found, strict=True)
    ]


def _restrictiveness(pair: tuple[Ruling, Candidate]) -> int:
    return restrictiveness(pair[0].decision)


def parameters_of(question: Question) -> dict[str, object]:
    """The parameters of the facts query that are the same for everyone asked about."""
    return {
        "organisation": question.organisation_id,
        "legal_entity": question.legal_entity_id,
        "purpose": question.purpose_id,
        "channel": question.channel,
        "country": question.country,
        "point_kind": question.point_kind,
        "zone": question.zone,
        "at": question.at,
        "known_at": question.known_at,
        "day": question.day,
        "day_in_belgium": question.day_in_belgium,
        "list_fresh": question.list_is_fresh,
        "any_group": question.any_group,
        # Not a list: the driver looks at each item, and the database copies it, which is felt in each answer.
        "groups": f"{{{','.join(map(str, question.groups))}}}",
        "optout_from": OPTOUT_AT_SALE_FROM,
    }


def _answer(
    question: Question, asked: Asked, address: str, found: tuple[Ruling, Candidate], *, explained: bool
) -> Answer:
    ruling, candidate = found
    decision, jurisdiction = ruling.decision, ruling.facts.jurisdiction
    hours = question.hours_of(jurisdiction)
    return Answer(
        asked=asked,
        address=address,
        contact_id=candidate.contact_id,
        contact_point_id=candidate.point_id,
        jurisdiction=jurisdiction,
        decision=decision,
        ground_beneath=ruling.ground_beneath,
        evidence=find_evidence(question=question, decision=decision, candidate=candidate)
        if explained
        else (),
        valid_until=find_end(question=question, ruling=ruling, ends=candidate.ends),
        within_hours=hours.within,
        next_allowed_at=hours.next_allowed_at,
        caller_number=question.caller_number,
    )


def rule_on(*, case: Case, key: str) -> Ruling:
    """Decide once per distinct combination of facts: the rules are pure, and between two changes of law every
    moment gets the same answer. What cannot be read is denied.
    """
    since = law_holds_since(at=case.at)
    return _rule_on(case if case.at == since else replace(case, at=since), key)


@lru_cache(maxsize=4096)
def _rule_on(case: Case, key: str) -> Ruling:
    try:
        facts = read_facts(key=key)
    except ValueError:
        return Ruling(Facts(), deny_unreadable(case=case), None, None)
    return Ruling(
        facts=facts,
        decision=decide(case=case, facts=facts),
        law_changes_at=law_changes_answer_at(case=case, facts=facts),
        ground_beneath=ground_beneath(case=case, facts=facts),
    )
