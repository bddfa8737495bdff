import datetime

from consent.models import Heartbeat

# The readiness page is red at once and stays so until the task finds all well again.
FOUND_A_FAULT = datetime.datetime.fromtimestamp(0, datetime.UTC)


def beat(*, name: str, interval_seconds: int, now: datetime.datetime) -> None:
    """Note that a periodic task ran to its end; the readiness page turns red when it misses two turns."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"interval_seconds": interval_seconds, "last_beat_at": now}
    )


def report_fault(*, name: str, interval_seconds: int) -> None:
    """Note that a periodic task ran to its end and found what must not be."""
    beat(name=name, interval_seconds=interval_seconds, now=FOUND_A_FAULT)
