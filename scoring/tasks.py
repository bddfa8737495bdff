import logging
import time
from itertools import chain

from celery import shared_task
from django.db import DataError
from django.utils import timezone

from consent.domain import heartbeats
from consent.models import Job
from consent.tasks import SECONDS_AT_WORK, wake_job, wake_outbox
from scoring.domain.campaigns import sending
from scoring.domain.journeys import turning
from scoring.domain.rules.conditions import UnknownWordError
from scoring.domain.scores import hearing, rescoring
from scoring.domain.talent_pool import asking, removing
from scoring.domain.talent_pool.journey import lead_people

logger = logging.getLogger(__name__)
SCORES_INTERVAL = 2
DAILY_INTERVAL = 300
CAMPAIGNS_INTERVAL = 10
JOURNEYS_INTERVAL = 10
POOLS_INTERVAL = 600


@shared_task
def update_scores() -> int:
    """Count anew whoever something was told of since the last turn, model by model."""
    counted, until = 0, time.monotonic() + SECONDS_AT_WORK
    for version in hearing.longest_unheard():
        try:
            heard = hearing.hear(version=version, now=timezone.now())
        except (UnknownWordError, DataError):
            # Its own words may hold what was told of people. It costs the others no turn: time is looked at
            # only after one that can be counted.
            logger.error("Version %s of a score model cannot be counted.", version.pk)
            continue
        if isinstance(heard, Job):
            wake_job(job_id=heard.pk)
        else:
            counted += heard.people
        if time.monotonic() >= until:
            update_scores.apply_async(expires=SCORES_INTERVAL)
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
def run_campaigns(after: str = "") -> int:
    """Bring every running campaign on by turns, so that a large one holds up no small one."""
    name, until = "scoring.tasks.run_campaigns", time.monotonic() + SECONDS_AT_WORK
    done, more, last = 0, True, after
    while more and time.monotonic() < until:
        more = False
        for campaign, step in sending.take_turns(now=timezone.now(), after=last):
            done, more, last = done + step, more or step > 0, campaign
            if time.monotonic() >= until:
                more = True
                break
    if done:
        wake_outbox()
    if more:
        run_campaigns.delay(after=last)
    heartbeats.beat(name=name, interval_seconds=CAMPAIGNS_INTERVAL, now=timezone.now())
    return done


@shared_task
def run_journeys(after: str = "") -> int:
    """Bring every journey on by turns, so that a large one holds up no small one."""
    name, until = "scoring.tasks.run_journeys", time.monotonic() + SECONDS_AT_WORK
    done, more, last = 0, True, after
    while more and time.monotonic() < until:
        more = False
        for journey, people in turning.take_turns(now=timezone.now(), after=last):
            done, more, last = done + people, more or people > 0, journey
            if time.monotonic() >= until:
                more = True
                break
    if more:
        run_journeys.apply_async(kwargs={"after": last}, expires=JOURNEYS_INTERVAL)
    heartbeats.beat(name=name, interval_seconds=JOURNEYS_INTERVAL, now=timezone.now())
    return done


@shared_task
def keep_talent_pools() -> int:
    """Ask who may leave soon whether they stay, take away what was kept of who left, and lead the others."""
    name, until = "scoring.tasks.keep_talent_pools", time.monotonic() + SECONDS_AT_WORK
    now, done = timezone.now(), 0
    for count in chain(asking.ask_again(now=now), removing.remove_left(now=now), lead_people(now=now)):
        done += count
        if time.monotonic() >= until:
            keep_talent_pools.apply_async(expires=POOLS_INTERVAL)
            break
    if done:
        wake_outbox()
    heartbeats.beat(name=name, interval_seconds=POOLS_INTERVAL, now=timezone.now())
    return done
