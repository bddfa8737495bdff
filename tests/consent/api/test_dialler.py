from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from consent.domain.call_desk import lists
from consent.domain.suppressions import find_suppressions
from consent.models import CallListEntry, ContactAttempt, DeskLookup, Objection, Scope
from customers.domain import addresses
from customers.models import StaffMember
from tests import make
from tests.consent.api.desk import ASK, question, send
from tests.consent.domain.call_desk import desk as scenes
from tests.consent.domain.call_desk.desk import MONDAY, Desk, entry_of

pytestmark = pytest.mark.django_db
NUMBER = "+31200000002"


@pytest.fixture
def scene(clock: time_machine.Traveller) -> Desk:
    clock.move_to(MONDAY)
    return scenes.desk()


@pytest.fixture
def token(scene: Desk) -> str:
    return make.api_key(legal_entity=scene.entity, scopes=[Scope.DIAL], made_at=make.NOW).token


def take(scene: Desk, token: str, agent: str = "anna-harthulp") -> Any:
    return send(f"/api/v1/call-lists/{scene.call_list.pk}/next", {"agent": agent}, token=token)


def report(shown: str, token: str, **said: object) -> Any:
    told = {"outcome": "CONVERSATION", "number_shown": NUMBER, "objection_offered": True, **said}
    return send(f"/api/v1/shown-contacts/{shown}/outcome", told, token=token)


def pointers(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return [one["pointer"] for one in answer.json()["errors"]]


def test_open_lists_of_the_legal_entity_are_named(scene: Desk, token: str) -> None:
    other = scenes.desk(code="bosvogels")
    closed = scenes.listed(scene.entity, scene.purpose, scene.people)
    lists.close_call_list(call_list=closed, closed_at=MONDAY)

    answer = Client().get("/api/v1/call-lists", headers={"authorization": f"Bearer {token}"})

    assert other.call_list.pk != scene.call_list.pk
    assert answer.json() == {
        "call_lists": [
            {
                "id": str(scene.call_list.pk),
                "name": "Winteractie",
                "purpose": "fundraising",
                "product_group": None,
                "opened_at": "2026-11-23T11:00:00+01:00",
                "expires_at": None,
            }
        ]
    }


def test_agent_gets_the_next_contact_with_what_the_call_needs(scene: Desk, token: str) -> None:
    told = take(scene, token).json()

    contact = told["contact"]
    assert told["nobody"] is None
    assert {name: contact[name] for name in ("name", "number", "language", "script", "ground")} == {
        "name": "Persoon 0 Jansen",
        "number": "+31200000100",
        "language": "nl",
        "script": "Goedendag, u spreekt met ons.",
        "ground": "CONSENT",
    }
    assert (contact["caller_numbers"], contact["held_until"]) == ([NUMBER], "2026-11-23T11:20:00+01:00")
    assert "O_OFFER_OBJECTION" in contact["obligations"]
    assert entry_of(scene.people[0]).held_by == scene.agent


def test_two_agents_never_get_the_same_contact(scene: Desk, token: str) -> None:
    turns = [take(scene, token, agent).json() for agent in ("anna-harthulp", "bilal-harthulp")]
    again = take(scene, token).json()

    numbers = [turn["contact"]["number"] for turn in turns]
    assert numbers == ["+31200000100", "+31200000101"]
    assert again == turns[0]


def test_why_nobody_is_shown_is_told(scene: Desk, token: str, clock: time_machine.Traveller) -> None:
    clock.move_to(MONDAY + timedelta(hours=12))

    told = take(scene, token).json()

    assert told == {"contact": None, "nobody": {"reason": "HOURS", "until": "2026-11-24T09:00:00+01:00"}}


def test_outcome_is_logged_once_with_what_follows(scene: Desk, token: str) -> None:
    shown = take(scene, token).json()["contact"]["shown"]

    first = report(shown, token)
    second = report(shown, token, outcome="NO_ANSWER")

    attempt = ContactAttempt.objects.get()
    assert (first.status_code, first.json()["attempt"]) == (200, str(attempt.pk))
    assert (attempt.outcome, attempt.agent, str(attempt.number_shown), attempt.objection_offered) == (
        "CONVERSATION",
        scene.agent,
        str(scene.number),
        True,
    )
    assert (second.status_code, second["Content-Type"]) == (409, "application/problem+json")
    assert entry_of(scene.people[0]).state == CallListEntry.State.DONE


def test_objection_in_a_call_counts_at_once(scene: Desk, token: str) -> None:
    shown = take(scene, token).json()["contact"]["shown"]
    asker = make.api_key(legal_entity=scene.entity).token
    body = question(address="+31200000100", purpose="fundraising", channel="CALL")
    before = send(ASK, body, token=asker).json()["code"]

    report(shown, token, objected="EVERYTHING")

    assert (before, send(ASK, body, token=asker).json()["code"]) == ("A_CONSENT", "D_OBJECTION")


def test_call_back_is_agreed_in_the_zone_of_the_legal_entity(scene: Desk, token: str) -> None:
    shown = take(scene, token).json()["contact"]["shown"]

    report(shown, token, outcome="CALL_BACK", call_back_at="2026-11-25T14:00", asked_by_person=True)

    assert entry_of(scene.people[0]).next_try_at.isoformat() == "2026-11-25T13:00:00+00:00"


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"number_shown": "+31200000999"}, "#/number_shown"),
        ({"outcome": "CALL_BACK"}, "#/call_back_at"),
        ({"call_back_at": "2026-11-25"}, "#/call_back_at"),
        ({"outcome": "CALL_BACK", "call_back_at": "2020-01-01"}, "#/call_back_at"),
        ({"outcome": "CALL_BACK", "call_back_at": "soon"}, "#/call_back_at"),
        ({"outcome": "WELL"}, "#/outcome"),
        ({"objected": "MAYBE"}, "#/objected"),
    ],
)
def test_wrong_report_is_refused_and_not_logged(
    scene: Desk, token: str, said: dict[str, object], pointer: str
) -> None:
    shown = take(scene, token).json()["contact"]["shown"]

    assert pointers(report(shown, token, **said)) == [pointer]
    assert ContactAttempt.objects.count() == 0


def test_contact_is_put_back_for_the_next_agent(scene: Desk, token: str) -> None:
    shown = take(scene, token).json()["contact"]["shown"]

    first, again = (send(f"/api/v1/shown-contacts/{shown}/put-back", {}, token=token) for _turn in range(2))

    assert (first.json(), again.json()) == ({"waits": True}, {"waits": False})
    assert take(scene, token, "bilal-harthulp").json()["contact"]["number"] == "+31200000100"


def test_key_of_another_legal_entity_reaches_nothing(scene: Desk, token: str) -> None:
    other = scenes.desk(code="bosvogels")
    sister = make.legal_entity(organisation=scene.entity.organisation, code="zuster", name="Zuster N.V.")
    shown = take(scene, token).json()["contact"]["shown"]
    strangers = [make.api_key(legal_entity=one, scopes=[Scope.DIAL]).token for one in (other.entity, sister)]

    answers = [
        answer.status_code
        for stranger in strangers
        for answer in (
            take(scene, stranger),
            report(shown, stranger),
            send(f"/api/v1/shown-contacts/{shown}/put-back", {}, token=stranger),
        )
    ]

    assert answers == [404] * 6
    assert take(other, strangers[0], "anna-harthulp").status_code == 422
    assert report(str(uuid4()), token).status_code == 404


def test_only_an_agent_who_works_for_the_legal_entity_takes_calls(scene: Desk, token: str) -> None:
    organisation = scene.entity.organisation
    sister = make.legal_entity(organisation=organisation, code="zuster", name="Zuster N.V.")
    make.staff_member(organisation=organisation, username="beperkt", legal_entities=[sister])
    make.staff_member(organisation=organisation, username="fg", role=StaffMember.Role.DPO)
    left = make.staff_member(organisation=organisation, username="vertrokken")
    left.is_active = False
    left.save(update_fields=["is_active"])
    make.staff_member(organisation=organisation, username="hier", legal_entities=[sister, scene.entity])

    refused = [take(scene, token, agent) for agent in ("", "nobody", "a\0b", "beperkt", "fg", "vertrokken")]

    assert [pointers(answer) for answer in refused] == [["#/agent"]] * 6
    assert take(scene, token, "hier").status_code == 200


def test_key_that_may_only_ask_does_not_dial(scene: Desk) -> None:
    asker = make.api_key(legal_entity=scene.entity).token
    incoming = {"agent": "anna-harthulp", "address": "+31200000100"}

    answers = [take(scene, asker), send("/api/v1/inbound/look-up", incoming, token=asker)]

    assert [answer.status_code for answer in answers] == [403, 403]


def incoming(address: str, **said: object) -> dict[str, object]:
    return {"agent": "anna-harthulp", "address": address, **said}


def test_look_up_names_who_holds_an_address_and_is_kept(scene: Desk, token: str) -> None:
    person = scene.people[0].contact

    known = send("/api/v1/inbound/look-up", incoming("020 000 01 00"), token=token)
    unknown = send("/api/v1/inbound/look-up", incoming("020 000 09 99"), token=token)
    garbage = send("/api/v1/inbound/look-up", incoming("hallo"), token=token)

    holder = {"contact": str(person.pk), "name": str(person), "language": "nl"}
    assert (known.json(), unknown.json()) == ({"holders": [holder]}, {"holders": []})
    assert pointers(garbage) == ["#/address"]
    assert {(one.staff, one.contact) for one in DeskLookup.objects.all()} == {
        (scene.agent, person),
        (scene.agent, None),
    }


def test_objection_of_who_calls_counts_for_the_legal_entity(scene: Desk, token: str) -> None:
    answer = send("/api/v1/inbound/objection", incoming("+31200000100", reach="CALLS"), token=token)

    told = answer.json()
    assert (told["contacts"], told["blocked"]) == (1, False)
    assert sorted(Objection.objects.values_list("legal_entity__code", "channel", "contact")) == [
        ("harthulp", "AUTOMATED_CALL", scene.people[0].contact_id),
        ("harthulp", "CALL", scene.people[0].contact_id),
    ]
    assert take(scene, token).json()["contact"]["number"] == "+31200000101"


def test_objection_reaches_all_who_hold_the_number_unless_one_is_named(scene: Desk, token: str) -> None:
    first = scene.people[0].contact
    second = make.contact(organisation=scene.entity.organisation, given_name="Bo")
    make.phone_point(contact=second, text="+31200000100")

    def objected(**said: object) -> Any:
        body = incoming("+31200000100", reach="EVERYTHING", **said)
        return send("/api/v1/inbound/objection", body, token=token)

    one = objected(contact=str(second.pk)).json()
    named = set(Objection.objects.values_list("contact", flat=True))
    everybody = objected().json()

    assert (one["contacts"], named, everybody["contacts"]) == (1, {second.pk}, 2)
    assert set(Objection.objects.values_list("contact", flat=True)) == {first.pk, second.pk}
    assert pointers(objected(contact=str(scene.people[1].contact_id))) == ["#/contact"]


def test_address_that_nobody_holds_is_blocked(scene: Desk, token: str) -> None:
    answer = send("/api/v1/inbound/objection", incoming("020 000 09 99", reach="CALLS"), token=token)

    address = addresses.read_phone(text="+31200000999", country="NL")
    assert (answer.json()["contacts"], answer.json()["blocked"]) == (0, True)
    assert list(find_suppressions(organisation=scene.entity.organisation, addresses=[address])) == [
        "+31200000999"
    ]


def test_stopping_has_no_limit(scene: Desk, token: str, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    shown = take(scene, token).json()["contact"]["shown"]

    refused = take(scene, token)
    logged = report(shown, token, objected="EVERYTHING")
    objected = send("/api/v1/inbound/objection", incoming("+31200000101", reach="CALLS"), token=token)

    assert [refused.status_code, logged.status_code, objected.status_code] == [429, 200, 200]
    assert "RateLimit" not in logged
