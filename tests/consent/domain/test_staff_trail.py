from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent.domain.call_desk import inbound
from consent.domain.staff_trail import about_contact, by_member, find_unusual
from customers.domain.staff_acts import About, NewAct, keep_act
from customers.models import Contact, Organisation, StaffAct, StaffMember
from tests import make
from tests.consent.admin_rows import everything

pytestmark = pytest.mark.django_db
NOW, DAY = make.NOW, timedelta(days=1)


@pytest.fixture
def house() -> Organisation:
    return make.organisation()


@pytest.fixture
def agent(house: Organisation) -> StaffMember:
    return make.staff_member(organisation=house)


def looked(agent: StaffMember, *, times: int, days_ago: int = 0, contact: Contact | None = None) -> None:
    about = About(model=Contact, key=str(contact.pk), contact="pk") if contact else None
    moment = NOW - days_ago * DAY - timedelta(hours=1)
    for _time in range(times):
        new = NewAct(act=StaffAct.Act.LOOKED, page="customers_contact_change", done_at=moment, about=about)
        keep_act(staff=agent, new=new)


def unusual(house: Organisation) -> list[tuple[str, int, int]]:
    found = find_unusual(organisation=house, now=NOW)
    return [(one.staff.username, one.in_the_last_day, one.usual) for one in found]


def test_pages_inbound_desk_and_call_desk_stand_together() -> None:
    rows = everything(code="eigen")
    contact, agent = rows[Contact], rows[StaffMember]
    assert isinstance(contact, Contact)
    assert isinstance(agent, StaffMember)

    of_person = about_contact(contact=contact)
    of_member = by_member(staff=agent)

    assert sorted(row["what"] for row in of_person) == ["DESK", "LOOKED", "SHOWN"]
    assert {row["who"] for row in of_person} == {agent.pk}
    assert sorted(row["what"] for row in of_member) == ["DESK", "LOOKED", "SHOWN"]
    assert {row["about"] for row in of_member} == {contact.pk}


def test_fifty_looks_in_a_day_are_usual(house: Organisation, agent: StaffMember) -> None:
    looked(agent, times=50)

    assert unusual(house) == []


def test_more_than_fifty_by_who_hardly_ever_looks_are_not(house: Organisation, agent: StaffMember) -> None:
    looked(agent, times=2, days_ago=3)
    looked(agent, times=51)

    assert unusual(house) == [("agent", 51, 2)]


def test_who_looks_that_often_every_day_is_left_alone(house: Organisation, agent: StaffMember) -> None:
    looked(agent, times=20, days_ago=3)
    looked(agent, times=60)

    assert unusual(house) == []


def test_look_ups_at_the_desk_count_too(house: Organisation, agent: StaffMember) -> None:
    desk = inbound.Desk(staff=agent, organisation=house)
    for number in range(30):
        inbound.look_up(desk=desk, text=f"niemand{number}@example.org", at=NOW - timedelta(hours=2))
    looked(agent, times=21)

    assert unusual(house) == [("agent", 51, 0)]


def test_start_page_says_it_to_who_watches(house: Organisation, agent: StaffMember) -> None:
    for _time in range(51):
        new = NewAct(act=StaffAct.Act.SEARCHED, page="customers_contact_changelist", done_at=timezone.now())
        keep_act(staff=agent, new=new)
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        make.staff_member(organisation=house, username="auditor", role=StaffMember.Role.AUDITOR)
    )
    words = "agent looked people up 51 times in the last day; usual is 0."

    shown = [
        words in client.get(page).content.decode()
        for page in (
            reverse("admin:index"),
            reverse("admin:customers_staffact_changelist"),
            reverse("admin:acts_of_member", args=[agent.pk]),
        )
    ]

    assert shown == [True, True, True]
