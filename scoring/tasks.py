import time

from celery import shared_task
from django.utils import timezone

from consent.domain import heartbeats
from consent.models import Job
from consent.tasks import SECONDS_AT_WORK, wake_job, wake_outbox
from scoring.domain.campaigns import sending
from scoring.domain.scores import hearing, rescoring

SCORES_INTERVAL = 2
DAILY_INTERVAL = 300
CAMPAIGNS_INTERVAL = 10


@shared_task
def update_scores() -> int:
    """Count anew whoever something was told of since the last turn, model by model."""
    counted, until = 0, time.monotonic() + SECONDS_AT_WORK
    for version in hearing.longest_unheard():
        heard = hearing.hear(version=version, now=timezone.now())
        if isinstance(heard, Job):
            wake_job(job_id=heard.pk)
        else:
            counted += heard.people
        if time.monotonic() >= until:
            update_scores.delay()
            break
    heartbeats.beat(name="scoring.tasks.update_scores", interval_seconds=SCORES_INTERVAL, now=timezone.now())
    return counted


@shared_task
def rescore_daily() -> int:
    """Start counting everybody where it is another day."""
    begun = rescoring.begin_daily(now=timezone.now())
    for job in begun:
        wake_job(job_id=job.pk)
    heartbeats.beat(name="scoring.tasks.rescore_daily", interval_seconds=DAILY_INTERVAL, now=timezone.now())
    return len(begun)


@shared_task
def run_campaigns() -> int:
    """Bring every running campaign on by turns, so that a large one holds up no small one."""
    name, until = "scoring.tasks.run_campaigns", time.monotonic() + SECONDS_AT_WORK
    done, more = 0, True
    while more and time.monotonic() < until:
        step = sending.work_once(now=timezone.now())
        done, more = done + step, step > 0
    if done:
        wake_outbox()
    if more:
        run_campaigns.delay()
    heartbeats.beat(name=name, interval_seconds=CAMPAIGNS_INTERVAL, now=timezone.now())
    return done
