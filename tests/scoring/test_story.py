import pytest
from django.test import Client

from customers.models import Contact, LegalEntity, StaffMember
from tests import make
from tests.consent.admin_rows import page_of, signed_in
from tests.scoring import make as scoring

pytestmark = pytest.mark.django_db
Role = StaffMember.Role


@pytest.fixture
def lamps() -> LegalEntity:
    return make.legal_entity(organisation=make.organisation())


@pytest.fixture
def alice(lamps: LegalEntity) -> Contact:
    alice = make.contact(organisation=lamps.organisation)
    scoring.behaviour(contact=alice, legal_entity=lamps, subject="/lampen/")
    scoring.attribute(contact=alice, legal_entity=lamps, value="Drenthe", replaced_at=make.NOW)
    scoring.attribute(contact=alice, legal_entity=lamps, value="Utrecht", acquired_at=make.NOW)
    return alice


def as_role(lamps: LegalEntity, role: StaffMember.Role, *entities: LegalEntity) -> Client:
    return signed_in(
        make.staff_member(
            organisation=lamps.organisation, username="eva", role=role, legal_entities=list(entities)
        )
    )


def test_marketing_sees_what_somebody_did_and_what_is_known_now(lamps: LegalEntity, alice: Contact) -> None:
    page = as_role(lamps, Role.MARKETING).get(page_of(alice, "change"))

    [panel] = page.context["panels"]
    assert [event.subject for event in panel.shown.events] == ["/lampen/"]
    assert [known.value for known in panel.shown.attributes] == ["Utrecht"]
    assert "Visited a page" in page.content.decode()


def test_everything_somebody_did_stands_behind_the_link(lamps: LegalEntity, alice: Contact) -> None:
    client = as_role(lamps, Role.MARKETING)
    bob = make.contact(organisation=lamps.organisation, given_name="Bob")
    scoring.behaviour(contact=bob, legal_entity=lamps, subject="/stoelen/")
    [panel] = client.get(page_of(alice, "change")).context["panels"]

    listed = client.get(panel.shown.all_events)

    assert [event.subject for event in listed.context["cl"].result_list] == ["/lampen/"]


def test_call_agent_is_not_told_what_people_did(lamps: LegalEntity, alice: Contact) -> None:
    page = as_role(lamps, Role.CALL_AGENT).get(page_of(alice, "change"))

    assert (page.context["panels"], "/lampen/" in page.content.decode()) == ([], False)


def test_staff_of_a_sister_see_nothing_of_this_legal_entity(lamps: LegalEntity, alice: Contact) -> None:
    sister = make.legal_entity(organisation=lamps.organisation, code="zuster", name="Zuster N.V.")

    page = as_role(lamps, Role.MARKETING, sister).get(page_of(alice, "change"))

    [panel] = page.context["panels"]
    assert (panel.shown.events, panel.shown.attributes) == ([], [])
    assert "Nothing is kept" in page.content.decode()
