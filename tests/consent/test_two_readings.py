"""The same answer whichever way it is found: from the records or the ledger, one by one or in bulk."""

import dataclasses
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction

from consent.domain.engine.answering import Answer, ask, ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.bulk import answer_chunk
from consent.domain.engine.question import Question, put_question
from customers.models import ContactPoint
from tests.make import NOW

GENERATED = 150
QUESTIONS = [
    ("lampenwinkel", "offers", "CALL", "lampen"),
    ("lampenwinkel", "offers", "EMAIL", "lampen"),
    ("stroomkring", "offers", "SMS", "stroom"),
    ("harthulp", "newsletter", "EMAIL", ""),
    ("harthulp", "fundraising", "CALL", ""),
    ("bosvogels", "membership-call", "CALL", ""),
    ("bosvogels", "fundraising", "POST", ""),
    ("dagpost", "offers", "CALL", "krant"),
    ("belgaboek", "offers", "CALL", "boeken"),
    ("belgaboek", "offers", "EMAIL", "boeken"),
    ("werkplaats", "talent-pool", "EMAIL", ""),
    ("geluksloterij", "profiling", "NONE", ""),
    ("lampenwinkel", "service", "EMAIL", ""),
]


@pytest.fixture(scope="module", autouse=True)
def sample(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("sample", people=GENERATED, verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture(params=QUESTIONS, ids=" ".join)
def question(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[Question]:
    entity, purpose, channel, group = request.param
    with django_db_blocker.unblock():
        yield put_question(
            legal_entity=entity, purpose=purpose, channel=channel, product_group=group, now=NOW
        )


def everyone(question: Question) -> list[Asked]:
    points = ContactPoint.objects.filter(organisation_id=question.organisation_id)
    if question.point_kind:
        points = points.filter(kind=question.point_kind)
    return [
        Asked(text=value, contact_id=contact_id)
        for value, contact_id in points.order_by("pk").values_list("value", "contact_id")
    ]


def essence(answer: Answer) -> tuple[object, ...]:
    return (answer.asked, answer.decision, answer.evidence, answer.valid_until)


def test_ledger_says_what_the_records_say(question: Question) -> None:
    folded = dataclasses.replace(question, about_the_past=True)
    asked = everyone(question)

    assert len(asked) > 0
    by_records = [essence(answer) for answer in ask(question=question, asked=asked)]
    assert [essence(answer) for answer in ask(question=folded, asked=asked)] == by_records


def texts(answer: Answer, zone: str) -> tuple[str, str, str]:
    until = answer.valid_until
    written = until.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds") if until else ""
    return answer.decision.code, " ".join(answer.decision.reasons), written


def test_list_says_what_each_question_says(question: Question) -> None:
    asked = everyone(question)
    without_contact = [Asked(text=one.text) for one in asked]

    for everybody in (asked, without_contact):
        for one in (question, dataclasses.replace(question, about_the_past=True)):
            listed = answer_chunk(
                question=one,
                texts=[each.text for each in everybody],
                contacts=[each.contact_id for each in everybody],
            ).verdicts
            assert [(verdict.code, verdict.reasons, verdict.valid_until) for verdict in listed] == [
                texts(answer, one.zone) for answer in ask(question=one, asked=everybody)
            ]


def test_each_question_alone_is_answered_as_among_others(question: Question) -> None:
    asked = everyone(question)[:40]

    alone = [essence(ask_one(question=question, asked=one)) for one in asked]

    assert alone == [essence(answer) for answer in ask(question=question, asked=asked)]
