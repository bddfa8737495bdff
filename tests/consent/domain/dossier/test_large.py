"""A large export by a worker: in parts that each check themselves, the same bytes every time, for a day."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from consent.domain import jobs
from consent.domain.dossier import large
from consent.domain.dossier.exporting import Format, NothingToExportError, Wanted
from consent.domain.dossier.selection import Selection, events_of, read_selection
from consent.domain.erasing.erasure import erase
from consent.domain.ledger.circumstances import Circumstances
from consent.models import (
    Actor,
    ConsentRecord,
    EvidenceExport,
    EvidenceFile,
    EvidencePart,
    Job,
    Method,
    Source,
    Status,
)
from customers.models import Contact, StaffMember
from tests import make
from tests.consent.domain.dossier import scene
from tests.consent.domain.dossier.scene import Story, check, exported, files_in, seal

pytestmark = pytest.mark.django_db
NOW = make.NOW
BY_STAFF = Circumstances(actor=Actor.STAFF, source=Source.STAFF_ENTRY, method=Method.RECORD)


@pytest.fixture
def told() -> Story:
    found = scene.story()
    seal()
    return found


@pytest.fixture
def officer(told: Story) -> StaffMember:
    return make.staff_member(organisation=told.alice.organisation, username="fg", role=StaffMember.Role.DPO)


def everybody(told: Story, *formats: Format) -> Wanted:
    selection = Selection(organisation_id=told.alice.organisation_id)
    return Wanted(selection=selection, formats=formats, language="en", with_evidence=True)


def of_one(contact: Contact) -> Wanted:
    selection = Selection(organisation_id=contact.organisation_id, contact_id=contact.pk)
    return Wanted(selection=selection, formats=[Format.CSV], language="en", with_evidence=True)


def begun(wanted: Wanted, officer: StaffMember) -> Job:
    return large.begin_export(wanted=wanted, staff=officer, reason="Voor de AP.", now=NOW)


def worked_off(job: Job) -> EvidenceFile:
    while jobs.advance(job_id=job.pk, chunk=lambda _job: large.write_part, now=NOW):
        pass
    job.refresh_from_db()
    return EvidenceFile.objects.get(job=job)


def content_of(file: EvidenceFile) -> bytes:
    target = io.BytesIO()
    large.write_file(file=file, target=target)
    return target.getvalue()


def test_export_of_one_part_has_the_bytes_of_a_direct_one(told: Story, officer: StaffMember) -> None:
    job = begun(everybody(told, Format.CSV), officer)

    file = worked_off(job)

    assert (job.state, job.done, job.total) == (Job.State.DONE, 2, 2)
    logged = EvidenceExport.objects.get()
    assert (logged.staff, logged.people, logged.events, logged.reason) == (officer, 2, 3, "Voor de AP.")
    assert content_of(file) == exported(everybody(told, Format.CSV))[0]


def test_parts_check_themselves_and_are_the_same_bytes_again(
    told: Story, officer: StaffMember, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "PEOPLE_IN_A_PART", 1)

    first = content_of(worked_off(begun(everybody(told, Format.JSONLD), officer)))
    second = content_of(worked_off(begun(everybody(told, Format.JSONLD), officer)))

    files = files_in(first)
    assert first == second
    assert list(files) == ["README.txt", "part-0001.zip", "part-0002.zip", "manifest.txt"]
    assert [check(files[name], tmp_path).code for name in files if "part" in name] == [0, 0]
    assert "part-0002.zip" in files["manifest.txt"].decode()


def test_work_that_broke_off_goes_on_to_the_same_bytes(
    told: Story, officer: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "PEOPLE_IN_A_PART", 1)
    whole = content_of(worked_off(begun(everybody(told), officer)))
    job = begun(everybody(told), officer)

    jobs.advance(job_id=job.pk, chunk=lambda _job: large.write_part, now=NOW)
    scene.give(told.book, make.email_point(contact=told.bob, text="bob2@example.org"), days_ago=2)
    seal()

    half = EvidenceFile.objects.get(job=job)
    assert half.parts.count() == 1
    assert half.tree_size == 3
    later = files_in(content_of(worked_off(job)))
    assert later["part-0001.zip"] == files_in(whole)["part-0001.zip"]


def test_file_is_sent_while_it_is_made(
    told: Story, officer: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "PEOPLE_IN_A_PART", 1)
    file = worked_off(begun(everybody(told, Format.CSV), officer))

    blocks = large.stream_file(file=file)
    with CaptureQueriesContext(connection) as asked:
        first = next(blocks)

    assert not any("ciphertext" in one["sql"] for one in asked.captured_queries)
    assert first + b"".join(blocks) == content_of(file)


def test_file_is_gone_after_a_day_and_the_log_stays(told: Story, officer: StaffMember) -> None:
    file = worked_off(begun(everybody(told), officer))

    early = large.delete_expired(now=NOW + timedelta(hours=23))
    late = large.delete_expired(now=NOW + timedelta(hours=24))

    file.refresh_from_db()
    assert (early, late, EvidencePart.objects.count(), file.wrapped_key) == (0, 1, 0, None)
    assert EvidenceExport.objects.count() == 1
    with pytest.raises(large.FileGoneError):
        content_of(file)


def test_nothing_to_export_starts_no_job(told: Story, officer: StaffMember) -> None:
    selection = Selection(organisation_id=told.alice.organisation_id, channel="POST")
    wanted = Wanted(selection=selection, formats=[], language="en", with_evidence=False)

    with pytest.raises(NothingToExportError):
        begun(wanted, officer)

    assert Job.objects.count() == 0


def test_what_waits_to_be_sealed_is_said_to_wait(told: Story, officer: StaffMember) -> None:
    carol = make.contact(organisation=told.alice.organisation)
    scene.give(told.book, make.email_point(contact=carol, text="carol@example.org"), days_ago=0)

    with pytest.raises(large.NotSealedYetError):
        begun(of_one(carol), officer)

    assert Job.objects.count() == 0


def test_selection_that_nobody_is_in_any_more_is_said_so(told: Story, officer: StaffMember) -> None:
    selection = Selection(organisation_id=told.alice.organisation_id, status=Status.WITHDRAWN)
    job = begun(replace(everybody(told), selection=selection), officer)
    ConsentRecord.objects.update(status=Status.GIVEN)

    worked_off(job)

    assert (job.state, job.fault) == (Job.State.FAILED, str(large.NOBODY_LEFT))


def test_people_are_those_of_whom_something_is_sealed(
    told: Story, officer: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "PEOPLE_IN_A_PART", 1)
    carol = make.contact(organisation=told.alice.organisation)
    scene.give(told.book, make.email_point(contact=carol, text="carol@example.org"), days_ago=0)

    file = worked_off(begun(everybody(told), officer))

    assert EvidenceExport.objects.get().people == 2
    assert "people 2\n" in files_in(content_of(file))["manifest.txt"].decode()


def test_part_that_no_key_opens_goes(told: Story, officer: StaffMember) -> None:
    file = worked_off(begun(everybody(told), officer))
    EvidenceFile.objects.update(wrapped_key=None, key_version=None)

    large.delete_expired(now=NOW)

    assert not file.parts.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("chunks_before", [0, 1])
def test_erasure_while_a_file_is_written_takes_all_of_it_away(
    told: Story, officer: StaffMember, chunks_before: int
) -> None:
    job = begun(of_one(told.alice), officer)
    for _chunk in range(chunks_before):
        jobs.advance(job_id=job.pk, chunk=lambda _job: large.write_part, now=NOW)

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            jobs.advance(job_id=job.pk, chunk=lambda _job: large.write_part, now=NOW)
            erased = pool.submit(erase_alone, told.alice)
            wait_until_somebody_waits()
        erased.result(timeout=60)

    file = EvidenceFile.objects.get(job=job)
    assert (file.wrapped_key, file.reason, file.parts.count()) == (None, "", 0)
    assert not EvidenceExport.objects.exclude(reason="").exists()


@pytest.mark.parametrize(
    ("formats", "with_evidence", "goes"),
    [([Format.CSV], True, True), ([Format.PDF], False, True), ([Format.CSV], False, False)],
)
@pytest.mark.parametrize("status", ["", Status.WITHDRAWN])
def test_file_of_a_selection_goes_with_whoever_it_tells_of(
    told: Story, officer: StaffMember, formats: list[Format], status: str, *, with_evidence: bool, goes: bool
) -> None:
    selection = Selection(organisation_id=told.alice.organisation_id, status=status)
    file = worked_off(
        begun(replace(everybody(told, *formats), selection=selection, with_evidence=with_evidence), officer)
    )

    erase(contact=told.alice, how=BY_STAFF, erased_at=NOW)

    file.refresh_from_db()
    assert (file.wrapped_key is None, not file.parts.exists()) == (goes, goes)
    assert file.reason == EvidenceExport.objects.get().reason == "Voor de AP."


def test_file_of_others_stays(told: Story, officer: StaffMember) -> None:
    file = worked_off(begun(of_one(told.bob), officer))

    erase(contact=told.alice, how=BY_STAFF, erased_at=NOW)

    assert content_of(file)


def erase_alone(contact: Contact) -> None:
    try:
        erase(contact=contact, how=BY_STAFF, erased_at=NOW)
    finally:
        connection.close()


def wait_until_somebody_waits() -> None:
    for _try in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.05)
    raise AssertionError("Nobody waited for the file that is held.")


@pytest.mark.parametrize(("status", "people"), [(Status.GIVEN, ["Bob"]), (Status.WITHDRAWN, ["Alice"])])
def test_selection_by_status_finds_who_is_in_it_now(told: Story, status: Status, people: list[str]) -> None:
    selection = Selection(organisation_id=told.alice.organisation_id, status=status)

    found = {event.subject_id for event in events_of(selection=selection)}

    names = {told.alice.pk: "Alice", told.bob.pk: "Bob"}
    assert [names[key] for key in found] == people


def test_selection_is_read_back_as_it_was_written(told: Story) -> None:
    selection = Selection(
        organisation_id=told.alice.organisation_id,
        legal_entity_id=told.book.entity.pk,
        status=Status.GIVEN,
        since=NOW,
        contact_ids=(told.alice.pk, told.bob.pk),
        subjects=(told.alice.pk, told.bob.pk),
    )

    assert read_selection(stored=selection.as_json()) == selection
