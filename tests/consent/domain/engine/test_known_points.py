"""Everybody at once gets the answer they get when asked about by name."""

import pytest

from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.known_points import EACH, ask_about, decide_about, explain_each
from consent.domain.engine.question import put_question
from consent.domain.withdrawals import Scope, object_to
from consent.models import BalancingTest, Channel
from customers.models import ContactPoint
from tests import make
from tests.consent.admin_rows import BY_PHONE
from tests.consent.asking_scene import customer, offers, shop

pytestmark = pytest.mark.django_db
BEFORE = make.NOW.replace(month=5)


@pytest.mark.parametrize("channel", ["CALL", "EMAIL", "POST"])
@pytest.mark.parametrize("at", [None, BEFORE])
def test_everybody_known_gets_the_answer_of_their_own_name(channel: str, at: object) -> None:
    lamps = shop()
    anna, bram = (
        customer(entity=lamps, name=name, number=number) for name, number in (("Anna", 1), ("Bram", 2))
    )
    make.phone_point(contact=bram, text="0612345678")
    make.phone_point(contact=bram, text="+31200000001")
    for contact in (anna, bram):
        make.postal_point(contact=contact)
    object_to(contact=bram, scope=Scope(), how=BY_PHONE, occurred_at=BEFORE)
    BalancingTest.objects.create(
        legal_entity=lamps,
        purpose=offers(lamps),
        channel=Channel.POST,
        interest="Ons belang.",
        weighing="Weegt op.",
        concluded_at=make.LONG_AGO,
    )
    question = put_question(
        legal_entity=lamps.code,
        purpose="offers",
        channel=channel,
        product_group="lampen",
        at=BEFORE if at else None,
        now=make.NOW,
    )
    points = list(ContactPoint.objects.filter(kind=Channel(channel).point_kind).order_by("pk"))

    decisions = decide_about(question=question, points=points)
    answers = ask_about(question=question, points=points)
    [explained] = explain_each(about=[(question, points)])

    named = [
        ask_one(question=question, asked=Asked(text=point.value, contact_id=point.contact_id))
        for point in points
    ]
    expected = [(point.pk, one.decision, one.valid_until) for point, one in zip(points, named, strict=True)]
    assert decisions == [one.decision for one in named]
    assert [(one.contact_point_id, one.decision, one.valid_until) for one in answers] == expected
    assert [(one.decision, one.evidence) for one in explained] == [
        (one.decision, one.evidence) for one in named
    ]


def test_answers_to_many_questions_come_in_the_order_they_are_read_in() -> None:
    assert EACH.statement.text.endswith("ORDER BY asking.number, found.place, found.contact_id")
