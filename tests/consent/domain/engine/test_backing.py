from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import put_question
from consent.domain.rulebook.codes import Code
from consent.models import Act, BalancingTest, Channel
from customers.domain import relations
from customers.models import ContactPoint
from tests import make

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
BOUGHT, BEFORE = (datetime(year, 3, 10, 12, 0, tzinfo=AMSTERDAM) for year in (2025, 2026))


def test_end_and_evidence_are_those_of_the_second_relation_beside_one_permission() -> None:
    shop = make.legal_entity(organisation=make.organisation())
    purpose = make.purpose(organisation=shop.organisation, legal_entities=[shop])
    notice = make.notice_version(legal_entity=shop, purpose=purpose, channel=Channel.CALL)
    phone = make.phone_point(contact=make.contact(organisation=shop.organisation))
    make.permission_event(contact_point=phone, notice_version=notice, act=Act.REFUSED, occurred_at=BOUGHT)
    groups = [make.product_group(legal_entity=shop, code=code) for code in ("meubels", "lampen")]
    sales = [
        make.transaction(contact=phone.contact, legal_entity=shop, product_group=group, occurred_at=BOUGHT)
        for group in groups
    ]
    relations.keep_relations(transaction_ids=[sale.pk for sale in sales])

    answers = [
        ask_one(
            question=put_question(
                legal_entity=shop.code,
                purpose=purpose.code,
                channel="CALL",
                product_group=group.code,
                at=BEFORE,
                now=make.NOW,
            ),
            asked=Asked(text=phone.value),
        )
        for group in groups
    ]

    ends = datetime(2026, 7, 1, tzinfo=AMSTERDAM)
    assert [(one.decision.code, one.valid_until) for one in answers] == [(Code.A_REL_SALE, ends)] * 2
    backing = [[item.id for item in one.evidence if item.kind == "transaction"] for one in answers]
    assert backing == [[str(sale.pk)] for sale in sales]


def test_post_goes_to_the_address_that_still_works() -> None:
    shop = make.legal_entity(organisation=make.organisation())
    purpose = make.purpose(organisation=shop.organisation, legal_entities=[shop], channels=[Channel.POST])
    BalancingTest.objects.create(
        legal_entity=shop,
        purpose=purpose,
        channel=Channel.POST,
        interest="Ons belang.",
        weighing="Weegt op.",
        concluded_at=make.LONG_AGO,
    )
    alice = make.contact(organisation=shop.organisation)
    left = make.postal_point(contact=alice)
    ContactPoint.objects.filter(pk=left.pk).update(invalid_at=BOUGHT, invalid_reason="REPLACED")
    home = make.postal_point(contact=alice, street="Kerkstraat 2")

    answer = ask_one(
        question=put_question(legal_entity=shop.code, purpose=purpose.code, channel="POST", now=make.NOW),
        asked=Asked(text="", contact_id=alice.pk),
    )

    assert (answer.decision.code, answer.contact_point_id) == (Code.A_LEGITIMATE_INTEREST, home.pk)
