from dataclasses import replace

import pytest

from config.celery import app
from consent.domain import jobs
from consent.domain.screening import files, work
from consent.models import Job, ScreeningRun
from tests import make
from tests.consent.domain.screening.scene import begun, shop, taken_in
from tests.services.house import built_house
from tests.services.mail import held_mail_server
from tests.services.processes import wait_for
from tests.services.worker import restart, running_worker

ROWS = "".join(f"klant {number};klant{number}@example.org\r\n" for number in range(40_000))
LIST = f"naam;e-mail\r\nAnna;anna@example.org\r\n{ROWS}".encode()


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_is_followed_by_one_that_goes_on_to_the_same_bytes() -> None:
    scene = shop()
    wanted = replace(scene.wanted, at=make.NOW, known_at=make.NOW)
    undisturbed = begun(scene, taken_in(scene, data=LIST), wanted=wanted)
    while jobs.advance(job_id=undisturbed.pk, chunk=lambda _job: work.work_chunk, now=make.NOW):
        pass
    job = begun(scene, taken_in(scene, data=LIST), wanted=wanted)

    with (
        held_mail_server() as server,
        built_house(mail_port=server.port) as house,
        running_worker(house=house) as worker,
    ):
        app.send_task("consent.tasks.work_job", kwargs={"job_id": str(job.pk)}, queue=house.queue)
        wait_for(what="the first piece", seconds=60, holds=lambda: 0 < done_of(job) < len(LIST))
        worker.kill()
        done_when_killed = done_of(job)
        restart(worker=worker)
        wait_for(what="the end", seconds=180, holds=lambda: done_of(job) == len(LIST))
        wait_for(what="the hash", seconds=30, holds=lambda: bool(run_of(job).output_sha256))

    assert 0 < done_when_killed < len(LIST)
    assert result_of(job) == result_of(undisturbed)
    assert run_of(job).counts == run_of(undisturbed).counts == {"A_CONSENT": 1, "D_NO_BASIS": 40_000}
    assert run_of(job).output_sha256 == run_of(undisturbed).output_sha256


def done_of(job: Job) -> int:
    return Job.objects.get(pk=job.pk).done


def run_of(job: Job) -> ScreeningRun:
    return ScreeningRun.objects.get(job=job)


def result_of(job: Job) -> bytes:
    return b"".join(files.read_result(run=run_of(job)))
