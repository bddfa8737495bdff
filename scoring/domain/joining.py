"""What this app hangs on the one below, which cannot know of it."""

from consent.domain import holdings as consent
from consent.domain import jobs
from consent.models import Job
from scoring.domain import holdings
from scoring.domain.scores import rescoring


def join() -> None:
    """Let the copy, erasure and retention reach the tables of this app."""
    consent.join(holdings=holdings.HOLDINGS, nobodys=holdings.NOBODYS)
    jobs.ABOVE[Job.Kind.RESCORING] = rescoring.rescore_chunk
