import pytest

from consent.domain.engine.asking import Asked
from consent.domain.engine.bulk import Verdict, answer_chunk
from consent.domain.engine.question import put_question
from customers.models import Contact, LegalForm
from tests import make

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_verdict_in_order() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    offers = make.purpose(organisation=entity.organisation, legal_entities=[entity])
    make.caller_number(legal_entity=entity)
    bakery = make.contact(
        organisation=entity.organisation, kind=Contact.Kind.ORGANISATION, legal_form=LegalForm.BV
    )
    make.phone_point(contact=bakery, text="+31200000101")
    # A Saturday at 13:00 in Amsterdam: within the hours.
    question = put_question(legal_entity=entity.code, purpose=offers.code, channel="CALL", now=make.NOW)

    verdicts = answer_chunk(question=question, asked=[Asked(text="020 000 01 02"), Asked(text="0200000101")])

    assert verdicts == [
        Verdict(
            "false", "D_NO_BASIS", "D_NO_BASIS", "", "", "true", "2026-11-21T13:00:00+01:00", "+31200000002"
        ),
        Verdict(
            "true",
            "A_LEGAL_PERSON",
            "A_LEGAL_PERSON",
            "NO_CONSENT_NEEDED",
            "",
            "true",
            "2026-11-21T13:00:00+01:00",
            "+31200000002",
        ),
    ]
