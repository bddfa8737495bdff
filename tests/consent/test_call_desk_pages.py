import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consent.domain.engine.question import Wanted
from consent.domain.lists.layout import layout_from_json
from consent.domain.screening import runs, work
from consent.domain.withdrawals import Scope, object_to
from consent.models import (
    CallList,
    CallListEntry,
    ConsentEvent,
    ContactAttempt,
    Job,
    Objection,
    ScreeningRun,
    ShownContact,
)
from customers.models import CallerNumber, StaffMember
from tests import make
from tests.consent.admin_rows import signed_in
from tests.consent.domain.call_desk.desk import BY_THE_PERSON, DAY, MINUTE, MONDAY, Desk, desk, take_one

pytestmark = pytest.mark.django_db
Role = StaffMember.Role


@pytest.fixture(autouse=True)
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def page(name: str, key: object) -> str:
    return reverse(f"admin:{name}", args=[key])


def start(client: Client, scene: Desk) -> str:
    answer = client.post(page("call_next", scene.call_list.pk))
    assert answer.status_code == 302
    return str(answer["Location"])


def report(client: Client, address: str, scene: Desk, outcome: str, **said: object) -> str:
    form = {"outcome": outcome, "number_shown": scene.number.pk, "objection_offered": "on", **said}
    return str(client.post(address, form)["Location"])


def manager_of(scene: Desk) -> StaffMember:
    return make.staff_member(organisation=scene.entity.organisation, username="mark", role=Role.MARKETING)


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_desk_shows_who_to_call_the_number_to_show_the_ground_and_the_script() -> None:
    scene = desk()
    client = signed_in(scene.agent)

    shown = text(client, start(client, scene))

    for part in (
        "Persoon 0",
        "+31 20 000 0100",
        "+31 20 000 0002",
        "This person gave permission for this, and it still holds.",
        "Goedendag, u spreekt met ons.",
    ):
        assert part in shown, part
    assert "Persoon 1" not in shown


def test_showing_a_contact_needs_a_press_of_a_button() -> None:
    scene = desk()
    client = signed_in(scene.agent)

    answer = client.get(page("call_next", scene.call_list.pk))

    assert answer.status_code == 405
    assert ShownContact.objects.count() == 0


def test_opening_the_page_changes_nothing() -> None:
    scene = desk()
    client = signed_in(scene.agent)
    address = start(client, scene)
    before = list(CallListEntry.objects.values()), list(ShownContact.objects.values())

    client.get(address)
    client.get(page("call_list", scene.call_list.pk))
    client.get(reverse("admin:call_desk"))

    assert (list(CallListEntry.objects.values()), list(ShownContact.objects.values())) == before


def test_after_the_outcome_the_next_contact_is_shown() -> None:
    scene = desk()
    client = signed_in(scene.agent)

    following = report(client, start(client, scene), scene, "CONVERSATION")

    attempt = ContactAttempt.objects.get()
    assert (attempt.outcome, attempt.objection_offered, attempt.number_shown) == (
        "CONVERSATION",
        True,
        scene.number,
    )
    assert "Persoon 1" in text(client, following)


def test_objection_counts_before_the_next_contact_is_shown(monday: time_machine.Traveller) -> None:
    scene = desk()
    client = signed_in(scene.agent)

    following = report(client, start(client, scene), scene, "OBJECTS")

    assert (Objection.objects.get().channel, Objection.objects.get().standing) == ("CALL", True)
    shown = text(client, following)
    assert "Persoon 1" in shown
    assert "Correct it" in shown


def test_objection_by_mistake_is_corrected_with_a_reason(monday: time_machine.Traveller) -> None:
    scene = desk()
    client = signed_in(scene.agent)
    address = start(client, scene)
    report(client, address, scene, "OBJECTS_TO_ALL")
    monday.shift(MINUTE)

    refused = client.post(f"{address}correct/", {"reason": ""})
    done = client.post(f"{address}correct/", {"reason": "Verkeerde toets"})

    assert refused.status_code == 200
    assert (done.status_code, Objection.objects.get().standing) == (302, False)


def test_colleague_does_not_correct_what_an_agent_recorded() -> None:
    scene = desk()
    address = start(signed_in(scene.agent), scene)
    report(signed_in(scene.agent), address, scene, "OBJECTS")

    answer = signed_in(scene.colleague).post(f"{address}correct/", {"reason": "Verkeerde toets"})

    assert (answer.status_code, Objection.objects.get().standing) == (403, True)


def test_person_who_objected_meanwhile_is_no_longer_shown() -> None:
    scene = desk()
    client = signed_in(scene.agent)
    address = start(client, scene)
    object_to(contact=scene.people[0].contact, scope=Scope(), how=BY_THE_PERSON, occurred_at=MONDAY)

    shown = text(client, address)

    assert "Do not call this contact now." in shown
    assert "Persoon 0" not in shown
    assert "+31 20 000 0100" not in shown
    assert "Persoon 1" in text(client, start(client, scene))


def test_contact_is_no_longer_shown_when_the_hold_has_ended(monday: time_machine.Traveller) -> None:
    scene = desk()
    client = signed_in(scene.agent)
    address = start(client, scene)
    monday.shift(timedelta(minutes=21))

    shown = text(client, address)

    assert "This contact is no longer with you." in shown
    assert "Persoon 0" not in shown


def test_contact_stays_while_the_agent_works_on_the_page(monday: time_machine.Traveller) -> None:
    scene = desk()
    client = signed_in(scene.agent)
    address = start(client, scene)

    monday.shift(timedelta(minutes=15))
    client.get(address)
    monday.shift(timedelta(minutes=15))
    client.post(address, {"outcome": "", "number_shown": scene.number.pk})
    monday.shift(timedelta(minutes=15))
    shown = text(client, address)

    assert "Persoon 0" in shown
    assert CallListEntry.objects.get(contact_point=scene.people[0]).held_until == MONDAY + timedelta(
        minutes=65
    )


def test_call_is_recorded_after_the_hold_has_ended(monday: time_machine.Traveller) -> None:
    scene = desk()
    client = signed_in(scene.agent)
    address = start(client, scene)
    monday.shift(timedelta(minutes=21))

    report(client, address, scene, "OBJECTS")

    assert Objection.objects.get().contact == scene.people[0].contact


def test_recorded_call_shows_nobody_and_is_not_recorded_twice() -> None:
    scene = desk()
    client = signed_in(scene.agent)
    address = start(client, scene)
    report(client, address, scene, "NO_ANSWER")

    report(client, address, scene, "CONVERSATION")

    assert ContactAttempt.objects.get().outcome == "NO_ANSWER"
    assert "Persoon 0" not in text(client, address)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "SOMETHING"}, "outcome"),
        ({"outcome": "CALL_BACK"}, "call_back_at"),
        ({"outcome": "CALL_BACK", "call_back_at_0": "2026-11-22", "call_back_at_1": "10:00"}, "call_back_at"),
        ({"outcome": "CONVERSATION", "number_shown": "999999"}, "number_shown"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_nothing_is_kept(form: dict[str, str], field: str) -> None:
    scene = desk()
    client = signed_in(scene.agent)
    address = start(client, scene)

    answer = client.post(address, {"number_shown": scene.number.pk, **form})

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert "Persoon 0" in answer.content.decode()
    assert ContactAttempt.objects.count() == 0


@pytest.mark.parametrize("begun", [{"call_back_at_0": "2026-11-24"}, {"call_back_at_1": "25:61"}])
def test_call_back_begun_and_left_stands_in_the_way_of_no_stop(begun: dict[str, str]) -> None:
    scene = desk()
    client = signed_in(scene.agent)

    report(client, start(client, scene), scene, "OBJECTS", **begun)

    assert [one.standing for one in Objection.objects.all()] == [True]


def test_number_put_out_of_use_during_the_call_stands_in_the_way_of_no_stop() -> None:
    scene = desk()
    client = signed_in(scene.agent)
    address = start(client, scene)
    CallerNumber.objects.update(reachable_until_date=(MONDAY + 30 * DAY).date())

    report(client, address, scene, "OBJECTS")

    assert [one.standing for one in Objection.objects.all()] == [True]
    assert ContactAttempt.objects.get().number_shown == scene.number


def test_call_back_is_planned() -> None:
    scene = desk()
    client = signed_in(scene.agent)
    moment = {"call_back_at_0": "2026-11-24", "call_back_at_1": "20:30", "asked_by_person": "on"}

    report(client, start(client, scene), scene, "CALL_BACK", **moment)

    entry = CallListEntry.objects.get(contact_point=scene.people[0])
    assert entry.next_try_at == MONDAY + DAY + timedelta(hours=9, minutes=30)
    assert entry.call_back_asked is True


def test_call_back_outside_calling_hours_is_said_to_come_later() -> None:
    scene = desk(people=5)
    client = signed_in(scene.agent)
    address, later = start(client, scene), "the contact is shown again from Nov. 25, 2026, 9 a.m."
    told = []

    for said in ({}, {"asked_by_person": "on"}, {"call_back_at_1": "19:30"}):
        moment = {"call_back_at_0": "2026-11-24", "call_back_at_1": "23:30", **said}
        address = report(client, address, scene, "CALL_BACK", **moment)
        told.append(later in text(client, address))

    assert told == [True, False, False]


def test_agent_puts_a_contact_back() -> None:
    scene = desk()
    client = signed_in(scene.agent)
    address = start(client, scene)

    client.post(f"{address}put-back/")

    assert CallListEntry.objects.filter(state="HELD").count() == 0


def test_list_says_why_nobody_is_shown(monday: time_machine.Traveller) -> None:
    scene = desk()
    client = signed_in(scene.agent)
    monday.move_to(MONDAY + timedelta(hours=11))

    listed = text(client, start(client, scene))

    assert "It is outside calling hours. Calling can go on from 2026-11-24 09:00." in listed
    assert "Show the next contact" not in listed


@pytest.mark.parametrize("when", ["FOR NO KEY UPDATE", 'INSERT INTO "consent_showncontact"'])
def test_database_that_goes_away_shows_nobody(when: str) -> None:
    scene = desk()
    client = signed_in(scene.agent)
    client.raise_request_exception = False

    def away(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if when in sql:
            raise OperationalError
        return execute(sql, *rest)

    with connection.execute_wrapper(away):
        answer = client.post(page("call_next", scene.call_list.pk))

    assert answer.status_code == 503
    assert ShownContact.objects.count() == 0
    assert CallListEntry.objects.filter(state="HELD").count() == 0


def test_purpose_that_the_legal_entity_no_longer_uses_shows_nobody() -> None:
    scene = desk()
    client = signed_in(scene.agent)
    scene.purpose.legal_entities.clear()

    listed = text(client, start(client, scene))

    assert "Permission cannot be checked now, so nobody is shown." in listed


def test_desk_is_for_agents_of_the_organisation_and_legal_entity() -> None:
    scene, other = desk(), desk(code="bosvogels")
    sister = make.legal_entity(organisation=scene.entity.organisation, code="zuster", name="Zuster")
    limited = make.staff_member(
        organisation=scene.entity.organisation, username="beperkt", legal_entities=[sister]
    )
    shown = take_one(scene).row

    for staff in (other.agent, limited):
        client = signed_in(staff)
        answers = [
            client.get(page("call_list", scene.call_list.pk)).status_code,
            client.post(page("call_next", scene.call_list.pk)).status_code,
            client.get(page("call_contact", shown.pk)).status_code,
            client.post(page("call_contact", shown.pk), {"outcome": "OBJECTS"}).status_code,
            client.post(page("call_put_back", shown.pk)).status_code,
            client.get(page("call_correct", shown.pk)).status_code,
        ]
        assert answers == [404] * 6
        assert scene.call_list.name not in text(client, reverse("admin:call_desk")).replace(
            other.call_list.name if staff == other.agent else "-", ""
        )


def test_contact_of_a_colleague_is_not_found() -> None:
    scene = desk()
    shown = take_one(scene).row

    answers = [
        signed_in(scene.colleague).get(page("call_contact", shown.pk)).status_code,
        signed_in(scene.agent).get(page("call_contact", uuid4())).status_code,
    ]

    assert answers == [404, 404]


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        (Role.CALL_AGENT, [200, 200, 302, 403, 403, 403]),
        (Role.MARKETING, [200, 200, 403, 302, 302, 200]),
        (Role.DPO, [403, 403, 403, 403, 403, 403]),
        (Role.ADMINISTRATOR, [403, 403, 403, 403, 403, 403]),
        (Role.AUDITOR, [403, 403, 403, 403, 403, 403]),
    ],
)
def test_each_role_does_its_own_part(role: Role, statuses: list[int]) -> None:
    scene = desk()
    member = make.staff_member(organisation=scene.entity.organisation, username="iemand", role=role)
    client, key = signed_in(member), scene.call_list.pk

    answers = [
        client.get(reverse("admin:call_desk")),
        client.get(page("call_list", key)),
        client.post(page("call_next", key)),
        client.post(page("call_list_again", key)),
        client.post(page("call_list_close", key)),
        client.get(page("call_list_script", key)),
    ]

    assert [answer.status_code for answer in answers] == statuses


def test_manager_writes_the_script_and_closes_the_list() -> None:
    scene = desk()
    client = signed_in(manager_of(scene))
    key: UUID = scene.call_list.pk

    client.post(page("call_list_script", key), {"script_nl": "Dag, met ons.", "script_en": "Hello."})
    client.post(page("call_list_close", key))

    scene.call_list.refresh_from_db()
    assert scene.call_list.script == {"nl": "Dag, met ons.", "en": "Hello."}
    assert scene.call_list.closed_at == MONDAY
    assert "This list is closed" in text(client, page("call_list", key))


def test_manager_sees_why_contacts_were_skipped() -> None:
    scene = desk()
    object_to(contact=scene.people[0].contact, scope=Scope(), how=BY_THE_PERSON, occurred_at=MONDAY)
    take_one(scene)

    listed = signed_in(manager_of(scene)).get(page("call_list", scene.call_list.pk))

    [(told, count)] = listed.context["skipped"]
    assert (told.label, count) == ("Asked for no contact", 1)


def test_agents_see_only_lists_they_can_call() -> None:
    scene = desk()
    closed = make.call_list(
        legal_entity=scene.entity, purpose=scene.purpose, name="Voorbij", closed_at=MONDAY
    )

    agent = text(signed_in(scene.agent), reverse("admin:call_desk"))
    manager = text(signed_in(manager_of(scene)), reverse("admin:call_desk"))

    assert (closed.name in agent, closed.name in manager) == (False, True)


def test_without_lists_the_page_says_what_comes_here() -> None:
    organisation = make.organisation()
    agent = make.staff_member(organisation=organisation)

    assert "There is nothing to call now." in text(signed_in(agent), reverse("admin:call_desk"))


@pytest.mark.parametrize("others", [0, 2])
def test_page_of_lists_asks_the_database_as_often_for_three_lists_as_for_one(
    others: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scene = desk()
    for number in range(others):
        make.call_list(legal_entity=scene.entity, purpose=scene.purpose, name=f"Lijst {number}")
    client = signed_in(scene.agent)

    with django_assert_num_queries(9):
        client.get(reverse("admin:call_desk"))


def test_addresses_of_the_desk_hold_no_personal_data() -> None:
    scene = desk()
    client = signed_in(scene.agent)

    address = start(client, scene)

    assert address == page("call_contact", ShownContact.objects.get().pk)
    assert ConsentEvent.objects.count() == 2


def test_manager_opens_a_list_of_everybody_who_may_be_called() -> None:
    scene = desk(people=2)
    make.phone_point(contact=make.contact(organisation=scene.entity.organisation), text="+31200000555")
    form = {
        "name": "Voorjaar",
        "legal_entity": scene.entity.pk,
        "purpose": scene.purpose.pk,
        "script_nl": "Dag.",
        "script_en": "Hello.",
    }

    answer = signed_in(manager_of(scene)).post(reverse("admin:call_list_open"), form)

    made = CallList.objects.get(name="Voorjaar")
    assert answer["Location"] == page("call_list", made.pk)
    assert {entry.contact_point for entry in made.entries.all()} == set(scene.people)
    assert (made.origin, made.script, made.opened_by) == (
        "AUDIENCE",
        {"nl": "Dag.", "en": "Hello."},
        StaffMember.objects.get(username="mark"),
    )


def test_manager_opens_a_list_of_the_allowed_rows_of_a_screening() -> None:
    scene = desk(people=2)
    manager = manager_of(scene)
    data = b"naam;telefoon\r\nIemand;020 000 05 55\r\nPersoon;020 000 01 01\r\n"
    run = screened(scene, manager, data)

    signed_in(manager).post(reverse("admin:call_list_open"), {"name": "Uit lijst", "run": run.pk})

    made = CallList.objects.get(name="Uit lijst")
    assert [entry.contact_point for entry in made.entries.all()] == [scene.people[1]]
    assert (made.origin, made.origin_reference) == ("SCREENING", str(run.pk))


@pytest.mark.parametrize("chosen", ["nothing", "another organisation"])
def test_list_needs_a_question_of_the_own_organisation(chosen: str) -> None:
    scene, other = desk(), desk(code="bosvogels")
    form: dict[str, object] = {"name": "Voorjaar"}
    if chosen == "another organisation":
        form |= {"legal_entity": other.entity.pk, "purpose": other.purpose.pk}

    answer = signed_in(manager_of(scene)).post(reverse("admin:call_list_open"), form)

    assert sorted(answer.context["form"].errors) == ["legal_entity", "purpose"]
    assert CallList.objects.filter(name="Voorjaar").count() == 0


def test_agents_open_no_list() -> None:
    scene = desk()

    assert signed_in(scene.agent).get(reverse("admin:call_list_open")).status_code == 403


def screened(scene: Desk, manager: StaffMember, data: bytes) -> ScreeningRun:
    """A list of which the second column holds phone numbers, answered to its end."""
    run = runs.take_in(
        organisation=scene.entity.organisation,
        source=runs.Source(file=io.BytesIO(data), name="lijst.csv"),
        staff=manager,
        now=MONDAY,
    )
    wanted = Wanted(legal_entity=scene.entity.code, purpose=scene.purpose.code, channel="CALL")
    layout = replace(layout_from_json(stored=run.layout), address=1)
    beginning = work.Beginning(wanted=wanted, layout=layout)
    job = work.begin(run=run, beginning=beginning, staff=manager, now=MONDAY)
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, ended_at=MONDAY)
    return run
