from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consent.admin.inbound_desk import LOOK_UPS
from consent.domain.suppressions import find_suppressions
from consent.models import (
    CallListEntry,
    ConsentRecord,
    DeskLookup,
    Objection,
    OutboxMessage,
    Status,
    Suppression,
)
from customers.domain.addresses import read_phone
from customers.models import ContactPoint, StaffMember
from tests import make
from tests.consent.admin_rows import signed_in, superuser
from tests.consent.domain.call_desk.desk import MONDAY, Desk, desk

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
ADDRESS = "/admin/inbound-desk/"


@pytest.fixture(autouse=True)
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def look(client: Client, address: str = "020 000 01 00") -> str:
    return client.post(ADDRESS, {"address": address}).content.decode()


def ask(client: Client, point: ContactPoint, act: str, **said: object) -> str:
    form = {"address": point.value, "point": point.pk, "act": act, **said}
    return client.post(ADDRESS, form).content.decode()


def answering(scene: Desk) -> Client:
    return signed_in(scene.agent)


def test_look_up_says_who_it_is_what_we_may_and_hold() -> None:
    scene = desk()

    found = look(answering(scene))

    for part in ("Persoon 0", "Yes", "fundraising", "Withdraw", "…100"):
        assert part in found, part
    assert "Persoon 1" not in found
    assert DeskLookup.objects.get().staff == scene.agent


def test_address_that_cannot_be_read_is_said() -> None:
    scene = desk()

    page = answering(scene).post(ADDRESS, {"address": "hallo"})

    assert page.context["form"].errors == {
        "address": ["This is no e-mail address or phone number we can use."]
    }


def test_objection_by_one_press_counts_at_once() -> None:
    scene = desk()

    done = ask(answering(scene), scene.people[0], "object")

    assert "The objection is recorded and counts from now." in done
    assert Objection.objects.filter(standing=True, channel="CALL", legal_entity=None).count() == 1
    assert "No</span>" in done.replace("\n", "")


def test_all_contact_is_stopped_by_one_press() -> None:
    scene = desk()

    ask(answering(scene), scene.people[0], "object_all")

    assert Objection.objects.get().channel == ""


def test_permission_is_withdrawn() -> None:
    scene = desk()
    record = ConsentRecord.objects.get(contact_point=scene.people[0])

    done = ask(answering(scene), scene.people[0], "withdraw", permission=record.pk)

    record.refresh_from_db()
    assert record.status == Status.WITHDRAWN
    assert "The permission is withdrawn from now." in done


def test_link_goes_only_to_an_address_on_record_of_this_person() -> None:
    scene = desk()
    email = make.email_point(contact=scene.people[0].contact)
    foreign = make.email_point(contact=scene.people[1].contact, text="bob@example.org")
    client = answering(scene)

    ask(client, scene.people[0], "link", to=email.pk)
    refused = client.post(
        ADDRESS,
        {
            "address": scene.people[0].value,
            "point": scene.people[0].pk,
            "act": "link",
            "to": foreign.pk,
        },
    )

    assert OutboxMessage.objects.get().contact_point == email
    assert refused.status_code == 404


def test_unknown_number_is_blocked() -> None:
    scene = desk()
    client = answering(scene)

    unknown = look(client, "020 000 09 99")
    client.post(ADDRESS, {"address": "+31200000999", "act": "block"})

    address = read_phone(text="+31200000999", country="NL")
    blocks = find_suppressions(organisation=scene.entity.organisation, addresses=[address])
    assert "Nobody of ours holds this address." in unknown
    assert list(blocks) == ["+31200000999"]


def test_known_number_is_not_blocked_but_objects() -> None:
    scene = desk()

    answer = answering(scene).post(ADDRESS, {"address": scene.people[0].value, "act": "block"})

    assert (answer.status_code, Suppression.objects.count()) == (404, 0)


def test_call_that_somebody_asks_for_is_logged() -> None:
    scene = desk()
    form = {
        "legal_entity": scene.entity.pk,
        "purpose": scene.purpose.pk,
        "wanted_at_0": "2026-11-24",
        "wanted_at_1": "20:30",
    }

    done = ask(answering(scene), scene.people[0], "call", **form)

    entry = CallListEntry.objects.get(call_back_asked=True)
    assert "The call is logged" in done
    assert (entry.contact_point, entry.call_list.origin) == (scene.people[0], "REQUESTED")


@pytest.mark.parametrize(
    "form",
    [
        {"wanted_at_0": "2026-11-22", "wanted_at_1": "10:00"},
        {"legal_entity": str(uuid4())},
        {"purpose": str(uuid4())},
    ],
    ids=["in the past", "of another", "unknown"],
)
def test_call_that_cannot_be_logged_is_said(form: dict[str, str]) -> None:
    scene = desk()
    whole = {
        "legal_entity": scene.entity.pk,
        "purpose": scene.purpose.pk,
        "wanted_at_0": "2026-11-24",
        "wanted_at_1": "20:30",
        **form,
    }

    page = ask(answering(scene), scene.people[0], "call", **whole)

    assert "<title>Error:" in page.replace("\n", "")
    assert CallListEntry.objects.filter(call_back_asked=True).count() == 0


def test_people_of_another_organisation_are_not_found_nor_touched() -> None:
    scene = desk()
    other = desk(code="bosvogels")
    ContactPoint.objects.filter(contact__organisation=other.entity.organisation).update(value="+31200000777")
    theirs = ContactPoint.objects.filter(value="+31200000777")[0]
    client = answering(scene)

    unknown = look(client, "+31200000777")
    answer = client.post(ADDRESS, {"address": "+31200000777", "point": theirs.pk, "act": "object"})

    assert "Nobody of ours holds this address." in unknown
    assert (answer.status_code, Objection.objects.count()) == (404, 0)


def test_many_look_ups_are_refused_and_stopping_never_is() -> None:
    scene = desk()
    client = answering(scene)
    for _ in range(LOOK_UPS.at_most):
        client.post(ADDRESS, {"address": "020 000 09 99"})

    refused = client.post(ADDRESS, {"address": "020 000 01 00"})
    done = ask(client, scene.people[0], "object")

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert "Persoon 0" not in refused.content.decode()
    assert "The objection is recorded" in done


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.CALL_AGENT, 200),
        (Role.MARKETING, 200),
        (Role.DPO, 200),
        (Role.ADMINISTRATOR, 403),
        (Role.AUDITOR, 403),
    ],
)
def test_who_answers_people(role: Role, status: int) -> None:
    scene = desk()
    member = make.staff_member(organisation=scene.entity.organisation, username="iemand", role=role)

    assert signed_in(member).get(ADDRESS).status_code == status


def test_account_without_organisation_looks_nobody_up() -> None:
    assert signed_in(superuser()).get(reverse("admin:inbound_desk")).status_code == 403


def test_who_is_limited_to_a_legal_entity_stops_and_sees_only_that_one() -> None:
    scene = desk()
    sister = make.legal_entity(organisation=scene.entity.organisation, code="zuster", name="Zuster")
    limited = make.staff_member(
        organisation=scene.entity.organisation, username="beperkt", legal_entities=[sister]
    )

    done = ask(signed_in(limited), scene.people[0], "object_all")

    assert Objection.objects.get().legal_entity == sister
    assert scene.entity.name not in done
