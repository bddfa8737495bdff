"""How fast evidence leaves, beside the bare COPY of the same join; and when its first byte does."""

import json
import statistics
import subprocess
import sys
from functools import partial

from django.conf import settings
from django.db import connection

from bench.sink import Sink
from bench.timing import Took, say, timed
from consent.domain.dossier import cells, tables
from consent.domain.dossier.exporting import Exported, Format, Wanted, export_evidence
from consent.domain.dossier.large import PEOPLE_IN_A_PART
from consent.domain.dossier.selection import Selection
from consent.domain.seal.proofs import latest_checkpoint
from customers.models import Contact, LegalEntity

BARE = (
    "COPY (SELECT sealed.position, event.* FROM consent_ledgerleaf sealed"
    " JOIN consent_consentevent event ON event.id = sealed.event_id"
    " WHERE event.organisation_id = %s AND sealed.position < %s"
    " ORDER BY sealed.position) TO STDOUT (FORMAT csv)"
)
PEOPLE = 20


def measure_exporting() -> None:
    entity, checkpoint = LegalEntity.objects.get(code="bench"), latest_checkpoint()
    assert checkpoint  # noqa: S101  (the ledger was sealed just before)
    selection, size = Selection(organisation_id=entity.organisation_id), checkpoint.tree_size
    bare, _ = timed(lambda: copy_bare(selection, size))
    say("floor: COPY of events with their places", size, bare)
    sealed = tables.find_sealed(selection=selection, tree_size=size)
    codes = cells.codes_of(organisation_id=selection.organisation_id)
    table, _ = timed(lambda: sum(map(len, tables.table_of(sealed=sealed, codes=codes))))
    say("table of evidence, one reader", size, table, bare)
    measure_export_alone(size, bare)
    measure_people(selection)


def copy_bare(selection: Selection, size: int) -> int:
    with connection.cursor() as cursor, cursor.copy(BARE, [selection.organisation_id, size]) as copy:
        return sum(map(len, copy))


def measure_export_alone(size: int, bare: float) -> None:
    """In a process of its own: what was done before holds memory too."""
    command = [sys.executable, "-m", "bench.export_alone"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, check=True)
    told = json.loads(done.stdout)
    say("export that checks itself", size, Took(told["seconds"], told["processors"]), bare)
    sys.stdout.write(
        f"  first byte after {told['first']:.2f} s, first rows after {told['rows']:.2f} s;"
        f" {told['size'] / 2**20:,.0f} MB; {told['memory']:.0f} MB held, {told['before']:.0f} of it before\n"
    )
    sys.stdout.flush()


def measure_people(selection: Selection) -> None:
    """What staff wait for, one person at a time, and a part of a large export."""
    contacts = Contact.objects.filter(organisation=selection.organisation_id).order_by("pk")
    keys = list(contacts.values_list("pk", flat=True)[:PEOPLE_IN_A_PART])
    for what, kind in (
        ("dossier (PDF) of one person", Format.PDF),
        ("records (JSON-LD) of one", Format.JSONLD),
    ):
        one = (Selection(organisation_id=selection.organisation_id, contact_id=key) for key in keys[:PEOPLE])
        took = [timed(partial(export, about, kind))[0] for about in one]
        say(what, 1, statistics.median(took))
    part = Selection(organisation_id=selection.organisation_id, subjects=(keys[0], keys[-1]))
    for kind in (Format.CSV, Format.JSONLD):
        say(f"part of a large export ({kind}), people", len(keys), timed(partial(export, part, kind))[0])


def export(selection: Selection, kind: Format) -> Exported:
    wanted = Wanted(selection=selection, formats=[kind], language="nl", with_evidence=False)
    return export_evidence(wanted=wanted, target=Sink())
