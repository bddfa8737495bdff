import contextlib
import csv
import datetime
import io
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.core.management import call_command

from consent.domain.withdrawals import Scope, object_to
from consent.models import Channel, Purpose
from customers.domain import contacts
from customers.models import Contact, ContactPoint, LegalEntity, StaffMember
from tests import make
from tests.browser.fixtures import Visitor
from tests.consent.admin_rows import BY_PHONE
from tests.consent.asking_scene import BOUGHT, customer, shop
from tests.journeys.steps import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = ("--legal-entity=lampenwinkel", "--purpose=offers", "--product-group=lampen")
TOLD = ("code", "valid_until", "within_hours", "next_allowed_at", "caller_number")
CALLS = {
    "020-000 01 01": "D_REL_ENDED_20260701",
    "+31 20 000 01 02": "D_OBJECTION",
    "0200000103": "D_REL_ENDED_20260701",
    "0031200000104": "A_CONSENT",
    "+31200000105": "D_UNVERIFIED",
    "+31200000106": "A_LEGAL_PERSON",
    "+31200000107": "D_NO_BASIS",
    "020-000 09 99": "D_NO_BASIS",
    "geen nummer": "D_ADDRESS_INVALID",
    "": "D_ADDRESS_INVALID",
}
MAILS = {
    "anna@example.org": "A_SOFT_OPTIN",
    " Bram@Example.org ": "A_SOFT_OPTIN",
    "carla@example.org": "D_REL_NOT_SIMILAR",
    "niemand@example.org": "D_NO_BASIS",
    "anna@": "D_ADDRESS_INVALID",
}


@pytest.fixture
def lamps() -> LegalEntity:
    """A shop, and somebody for each kind of answer."""
    lamps = shop()
    make.caller_number(legal_entity=lamps)
    customer(entity=lamps, name="Anna", number=101)
    bram = customer(entity=lamps, name="Bram", number=102)
    object_to(contact=bram, scope=Scope(channel="CALL"), how=BY_PHONE, occurred_at=BOUGHT)
    customer(entity=lamps, name="Carla", number=103, group="meubels")
    permitted, _unverified = permit(lamps, number=104), permit(lamps, number=105)
    contacts.mark_verified(
        point=permitted, method=ContactPoint.Verification.SMS_CODE, verified_at=make.LONG_AGO
    )
    company(lamps, form="BV", number=106)
    company(lamps, form="EENMANSZAAK", number=107)
    return lamps


def permit(lamps: LegalEntity, *, number: int) -> ContactPoint:
    notice = make.notice_version(
        legal_entity=lamps, purpose=Purpose.objects.get(), channel=Channel.CALL, code=f"by-call-{number}"
    )
    person = make.contact(organisation=lamps.organisation, given_name="Dirk")
    point = make.phone_point(contact=person, text=f"+31200000{number}")
    make.permission_event(
        contact_point=point, notice_version=notice, first_contact_due_at=make.NOW + datetime.timedelta(days=9)
    )
    return point


def company(lamps: LegalEntity, *, form: str, number: int) -> None:
    baker = make.contact(
        organisation=lamps.organisation,
        kind=Contact.Kind.ORGANISATION,
        legal_form=form,
        organisation_name=f"Bakkerij {form}",
    )
    make.phone_point(contact=baker, text=f"+31200000{number}")


def ask_about_one(address: str, *question: str) -> dict[str, object]:
    said = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command("may_contact", address, *question, "--json", stdout=said)
    return dict(json.loads(said.getvalue()))


def ask_about_list(addresses: Iterable[str], folder: Path, *question: str) -> list[dict[str, str]]:
    given, output = folder / "lijst.csv", folder / "uit.csv"
    with given.open("w", newline="") as file:
        csv.writer(file).writerows([["klant", "adres"], *enumerate(addresses)])
    call_command("screen", str(given), *question, "--column=adres", f"--output={output}", "--processes=1")
    with output.open(newline="") as file:
        return list(csv.DictReader(file))


def written(value: object) -> str:
    """As a cell of a list has it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.usefixtures("lamps")
@pytest.mark.time_machine(make.NOW, tick=False)
@pytest.mark.parametrize(("channel", "codes"), [("CALL", CALLS), ("EMAIL", MAILS)])
def test_one_address_and_a_list_get_the_same_answers(
    channel: str, codes: dict[str, str], tmp_path: Path
) -> None:
    question = (*QUESTION, f"--channel={channel}")

    rows = ask_about_list(codes, tmp_path, *question)
    answers = [ask_about_one(address, *question) for address in codes]

    assert [(row["adres"], row["code"]) for row in rows] == list(codes.items())
    assert [row["allowed"] for row in rows] == [written(code.startswith("A_")) for code in codes.values()]
    assert [row["reasons"].split() for row in rows] == [answer["reasons"] for answer in answers]
    assert [[row[name] for name in TOLD] for row in rows] == [
        [written(answer[name]) for name in TOLD] for answer in answers
    ]


@pytest.mark.browser
def test_unknown_means_no(staff: Visitor, lamps: LegalEntity) -> None:
    sign_in(staff, organisation=lamps.organisation, role=StaffMember.Role.CALL_AGENT)

    staff.page.locator("#may-we-address").fill("020-000 09 99")
    staff.follow(staff.page.locator("form.find button"))
    staff.choose("On whose behalf?", "lampenwinkel")
    staff.choose("For what?", "offers")
    staff.choose("Over which channel?", "CALL")
    staff.follow(staff.page.locator("form.act [type=submit]"))

    assert staff.page.locator("h2").first.inner_text() == "✕ No, lampenwinkel B.V. may not call."
    assert "This person gave no permission, and nothing else allows this contact either." in staff.text
    assert "None: nothing is known that this could rest on." in staff.text
    assert "Number to show" not in staff.text
