"""What this app hangs on the one below, which cannot know of it."""

from consent.domain import delivery, jobs
from consent.domain import holdings as consent
from consent.models import Job, OutboxMessage
from scoring.domain import holdings
from scoring.domain.campaigns import dry_run, sending
from scoring.domain.scores import rescoring


def join() -> None:
    """Let the copy, erasure and retention reach the tables of this app, and workers its work."""
    consent.join(holdings=holdings.HOLDINGS, nobodys=holdings.NOBODYS)
    jobs.ABOVE[Job.Kind.RESCORING] = rescoring.rescore_chunk
    delivery.MAY_STILL_GO[OutboxMessage.Kind.CAMPAIGN] = sending.may_still_go
    jobs.ABOVE[Job.Kind.DRY_RUN] = dry_run.count_chunk
