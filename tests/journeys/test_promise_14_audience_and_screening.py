import csv
from pathlib import Path

import pytest

from consent.models import ScreeningRun
from consent.tasks import work_job
from customers.models import Contact, LegalEntity, StaffMember
from tests import make
from tests.browser.fixtures import Visitor
from tests.consent.asking_scene import customer, shop
from tests.journeys.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "naam;mail\r\nAnna;ANNA@example.org\r\nCarla;carla@example.org\r\nDirk;dirk@example.org\r\n"


@pytest.fixture
def lamps() -> LegalEntity:
    """Two who bought lamps, one who bought furniture, and a company."""
    lamps = shop()
    for number, (name, group) in enumerate((("Anna", "lampen"), ("Bram", "lampen"), ("Carla", "meubels"))):
        customer(entity=lamps, name=name, number=101 + number, group=group)
    bakery = make.contact(
        organisation=lamps.organisation,
        kind=Contact.Kind.ORGANISATION,
        legal_form="BV",
        given_name="",
        family_name="",
        organisation_name="Bakkerij",
    )
    make.email_point(contact=bakery, text="info@bakkerij.example.org")
    return lamps


def choose(staff: Visitor, *, entity: str, products: str) -> None:
    answers = {"legal_entity": entity, "purpose": "offers", "channel": "E-mail", "product_group": products}
    for name, answer in answers.items():
        staff.page.locator(f"[name={name}]").select_option(label=answer)


def rows_in(path: Path, *, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def take_home(staff: Visitor, label: str, folder: Path) -> Path:
    """Follow a link, or press a button, that gives a file, and keep the file."""
    with staff.page.expect_download() as download:
        named = staff.page.get_by_role("link", name=label).or_(staff.page.get_by_role("button", name=label))
        named.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def counts(staff: Visitor) -> dict[str, int]:
    """How many people stand beside each code on the page."""
    rows = staff.page.locator("table tbody tr:has(th code)").all()
    return {row.locator("code").inner_text(): int(row.locator("td").first.inner_text()) for row in rows}


def test_a_team_counts_whom_it_may_reach_and_takes_the_list(
    staff: Visitor, lamps: LegalEntity, tmp_path: Path
) -> None:
    sign_in(staff, organisation=lamps.organisation, role=StaffMember.Role.MARKETING)

    staff.press("Whom may we reach?")
    choose(staff, entity="lampenwinkel B.V.", products="Lampen")
    staff.press("Show whom we may reach")
    exported = rows_in(take_home(staff, "Export as CSV", tmp_path))

    assert "2 of 4 may be reached" in staff.text
    assert counts(staff) == {"A_SOFT_OPTIN": 2, "D_REL_NOT_SIMILAR": 1, "D_NO_BASIS": 1}
    people = staff.page.locator("section[aria-labelledby=list-heading] tbody tr").all_inner_texts()
    told = [tuple(row.split("\t")[:3]) for row in people]
    assert told == [
        ("Anna Jansen", "anna@example.org", "Customer, similar product"),
        ("Bram Jansen", "bram@example.org", "Customer, similar product"),
    ]
    assert [(row["address"], row["ground"]) for row in exported] == [
        ("anna@example.org", "CUSTOMER_RELATION"),
        ("bram@example.org", "CUSTOMER_RELATION"),
    ]


def test_a_list_goes_in_and_comes_out_with_verdicts(
    staff: Visitor, lamps: LegalEntity, tmp_path: Path
) -> None:
    given = tmp_path / "zomer.csv"
    given.write_text(LIST, newline="")
    sign_in(staff, organisation=lamps.organisation, role=StaffMember.Role.MARKETING)

    staff.press("Screenings")
    staff.press("Screen a list")
    staff.page.locator("[type=file]").set_input_files(given)
    staff.press("Continue")
    choose(staff, entity="lampenwinkel B.V.", products="Lampen")
    staff.press("Screen this list")
    work(staff, ScreeningRun.objects.get())
    shown, counted = staff.text, counts(staff)
    result = rows_in(take_home(staff, "Download the result", tmp_path), delimiter=";")
    staff.press("Replay")
    work(staff, ScreeningRun.objects.get(replay_of__isnull=False))

    assert "3 rows answered: 1 allowed, 2 not allowed." in shown
    assert counted == {"A_SOFT_OPTIN": 1, "D_REL_NOT_SIMILAR": 1, "D_NO_BASIS": 1}
    assert [(row["naam"], row["mail"], row["allowed"], row["reasons"]) for row in result] == [
        ("Anna", "ANNA@example.org", "true", "A_SOFT_OPTIN"),
        ("Carla", "carla@example.org", "false", "D_REL_NOT_SIMILAR"),
        ("Dirk", "dirk@example.org", "false", "D_NO_BASIS"),
    ]
    assert "This replay gave the same result, byte for byte." in staff.text


def work(staff: Visitor, run: ScreeningRun) -> None:
    """Let a worker do what waits, and look again."""
    work_job(job_id=str(run.job_id))
    staff.page.reload()
