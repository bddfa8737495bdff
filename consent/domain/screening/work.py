"""A screening as a job: begun with a question, answered piece by piece, replayed, and ended."""

import datetime
import hashlib
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consent.domain import jobs
from consent.domain.disclosures import record_disclosure
from consent.domain.engine.question import UnknownCodeError, Wanted
from consent.domain.jobs import Progress, WorkFailedError
from consent.domain.lists.layout import Layout, layout_from_json
from consent.domain.lists.records import PIECE, pieces
from consent.domain.lists.rows import titles_of
from consent.domain.lists.workbooks import write_workbook
from consent.domain.lists.writing import mark_of
from consent.domain.screening import files, runs
from consent.domain.screening.files import FilesGoneError
from consent.domain.screening.pieces import Screened, Tally, screen_piece
from consent.models import Job, ScreeningRun
from customers.models import StaffMember

# A workbook is written in one go: above this many rows the result of one is CSV.
MOST_ROWS_IN_WORKBOOK = 30_000
RUNS_AT_A_TIME = 100
FILES_GONE = _("The files of this screening were deleted when it expired. Upload the list again.")
CODE_GONE = _("The question names something that is no longer there. Screen the list anew.")
SAME_IN_REPLAY = (
    *("organisation", "legal_entity", "purpose", "channel", "product_group", "at", "known_at"),
    *("file_name", "layout", "input_sha256", "packs"),
)


class AlreadyBegunError(ValueError):
    """The question about this list was put before."""


class NotFinishedError(ValueError):
    """Only a screening that came to its end can be replayed."""


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """What somebody chose for a list that was taken in."""

    wanted: Wanted
    layout: Layout


def begin(*, run: ScreeningRun, beginning: Beginning, staff: StaffMember, now: datetime.datetime) -> Job:
    """Put the question about a list that was taken in; a job answers it.

    Raises UnknownCodeError, AlreadyBegunError.
    """
    question = beginning.wanted.put(now=now)
    with transaction.atomic():
        run = ScreeningRun.objects.select_for_update().get(pk=run.pk)
        if run.job_id is not None:
            raise AlreadyBegunError(str(run.pk))
        run.layout, run.started_at = beginning.layout.as_json(), now
        run.at, run.known_at = beginning.wanted.at, beginning.wanted.known_at
        runs.about(run=run, question=question)
        run.job = _start(run, staff, {}, now)
        run.save()
    return run.job


def replay(*, run: ScreeningRun, staff: StaffMember, now: datetime.datetime) -> Job:
    """Answer the same list again, as at and as known at the same moments: the result must be the same.

    Raises NotFinishedError, FilesGoneError.
    """
    if run.job is None or run.job.state != Job.State.DONE:
        raise NotFinishedError(str(run.pk))
    again = ScreeningRun(
        **{name: getattr(run, name) for name in SAME_IN_REPLAY}, uploaded_at=now, started_at=now
    )
    again.replay_of, again.staff, again.expires_at = run, staff, min(run.expires_at, now + runs.VALID_FOR)
    files.give_key(run=again)
    with transaction.atomic():
        text = files.list_text(run=run)
        again.job = _start(run, staff, {"moments": run.job.cursor.get("moments", {})}, now)
        again.save(force_insert=True)
        files.keep_list(run=again, text=text)
    return again.job


def work_chunk(job: Job, now: datetime.datetime) -> Progress:
    """Answer the next piece of a list, or end the screening when there is none.

    Raises WorkFailedError when the files are gone or a code of the question is.
    """
    run = ScreeningRun.objects.select_related("legal_entity", "purpose", "product_group").get(job=job)
    try:
        return _next_piece(run, job, now)
    except FilesGoneError as error:
        raise WorkFailedError(str(FILES_GONE)) from error
    except UnknownCodeError as error:
        raise WorkFailedError(str(CODE_GONE)) from error


def wanted_of(*, run: ScreeningRun) -> Wanted:
    """Put a run's question in its codes again."""
    return Wanted(
        legal_entity=run.legal_entity.code if run.legal_entity else "",
        purpose=run.purpose.code if run.purpose else "",
        channel=run.channel,
        product_group=run.product_group.code if run.product_group else "",
        at=run.at,
        known_at=run.known_at,
    )


def delete_expired_files(*, now: datetime.datetime) -> int:
    """Delete the files of every run whose answers may no longer be used; counts and hashes stay."""
    expired = ScreeningRun.objects.filter(wrapped_key__isnull=False, expires_at__lte=now)
    found = list(expired.order_by("expires_at", "pk")[:RUNS_AT_A_TIME])
    for run in found:
        with transaction.atomic():
            files.delete_files(run=run, now=now)
    return len(found)


def _start(
    run: ScreeningRun, staff: StaffMember, key_range: dict[str, object], now: datetime.datetime
) -> Job:
    size = sum(run.blocks.filter(side=files.Side.INPUT).values_list("length", flat=True))
    return jobs.start_job(
        organisation=run.organisation,
        legal_entity_id=run.legal_entity_id,
        kind=Job.Kind.SCREENING,
        total=size,
        key_range=key_range,
        started_by=staff,
        now=now,
    )


def _next_piece(run: ScreeningRun, job: Job, now: datetime.datetime) -> Progress:
    layout, start = layout_from_json(stored=run.layout), int(job.cursor.get("start", 0))
    piece = next(pieces(source=files.list_text(run=run), layout=layout, start=start, size=PIECE), None)
    if piece is None:
        _finish(run, layout, now)
        return Progress(cursor=job.cursor, done=0, finished=True)
    # A replay asks about each piece at the moment at which it was first answered.
    said = job.key_range.get("moments", {}).get(str(start))
    moment = datetime.datetime.fromisoformat(said) if said else now
    screened = _screened(run, piece.data, titles_of(layout=layout) if not start else 0, moment, now)
    mark = b"" if start else mark_of(layout=layout)
    files.keep_result(run=run, start=start, plain=mark + screened.output, asked_at=moment)
    _count(run, screened.tally)
    record_disclosure(given=runs.given_out(run=run), keys=screened.keys, disclosed_at=now)
    moments = {**job.cursor.get("moments", {}), str(start): moment.isoformat()}
    return Progress(
        cursor={"start": piece.end, "moments": moments},
        done=piece.end - start,
        counts=screened.tally.counts,
    )


def _screened(
    run: ScreeningRun, data: bytes, titles: int, moment: datetime.datetime, now: datetime.datetime
) -> Screened:
    wanted = wanted_of(run=run)
    if moment != now:
        wanted = replace(wanted, at=wanted.at or moment, known_at=wanted.known_at or moment)
    layout = layout_from_json(stored=run.layout)
    return screen_piece(data=data, titles=titles, layout=layout, question=wanted.put(now=now))


def _count(run: ScreeningRun, more: Tally) -> None:
    tally = Tally(rows=run.rows, asked=run.asked, counts=run.counts, remarks=run.remarks)
    tally.add(more)
    runs.count(run=run, tally=tally)
    run.save(update_fields=["rows", "asked", "counts", "remarks"])


def _finish(run: ScreeningRun, layout: Layout, now: datetime.datetime) -> None:
    if layout.workbook and run.rows <= MOST_ROWS_IN_WORKBOOK:
        _make_workbook(run, layout, now)
    digest = hashlib.sha256()
    for part in files.read_result(run=run):
        digest.update(part)
    run.output_sha256, run.finished_at = digest.hexdigest(), now
    run.save(update_fields=["output_sha256", "finished_at"])


def _make_workbook(run: ScreeningRun, layout: Layout, now: datetime.datetime) -> None:
    with tempfile.TemporaryDirectory(prefix="screening-") as folder:
        path = Path(folder) / "result.xlsx"
        texts = (part.decode(layout.encoding) for part in files.read_result(run=run))
        write_workbook(texts=texts, layout=layout, path=path)
        with path.open("rb") as file:
            files.replace_result(run=run, source=file, at=now)


def is_workbook(*, run: ScreeningRun) -> bool:
    """Say whether the result of a run is a workbook."""
    return bool(run.layout.get("workbook")) and run.rows <= MOST_ROWS_IN_WORKBOOK
