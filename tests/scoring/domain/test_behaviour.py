import uuid
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.domain.erasing.erasure import erase
from consent.domain.withdrawals import Scope, object_to
from customers.models import Contact, LegalEntity
from scoring.domain.behaviour import Delivery, Outcome, keep_behaviour
from scoring.domain.told import Fault
from scoring.models import BehaviourEvent
from tests import make
from tests.scoring.domain.house import WAY, House, house

pytestmark = pytest.mark.django_db
EMAIL = "alice@example.org"


@pytest.fixture
def found() -> House:
    return house()


@pytest.fixture
def alice(found: House) -> Contact:
    alice = make.contact(organisation=found.entity.organisation)
    make.email_point(contact=alice, text=EMAIL)
    return alice


def visit(**told: object) -> dict[str, object]:
    return {"address": EMAIL, "kind": "PAGE_VISIT", "occurred_at": "2026-11-21", "subject": "/", **told}


def keep(entity: LegalEntity, *rows: object, sender: str = "webshop") -> Outcome:
    delivery = Delivery(legal_entity=entity, sender=sender, via=BehaviourEvent.Via.API, now=make.NOW)
    return keep_behaviour(rows=rows, delivery=delivery)


def test_row_is_kept_with_its_person_and_its_sender(found: House, alice: Contact) -> None:
    keep(found.entity, visit(value=12, source="herfst", external_id="4711"))

    event = BehaviourEvent.objects.get()
    assert (event.contact_id, event.legal_entity_id) == (alice.pk, found.entity.pk)
    assert (event.kind, event.subject, event.source, str(event.value)) == (
        "PAGE_VISIT",
        "/",
        "herfst",
        "12.00",
    )
    assert (event.sender, event.external_id, event.recorded_at) == ("webshop", "4711", make.NOW)


def test_bad_rows_are_named_and_the_others_kept(found: House, alice: Contact) -> None:
    twin = make.contact(organisation=found.entity.organisation)
    for contact in (alice, twin):
        make.phone_point(contact=contact, text="+31200000102")
    stranger = make.contact(organisation=make.organisation(code="ander", name="Ander"))

    outcome = keep(
        found.entity,
        visit(),
        visit(kind="DANCED"),
        visit(address="bob@example.org"),
        visit(address="020 000 01 02"),
        visit(address=None, contact=str(stranger.pk)),
        visit(address=None, contact=str(uuid.uuid4())),
        visit(address="no address"),
        visit(address=None, contact=str(twin.pk)),
    )

    assert (outcome.kept, outcome.known) == (2, 0)
    assert outcome.faults == {
        1: Fault.UNKNOWN_KIND,
        2: Fault.UNKNOWN_PERSON,
        3: Fault.SEVERAL_PEOPLE,
        4: Fault.UNKNOWN_PERSON,
        5: Fault.UNKNOWN_PERSON,
        6: Fault.UNKNOWN_PERSON,
    }


def test_replay_counts_once_whatever_the_order(found: House, alice: Contact) -> None:
    rows = [visit(external_id="1"), visit(external_id="2"), visit(external_id="1")]

    outcomes = [keep(found.entity, *order) for order in permutations(rows)]

    assert (outcomes[0].kept, outcomes[0].known) == (2, 1)
    assert [(one.kept, one.known) for one in outcomes[1:]] == [(0, 3)] * 5
    assert BehaviourEvent.objects.count() == 2


def test_key_belongs_to_its_sender_and_its_legal_entity(found: House, alice: Contact) -> None:
    keep(found.entity, visit(external_id="1"))

    others = [
        keep(found.entity, visit(external_id="1"), sender="app"),
        keep(found.sister, visit(external_id="1")),
    ]

    assert [one.kept for one in others] == [1, 1]


def test_without_a_key_every_row_counts(found: House, alice: Contact) -> None:
    assert keep(found.entity, visit(), visit()).kept == 2


def test_nothing_is_kept_of_who_objected(found: House, alice: Contact) -> None:
    object_to(contact=alice, scope=Scope(), how=WAY, occurred_at=make.NOW - timedelta(days=1))

    outcome = keep(found.entity, visit())

    assert (outcome.faults, BehaviourEvent.objects.count()) == ({0: Fault.NOT_LOOKED_AT}, 0)


def test_nothing_is_kept_of_who_was_erased(found: House, alice: Contact) -> None:
    erase(contact=alice, how=WAY, erased_at=make.NOW - timedelta(days=1))

    outcome = keep(found.entity, visit(address=None, contact=str(alice.pk)), visit())

    assert outcome.faults == {0: Fault.UNKNOWN_PERSON, 1: Fault.UNKNOWN_PERSON}


@pytest.mark.parametrize("number", [1, 3, 1_000])
def test_statements_are_as_many_however_many_rows(found: House, alice: Contact, number: int) -> None:
    rows = [visit(external_id=str(one)) for one in range(number)]

    with CaptureQueriesContext(connection) as queries:
        keep(found.entity, *rows)

    # Savepoint and its release, the sender's lock and keys, the addresses, the people, the gate, the rows.
    assert len(queries) == 8
    assert BehaviourEvent.objects.count() == number
