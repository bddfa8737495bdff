import datetime
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consent.admin.start.page import Board as StartBoard
from consent.domain.law_ahead import start_counts
from consent.models import ConsentRecord, OutboxMessage
from consent.tasks import reconcile_records, work_job
from customers.models import StaffMember
from tests import make
from tests.consent.admin_rows import signed_in, superuser
from tests.consent.asking_scene import customer, shop
from tests.consent.board_scene import Board, board, count

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_clock")]
Role = StaffMember.Role
START = reverse("admin:index")
MAY = datetime.datetime(2026, 5, 3, 12, 0, tzinfo=datetime.UTC)


@pytest.fixture
def _clock() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


class Links(HTMLParser):
    """Every link of a page, by its words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.found.append(href)


def member(made: Board, role: Role, **more: Any) -> Client:
    return signed_in(
        make.staff_member(organisation=made.organisation, username=role.value.lower(), role=role, **more)
    )


def board_of(client: Client) -> StartBoard:
    shown: StartBoard = client.get(START).context["board"]
    return shown


def numbers(shown: StartBoard) -> list[tuple[str, int]]:
    """Every number of the page with the list that it promises."""
    lines = [(line.url, line.number) for table in shown.tables for line in table.lines]
    cells = [(url, number) for line in shown.purposes for number, url in line.cells if number]
    months = [(url, number) for line in shown.months for number, url in line.cells if number and url]
    lacks = [(lack.url, lack.number) for lack in shown.lacks]
    parts = [(lack.url, lack.number) for part in shown.parts for lack in part.lacks]
    return [*lines, *cells, *months, *lacks, *parts]


def listed(client: Client, url: str) -> int:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return int(answer.context["cl"].result_count)


@pytest.mark.parametrize("role", [Role.DPO, Role.AUDITOR])
def test_every_number_leads_to_a_list_of_just_so_many(role: Role) -> None:
    made, _other = board(), board(code="ander")
    count()
    client = member(made, role)

    promised = numbers(board_of(client))

    assert len(promised) > 40
    assert {url: listed(client, url) for url, _number in promised} == dict(promised)


def test_numbers_of_a_department_lead_to_its_own_rows() -> None:
    made = board()
    count()
    client = member(made, Role.MARKETING, department=made.marketing)

    shown = board_of(client)

    promised = numbers(shown)
    assert {url: listed(client, url) for url, _number in promised} == dict(promised)
    assert {lack.shortcoming.code for lack in shown.lacks} == {
        "places_without_statement",
        "balancing_tests_ended",
        "lacks_proof",
        "permissions_end_30",
        "permissions_end_60",
        "places_long_not_reviewed",
        "places_never_reviewed",
        "balancing_tests_ending",
    }
    assert (shown.parts, shown.sealing) == ([], None)


def test_numbers_of_one_legal_entity_lead_to_its_own_rows() -> None:
    made = board()
    count()
    client = member(made, Role.DPO, legal_entities=[made.power])

    promised = numbers(board_of(client))

    assert {url: listed(client, url) for url, _number in promised} == dict(promised)
    assert sum(number for url, number in promised if "requests_overdue" in url) == 0


def test_the_most_urgent_stands_first_and_departments_have_their_own() -> None:
    made = board()
    count()

    shown = board_of(member(made, Role.DPO))

    assert [lack.shortcoming.code for lack in shown.lacks][:3] == [
        "places_without_statement",
        "requests_overdue",
        "agreements_ended",
    ]
    assert [str(part.department) for part in shown.parts] == ["Klantenservice", "Marketing", "None"]
    assert [lack.shortcoming.code for lack in shown.parts[-1].lacks] == [
        "places_without_statement",
        "permissions_end_90",
        "places_without_department",
        "purposes_without_department",
    ]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.DPO, True),
        (Role.AUDITOR, True),
        (Role.MARKETING, True),
        (Role.CALL_AGENT, False),
        (Role.ADMINISTRATOR, False),
    ],
)
def test_the_board_is_for_who_looks_after_permissions(role: Role, seen: bool) -> None:
    made = board()

    page = member(made, role).get(START)

    assert ("board" in page.context) is seen


def test_an_agent_finds_their_desk() -> None:
    made = board()

    links = Links()
    links.feed(member(made, Role.CALL_AGENT).get(START).content.decode())

    assert {reverse("admin:call_desk"), reverse("admin:inbound_desk")} <= set(links.found)


def test_marketing_sees_its_lists_and_no_requests() -> None:
    made = board()
    make.call_list(legal_entity=made.lamps, purpose=made.offers)
    page = member(made, Role.MARKETING).get(START)

    text = page.content.decode()

    assert "Zomeractie" in text
    assert "Rights requests" not in text


def test_another_organisation_is_nowhere_on_the_page() -> None:
    made, other = board(), board(code="ander")
    count()

    page = member(made, Role.DPO).get(START).content.decode()

    assert str(other.offers.pk) not in page
    assert str(other.marketing.pk) not in page


def test_superuser_sees_all_organisations_together() -> None:
    board()
    board(code="ander")
    count()

    shown = board_of(signed_in(superuser()))

    assert shown.tables[0].total == 14


def test_an_empty_organisation_reads_what_belongs_there() -> None:
    organisation = make.organisation()
    make.security_measures(organisation=organisation)
    officer = make.staff_member(organisation=organisation, role=Role.DPO)

    page = signed_in(officer).get(START).content.decode()

    assert "Nothing that we look at falls short." in page
    assert "People were not counted yet" in page
    assert "Nothing yet. It begins with a published form or an import." in page


def test_the_page_says_as_at_when_people_were_counted() -> None:
    made = board()
    count()

    page = member(made, Role.DPO).get(START).content.decode()

    assert "these numbers are as at 21 November 2026 13:00" in page
    assert "Every event is sealed." in page


def test_records_compared_with_the_ledger_stand_on_the_page() -> None:
    made = board()
    client = member(made, Role.DPO)
    before = client.get(START).content.decode()

    reconcile_records()
    after = " ".join(client.get(START).content.decode().split())
    ConsentRecord.objects.filter(legal_entity=made.power).update(status="ConsentWithdrawn")
    reconcile_records()
    differing = client.get(START).content.decode()

    assert "Not compared yet" in before
    assert "No difference. All records were compared on 21 November 2026 13:00." in after
    assert "Records differ from the ledger." in differing


def test_a_change_of_law_ahead_stands_on_the_page_with_its_question() -> None:
    entity = shop()
    customer(entity=entity, name="Bob", number=101)
    officer = make.staff_member(organisation=entity.organisation, role=Role.DPO)

    with time_machine.travel(MAY, tick=False):
        client = signed_in(officer)
        for job in start_counts(now=MAY):
            work_job(job_id=str(job.pk))
        [lamps, _furniture] = client.get(START).context["board"].changes
        compared = client.get(f"{reverse('admin:what_if')}?{lamps[1].query}")

    assert lamps[0].lost == 1
    assert compared.context["table"].comparison.lost == 1


@pytest.mark.parametrize("organisations", [("een",), ("een", "twee", "drie")], ids=["1", "3"])
def test_the_page_asks_the_database_as_often_however_much_there_is(
    organisations: tuple[str, ...], django_assert_num_queries: Any
) -> None:
    boards = [board(code=code) for code in organisations]
    count()
    client = member(boards[0], Role.DPO)
    client.get(START)

    with django_assert_num_queries(33):
        client.get(START)


def test_the_digest_of_a_department_is_looked_at_before_it_is_mailed() -> None:
    made, other = board(), board(code="ander")
    count()
    client = member(made, Role.DPO)

    page = client.get(reverse("admin:digest_preview", args=[made.marketing.pk]))
    mail = client.get(reverse("admin:digest_preview_html", args=[made.marketing.pk]))
    hidden = client.get(reverse("admin:digest_preview", args=[other.marketing.pk]))

    assert "Privacy in oktober 2026: Marketing" in page.content.decode()
    assert "Wat er tekortschiet" in mail.content.decode() or "What falls short" in mail.content.decode()
    assert hidden.status_code == 404
    assert OutboxMessage.objects.filter(kind=OutboxMessage.Kind.DIGEST).exists() is False


def test_who_has_other_work_previews_no_digest() -> None:
    made = board()

    page = member(made, Role.CALL_AGENT).get(reverse("admin:digest_preview", args=[made.marketing.pk]))

    assert page.status_code == 404
