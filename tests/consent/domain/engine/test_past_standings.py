"""A contact that changes: the past is answered by what held, and by what was known, then."""

from datetime import date, timedelta

import pytest

from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import put_question
from consent.domain.rulebook.codes import Code
from customers.domain.contacts import learn_birth_date
from customers.domain.standings import keep_standing
from customers.models import Contact, LegalForm
from tests import make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PHONE = "020 000 0101"
SOLE, LIMITED = Code.D_NO_BASIS, Code.A_LEGAL_PERSON


@pytest.fixture
def shop() -> Contact:
    """A sole trader, who is protected as a person, and becomes a company, which may be called."""
    entity = make.legal_entity(organisation=make.organisation())
    make.purpose(organisation=entity.organisation, legal_entities=[entity])
    shop = make.contact(
        organisation=entity.organisation, kind=Contact.Kind.ORGANISATION, legal_form=LegalForm.EENMANSZAAK
    )
    make.phone_point(contact=shop)
    return shop


def change(shop: Contact, form: LegalForm, *, days: float, since: float | None = None) -> None:
    held_until_at = None if since is None else make.NOW + since * DAY
    keep_standing(contact_id=shop.pk, replaced_at=make.NOW + days * DAY, held_until_at=held_until_at)
    Contact.objects.filter(pk=shop.pk).update(legal_form=form)


def code(*, days: float, known: float = 90) -> Code:
    question = put_question(
        legal_entity="lampenwinkel",
        purpose="offers",
        channel="CALL",
        at=make.NOW + days * DAY,
        known_at=make.NOW + known * DAY,
        now=make.NOW + 91 * DAY,
    )
    return ask_one(question=question, asked=Asked(text=PHONE)).decision.code


def test_form_holds_until_it_is_replaced(shop: Contact) -> None:
    change(shop, LegalForm.BV, days=10)

    assert [code(days=days) for days in (1, 9, 10, 90)] == [SOLE, SOLE, LIMITED, LIMITED]


def test_form_that_changed_before_we_heard_of_it(shop: Contact) -> None:
    change(shop, LegalForm.BV, days=10, since=5)

    assert [code(days=days) for days in (4, 6)] == [SOLE, LIMITED]
    assert [code(days=days, known=9) for days in (4, 6)] == [SOLE, SOLE]


def test_mistake_never_held_once_it_is_known(shop: Contact) -> None:
    change(shop, LegalForm.BV, days=10, since=-1000)

    assert code(days=1) == LIMITED
    assert code(days=1, known=9) == SOLE


def test_each_of_several_changes_holds_in_its_own_time(shop: Contact) -> None:
    change(shop, LegalForm.BV, days=10)
    change(shop, LegalForm.VOF, days=20)

    assert [code(days=days) for days in (1, 11, 21)] == [SOLE, LIMITED, SOLE]


def test_later_change_can_reach_back_before_an_earlier_one(shop: Contact) -> None:
    change(shop, LegalForm.BV, days=10)
    change(shop, LegalForm.VOF, days=20, since=5)

    assert [code(days=days) for days in (4, 6, 11)] == [SOLE, SOLE, SOLE]
    assert [code(days=days, known=15) for days in (4, 6, 11)] == [SOLE, SOLE, LIMITED]


def test_birth_date_counts_for_every_moment_once_it_is_known(shop: Contact) -> None:
    child = date(2015, 1, 1)
    learn_birth_date(contact_id=shop.pk, birth_date=child, learned_at=make.NOW + 10 * DAY)

    assert [code(days=1, known=known) for known in (9, 90)] == [SOLE, Code.D_MINOR]
