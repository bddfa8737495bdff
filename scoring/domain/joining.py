"""What this app hangs on the one below, which cannot know of it."""

from consent.domain import holdings as consent
from scoring.domain import holdings


def join() -> None:
    """Let the copy, erasure and retention reach the tables of this app."""
    consent.join(holdings=holdings.HOLDINGS, nobodys=holdings.NOBODYS)
