"""What carries an answer: the evidence it relies on, and until when it holds by time alone."""

import datetime
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from consent.domain.engine.question import Question
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.decision import Basis, Decision, Rest
from consent.domain.rulebook.facts import Age, Facts
from consent.domain.rulebook.packs import find_pack


class EvidenceItem(NamedTuple):
    """One thing the answer relies on: an event, relation, transaction, notice, list or test, by its key."""

    kind: str
    id: str


class Candidate(NamedTuple):
    """The facts about one person who holds an address, when they end, and the ids that travel beside them.

    Of a list no ids are looked up but those of the person and the address. Where there are several they stand
    with commas between them, and nothing where there is none.
    """

    place: int
    key: str
    ends: str
    contact_id: uuid.UUID | None
    point_id: uuid.UUID | None
    grant_event_ids: str | None = None
    request_event_ids: str | None = None
    withdrawal_event_ids: str | None = None
    notice_version_ids: str | None = None
    relation_ids: str | None = None
    transaction_ids: str | None = None
    objection_event_id: str | None = None
    suppression_event_id: str | None = None
    restriction_event_id: str | None = None


class Ends(NamedTuple):
    """When what is known ends by itself: each permission, each relation, being 12 and being 15 years old.

    Moments as the database wrote them, with commas between them: few of them are ever looked at.
    """

    consents: str
    relations: str
    turns_13_at: str
    turns_16_at: str


CONSENTS, RELATIONS, TURNS_13, TURNS_16 = range(len(Ends._fields))


class Ruling(NamedTuple):
    """What the rules say of one combination of facts, when the law itself will say otherwise, and what ground
    lies beneath whatever stops contact."""

    facts: Facts
    decision: Decision
    law_changes_at: datetime.datetime | None
    ground_beneath: Code | None


def find_evidence(
    *, question: Question, decision: Decision, candidate: Candidate
) -> tuple[EvidenceItem, ...]:
    """Name what an answer relies on: the last act, agreement, list or test behind its code."""
    items = (item for rest in decision.rests_on for item in _items(question, candidate, rest))
    return tuple(EvidenceItem(kind, str(key)) for kind, key in items if key is not None)


def _items(question: Question, candidate: Candidate, rest: Rest) -> Sequence[tuple[str, object | None]]:
    basis, place = rest
    if basis in {Basis.CONSENT, Basis.OTHER_CONSENT}:
        return (
            ("event", _at(candidate.grant_event_ids, place)),
            ("notice", _at(candidate.notice_version_ids, place)),
        )
    if basis == Basis.REQUEST:
        return (
            ("event", _at(candidate.request_event_ids, place)),
            ("notice", _at(candidate.notice_version_ids, place)),
        )
    if basis == Basis.WITHDRAWAL:
        return (("event", _at(candidate.withdrawal_event_ids, place)),)
    if basis == Basis.RELATION:
        return (
            ("transaction", _at(candidate.transaction_ids, place)),
            ("relation", _at(candidate.relation_ids, place)),
        )
    return _single_items(question, candidate).get(basis, ())


def _single_items(
    question: Question, candidate: Candidate
) -> dict[Basis, tuple[tuple[str, object | None], ...]]:
    return {
        Basis.OBJECTION: (("event", candidate.objection_event_id),),
        Basis.SUPPRESSION: (("event", candidate.suppression_event_id),),
        Basis.RESTRICTION: (("event", candidate.restriction_event_id),),
        Basis.AGE: (("contact", candidate.contact_id),),
        Basis.LEGAL_FORM: (("contact", candidate.contact_id),),
        Basis.PUBLICATION: (("contact point", candidate.point_id),),
        Basis.LIST: (("list", question.list_id),),
        Basis.SERVICE_TEST: (("service test", question.service_test_id),),
        Basis.BALANCING_TEST: (("balancing test", question.balancing_test_id),),
        Basis.POLICY: (("policy", question.policy_id),),
    }


def find_end(*, question: Question, ruling: Ruling, ends: str) -> datetime.datetime | None:
    """Find the first moment at which an answer could change by time alone; None when there is none.

    It is the earliest future end among what the answer rests on, a change of the law itself, and a house
    policy that begins or ends (rules, "With every answer"). `ends` is what the database wrote beside the key.
    """
    known = Ends(*ends.split("|"))
    found = [ruling.law_changes_at, question.policy_changes_at]
    for rest in ruling.decision.rests_on:
        found += _ends(question, ruling.facts, known, rest)
    return min((end for end in found if end is not None and end > question.at), default=None)


def ends_looked_at(*, ruling: Ruling) -> tuple[tuple[int, int], ...]:
    """Say which of the ends count for an answer: in which list of `Ends`, and at which place of it.

    People with the same facts, of whom these are the same, are answered until the same moment.
    """
    return tuple(place for rest in ruling.decision.rests_on for place in _places(rest))


def _places(rest: Rest) -> tuple[tuple[int, int], ...]:
    if rest.basis == Basis.RELATION:
        return ((RELATIONS, rest.place),)
    if rest.basis in {Basis.CONSENT, Basis.OTHER_CONSENT}:
        return ((CONSENTS, rest.place),)
    return ((TURNS_13, 0), (TURNS_16, 0)) if rest.basis == Basis.AGE else ()


def _moment(moments: str, place: int = 0) -> datetime.datetime | None:
    text = moments.split(",")[place]
    return datetime.datetime.fromisoformat(text) if text else None


def _ends(question: Question, facts: Facts, ends: Ends, rest: Rest) -> list[datetime.datetime | None]:
    # A place among the relations is none among the permissions: only one of the two is looked at.
    if rest.basis == Basis.RELATION:
        return [_moment(ends.relations, rest.place), question.groups_change_at]
    if rest.basis in {Basis.CONSENT, Basis.OTHER_CONSENT}:
        return [_moment(ends.consents, rest.place)]
    others: dict[Basis, list[datetime.datetime | None]] = {
        Basis.LIST: [question.list_fresh_until],
        Basis.BALANCING_TEST: [question.balancing_test_ends_at],
        Basis.AGE: [_comes_of_age_at(question, facts, ends)],
    }
    return others.get(rest.basis, [])


def _comes_of_age_at(question: Question, facts: Facts, ends: Ends) -> datetime.datetime | None:
    pack = find_pack(jurisdiction=facts.jurisdiction, at=question.at)
    at_16 = pack is not None and Age.UNDER_16 in pack.minors
    return _moment(ends.turns_16_at if at_16 else ends.turns_13_at)


def _at(keys: str | None, place: int) -> str | None:
    return keys.split(",")[place] or None if keys else None
