import contextlib
import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from django.db import transaction

from consent.domain.do_not_call import (
    BELGIUM,
    Refusal,
    Registration,
    SnapshotNotLoadableError,
    load_snapshot,
)
from consent.domain.do_not_call_file import Row, read_rows
from consent.models import DoNotCallSnapshot
from customers.models import Organisation, StaffMember

# A list made by a machine has no faults at all: one row in a thousand is a sign, not an accident.
ROWS_FOR_ONE_FAULT = 1000
FAULTS_KEPT = 100
# After so many faults in the greater part of the rows nobody needs to see the rest.
FAULTS_OF_NO_LIST = 10_000


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One file with the list: when it was taken, who brings it, and the code of a doubt they confirmed."""

    file: BinaryIO
    taken_at: datetime.datetime
    brought_by: StaffMember | None = None
    confirmed: str = ""


@dataclass(kw_only=True)
class Report:
    """What a file turned out to hold, beside the list before it."""

    file_hash: str
    rows: int = 0
    faults: int = 0
    first_faults: list[Row] = field(default_factory=list)
    numbers: int = 0
    numbers_before: int = 0

    @property
    def code(self) -> str:
        """What to repeat to confirm this very file: the beginning of its hash."""
        return self.file_hash[:12]

    @property
    def is_faulty(self) -> bool:
        return self.faults * ROWS_FOR_ONE_FAULT > self.rows

    @property
    def has_shrunk(self) -> bool:
        return self.numbers * 2 < self.numbers_before

    def watch(self, rows: Iterator[Row]) -> Iterator[Registration]:
        """Pass the readable rows on, and count and keep the faults."""
        for row in rows:
            self.rows += 1
            if row.fault is not None:
                self._note(row)
            if row.registration is not None:
                yield row.registration

    def _note(self, row: Row) -> None:
        self.faults += 1
        if len(self.first_faults) < FAULTS_KEPT:
            self.first_faults.append(row)
        if self.faults >= FAULTS_OF_NO_LIST and self.faults * 2 > self.rows:
            raise SnapshotNotLoadableError(Refusal.NOT_A_LIST)


class DoubtfulListError(ValueError):
    """More than one row in a thousand has a fault, or the list shrank by more than half."""

    def __init__(self, report: Report) -> None:
        super().__init__("the list is doubtful")
        self.report = report


@transaction.atomic
def load_file(
    *, organisation: Organisation, delivery: Delivery, loaded_at: datetime.datetime
) -> DoNotCallSnapshot:
    """Load a copy of the Belgian do-not-call-me list from its text file, whole or not at all.

    No number is lost in silence: rows with a fault are counted and the first hundred kept by row number.
    A list with too many of them, or half as long as the one before, is loaded only when somebody looked at
    the report and repeats its code; until then the list before stands, and grows stale.
    Source: art. VI.111-114 WER. Raises SnapshotNotLoadableError, DoubtfulListError.
    """
    report = Report(file_hash=_hash(delivery.file))
    last = DoNotCallSnapshot.objects.filter(organisation=organisation).order_by("taken_at").last()
    report.numbers_before = last.numbers if last else 0
    snapshot = _load_rows(organisation, delivery, loaded_at, report)
    report.numbers = snapshot.numbers
    if (report.is_faulty or report.has_shrunk) and delivery.confirmed != report.code:
        raise DoubtfulListError(report)
    _describe(snapshot, report, delivery)
    return snapshot


def _hash(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(2**20):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def _load_rows(
    organisation: Organisation, delivery: Delivery, loaded_at: datetime.datetime, report: Report
) -> DoNotCallSnapshot:
    taken_on = delivery.taken_at.astimezone(BELGIUM).date()
    try:
        with contextlib.closing(read_rows(file=delivery.file, taken_on=taken_on)) as rows:
            return load_snapshot(
                organisation=organisation,
                registrations=report.watch(rows),
                taken_at=delivery.taken_at,
                loaded_at=loaded_at,
            )
    except SnapshotNotLoadableError as error:
        if error.refusal is Refusal.EMPTY and report.rows:
            raise SnapshotNotLoadableError(Refusal.NOT_A_LIST) from error
        raise


def _describe(snapshot: DoNotCallSnapshot, report: Report, delivery: Delivery) -> None:
    snapshot.file_hash = report.file_hash
    snapshot.loaded_by = delivery.brought_by
    snapshot.faulty_rows = report.faults
    snapshot.first_faults = [[row.place, row.fault.name] for row in report.first_faults if row.fault]
    snapshot.save(update_fields=["file_hash", "loaded_by", "faulty_rows", "first_faults"])
