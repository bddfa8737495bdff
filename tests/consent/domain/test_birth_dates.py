"""A birth date typed on a form: anybody may have typed it, and age decides who may give permission."""

import uuid
from datetime import date, timedelta

import pytest

from consent.domain import confirmations, opt_in, orders, outbox, shown_forms
from consent.domain.opt_in import Answers, Asking, OptIn
from consent.domain.relations import Answer
from consent.domain.visits import Visit
from consent.models import Act, CollectionPoint, ConsentEvent, ConsentRecord, Status
from customers.domain.addresses import read_email
from customers.domain.contacts import PersonDetails
from customers.models import Contact, ContactPoint, RelationKind
from tests import make, preference_scenes
from tests.preference_scenes import NOON, House

pytestmark = pytest.mark.django_db

BORN, OTHERWISE, A_CHILD = date(1980, 5, 3), date(1980, 3, 5), date(2014, 5, 3)
LATER = NOON + timedelta(hours=1)
VISIT = Visit(page="https://jawoord.example.org/forms/aanbiedingen/", network="", browser="")


def known_birth_date(house: House, born: date | None) -> None:
    Contact.objects.filter(pk=house.alice.pk).update(birth_date=born)


def birth_date_of(contact: Contact) -> date | None:
    return Contact.objects.get(pk=contact.pk).birth_date


def answers(*, email: str, born: date | None, chosen: frozenset[int] = frozenset()) -> Answers:
    return Answers(
        addresses={ContactPoint.Kind.EMAIL: read_email(text=email)},
        details=PersonDetails(birth_date=born),
        chosen=chosen,
        as_typed={"EMAIL": email, "BIRTH_DATE": str(born or "")},
    )


def asking(point: CollectionPoint) -> Asking:
    return Asking(
        collection_point=point,
        shown_form=shown_forms.keep_shown_form(
            collection_point=point, language="nl", content="form", shown_at=NOON
        ),
        language="nl",
        visit=VISIT,
        submission_id=uuid.uuid4(),
        shown_at=NOON - timedelta(seconds=20),
        submitted_at=NOON,
    )


def fill_in(house: House, *, born: date | None, email: str = "alice@example.org") -> OptIn:
    point = make.collection_point(legal_entity=house.shop, privacy_statement=house.statement)
    box = make.collection_choice(collection_point=point, notice_version=house.by_email)
    told = answers(email=email, born=born, chosen=frozenset({box.pk}))
    return opt_in.opt_in(answers=told, asking=asking(point))


def confirm(asked: OptIn) -> list[ConsentEvent]:
    assert asked.message is not None
    return confirmations.confirm(message_id=asked.message.pk, visit=VISIT, confirmed_at=LATER)


def test_somebody_new_is_kept_with_their_birth_date() -> None:
    house = preference_scenes.house()

    given = fill_in(house, born=BORN, email="bob@example.org")

    assert [event.act for event in given.events] == [Act.GIVEN]
    assert birth_date_of(given.contact) == BORN


def test_birth_date_of_a_known_contact_counts_once_it_is_confirmed() -> None:
    house = preference_scenes.house()

    asked = fill_in(house, born=BORN)
    before = birth_date_of(house.alice)
    (confirmed,) = confirm(asked)

    assert ([event.act for event in asked.events], before) == ([Act.REQUESTED], None)
    assert birth_date_of(house.alice) == BORN
    assert (confirmed.complete, confirmed.lacks) == (True, "")


def test_form_without_a_birth_date_asks_no_confirmation() -> None:
    house = preference_scenes.house()
    known_birth_date(house, BORN)

    given = fill_in(house, born=None)

    assert [event.act for event in given.events] == [Act.GIVEN]
    assert birth_date_of(house.alice) == BORN


def test_same_birth_date_again_asks_no_confirmation() -> None:
    house = preference_scenes.house()
    known_birth_date(house, BORN)

    given = fill_in(house, born=BORN)

    assert [(event.act, event.complete) for event in given.events] == [(Act.GIVEN, True)]


@pytest.mark.parametrize(("known", "typed"), [(BORN, OTHERWISE), (BORN, A_CHILD), (A_CHILD, BORN)])
def test_other_birth_date_changes_nothing_and_is_noted_for_staff(known: date, typed: date) -> None:
    house = preference_scenes.house()
    known_birth_date(house, known)

    asked = fill_in(house, born=typed)
    (confirmed,) = confirm(asked)

    assert [(event.act, event.lacks) for event in asked.events] == [(Act.REQUESTED, "birth_date")]
    assert (confirmed.complete, confirmed.lacks) == (False, "birth_date")
    assert birth_date_of(house.alice) == known


def test_stranger_with_another_birth_date_takes_nothing_away() -> None:
    house = preference_scenes.house()
    known_birth_date(house, BORN)
    make.permission_event(contact_point=house.email, notice_version=house.by_email)

    fill_in(house, born=A_CHILD)

    record = ConsentRecord.objects.get(contact_point=house.email)
    assert (record.status, record.complete) == (Status.GIVEN, True)
    assert birth_date_of(house.alice) == BORN


def test_mail_that_tells_what_was_agreed_does_not_repeat_the_birth_date() -> None:
    house = preference_scenes.house()
    asked = fill_in(house, born=BORN)
    confirm(asked)

    told = [
        outbox.read_content(message=message).get("birth_date")
        for message in house.alice.messages.order_by("created_at")
    ]

    assert told == ["1980-05-03", None]


@pytest.mark.parametrize(("known", "kept"), [(None, A_CHILD), (BORN, BORN)])
def test_order_notes_a_birth_date_where_none_is_known(known: date | None, kept: date) -> None:
    house = preference_scenes.house()
    known_birth_date(house, known)
    point = make.collection_point(
        legal_entity=house.shop,
        privacy_statement=house.statement,
        form=CollectionPoint.Form.TRANSACTION,
        transaction_kind=RelationKind.SALE,
    )

    ordered = answers(email="alice@example.org", born=A_CHILD)

    orders.place_order(answers=ordered, answer=Answer.NOTHING_SAID, asking=asking(point))

    assert birth_date_of(house.alice) == kept
