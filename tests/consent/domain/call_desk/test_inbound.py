from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from consent.domain.call_desk import inbound
from consent.domain.call_desk.inbound import Desk, WantedCall, WantedMomentError
from consent.domain.suppressions import find_suppressions
from consent.domain.withdrawals import Scope
from consent.models import (
    Actor,
    CallList,
    CallListEntry,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    DeskLookup,
    Objection,
    OutboxMessage,
    Status,
)
from customers.domain.addresses import AddressNotUsableError
from tests import make
from tests.consent.domain.call_desk import desk as scenes
from tests.consent.domain.call_desk.desk import MONDAY, take_one

pytestmark = pytest.mark.django_db
EVENING = MONDAY + timedelta(hours=11, minutes=30)


def answering(scene: scenes.Desk) -> Desk:
    return Desk(staff=scene.agent, organisation=scene.entity.organisation)


def test_look_up_finds_who_holds_a_number_and_says_who_looked() -> None:
    scene = scenes.desk()

    found = inbound.look_up(desk=answering(scene), text="020 000 01 00", at=MONDAY)

    lookup = DeskLookup.objects.get()
    assert found.points == (scene.people[0],)
    assert (lookup.staff, lookup.contact, lookup.looked_up_at) == (
        scene.agent,
        scene.people[0].contact,
        MONDAY,
    )


def test_look_up_of_an_unknown_number_is_kept_without_the_number() -> None:
    scene = scenes.desk()

    found = inbound.look_up(desk=answering(scene), text="020 000 09 99", at=MONDAY)

    lookup = DeskLookup.objects.get()
    assert (found.points, found.address.value) == ((), "+31200000999")
    assert (lookup.contact, len(bytes(lookup.address_hash))) == (None, 32)


def test_look_up_stays_in_the_own_organisation() -> None:
    scene = scenes.desk()
    other = scenes.desk(code="bosvogels")

    found = inbound.look_up(desk=answering(other), text=scene.people[0].value, at=MONDAY)

    assert [point.contact.organisation_id for point in found.points] == [other.entity.organisation_id]


def test_look_up_of_what_is_no_address_is_refused_and_not_kept() -> None:
    scene = scenes.desk()

    with pytest.raises(AddressNotUsableError):
        inbound.look_up(desk=answering(scene), text="hallo", at=MONDAY)

    assert DeskLookup.objects.count() == 0


def test_look_ups_are_never_changed() -> None:
    scene = scenes.desk()
    inbound.look_up(desk=answering(scene), text="020 000 01 00", at=MONDAY)

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE consent_desklookup SET looked_up_at = now()")


def test_no_more_calls_counts_at_once_for_every_legal_entity() -> None:
    scene = scenes.desk()

    inbound.object_to_calls(desk=answering(scene), point=scene.people[0], at=MONDAY)

    objections = Objection.objects.order_by("channel")
    assert [(one.channel, one.legal_entity, one.standing) for one in objections] == [
        ("AUTOMATED_CALL", None, True),
        ("CALL", None, True),
    ]
    assert take_one(scene).entry.contact_point == scene.people[1]


def test_who_is_limited_to_a_legal_entity_objects_for_that_one() -> None:
    scene = scenes.desk()
    limited = Desk(staff=scene.agent, organisation=scene.entity.organisation, legal_entities=(scene.entity,))

    inbound.object_to_everything(desk=limited, point=scene.people[0], at=MONDAY)

    objection = Objection.objects.get()
    assert (objection.legal_entity, objection.channel) == (scene.entity, "")


def test_no_more_mail_for_an_email_address() -> None:
    scene = scenes.desk()
    email = make.email_point(contact=scene.people[0].contact)

    inbound.object_to_calls(desk=answering(scene), point=email, at=MONDAY)

    assert Objection.objects.get().channel == "EMAIL"


def test_withdrawal_names_the_person_as_actor_and_the_agent_as_writer() -> None:
    scene = scenes.desk()
    point = scene.people[0]
    scope = Scope(legal_entity_id=scene.entity.pk, purpose_id=scene.purpose.pk, channel="CALL")

    [event] = inbound.withdraw(desk=answering(scene), point=point, scope=scope, at=MONDAY)

    assert (event.actor, event.staff_id) == (Actor.SUBJECT, scene.agent.pk)
    assert ConsentRecord.objects.get(contact_point=point).status == Status.WITHDRAWN


def test_unknown_number_is_blocked() -> None:
    scene = scenes.desk()
    found = inbound.look_up(desk=answering(scene), text="020 000 09 99", at=MONDAY)

    inbound.block_unknown(desk=answering(scene), address=found.address, at=MONDAY)

    blocks = find_suppressions(organisation=scene.entity.organisation, addresses=[found.address])
    assert list(blocks) == ["+31200000999"]
    assert ConsentEvent.objects.order_by("-sequence")[0].staff_id == scene.agent.pk


def test_preference_link_goes_to_the_address_on_record() -> None:
    scene = scenes.desk()
    email = make.email_point(contact=scene.people[0].contact)

    inbound.send_link(point=email, legal_entity=scene.entity, at=MONDAY)

    message = OutboxMessage.objects.get()
    assert (message.kind, message.contact_point) == ("PREFERENCE_LINK", email)


def test_call_that_was_asked_for_comes_first_at_that_moment_outside_the_hours() -> None:
    scene = scenes.desk()
    wanted = WantedCall(
        legal_entity=scene.entity, purpose=scene.purpose, wanted_at=EVENING, list_name="Gevraagd"
    )

    entry = inbound.request_call(desk=answering(scene), point=scene.people[1], wanted=wanted, at=MONDAY)
    inbound.request_call(desk=answering(scene), point=scene.people[0], wanted=wanted, at=MONDAY)

    attempt = ContactAttempt.objects.filter(contact=scene.people[1].contact).get()
    requested = CallList.objects.get(origin=CallList.Origin.REQUESTED)
    assert (attempt.outcome, attempt.requested_by_person, attempt.call_back_at) == (
        "CALL_BACK",
        True,
        EVENING,
    )
    assert (entry.call_list, entry.next_try_at) == (requested, EVENING)
    assert requested.entries.count() == 2
    late = EVENING + timedelta(hours=2)
    from_list = scene.__class__(**{**vars(scene), "call_list": requested})
    assert take_one(from_list, at=late).entry.contact_point == scene.people[1]


def test_call_that_was_asked_for_needs_permission_when_its_moment_comes() -> None:
    scene = scenes.desk(people=1)
    stranger = make.phone_point(
        contact=make.contact(organisation=scene.entity.organisation), text="+31200000555"
    )
    wanted = WantedCall(
        legal_entity=scene.entity, purpose=scene.purpose, wanted_at=EVENING, list_name="Gevraagd"
    )
    entry = inbound.request_call(desk=answering(scene), point=stranger, wanted=wanted, at=MONDAY)
    from_list = scene.__class__(**{**vars(scene), "call_list": entry.call_list})

    assert scenes.take(from_list, at=EVENING) is None
    assert CallListEntry.objects.get(contact_point=stranger).skip_code == "D_NO_BASIS"


def test_call_at_a_moment_that_has_passed_is_refused() -> None:
    scene = scenes.desk()
    wanted = WantedCall(
        legal_entity=scene.entity, purpose=scene.purpose, wanted_at=MONDAY, list_name="Gevraagd"
    )

    with pytest.raises(WantedMomentError):
        inbound.request_call(desk=answering(scene), point=scene.people[0], wanted=wanted, at=MONDAY)
