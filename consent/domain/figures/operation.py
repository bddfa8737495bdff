"""Whether the installation keeps its word: sealing and the comparison of records with the ledger."""

import datetime
from dataclasses import dataclass
from typing import Final

from consent.domain.heartbeats import FOUND_A_FAULT
from consent.domain.shortcomings.shortcoming import Scope
from consent.models import ConsentEvent, Heartbeat, SealMark

SEALS_WITHIN: Final = datetime.timedelta(minutes=1)
COMPARING: Final = "consent.tasks.reconcile_records"


@dataclass(frozen=True, kw_only=True)
class Sealing:
    """Since when the oldest event waits for its seal; None when all are sealed."""

    waits_since: datetime.datetime | None

    def is_late(self, *, at: datetime.datetime) -> bool:
        """Sealing takes a minute at most."""
        return self.waits_since is not None and at - self.waits_since > SEALS_WITHIN


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What the last comparison of records with the ledger found; no moment before the first one."""

    found_none_at: datetime.datetime | None = None
    differs: bool = False


def find_unsealed(*, scope: Scope) -> Sealing:
    """Find the oldest event above the mark of the seal; the index of the ledger's numbers leads there."""
    mark = SealMark.objects.filter(pk=SealMark.ONLY).values_list("highest_sequence", flat=True).first()
    waiting = ConsentEvent.objects.filter(sequence__gt=mark or 0)
    waiting = scope.narrow(waiting, organisation="organisation", legal_entity="legal_entity")
    since = waiting.order_by("sequence").values_list("recorded_at", flat=True).first()
    return Sealing(waits_since=since)


def last_comparison() -> Comparison:
    """Read what the periodic comparison of the whole installation found last."""
    last = Heartbeat.objects.filter(name=COMPARING).values_list("last_beat_at", flat=True).first()
    differs = last == FOUND_A_FAULT
    return Comparison(found_none_at=None if differs else last, differs=differs)
