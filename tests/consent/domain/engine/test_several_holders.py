"""Several people hold one address: by the records and by the ledger the most restrictive answer counts."""

import dataclasses
from datetime import datetime

import pytest

from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.bulk import answer_chunk
from consent.domain.engine.question import put_question
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.rulebook.codes import Code
from consent.models import Act
from customers.domain.contacts import mark_invalid
from customers.models import Contact, ContactPoint, LegalEntity
from tests import make
from tests.consent.admin_rows import BY_PHONE
from tests.consent.asking_scene import customer, shop

pytestmark = pytest.mark.django_db
BEFORE = make.NOW.replace(month=5)
LATER = make.NOW.replace(month=6)
ADDRESSES = {"CALL": "+31200000101", "EMAIL": "huis@example.org"}


@pytest.fixture
def lamps() -> LegalEntity:
    return shop()


@pytest.fixture
def couple(lamps: LegalEntity) -> list[Contact]:
    """Two customers at one number and one address; the second turned out not to be reached there."""
    couple = [customer(entity=lamps, name=name, number=101) for name in ("Anna", "Bram")]
    for contact in couple:
        make.email_point(contact=contact, text=ADDRESSES["EMAIL"])
    for point in ContactPoint.objects.filter(contact=couple[1], value__in=ADDRESSES.values()):
        find_invalid(point)
    return couple


def find_invalid(point: ContactPoint) -> None:
    mark_invalid(point=point, reason=ContactPoint.Invalidity.WRONG_NUMBER, invalid_at=BEFORE)
    found = NewEvent(
        organisation_id=point.organisation_id,
        act=Act.ADDRESS_INVALIDATED,
        subject_id=point.contact_id,
        contact_point_id=point.pk,
        occurred_at=BEFORE,
        reason=ContactPoint.Invalidity.WRONG_NUMBER,
        **vars(BY_PHONE),
    )
    record(events=[found], recorded_at=BEFORE)


@pytest.mark.parametrize("channel", ADDRESSES)
@pytest.mark.parametrize("by_ledger", [False, True])
@pytest.mark.parametrize(("at", "after"), [(BEFORE.replace(day=1), False), (LATER, True)])
def test_address_invalid_with_one_holder_is_used_for_none_unless_named(
    lamps: LegalEntity, couple: list[Contact], channel: str, at: datetime, *, by_ledger: bool, after: bool
) -> None:
    question = put_question(
        legal_entity=lamps.code,
        purpose="offers",
        channel=channel,
        product_group="lampen",
        at=at,
        now=LATER,
    )
    question = dataclasses.replace(question, about_the_past=by_ledger or question.about_the_past)
    allowed = Code.A_REL_SALE if channel == "CALL" else Code.A_SOFT_OPTIN
    anna, bram = couple
    asked = [Asked(text=ADDRESSES[channel], contact_id=key) for key in (None, anna.pk, bram.pk)]

    codes = [ask_one(question=question, asked=one).decision.code for one in asked]
    listed = answer_chunk(
        question=question, texts=[one.text for one in asked], contacts=[one.contact_id for one in asked]
    )

    last = Code.D_ADDRESS_INVALID if after else allowed
    assert codes == [last, allowed, last]
    assert [verdict.code for verdict in listed.verdicts] == codes
