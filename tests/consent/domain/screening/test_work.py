import csv
import datetime
import hashlib
import io

import pytest
from xlsxwriter import Workbook

from consent.domain import jobs
from consent.domain.engine.question import Wanted
from consent.domain.lists.problems import ListNotReadableError
from consent.domain.screening import files, runs, work
from consent.models import Act, Disclosure, Job, ScreeningBlock, ScreeningRun
from tests import make
from tests.consent.domain.screening.scene import LIST, Shop, begun, shop, taken_in

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def scene() -> Shop:
    return shop()


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "PIECE", 40)


def work_off(job: Job, *, now: datetime.datetime = make.NOW) -> ScreeningRun:
    while jobs.advance(job_id=job.pk, chunk=lambda _job: work.work_chunk, now=now):
        pass
    return ScreeningRun.objects.select_related("job").get(job=job)


def result_of(run: ScreeningRun) -> bytes:
    return b"".join(files.read_result(run=run))


def codes_of(run: ScreeningRun) -> list[str]:
    rows = csv.DictReader(io.StringIO(result_of(run).decode(), newline=""), delimiter=";")
    return [row["code"] for row in rows]


def test_a_list_comes_back_with_a_verdict_behind_each_row(scene: Shop) -> None:
    run = work_off(begun(scene, taken_in(scene)))

    [header, *rows] = [line.split(";") for line in result_of(run).decode().split("\r\n")[:-1]]
    assert header == [
        *("naam", "e-mail", "allowed", "code", "reasons", "ground", "valid_until"),
        *("within_hours", "next_allowed_at", "caller_number"),
    ]
    assert [row[:6] for row in rows] == [
        ["Anna", "anna@example.org", "true", "A_CONSENT", "A_CONSENT", "CONSENT"],
        ["Bram", "bram@example.org", "false", "D_NO_BASIS", "D_NO_BASIS", ""],
        ["Carla", "geen", "false", "D_ADDRESS_INVALID", "D_ADDRESS_INVALID", ""],
    ]
    assert (run.rows, run.asked, run.allowed) == (4, 3, 1)
    assert run.counts == {"A_CONSENT": 1, "D_NO_BASIS": 1, "D_ADDRESS_INVALID": 1}
    assert run.input_sha256 == hashlib.sha256(LIST).hexdigest()
    assert run.output_sha256 == hashlib.sha256(result_of(run)).hexdigest()
    assert run.packs == ["NL-2026-07-01", "BE-2015-07-11", "EU-2018-05-25"]
    assert run.job is not None
    assert (run.job.state, run.job.done, run.job.total) == ("DONE", len(LIST), len(LIST))


def test_who_was_on_a_list_outlasts_the_list(scene: Shop) -> None:
    run = work_off(begun(scene, taken_in(scene)))

    work.delete_expired_files(now=run.expires_at)

    [part] = Disclosure.objects.all()
    assert (part.list_id, part.staff_id, part.contact_ids) == (
        run.pk,
        scene.staff.pk,
        [scene.anna.contact_id],
    )


@pytest.mark.usefixtures("small_pieces")
def test_a_withdrawal_counts_from_the_next_piece_on(scene: Shop) -> None:
    twice = LIST.replace(b"Bram;bram@", b"Anna;anna@")
    job = begun(scene, taken_in(scene, data=twice))
    jobs.advance(job_id=job.pk, chunk=lambda _job: work.work_chunk, now=make.NOW)

    make.permission_event(
        contact_point=scene.anna, notice_version=scene.notice, act=Act.WITHDRAWN, occurred_at=make.NOW + HOUR
    )
    run = work_off(job, now=make.NOW + 2 * HOUR)

    assert codes_of(run) == ["A_CONSENT", "D_WITHDRAWN", "D_ADDRESS_INVALID"]


@pytest.mark.usefixtures("small_pieces")
def test_a_replay_gives_the_same_bytes_whatever_happened_since(scene: Shop) -> None:
    first = work_off(begun(scene, taken_in(scene)))
    make.permission_event(
        contact_point=scene.anna, notice_version=scene.notice, act=Act.WITHDRAWN, occurred_at=make.NOW + HOUR
    )

    again = work_off(
        work.replay(run=first, staff=scene.staff, now=make.NOW + 2 * HOUR), now=make.NOW + 3 * HOUR
    )
    anew = work_off(begun(scene, taken_in(scene)), now=make.NOW + 3 * HOUR)

    assert again.replay_of == first
    assert again.output_sha256 == first.output_sha256
    assert result_of(again) == result_of(first)
    assert codes_of(anew)[0] == "D_WITHDRAWN"


def test_a_question_about_the_past_is_answered_as_then(scene: Shop) -> None:
    make.permission_event(
        contact_point=scene.anna, notice_version=scene.notice, act=Act.WITHDRAWN, occurred_at=make.NOW - HOUR
    )
    before = Wanted(
        legal_entity=scene.entity.code,
        purpose=scene.offers.code,
        channel="EMAIL",
        at=make.NOW - 2 * HOUR,
        known_at=make.NOW,
    )

    run = work_off(begun(scene, taken_in(scene), wanted=before))

    assert codes_of(run)[0] == "A_CONSENT"


@pytest.mark.usefixtures("small_pieces")
def test_a_chunk_that_was_broken_off_is_done_once(scene: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = work_off(begun(scene, taken_in(scene)))
    job = begun(scene, taken_in(scene))
    jobs.advance(job_id=job.pk, chunk=lambda _job: work.work_chunk, now=make.NOW)

    with monkeypatch.context() as broken:
        broken.setattr(runs, "count", fail)
        with pytest.raises(ZeroDivisionError):
            jobs.advance(job_id=job.pk, chunk=lambda _job: work.work_chunk, now=make.NOW)
    run = work_off(job)

    assert result_of(run) == result_of(whole)
    assert run.counts == whole.counts


def fail(**_asked: object) -> None:
    raise ZeroDivisionError


def test_nothing_of_a_list_can_be_read_in_the_database(scene: Shop) -> None:
    run = work_off(begun(scene, taken_in(scene)))

    stored = b"".join(bytes(block.ciphertext) for block in run.blocks.all())
    assert b"anna" not in stored
    assert ScreeningBlock.objects.filter(run=run).count() == 2


def test_files_go_when_a_run_expires_and_the_counts_stay(scene: Shop) -> None:
    run = work_off(begun(scene, taken_in(scene)))

    early = work.delete_expired_files(now=run.expires_at - HOUR)
    deleted = work.delete_expired_files(now=run.expires_at)
    again = work.delete_expired_files(now=run.expires_at)

    run.refresh_from_db()
    assert (early, deleted, again) == (0, 1, 0)
    assert run.expires_at == make.NOW + 24 * HOUR
    assert (run.wrapped_key, run.files_deleted_at, run.asked) == (None, run.expires_at, 3)
    assert run.blocks.count() == 0
    with pytest.raises(files.FilesGoneError):
        files.read_result(run=run)
    with pytest.raises(files.FilesGoneError):
        work.replay(run=run, staff=scene.staff, now=run.expires_at)


def test_a_job_whose_files_expired_fails_with_a_sentence(scene: Shop) -> None:
    run = taken_in(scene)
    job = begun(scene, run)
    files.delete_files(run=ScreeningRun.objects.get(pk=run.pk), now=make.NOW)

    work_off(job)

    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.fault == str(work.FILES_GONE)


def test_a_question_is_put_once(scene: Shop) -> None:
    run = taken_in(scene)
    begun(scene, run)

    with pytest.raises(work.AlreadyBegunError):
        begun(scene, run)


def test_only_a_finished_screening_is_replayed(scene: Shop) -> None:
    run = taken_in(scene)
    begun(scene, run)
    run.refresh_from_db()

    with pytest.raises(work.NotFinishedError):
        work.replay(run=run, staff=scene.staff, now=make.NOW)


def test_a_workbook_comes_back_as_a_workbook(scene: Shop) -> None:
    made = io.BytesIO()
    book = Workbook(made)
    book.add_worksheet().write_column(0, 0, ["e-mail", "anna@example.org", "bram@example.org"])
    book.close()

    run = work_off(begun(scene, taken_in(scene, data=made.getvalue(), name="lijst.xlsx")))

    assert work.is_workbook(run=run)
    assert result_of(run).startswith(b"PK")
    assert run.output_sha256 == hashlib.sha256(result_of(run)).hexdigest()
    assert run.counts == {"A_CONSENT": 1, "D_NO_BASIS": 1}


def test_what_is_no_list_is_not_taken_in(scene: Shop) -> None:
    with pytest.raises(ListNotReadableError):
        taken_in(scene, data=b"%PDF-1.7")

    assert ScreeningRun.objects.count() == 0
