import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from consent.domain import (
    audience_counts,
    delivery,
    heartbeats,
    jobs,
    law_ahead,
    link_requests,
    outbox,
    processors,
    rate_limits,
    relations,
    requests,
)
from consent.domain.audience_lists import making as list_making
from consent.domain.call_desk import filling
from consent.domain.digest import sending
from consent.domain.dossier import large
from consent.domain.erasing import many, replaying
from consent.domain.figures import counting
from consent.domain.incidents import keeping, telling
from consent.domain.incidents import reminding as incident_reminding
from consent.domain.ledger import reconciling
from consent.domain.messages import WorkingLinks
from consent.domain.notifying import delivering, guarding
from consent.domain.privacy import announcing
from consent.domain.ready import making as ready
from consent.domain.retention import applying
from consent.domain.rights import reminding
from consent.domain.screening import work as screening
from consent.domain.seal import giving_away, sealing, stamping, verifying
from consent.domain.seal import keys as seal_keys
from consent.models import Job

logger = logging.getLogger(__name__)

# No task runs longer than ten seconds, so that a killed worker's work is quickly free again.
SECONDS_AT_WORK = 6
OUTBOX_INTERVAL = 10
RELATIONS_INTERVAL = 900
REQUESTS_INTERVAL = 3600
JOBS_INTERVAL = 15
SEAL_INTERVAL = 20
CHECKPOINT_INTERVAL = 600
FILES_INTERVAL = 600
REMINDERS_INTERVAL = 3600
RETENTION_INTERVAL = 3600
RECONCILE_INTERVAL = 86_400
READY_INTERVAL = 2
VERIFY_INTERVAL = 86_400
SECONDS_TO_VERIFY = 3
NOTIFICATIONS_INTERVAL = 10
# One delivery takes some seven seconds at most; begun after this, it would outlast the task.
SECONDS_TO_BEGIN = 2
DIGESTS_INTERVAL = 3600
FIGURES_INTERVAL = 60
CHUNKS: Final[Mapping[Job.Kind, jobs.Chunk]] = {
    Job.Kind.SCREENING: screening.work_chunk,
    Job.Kind.AUDIENCE: audience_counts.count_chunk,
    Job.Kind.WHAT_IF: audience_counts.count_chunk,
    Job.Kind.LIST: list_making.make_part,
    Job.Kind.CALL_LIST: filling.fill_chunk,
    Job.Kind.ERASURE: many.erase_chunk,
    Job.Kind.RETENTION: applying.retire_chunk,
    Job.Kind.INCIDENT: keeping.keep_chunk,
    Job.Kind.BREACH: telling.tell_chunk,
    Job.Kind.ANNOUNCE: announcing.announce_chunk,
    Job.Kind.EXPORT: large.write_part,
}


@shared_task
def deliver_outbox() -> int:
    links = WorkingLinks(public_url=settings.PUBLIC_URL)
    sent, until = 0, time.monotonic() + SECONDS_AT_WORK
    while time.monotonic() < until and link_requests.answer_next(now=timezone.now()):
        pass
    while time.monotonic() < until and (message := outbox.claim_next(now=timezone.now())):
        delivery.deliver(message=message, links=links, now=timezone.now())
        sent += 1
    if time.monotonic() >= until:
        deliver_outbox.delay()
    heartbeats.beat(name="consent.tasks.deliver_outbox", interval_seconds=OUTBOX_INTERVAL, now=timezone.now())
    return sent


@shared_task
def deliver_notifications() -> int:
    """Tell endpoints outside; in a task of its own, so that a slow receiver holds up no mail."""
    guard = guarding.Guard(loopback=settings.WEBHOOK_LOOPBACK, resolve=guarding.resolve)
    told, until = 0, time.monotonic() + SECONDS_TO_BEGIN
    while time.monotonic() < until and (found := delivering.claim_next(now=timezone.now())):
        delivering.deliver(notification=found, guard=guard, now=timezone.now())
        told += 1
    if time.monotonic() >= until:
        deliver_notifications.delay()
    heartbeats.beat(
        name="consent.tasks.deliver_notifications",
        interval_seconds=NOTIFICATIONS_INTERVAL,
        now=timezone.now(),
    )
    return told


@shared_task
def expire_relations() -> int:
    ended, all_done = _work_off(relations.expire_relations(now=timezone.now()))
    if all_done:
        heartbeats.beat(
            name="consent.tasks.expire_relations", interval_seconds=RELATIONS_INTERVAL, now=timezone.now()
        )
    else:
        expire_relations.delay()
    return ended


@shared_task
def lapse_requests() -> int:
    lapsed, all_done = _work_off(requests.lapse_requests(now=timezone.now()))
    rate_limits.forget_old_counts(now=timezone.now())
    if all_done:
        heartbeats.beat(
            name="consent.tasks.lapse_requests", interval_seconds=REQUESTS_INTERVAL, now=timezone.now()
        )
    else:
        lapse_requests.delay()
    return lapsed


@shared_task
def seal_ledger() -> int:
    sealed, all_done = _work_off(sealing.seal_ledger(now=timezone.now()))
    if not all_done:
        seal_ledger.delay()
    # Also while much waits: sealing a large import is no fault of the installation.
    heartbeats.beat(name="consent.tasks.seal_ledger", interval_seconds=SEAL_INTERVAL, now=timezone.now())
    return sealed


def authority() -> stamping.Authority:
    return stamping.Authority(url=settings.TSA_URL, certificates=settings.TSA_CERTIFICATES)


@shared_task
def publish_checkpoint() -> int:
    """Give the checkpoint away; one that cannot be written out is no turn, so that the silence is noticed."""
    told = giving_away.tell_officers(now=timezone.now())
    try:
        # First, as it must go on also while the ledger is behind the checkpoint outside.
        replaying.write_list(folder=settings.CHECKPOINT_DIR)
        giving_away.write_out(folder=settings.CHECKPOINT_DIR)
    except (OSError, giving_away.OutsideDiffersError) as fault:
        logger.error("The checkpoint was not written out: %s", fault)
        return told
    heartbeats.beat(
        name="consent.tasks.publish_checkpoint", interval_seconds=CHECKPOINT_INTERVAL, now=timezone.now()
    )
    if settings.TSA_URL:
        _stamp()
    return told


def _stamp() -> None:
    """That somebody else's server is away is no fault of ours: it is asked again at the next turn."""
    try:
        stamping.stamp(folder=settings.CHECKPOINT_DIR, authority=authority(), now=timezone.now())
    except (OSError, stamping.StampError) as fault:
        logger.error("The checkpoint was not time-stamped: %s", fault)


def _work_off(chunks: Iterator[int]) -> tuple[int, bool]:
    """Count what was done, and whether that was all; the rest is for a task of its own."""
    done, until = 0, time.monotonic() + SECONDS_AT_WORK
    for count in chunks:
        done += count
        if time.monotonic() >= until:
            return done, False
    return done, True


class OutboxWaker:
    """Tells the workers that a message waits, from a thread of its own.

    A request never waits for the broker; while the broker is away, the periodic task finds the message.
    """

    def __init__(self) -> None:
        self._waiting = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="outbox-waker", daemon=True)
                self._thread.start()
        self._waiting.set()

    def _run(self) -> None:
        while self._waiting.wait():
            self._waiting.clear()
            try:
                deliver_outbox.delay()
            except OperationalError:
                continue


_waker = OutboxWaker()


def wake_outbox() -> None:
    """Have waiting messages sent soon; called after the transaction that wrote them."""
    _waker.wake()


@shared_task
def work_job(job_id: str) -> None:
    """Work off a job for a few seconds; what is left is for a task of its own."""
    key, until = uuid.UUID(job_id), time.monotonic() + SECONDS_AT_WORK
    while jobs.advance(job_id=key, chunk=chunk_of, now=timezone.now()):
        if time.monotonic() >= until:
            wake_job(job_id=key)
            return


def chunk_of(job: Job) -> jobs.Chunk:
    kind = Job.Kind(job.kind)
    return jobs.ABOVE.get(kind) or CHUNKS[kind]


def wake_job(*, job_id: uuid.UUID) -> None:
    """Have a job worked off soon, once its transaction is done; a dead broker leaves it to the sweep."""
    transaction.on_commit(lambda: _send(job_id))


def _send(job_id: uuid.UUID) -> None:
    with contextlib.suppress(OperationalError):
        work_job.delay(job_id=str(job_id))


@shared_task
def sweep_jobs() -> int:
    """Pick up the jobs whose worker was killed, and those the broker never heard of."""
    forgotten = jobs.find_forgotten(now=timezone.now())
    for job_id in forgotten:
        work_job.delay(job_id=str(job_id))
    heartbeats.beat(name="consent.tasks.sweep_jobs", interval_seconds=JOBS_INTERVAL, now=timezone.now())
    return len(forgotten)


@shared_task
def delete_expired_files() -> int:
    deleted = screening.delete_expired_files(now=timezone.now())
    deleted += large.delete_expired(now=timezone.now())
    deleted += list_making.delete_expired(now=timezone.now())
    heartbeats.beat(
        name="consent.tasks.delete_expired_files", interval_seconds=FILES_INTERVAL, now=timezone.now()
    )
    return deleted


@shared_task
def remind_officers() -> int:
    """Mail the officers about the data breaches, rights requests and agreements whose term ends."""
    reminded, until = 0, time.monotonic() + SECONDS_AT_WORK
    for remind_next in (incident_reminding.remind_next, reminding.remind_next, processors.remind_next):
        while time.monotonic() < until and remind_next(now=timezone.now()):
            reminded += 1
    if reminded:
        wake_outbox()
    heartbeats.beat(
        name="consent.tasks.remind_officers", interval_seconds=REMINDERS_INTERVAL, now=timezone.now()
    )
    return reminded


@shared_task
def apply_retention() -> int:
    """Clean up what belongs to no organisation, and start the daily work of each that had none today."""
    gone, all_done = _work_off(chunk.rows for chunk in applying.clean_installation(now=timezone.now()))
    if not all_done:
        apply_retention.delay()
        return gone
    for job in applying.begin_retention(now=timezone.now()):
        wake_job(job_id=job.pk)
    heartbeats.beat(
        name="consent.tasks.apply_retention", interval_seconds=RETENTION_INTERVAL, now=timezone.now()
    )
    return gone


@shared_task
def make_ready() -> int:
    """Put together anew what lists ask about whoever something changed about."""
    taken, all_done = _work_off(iter(lambda: ready.take_up_changes(now=timezone.now()), 0))
    if not all_done:
        make_ready.apply_async(expires=READY_INTERVAL)
    heartbeats.beat(name="consent.tasks.make_ready", interval_seconds=READY_INTERVAL, now=timezone.now())
    return taken


@shared_task
def reconcile_records(after: Sequence[str] = (), differing: int = 0) -> int:
    """Hold all records against the ledger, range by range; a difference turns the readiness page red."""
    name, until = "consent.tasks.reconcile_records", time.monotonic() + SECONDS_AT_WORK
    behind = reconciling.ContactRange(*map(uuid.UUID, after)) if after else None
    for contacts in reconciling.list_ranges(after=behind):
        differing += len(reconciling.compare(contacts)) + ready.mend(within=contacts, now=timezone.now())
        if time.monotonic() >= until:
            reconcile_records.delay(after=[str(key) for key in contacts], differing=differing)
            return differing
    if differing:
        logger.error("%d records differ from the ledger: run manage.py reconcile_records.", differing)
        heartbeats.report_fault(name=name, interval_seconds=RECONCILE_INTERVAL)
    else:
        heartbeats.beat(name=name, interval_seconds=RECONCILE_INTERVAL, now=timezone.now())
    return differing


@shared_task
def verify_ledger(place: Sequence[Any] = ()) -> int:
    """Compare the ledger with its seal, part by part; a fault turns the readiness page red until it is gone.

    One reader, for a few seconds: what others asked for meanwhile comes before the rest.
    """
    name, until = "consent.tasks.verify_ledger", time.monotonic() + SECONDS_TO_VERIFY
    trusted = verifying.Trusted(verifiers=seal_keys.verifiers())
    going: verifying.Place | None = verifying.Place(*place) if place else verifying.begin_comparison()
    while going is not None:
        compared = going.size
        fault, going = verifying.compare_part(place=going, trusted=trusted)
        if fault is not None:
            logger.error("The ledger is not what was sealed: %s", fault.sentence)
            heartbeats.report_fault(name=name, interval_seconds=VERIFY_INTERVAL)
            return compared
        if going is not None and time.monotonic() >= until:
            verify_ledger.delay(place=list(going))
            return going.size
    heartbeats.beat(name=name, interval_seconds=VERIFY_INTERVAL, now=timezone.now())
    return compared


@shared_task
def count_figures() -> int:
    """Count what the start page shows: the months on, and each organisation once an hour."""
    zone = timezone.get_default_timezone_name()
    for job in law_ahead.start_counts(now=timezone.now()):
        wake_job(job_id=job.pk)
    counted, all_done = _work_off(counting.count_figures(now=timezone.now(), zone=zone))
    if not all_done:
        count_figures.delay()
    heartbeats.beat(name="consent.tasks.count_figures", interval_seconds=FIGURES_INTERVAL, now=timezone.now())
    return counted


@shared_task
def mail_digests() -> int:
    """Mail each department the digest of last month, unless it had it."""
    mailed, until = 0, time.monotonic() + SECONDS_AT_WORK
    while time.monotonic() < until and sending.write_next(now=timezone.localtime()):
        mailed += 1
    if mailed:
        wake_outbox()
    heartbeats.beat(name="consent.tasks.mail_digests", interval_seconds=DIGESTS_INTERVAL, now=timezone.now())
    return mailed
