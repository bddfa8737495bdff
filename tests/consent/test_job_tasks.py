from datetime import timedelta

import pytest
import time_machine
from kombu.exceptions import OperationalError

from consent import tasks
from consent.models import Job, ScreeningRun
from tests import make
from tests.consent.domain.screening.scene import Shop, begun, shop, taken_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Shop:
    return shop()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that the broker was told about."""
    told: list[str] = []

    def tell(job_id: str) -> None:
        told.append(job_id)

    monkeypatch.setattr(tasks.work_job, "delay", tell)
    return told


def test_a_sweep_picks_up_jobs_nobody_is_heard_of(scene: Shop, sent: list[str]) -> None:
    job = begun(scene, taken_in(scene))

    with time_machine.travel(make.NOW + timedelta(seconds=30), tick=False):
        early = tasks.sweep_jobs()
    with time_machine.travel(make.NOW + timedelta(seconds=31), tick=False):
        late = tasks.sweep_jobs()

    assert (early, late, sent) == (0, 1, [str(job.pk)])


@pytest.mark.django_db(transaction=True)
def test_work_that_takes_longer_is_handed_on(
    scene: Shop, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "SECONDS_AT_WORK", 0)
    job = begun(scene, taken_in(scene))

    tasks.work_job(job_id=str(job.pk))
    after_one = Job.objects.get().state
    tasks.work_job(job_id=str(job.pk))

    assert (after_one, sent) == (Job.State.RUNNING, [str(job.pk)])
    assert Job.objects.get().state == Job.State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_leaves_a_job_to_the_sweep(scene: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(job_id: str) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.work_job, "delay", refuse)
    job = begun(scene, taken_in(scene))

    tasks.wake_job(job_id=job.pk)

    assert Job.objects.get().state == Job.State.WAITING


def test_files_of_expired_screenings_are_deleted(scene: Shop) -> None:
    run = taken_in(scene)

    with time_machine.travel(run.expires_at, tick=False):
        deleted = tasks.delete_expired_files()

    assert deleted == 1
    assert ScreeningRun.objects.get().files_deleted_at == run.expires_at
