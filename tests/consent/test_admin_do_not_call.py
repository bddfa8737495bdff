from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consent.models import DoNotCallRegistration, DoNotCallSnapshot
from customers.models import Organisation, StaffMember
from tests import make
from tests.consent.admin_rows import list_of, page_of, signed_in, superuser

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
LOAD = "/admin/consent/donotcallsnapshot/load/"
GOOD = b"+3222000112;2025-05-01\n02/200.01.13;01/05/2025\n"
DAMAGED = b"+3222000112;2025-05-01\nabc\n"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def belgaboek(clock: time_machine.Traveller) -> Organisation:
    organisation = make.organisation(code="belgaboek", name="Belgaboek")
    make.legal_entity(organisation=organisation, code="belgaboek", name="Belgaboek BV", country="BE")
    return organisation


def member(organisation: Organisation, role: Role) -> Client:
    client = signed_in(make.staff_member(organisation=organisation, username=role.lower(), role=role))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def answers(content: bytes = GOOD, **more: str) -> dict[str, object]:
    file = SimpleUploadedFile("dncm.txt", content, content_type="text/plain")
    return {"file": file, "taken_at_0": "2026-11-20", "taken_at_1": "23:55", **more}


def take(organisation: Organisation, *, hours_ago: int, numbers: int = 1) -> DoNotCallSnapshot:
    taken_at = make.NOW - timedelta(hours=hours_ago)
    return DoNotCallSnapshot.objects.create(
        organisation=organisation, taken_at=taken_at, loaded_at=taken_at, numbers=numbers
    )


@pytest.mark.parametrize("role", [Role.MARKETING, Role.DPO])
def test_list_is_loaded_for_the_organisation_of_the_member(belgaboek: Organisation, role: Role) -> None:
    other = make.organisation(code="ander", name="Ander")

    page = member(belgaboek, role).post(LOAD, answers(organisation=str(other.pk)))

    snapshot = DoNotCallSnapshot.objects.get()
    assert (snapshot.organisation, snapshot.numbers) == (belgaboek, 2)
    assert snapshot.loaded_by is not None
    assert (page.status_code, page["Location"]) == (302, page_of(snapshot, "change"))


@pytest.mark.parametrize("role", [Role.CALL_AGENT, Role.ADMINISTRATOR, Role.AUDITOR])
def test_other_roles_load_nothing(belgaboek: Organisation, role: Role) -> None:
    client = member(belgaboek, role)

    assert (client.get(LOAD).status_code, client.post(LOAD, answers()).status_code) == (403, 403)
    assert DoNotCallSnapshot.objects.count() == 0


def test_superuser_says_whose_list_it_is(belgaboek: Organisation) -> None:
    make.organisation(code="ander", name="Ander")

    signed_in(superuser()).post(LOAD, answers(organisation=str(belgaboek.pk)))

    assert DoNotCallSnapshot.objects.get().organisation == belgaboek


def test_large_file_is_read_from_disk(belgaboek: Organisation) -> None:
    file = TemporaryUploadedFile("dncm.txt", "text/plain", len(GOOD), "utf-8")
    file.write(GOOD)
    file.seek(0)
    content = answers() | {"file": file}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.FILE_UPLOAD_MAX_MEMORY_SIZE", 0)
        member(belgaboek, Role.DPO).post(LOAD, content)

    assert DoNotCallSnapshot.objects.get().numbers == 2


def test_damaged_list_shows_its_rows_and_is_loaded_when_confirmed(belgaboek: Organisation) -> None:
    client = member(belgaboek, Role.DPO)

    doubt = client.post(LOAD, answers(DAMAGED))
    code = doubt.context["report"].code
    unticked = client.post(LOAD, answers(DAMAGED, code=code))
    other_file = client.post(LOAD, answers(DAMAGED + b"def\n", code=code, confirm="on"))
    before = DoNotCallSnapshot.objects.count()
    done = client.post(LOAD, answers(DAMAGED, code=code, confirm="on"))

    assert [(page.status_code, page.context["report"].faults) for page in (doubt, unticked, other_file)] == [
        (200, 1),
        (200, 1),
        (200, 2),
    ]
    assert [(place, str(fault)) for place, fault in doubt.context["faults"]] == [
        (2, "No phone number: this row is left out")
    ]
    assert (before, done.status_code, DoNotCallSnapshot.objects.get().faulty_rows) == (0, 302, 1)


def test_faults_stay_to_be_read_with_the_list(belgaboek: Organisation) -> None:
    snapshot = take(belgaboek, hours_ago=1)
    DoNotCallSnapshot.objects.filter(pk=snapshot.pk).update(faulty_rows=1, first_faults=[[7, "NO_DAY"]])

    page = member(belgaboek, Role.DPO).get(page_of(snapshot, "change"))

    assert [place for place, _fault in page.context["faults"]] == [7]


@pytest.mark.parametrize(
    ("content", "more", "field", "sentence"),
    [
        (b"", {}, "file", "The submitted file is empty."),
        (
            b"PK\x03\x04",
            {},
            "file",
            "The file is packed or made by an office program. Give the plain text file.",
        ),
        (b"Nummer\n", {}, "file", "The file has no rows."),
        (b"a1\n", {}, "file", "Hardly any row holds a phone number. Is this the right file?"),
        (GOOD, {"taken_at_0": "2026-11-22"}, "taken_at", "This moment lies in the future."),
        (GOOD, {"taken_at_0": ""}, "taken_at", "This field is required."),
    ],
)
def test_unusable_list_says_what_is_wrong(
    belgaboek: Organisation, content: bytes, more: dict[str, str], field: str, sentence: str
) -> None:
    page = member(belgaboek, Role.DPO).post(LOAD, answers(content) | more)

    assert page.context["form"].errors == {field: [sentence]}
    assert DoNotCallSnapshot.objects.count() == 0


def test_older_list_is_refused(belgaboek: Organisation) -> None:
    take(belgaboek, hours_ago=1)

    page = member(belgaboek, Role.DPO).post(LOAD, answers())

    assert page.context["form"].errors == {"file": ["A list as new as this one was loaded before."]}


def test_list_of_lists_shows_which_one_counts(
    belgaboek: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for hours in (500, 400, 10):
        take(belgaboek, hours_ago=hours)
    take(make.organisation(code="ander", name="Ander"), hours_ago=1)
    client = member(belgaboek, Role.DPO)

    # Session, member and organisation (2), rights (2), rows, count, dates (2), the filter, who needs a list.
    with django_assert_num_queries(11):
        page = client.get(list_of(DoNotCallSnapshot))

    found = page.content.decode()
    assert [found.count(word) for word in ("Fresh</span>", "Replaced</span>", "Load a list")] == [1, 2, 1]


@pytest.mark.parametrize(
    ("hours_ago", "sentence"),
    [
        (97, "Belgaboek: the Belgian do-not-call-me list allows calls until 22 November 2026 12:00."),
        (
            121,
            "Belgaboek: the Belgian do-not-call-me list is too old since 21 November 2026 12:00. "
            "Until a new one is loaded, nobody in Belgium may be called.",
        ),
    ],
)
def test_start_page_reminds_of_an_old_list(belgaboek: Organisation, hours_ago: int, sentence: str) -> None:
    take(belgaboek, hours_ago=hours_ago)
    foreign = make.organisation(code="ander", name="Ander")
    make.contact(organisation=foreign, country="BE")

    page = member(belgaboek, Role.CALL_AGENT).get(reverse("admin:index")).content.decode()

    assert sentence in " ".join(page.split())
    assert "Ander" not in page
    assert LOAD not in page


def test_start_page_is_quiet_where_nobody_calls_belgium(clock: time_machine.Traveller) -> None:
    dutch = make.organisation(code="harthulp", name="HartHulp")

    page = member(dutch, Role.DPO).get(reverse("admin:index"))

    assert b"do-not-call-me list allows" not in page.content
    assert b"nobody in Belgium" not in page.content


def test_registrations_of_the_list_are_found_by_number(belgaboek: Organisation) -> None:
    client = member(belgaboek, Role.DPO)
    client.post(LOAD, answers())

    page = client.get(list_of(DoNotCallRegistration), {"q": "+3222000112"})

    assert [str(row.number.as_e164) for row in page.context["cl"].queryset] == ["+3222000112"]
