from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from consent.domain import suppressions
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.evidence import open_evidence
from consent.domain.lifted_blocks import LeftByErasureError, lift_on_request
from consent.domain.suppressions import Block
from consent.models import Act, Actor, ConsentEvent, Method, Source, Suppression
from customers.domain.addresses import read_phone
from customers.models import Organisation, StaffMember
from tests import make
from tests.consent.admin_rows import list_of, page_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Role = StaffMember.Role
NUMBER = "020 000 01 99"
BY_PAGE = Circumstances(actor=Actor.SUBJECT, source=Source.BLOCK_PAGE, method=Method.BUTTON)
ASKED = {"address": NUMBER, "reason": "Belde op 23 november vanaf dit nummer.", "asked_by_person": "on"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.NOW, tick=False) as travelled:
        yield travelled


@pytest.fixture
def organisation() -> Organisation:
    return make.legal_entity(organisation=make.organisation()).organisation


@pytest.fixture
def dpo(organisation: Organisation) -> StaffMember:
    return make.staff_member(organisation=organisation, username="fg", role=Role.DPO)


def blocked(
    organisation: Organisation, *, reason: Suppression.Reason = Suppression.Reason.BLOCKED
) -> Suppression:
    at = make.NOW - timedelta(days=30)
    return suppressions.suppress_address(
        block=Block(organisation=organisation, address=read_phone(text=NUMBER, country="NL")),
        reason=reason,
        how=BY_PAGE,
        suppressed_at=at,
        recorded_at=at,
    )


def lift_address(block: Suppression) -> str:
    return f"/admin/consent/suppression/{block.pk}/lift/"


def test_officer_takes_a_block_away_with_the_reason_in_the_ledger(
    organisation: Organisation, dpo: StaffMember
) -> None:
    block = blocked(organisation)
    client = signed_in(dpo)

    asked = client.get(lift_address(block))
    before = ConsentEvent.objects.count()
    answer = client.post(lift_address(block), ASKED)

    block.refresh_from_db()
    event = ConsentEvent.objects.get(act=Act.SUPPRESSION_LIFTED)
    assert (asked.status_code, before) == (200, 1)
    assert (answer.status_code, answer["Location"]) == (302, page_of(block, "change"))
    assert block.lifted_at == make.NOW
    assert (event.actor, event.staff_id, event.refers_to_id) == (Actor.STAFF, dpo.pk, block.event_id)
    assert open_evidence(event=event) == {"reason": "Belde op 23 november vanaf dit nummer."}
    assert "Take this block away" not in client.get(page_of(block, "change")).content.decode()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"address": "020 000 01 98"}, "This block is not on this address."),
        ({"address": "geen adres"}, "This block is not on this address."),
        ({"reason": " "}, "This field is required."),
        ({"asked_by_person": ""}, "This field is required."),
    ],
)
def test_block_stands_until_address_reason_and_wish_are_given(
    organisation: Organisation, dpo: StaffMember, said: dict[str, str], sentence: str
) -> None:
    block = blocked(organisation)
    client = signed_in(dpo)
    client.cookies["language"] = "en"

    page = client.post(lift_address(block), ASKED | said).content.decode()

    block.refresh_from_db()
    assert sentence in page
    assert block.lifted_at is None


@pytest.mark.parametrize("role", [Role.MARKETING, Role.CALL_AGENT, Role.ADMINISTRATOR, Role.AUDITOR])
def test_nobody_else_takes_a_block_away(organisation: Organisation, role: Role) -> None:
    block = blocked(organisation)
    client = signed_in(make.staff_member(organisation=organisation, username="other", role=role))

    answers = [
        client.get(lift_address(block)).status_code,
        client.post(lift_address(block), ASKED).status_code,
    ]

    block.refresh_from_db()
    assert answers == [403, 403]
    assert block.lifted_at is None


def test_block_that_an_erasure_left_stays(organisation: Organisation, dpo: StaffMember) -> None:
    block = blocked(organisation, reason=Suppression.Reason.ERASURE)
    client = signed_in(dpo)

    answer = client.post(lift_address(block), ASKED)

    assert answer.status_code == 404
    assert "Take this block away" not in client.get(page_of(block, "change")).content.decode()
    with pytest.raises(LeftByErasureError):
        lift_on_request(block=block, text=NUMBER, reason="x", staff_id=dpo.pk, lifted_at=make.NOW)


def test_block_of_another_organisation_is_not_there(dpo: StaffMember) -> None:
    other = make.organisation(code="anders", name="Anders")

    assert signed_in(dpo).post(lift_address(blocked(other)), ASKED).status_code == 404


def test_block_taken_away_twice_is_taken_away_once(organisation: Organisation, dpo: StaffMember) -> None:
    block = blocked(organisation)
    client = signed_in(dpo)

    answers = [client.post(lift_address(block), ASKED).status_code for _press in range(2)]

    assert answers == [302, 404]
    assert ConsentEvent.objects.filter(act=Act.SUPPRESSION_LIFTED).count() == 1


@pytest.mark.parametrize(
    ("text", "found"), [(NUMBER, 1), ("+31200000199", 1), ("020 000 01 98", 0), ("alice@example.org", 0)]
)
def test_block_is_found_by_its_address(
    organisation: Organisation, dpo: StaffMember, client: Client, text: str, found: int
) -> None:
    blocked(organisation)
    blocked(make.organisation(code="anders", name="Anders"))

    page = signed_in(dpo).get(list_of(Suppression), {"q": text})

    assert page.context["cl"].result_count == found


def test_block_is_found_by_its_event(organisation: Organisation, dpo: StaffMember) -> None:
    block = blocked(organisation)

    page = signed_in(dpo).get(list_of(Suppression), {"q": str(block.event_id)})

    assert page.context["cl"].result_count == 1
