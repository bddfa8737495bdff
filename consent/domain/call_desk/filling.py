"""Filling a call list as a job: part by part, while agents already call whoever was found."""

import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consent.domain import audiences, jobs
from consent.domain.call_desk import lists, sources, taking
from consent.domain.call_desk.sources import Found
from consent.domain.engine.question import Question, UnknownCodeError
from consent.domain.jobs import Progress, WorkFailedError
from consent.domain.screening.files import FilesGoneError, list_text
from consent.models import CallList, Job, ScreeningRun

# More than a team calls before a list has aged.
MOST_CONTACTS: Final = 50_000
FILES_GONE = _("The files of this screening were deleted when it expired. Screen the list again.")
CODE_GONE = _("The purpose or product group of this list is no longer there. Open another list.")


def start_filling(
    *, call_list: CallList, question: Question, run: ScreeningRun | None, now: datetime.datetime
) -> Job:
    """Write down that a list is to be filled: from a screening, or with everybody who may be called.

    Raises FilesGoneError.
    """
    if run is not None:
        list_text(run=run)
    with transaction.atomic():
        call_list.job = jobs.start_job(
            organisation=call_list.organisation,
            legal_entity_id=call_list.legal_entity_id,
            kind=Job.Kind.CALL_LIST,
            total=run.job.total if run and run.job else audiences.count_addresses(question=question),
            key_range={"run": str(run.pk)} if run else {},
            started_by=call_list.opened_by,
            now=now,
        )
        call_list.save(update_fields=["job"])
    return call_list.job


def fill_chunk(job: Job, now: datetime.datetime) -> Progress:
    """Put whoever may be called among the next part onto the list, at most fifty thousand in all.

    A list that was closed is filled no further. Raises WorkFailedError when the screening's files are gone,
    or a code of the question is.
    """
    related = CallList.objects.select_related("legal_entity", "purpose", "product_group")
    call_list = related.get(job=job)
    if call_list.closed_at is not None:
        return Progress(cursor=job.cursor, done=0, finished=True)
    try:
        found = _look(call_list, job, now)
    except FilesGoneError as error:
        raise WorkFailedError(str(FILES_GONE)) from error
    except UnknownCodeError as error:
        raise WorkFailedError(str(CODE_GONE)) from error
    room = MOST_CONTACTS - sum(number for code, number in job.counts.items() if code.startswith("A_"))
    lists.add_contacts(call_list=call_list, contact_point_ids=found.points[:room])
    return Progress(
        cursor=found.cursor,
        done=found.looked_at,
        counts=found.counts,
        finished=found.is_last or len(found.points) >= room,
    )


def _look(call_list: CallList, job: Job, now: datetime.datetime) -> Found:
    question = taking.question_of(call_list=call_list, at=now)
    if "run" not in job.key_range:
        return sources.look_in_audience(question=question, cursor=job.cursor)
    run = ScreeningRun.objects.get(pk=job.key_range["run"])
    return sources.look_in_run(run=run, question=question, cursor=job.cursor)
