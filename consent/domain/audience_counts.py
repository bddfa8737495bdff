"""Counting a whole audience: at once where it is small, else as a job that workers do part by part."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from consent.domain import audiences, jobs
from consent.domain.engine.question import Question, UnknownCodeError, Wanted
from consent.domain.jobs import Progress, WorkFailedError
from consent.models import Job
from customers.models import Organisation, StaffMember

# What was counted yesterday is counted again: people change their minds.
VALID_FOR = datetime.timedelta(hours=24)
CODE_GONE = _("The question names something that is no longer there. Ask it anew.")
MOMENTS = ("at", "known_at")


def count_at_once(*, questions: Sequence[Question]) -> dict[str, int] | None:
    """Count an audience that one part holds; None for a larger one, which is counted by a job.

    Nearly every audience is that small, and whoever asks about it wants the numbers, not a progress bar. It
    is the part that a worker would count first, so that both say the same; nothing is written for it.
    """
    part = audiences.decide_part(questions=questions, after=None)
    return part.count() if part.is_last else None


def start_count(*, wanted: Sequence[Wanted], staff: StaffMember | None, now: datetime.datetime) -> Job:
    """Write down that an audience is to be counted, about one question or about two beside each other.

    Raises UnknownCodeError.
    """
    question = wanted[0].put(now=now)
    return jobs.start_job(
        organisation=Organisation.objects.get(pk=question.organisation_id),
        legal_entity_id=question.legal_entity_id,
        kind=_kind(wanted),
        total=audiences.count_addresses(question=question),
        key_range=key_range_of(wanted=wanted),
        started_by=staff,
        now=now,
    )


def find_count(*, wanted: Sequence[Wanted], legal_entity_id: uuid.UUID, now: datetime.datetime) -> Job | None:
    """Find the newest job that counts exactly this, unless it is a day old."""
    same = Job.objects.filter(
        legal_entity=legal_entity_id,
        kind=_kind(wanted),
        key_range=key_range_of(wanted=wanted),
        created_at__gt=now - VALID_FOR,
    )
    return same.order_by("-created_at", "-pk").first()


def count_chunk(job: Job, now: datetime.datetime) -> Progress:
    """Count the next part of an audience; raises WorkFailedError when a code of the question is gone.

    Without a moment each part is asked about as things are when it is counted, as in a screening.
    """
    try:
        questions = [one.put(now=now) for one in wanted_of(job=job)]
    except UnknownCodeError as error:
        raise WorkFailedError(str(CODE_GONE)) from error
    after = job.cursor.get("after")
    part = audiences.decide_part(questions=questions, after=uuid.UUID(after) if after else None)
    cursor = {"after": str(part.points[-1].pk)} if part.points else job.cursor
    return Progress(cursor=cursor, done=len(part.points), counts=part.count(), finished=part.is_last)


def wanted_of(*, job: Job) -> list[Wanted]:
    """Read the question, or both, that a job counts."""
    return [Wanted(**_with_moments(said)) for said in job.key_range["wanted"]]


def _kind(wanted: Sequence[Wanted]) -> Job.Kind:
    return Job.Kind.AUDIENCE if len(wanted) == 1 else Job.Kind.WHAT_IF


def key_range_of(*, wanted: Sequence[Wanted]) -> dict[str, Any]:
    """The question, or both, as a job keeps it."""
    return {"wanted": [_without_moments(asdict(one)) for one in wanted]}


def _without_moments(said: dict[str, Any]) -> dict[str, Any]:
    """The same moment is the same text, in whichever zone it was typed."""
    moments = {name: said[name] for name in MOMENTS}
    texts = {name: at and at.astimezone(datetime.UTC).isoformat() for name, at in moments.items()}
    return {**said, **texts}


def _with_moments(said: dict[str, Any]) -> dict[str, Any]:
    texts = {name: said[name] for name in MOMENTS}
    return {**said, **{name: at and datetime.datetime.fromisoformat(at) for name, at in texts.items()}}
