"""A contact is named beside an address: that must not answer for somebody else, or for nobody."""

import datetime
import uuid

import pytest

from consent.domain import do_not_call
from consent.domain.do_not_call import Registration
from consent.domain.engine.answering import Answer, ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import put_question
from consent.domain.rulebook.codes import Code
from consent.domain.withdrawals import Scope, object_to
from consent.models import BalancingTest, Channel
from customers.models import Contact, LegalEntity
from tests import make
from tests.consent.admin_rows import BY_PHONE

pytestmark = pytest.mark.django_db
NUMBER, ELSEWHERE = "+3222000101", "+3222000102"
DAY = datetime.timedelta(days=1)


def shop(*, code: str, channel: Channel) -> LegalEntity:
    """Rests on a weighing of interests: whoever is unknown may be contacted."""
    entity = make.legal_entity(organisation=make.organisation(code=f"groep-{code}"), code=code, country="BE")
    purpose = make.purpose(organisation=entity.organisation, legal_entities=[entity], channels=[channel])
    BalancingTest.objects.create(
        legal_entity=entity,
        purpose=purpose,
        channel=channel,
        interest="Ons belang.",
        weighing="Weegt op.",
        concluded_at=make.LONG_AGO,
    )
    do_not_call.load_snapshot(
        organisation=entity.organisation,
        registrations=[Registration(number="+3222000199", registered_date=make.LONG_AGO.date())],
        taken_at=make.NOW,
        loaded_at=make.NOW,
    )
    return entity


def answer(
    entity: LegalEntity, channel: Channel, text: str, contact: uuid.UUID | None, *, at: datetime.datetime
) -> Answer:
    question = put_question(
        legal_entity=entity.code, purpose="offers", channel=channel, at=at, now=make.NOW + 2 * DAY
    )
    return ask_one(question=question, asked=Asked(text=text, contact_id=contact))


def objector(entity: LegalEntity) -> Contact:
    contact = make.contact(organisation=entity.organisation, country="")
    make.phone_point(contact=contact, text=NUMBER)
    object_to(contact=contact, scope=Scope(), how=BY_PHONE, occurred_at=make.NOW)
    return contact


@pytest.mark.parametrize("days", [1, 3])
def test_naming_somebody_else_opens_no_way_around_an_objection(days: int) -> None:
    entity = shop(code="belgaboek", channel=Channel.CALL)
    objector(entity)
    other = make.contact(organisation=entity.organisation, given_name="Bob", country="")
    at = make.NOW + days * DAY

    codes = {
        key: answer(entity, Channel.CALL, NUMBER, key, at=at).decision.code
        for key in (None, other.pk, uuid.UUID(int=1))
    }

    assert codes == {
        None: Code.D_OBJECTION,
        other.pk: Code.D_ADDRESS_INVALID,
        uuid.UUID(int=1): Code.D_ADDRESS_INVALID,
    }


@pytest.mark.parametrize("days", [1, 3])
def test_who_objected_is_not_called_on_a_number_we_never_had(days: int) -> None:
    entity = shop(code="belgaboek", channel=Channel.CALL)
    alice = objector(entity)
    at = make.NOW + days * DAY

    named = answer(entity, Channel.CALL, ELSEWHERE, alice.pk, at=at)
    unknown = answer(entity, Channel.CALL, ELSEWHERE, None, at=at)

    assert (named.decision.code, unknown.decision.code) == (Code.D_ADDRESS_INVALID, Code.A_BE_NOT_LISTED)


def test_post_is_never_for_a_contact_of_another_organisation() -> None:
    entity, other = (shop(code=code, channel=Channel.POST) for code in ("belgaboek", "ander"))
    theirs = make.contact(organisation=other.organisation)
    make.postal_point(contact=theirs)

    found = answer(entity, Channel.POST, "", theirs.pk, at=make.NOW + DAY)
    own = answer(other, Channel.POST, "", theirs.pk, at=make.NOW + DAY)

    assert (found.decision.code, found.address) == (Code.D_ADDRESS_INVALID, "")
    assert own.decision.code == Code.A_LEGITIMATE_INTEREST
