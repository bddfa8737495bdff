import datetime
import uuid

import pytest

from consent.domain import jobs
from consent.domain.jobs import Progress, WorkFailedError
from consent.models import Job
from tests import make

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def job() -> Job:
    return jobs.start_job(
        organisation=make.organisation(),
        kind=Job.Kind.EXPORT,
        total=3,
        key_range={"up to": 3},
        started_by=None,
        now=make.NOW,
    )


def count_one(job: Job, now: datetime.datetime) -> Progress:
    at = job.cursor.get("at", 0) + 1
    return Progress(cursor={"at": at}, done=1, counts={"seen": 1}, finished=at == 3)


def test_chunk_after_chunk_comes_to_its_end(job: Job) -> None:
    more = [
        jobs.advance(job_id=job.pk, chunk=lambda job: count_one, now=make.NOW + turn * SECOND)
        for turn in range(4)
    ]

    job.refresh_from_db()
    assert more == [True, True, False, False]
    assert (job.state, job.cursor, job.done, job.counts) == ("DONE", {"at": 3}, 3, {"seen": 3})
    assert job.ended_at == job.heartbeat_at == make.NOW + 2 * SECOND
    assert job.percentage == 100


def test_work_that_cannot_go_on_says_why(job: Job) -> None:
    def fail(job: Job, now: datetime.datetime) -> Progress:
        raise WorkFailedError("The files are gone.")

    more = jobs.advance(job_id=job.pk, chunk=lambda job: fail, now=make.NOW)

    job.refresh_from_db()
    assert not more
    assert (job.state, job.fault) == ("FAILED", "The files are gone.")


def test_a_mishap_leaves_the_job_as_it_was(job: Job) -> None:
    def stumble(job: Job, now: datetime.datetime) -> Progress:
        Job.objects.filter(pk=job.pk).update(done=99)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        jobs.advance(job_id=job.pk, chunk=lambda job: stumble, now=make.NOW)

    job.refresh_from_db()
    assert (job.state, job.done) == ("WAITING", 0)


def test_a_job_nobody_hears_of_is_forgotten_after_a_while(job: Job) -> None:
    assert jobs.find_forgotten(now=make.NOW + 30 * SECOND) == []
    assert jobs.find_forgotten(now=make.NOW + 31 * SECOND) == [job.pk]


def test_a_cancelled_job_stands_still_until_it_is_restarted(job: Job) -> None:
    jobs.advance(job_id=job.pk, chunk=lambda job: count_one, now=make.NOW)
    jobs.cancel_job(job=job, now=make.NOW)

    assert not jobs.advance(job_id=job.pk, chunk=lambda job: count_one, now=make.NOW)
    assert jobs.find_forgotten(now=make.NOW + 99 * SECOND) == []

    jobs.restart_job(job=job, now=make.NOW)
    jobs.advance(job_id=job.pk, chunk=lambda job: count_one, now=make.NOW)

    job.refresh_from_db()
    assert (job.state, job.cursor) == ("RUNNING", {"at": 2})


def test_only_what_stands_still_is_restarted(job: Job) -> None:
    with pytest.raises(jobs.JobNotRestartableError):
        jobs.restart_job(job=job, now=make.NOW)


def test_an_ended_job_is_not_cancelled(job: Job) -> None:
    for _turn in range(3):
        jobs.advance(job_id=job.pk, chunk=lambda job: count_one, now=make.NOW)
    jobs.cancel_job(job=job, now=make.NOW)

    job.refresh_from_db()
    assert job.state == "DONE"


def test_an_unknown_job_is_no_work() -> None:
    assert not jobs.advance(job_id=uuid.uuid4(), chunk=lambda job: count_one, now=make.NOW)
