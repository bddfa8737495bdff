import datetime

from consent.models import Heartbeat


def beat(*, name: str, interval_seconds: int, now: datetime.datetime) -> None:
    """Note that a periodic task ran to its end; the readiness page turns red when it misses two turns."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"interval_seconds": interval_seconds, "last_beat_at": now}
    )
