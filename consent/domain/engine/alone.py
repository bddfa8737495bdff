"""One address, the short way: asked again and again by programs, of whom most is known beforehand.

Like a list (`ready.py`, `strangers.py`): whoever stands ready, and whoever nobody knows, is answered from one
small statement. Of the many parts of the query of facts each costs its share, also where it finds nothing.
"""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from consent.domain.engine.answering import Answer, answer_addresses, answers_from
from consent.domain.engine.asking import Addresses, Asked, digest_of, read_all_asked
from consent.domain.engine.facts_query import SQL, with_parts
from consent.domain.engine.question import Question
from consent.domain.engine.ready import FORM, KINDS, can_stand_ready, key_of
from consent.domain.engine.statement import Statement
from consent.domain.engine.strangers import NO_ENDS, key_of_stranger

ALONE: Final = Statement(with_parts(SQL.joinpath("alone.sql").read_text(), zone="", point_kind=""))
# More that changed is not looked through for one address.
MUCH: Final = 500
ACTS: Final = 4  # of a permission: grant, request, withdrawal, and the wording
Row = tuple[Any, ...]


def ask_again(*, question: Question, asked: Asked) -> Answer:
    """Answer a question about one address as `ask_one` does: one query, or two where it takes the long way.

    So that a decision takes two at most, only a question whose settings were kept goes the short way.
    """
    addresses = read_all_asked(question=question, asked=[asked])
    row = _short(question, addresses)
    if row is None:
        return answer_addresses(question=question, asked=[asked], addresses=addresses, explained=True)[0]
    return answers_from(
        question=question, asked=[asked], values=addresses.values, rows=[row], explained=True
    )[0]


def _short(question: Question, addresses: Addresses) -> Row | None:
    short = question.kept and addresses.usable[0] and question.point_kind in KINDS and can_stand_ready()
    if not short or question.about_the_past:
        return None
    value, contact = addresses.values[0], addresses.contacts[0]
    facts, ends, holder, *others, known = ALONE.fetch(_parameters(question, value))[0]
    if facts is not None:
        return _ready(question, facts, ends, holder, others) if contact in {None, holder} else None
    return None if known else _stranger(question, value, contact)


def _ready(question: Question, facts: str, ends: str, holder: uuid.UUID, others: Sequence[Any]) -> Row:
    """What the query of facts would have found of somebody who stands ready."""
    keyed, (point, permissions, relations) = key_of(question=question, facts=facts), others
    found = (*_in_order(permissions, keyed.consents, ACTS), *_in_order(relations, keyed.relations, 2))
    nothing = (None, None, None)  # no objection, no block, no restriction
    return (1, keyed.key, keyed.ends(question=question, ends=ends), holder, point, *found, *nothing)


def _in_order(texts: str | None, places: Sequence[int], keys: int) -> list[str]:
    """The keys of each permission or relation, in the order of the facts: one text for each kind of key."""
    rows = [one.split(" ") for one in texts.split(",")] if texts else []
    return [",".join([rows[place][which] for place in places]) for which in range(keys)]


def _stranger(question: Question, value: str, contact: uuid.UUID | None) -> Row:
    """What the query of facts finds of nobody; another's address is none of the named contact's."""
    key = key_of_stranger(question=question, start=value[:3], usable=contact is None)
    return (1, key, NO_ENDS, *[None] * 11)


def _parameters(question: Question, value: str) -> dict[str, object]:
    return {
        "organisation": question.organisation_id,
        "value": value,
        "address_hash": digest_of(question=question, value=value),
        "point_kind": question.point_kind,
        "at": question.at,
        "form": FORM,
        "much": MUCH,
        "list_fresh": question.list_is_fresh,
    }
