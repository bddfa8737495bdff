"""How fast evidence leaves, beside the bare COPY of the same join; and when its first byte does."""

import resource
import sys
import time

from django.db import connection

from bench.timing import say, timed
from consent.domain.dossier import cells, tables
from consent.domain.dossier.exporting import Format, Wanted, export_evidence
from consent.domain.dossier.selection import Selection, events_of
from consent.domain.seal.proofs import latest_checkpoint
from customers.models import LegalEntity

BARE = (
    "COPY (SELECT sealed.position, event.* FROM consent_ledgerleaf sealed"
    " JOIN consent_consentevent event ON event.id = sealed.event_id"
    " WHERE event.organisation_id = %s AND sealed.position < %s"
    " ORDER BY sealed.position) TO STDOUT (FORMAT csv)"
)


class Sink:
    """A file of which only is known when its first byte came, and how many there were."""

    def __init__(self) -> None:
        self.began, self.first, self.size = time.perf_counter(), 0.0, 0

    def write(self, block: bytes, /) -> int:
        self.first = self.first or time.perf_counter() - self.began
        self.size += len(block)
        return len(block)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


def measure_exporting() -> None:
    entity, checkpoint = LegalEntity.objects.get(code="bench"), latest_checkpoint()
    assert checkpoint  # noqa: S101  (the ledger was sealed just before)
    selection, size = Selection(organisation_id=entity.organisation_id), checkpoint.tree_size
    bare, _ = timed(lambda: copy_bare(selection, size))
    say("floor: COPY of events with their places", size, bare)
    found, positions = timed(
        lambda: tables.positions_of(events=events_of(selection=selection), tree_size=size)
    )
    codes = cells.codes_of(organisation_id=selection.organisation_id)
    say("places of the events", size, found, bare)
    table, _ = timed(lambda: sum(map(len, tables.table_of(positions=positions, codes=codes))))
    say("table of evidence", size, table, bare)
    leaves, _ = timed(lambda: sum(map(len, tables.leaves_of(positions=positions))))
    say("leaves as they were sealed", size, leaves, bare)
    sink, wanted = (
        Sink(),
        Wanted(selection=selection, formats=[Format.CSV], language="nl", with_evidence=False),
    )
    whole, _ = timed(lambda: export_evidence(wanted=wanted, target=sink))
    say("export that checks itself, with tables", size, whole, bare)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"  first byte after {sink.first:.2f} s; {sink.size / 2**20:,.0f} MB; {memory:.0f} MB held\n"
    )
    sys.stdout.flush()


def copy_bare(selection: Selection, size: int) -> int:
    with connection.cursor() as cursor, cursor.copy(BARE, [selection.organisation_id, size]) as copy:
        return sum(map(len, copy))
