"""Whether the installation keeps its word: sealing and the comparison of records with the ledger."""

import datetime
from dataclasses import dataclass
from typing import Final

from consent.domain.heartbeats import FOUND_A_FAULT
from consent.domain.shortcomings.shortcoming import Scope
from consent.models import ConsentEvent, Heartbeat, SealMark

SEALS_WITHIN: Final = datetime.timedelta(minutes=1)
COMPARING: Final = "consent.tasks.reconcile_records"
VERIFYING: Final = "consent.tasks.verify_ledger"


@dataclass(frozen=True, kw_only=True)
class Sealing:
    """Since when the oldest event waits for its seal; None when all are sealed."""

    waits_since: datetime.datetime | None

    def is_late(self, *, at: datetime.datetime) -> bool:
        """Sealing takes a minute at most."""
        return self.waits_since is not None and at - self.waits_since > SEALS_WITHIN


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What the last comparison of the whole installation found; no moment before the first one."""

    found_none_at: datetime.datetime | None = None
    differs: bool = False


def find_unsealed(*, scope: Scope) -> Sealing:
    """Find the oldest event above the mark of the seal; the index of the ledger's numbers leads there."""
    mark = SealMark.objects.filter(pk=SealMark.ONLY).values_list("highest_sequence", flat=True).first()
    waiting = ConsentEvent.objects.filter(sequence__gt=mark or 0)
    waiting = scope.narrow(waiting, organisation="organisation", legal_entity="legal_entity")
    since = waiting.order_by("sequence").values_list("recorded_at", flat=True).first()
    return Sealing(waits_since=since)


def last_comparisons() -> tuple[Comparison, Comparison]:
    """Read what was found last: of the records beside the ledger, and of the ledger beside its seal."""
    beats = Heartbeat.objects.filter(name__in=[COMPARING, VERIFYING])
    found = dict(beats.values_list("name", "last_beat_at"))
    return _comparison(found.get(COMPARING)), _comparison(found.get(VERIFYING))


def _comparison(last: datetime.datetime | None) -> Comparison:
    differs = last == FOUND_A_FAULT
    return Comparison(found_none_at=None if differs else last, differs=differs)
