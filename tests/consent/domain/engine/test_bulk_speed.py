"""A list is answered as a whole: its statements do not grow with it, and a row costs little."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.bulk import answer_chunk
from consent.domain.engine.question import Question, put_question
from tests import make
from tests.statements import statements_sent

pytestmark = pytest.mark.django_db
FASTER = 20


def question_about_known_people(*, people: int) -> Question:
    entity = make.legal_entity(organisation=make.organisation())
    offers = make.purpose(organisation=entity.organisation, legal_entities=[entity])
    make.caller_number(legal_entity=entity)
    for number in range(people):
        make.phone_point(contact=make.contact(organisation=entity.organisation), text=f"+3120000{number:04}")
    return put_question(legal_entity=entity.code, purpose=offers.code, channel="CALL", now=make.NOW)


def numbers(count: int) -> list[str]:
    """Who is asked about: the first of them are known."""
    return [f"+3120000{number:04}" for number in range(count)]


def shortest(work: Callable[[], Any]) -> float:
    """The machine may be busy with something else: the best of three is what the work itself takes."""
    taken = []
    for _try in range(3):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


@pytest.mark.parametrize("rows", [60, 3_000])
def test_list_takes_three_statements_however_long_it_is(rows: int) -> None:
    question = question_about_known_people(people=20)

    with statements_sent() as sent:
        answered = answer_chunk(question=question, texts=numbers(rows), contacts=[None] * rows)

    assert (len(answered.verdicts), len(sent)) == (rows, 3)


def test_row_of_a_list_takes_a_twentieth_of_a_question() -> None:
    question = question_about_known_people(people=70)
    list_of, alone = numbers(4_000), [Asked(text=text) for text in numbers(100)]

    in_a_list = shortest(lambda: answer_chunk(question=question, texts=list_of, contacts=[None] * 4_000))
    one_by_one = shortest(lambda: [ask_one(question=question, asked=one) for one in alone])

    assert (one_by_one / 100) / (in_a_list / 4_000) >= FASTER
