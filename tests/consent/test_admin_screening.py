from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from consent.models import Job, ScreeningRun
from consent.tasks import work_job
from customers.models import StaffMember
from tests import make
from tests.consent.admin_rows import signed_in
from tests.consent.domain.screening.scene import LIST, Shop, shop

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
UPLOAD = "/admin/consent/screeningrun/screen/"


@pytest.fixture
def scene() -> Shop:
    return shop()


@pytest.fixture
def client(scene: Shop) -> Client:
    return signed_in(scene.staff)


def page_of(run: ScreeningRun, name: str) -> str:
    return f"/admin/consent/screeningrun/{run.pk}/{name}/"


def upload(client: Client, data: bytes = LIST, name: str = "lijst.csv") -> ScreeningRun:
    response = client.post(UPLOAD, {"file": SimpleUploadedFile(name, data)})
    run = ScreeningRun.objects.latest("uploaded_at")
    assert response.headers["Location"] == page_of(run, "begin")
    return run


def question(scene: Shop, **other: object) -> dict[str, object]:
    asked = {"legal_entity": scene.entity.pk, "purpose": scene.offers.pk, "channel": "EMAIL"}
    return {**asked, "product_group": "", "column": 1, "header": "on", **other}


def screened(client: Client, scene: Shop) -> ScreeningRun:
    run = upload(client)
    client.post(page_of(run, "begin"), question(scene))
    run.refresh_from_db()
    work_job(job_id=str(run.job_id))
    return ScreeningRun.objects.select_related("job").get(pk=run.pk)


def test_a_list_is_uploaded_asked_about_and_brought_back(client: Client, scene: Shop) -> None:
    run = upload(client)
    preview = client.get(page_of(run, "begin")).content.decode()
    client.post(page_of(run, "begin"), question(scene))
    run.refresh_from_db()
    waiting = client.get(page_of(run, "change"))
    still = client.get(f"{page_of(run, 'change')}?still=1")
    work_job(job_id=str(run.job_id))
    result = client.get(page_of(run, "change"))
    download = client.get(page_of(run, "download"))

    assert "<td>anna@example.org</td>" in preview
    assert '<option value="1" selected>2. e-mail</option>' in preview
    assert [page.headers.get("Refresh") for page in (waiting, still, result)] == ["3", None, None]
    assert "3 rows answered: 1 allowed, 2 not allowed." in result.content.decode()
    assert download.headers["Content-Disposition"] == 'attachment; filename="lijst-screened.csv"'
    rows = b"".join(download).decode().splitlines()
    assert rows[1].startswith("Anna;anna@example.org;true;A_CONSENT;")


def test_pages_ask_the_database_little(client: Client, scene: Shop, django_assert_num_queries: Any) -> None:
    run = screened(client, scene)
    client.get(page_of(run, "change"))

    with django_assert_num_queries(7):
        client.get(page_of(run, "change"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The submitted file is empty."),
        (b"\n\n", "The file is empty: it has no rows."),
        (b"%PDF-1.7", "This file is no list: save it as CSV or as an Excel workbook (.xlsx)."),
        (b"PK\x03\x04rest", "The workbook is damaged or was cut off: open it in Excel and save it again."),
    ],
)
def test_what_cannot_be_read_is_one_sentence(client: Client, data: bytes, sentence: str) -> None:
    response = client.post(UPLOAD, {"file": SimpleUploadedFile("lijst.csv", data)})

    assert sentence in response.content.decode()
    assert ScreeningRun.objects.count() == 0


def test_a_purpose_of_another_legal_entity_is_refused(client: Client, scene: Shop) -> None:
    other = make.legal_entity(organisation=scene.entity.organisation, code="zuster", name="Zuster B.V.")
    elsewhere = make.purpose(organisation=scene.entity.organisation, legal_entities=[other], code="elders")
    run = upload(client)

    response = client.post(page_of(run, "begin"), question(scene, purpose=elsewhere.pk))

    assert "This legal entity does not have it: choose another one." in response.content.decode()
    assert Job.objects.count() == 0


def test_post_needs_a_column_of_contacts(client: Client, scene: Shop) -> None:
    run = upload(client)

    response = client.post(page_of(run, "begin"), question(scene, channel="POST"))

    assert "a column “contact”" in response.content.decode()


def test_staff_ask_only_for_their_own_legal_entities(scene: Shop) -> None:
    other = make.legal_entity(organisation=scene.entity.organisation, code="zuster", name="Zuster B.V.")
    member = make.staff_member(
        organisation=scene.entity.organisation,
        username="zus",
        role=Role.MARKETING,
        legal_entities=[other],
    )
    client = signed_in(member)
    run = upload(client)

    response = client.post(page_of(run, "begin"), question(scene))

    assert response.status_code == 200
    assert Job.objects.count() == 0


def test_the_rows_of_a_list_are_shown_to_whoever_brought_it_only(client: Client, scene: Shop) -> None:
    run = upload(client)
    colleague = make.staff_member(
        organisation=scene.entity.organisation, username="coen", role=Role.MARKETING
    )

    response = signed_in(colleague).get(page_of(run, "begin"))

    assert response.headers["Location"] == page_of(run, "change")


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        (Role.MARKETING, (200, 200, 200)),
        (Role.DPO, (200, 200, 200)),
        (Role.ADMINISTRATOR, (200, 200, 200)),
        (Role.AUDITOR, (403, 200, 403)),
        (Role.CALL_AGENT, (403, 403, 403)),
    ],
)
def test_roles_screen_read_or_neither(
    client: Client, scene: Shop, role: Role, statuses: tuple[int, int, int]
) -> None:
    run = screened(client, scene)
    member = make.staff_member(organisation=scene.entity.organisation, username="lid", role=role)
    visitor = signed_in(member)

    seen = [
        visitor.get(page).status_code for page in (UPLOAD, page_of(run, "change"), page_of(run, "download"))
    ]

    assert tuple(seen) == statuses


def test_another_organisation_sees_nothing(client: Client, scene: Shop) -> None:
    run = screened(client, scene)
    stranger = make.staff_member(
        organisation=make.organisation(code="ander", name="Ander"), username="vreemd", role=Role.DPO
    )
    visitor = signed_in(stranger)

    seen = [visitor.get(page_of(run, name)).status_code for name in ("begin", "download", "change")]
    replayed = visitor.post(page_of(run, "replay"))

    assert (seen, replayed.status_code) == ([404, 404, 404], 404)


def test_a_replay_says_that_nothing_differs(client: Client, scene: Shop) -> None:
    run = screened(client, scene)

    client.post(page_of(run, "replay"))
    again = ScreeningRun.objects.get(replay_of=run)
    work_job(job_id=str(again.job_id))
    page = client.get(page_of(again, "change")).content.decode()

    assert "This replay gave the same result, byte for byte." in page
    assert client.get(page_of(run, "replay")).status_code == 404


def test_an_expired_screening_warns_and_gives_no_file(client: Client, scene: Shop) -> None:
    run = screened(client, scene)
    ScreeningRun.objects.update(expires_at=timezone.now())

    page = client.get(page_of(run, "change")).content.decode()

    assert "Do not use this screening any more" in page
    assert "Download the result" not in page
    assert client.get(page_of(run, "download")).status_code == 404


def test_a_job_is_cancelled_and_taken_up_again(client: Client, scene: Shop) -> None:
    run = upload(client)
    client.post(page_of(run, "begin"), question(scene))
    job = Job.objects.get()
    base = f"/admin/consent/job/{job.pk}/"

    asked = client.get(f"{base}cancel/")
    client.post(f"{base}cancel/")
    work_job(job_id=str(job.pk))
    job.refresh_from_db()
    stopped = job.state
    client.post(f"{base}restart/")
    work_job(job_id=str(job.pk))
    job.refresh_from_db()
    page = client.get(f"{base}change/").content.decode()

    assert asked.status_code == 200
    assert (stopped, job.state) == ("CANCELLED", "DONE")
    assert "100 %" in page


def test_a_job_of_another_legal_entity_is_neither_seen_nor_ended(client: Client, scene: Shop) -> None:
    run = upload(client)
    client.post(page_of(run, "begin"), question(scene))
    job = Job.objects.get()
    sister = make.legal_entity(organisation=scene.entity.organisation, code="zuster", name="Zuster N.V.")
    limited = make.staff_member(
        organisation=scene.entity.organisation,
        username="lies",
        role=Role(scene.staff.role),
        legal_entities=[sister],
    )
    theirs = signed_in(limited)
    base = f"/admin/consent/job/{job.pk}/"

    pages = [theirs.get(f"{base}change/"), theirs.post(f"{base}cancel/"), theirs.post(f"{base}restart/")]
    job.refresh_from_db()

    assert [page.status_code for page in pages] == [404, 404, 404]
    assert job.state == Job.State.WAITING


def test_the_list_of_screenings_pages(client: Client, scene: Shop) -> None:
    screened(client, scene)

    page = client.get("/admin/consent/screeningrun/").content.decode()

    assert "Screen a list" in page
    assert "lijst.csv" in page
