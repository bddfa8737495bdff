import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consent.domain.seal import keys
from consent.domain.seal.faults import Fault
from consent.domain.seal.late import Late, find_late
from consent.domain.seal.notes import Note, NoteBrokenError, read_checkpoint, read_note
from consent.domain.seal.rereading import Bounds, read_bounds
from consent.domain.seal.stamping import REPLY, StampError, read_stamp
from consent.domain.seal.verifying import Trusted, find_broken_evidence, find_faults

BAD_USAGE = 2
# What was swapped breaks in two places, each of which tells of the other.
MOST_NAMED = 20
WHAT_IT_SHOWS = "A seal shows that nothing was changed since; whether it was true is another matter."


class Command(BaseCommand):
    help = "Compares every event with its seal; exit 1 with what is wrong named, 2 for an unusable file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--checkpoint",
            type=Path,
            metavar="FILE",
            help="A checkpoint that was kept outside: a mail, a file.",
        )
        parser.add_argument("--evidence", action="store_true", help="Open all evidence as well.")

    def handle(self, *args: Any, **options: Any) -> None:
        outside = _read(options["checkpoint"]) if options["checkpoint"] else None
        bounds = read_bounds()
        found = find_faults(bounds=bounds, trusted=Trusted(verifiers=keys.verifiers(), outside=outside))
        self._end_where_broken(list(islice(found, 1)))
        if options["evidence"]:
            self._end_where_broken(list(islice(find_broken_evidence(), MOST_NAMED + 1)))
        self.stdout.write(f"All {bounds.tree_size} sealed events are as they were sealed.")
        if late := find_late(tree_size=bounds.tree_size):
            self.stdout.write(_told_late(late))
        self.stdout.write(_anchored(bounds, outside))
        if outside and options["checkpoint"].with_suffix(REPLY).exists():
            self.stdout.write(_stamped(options["checkpoint"]))
        self.stdout.write(WHAT_IT_SHOWS)

    def _end_where_broken(self, found: Sequence[Fault]) -> None:
        for fault in found[:MOST_NAMED]:
            self.stdout.write(fault.sentence)
        if found[MOST_NAMED:]:
            self.stdout.write("There is more of that; the rest is not named.")
        if found:
            sys.exit(1)


def _read(path: Path) -> Note:
    try:
        note = read_note(written=path.read_text(encoding="utf-8"))
        read_checkpoint(text=note.text)
    except (OSError, UnicodeDecodeError) as fault:
        raise CommandError(f"The checkpoint {path} cannot be read.", returncode=BAD_USAGE) from fault
    except NoteBrokenError as fault:
        raise CommandError(f"{path} is not a checkpoint.", returncode=BAD_USAGE) from fault
    return note


def _told_late(late: Late) -> str:
    return (
        f"Sealed a day or more after their moment: {late.number}. The first is event {late.event_id} "
        f"at position {late.position}, recorded at {late.recorded_at:%Y-%m-%d %H:%M} UTC it says, and "
        f"not yet under the checkpoint of {late.signed_without_it_at:%Y-%m-%d %H:%M} UTC. Old data that was "
        "loaded looks like this, and so does an event that was put in and back-dated."
    )


def _stamped(checkpoint: Path) -> str:
    """When somebody else saw the checkpoint from outside; exit 1 where the stamp beside it does not hold."""
    if not settings.TSA_CERTIFICATES:
        return "The time stamp beside it was not checked: TSA_CERTIFICATES names no certificates to trust."
    try:
        moment = read_stamp(checkpoint=checkpoint, certificates=settings.TSA_CERTIFICATES)
    except (OSError, StampError) as fault:
        raise CommandError(f"The time stamp beside {checkpoint} does not hold: {fault}.") from fault
    return f"A time-stamping authority saw it on {moment}."


def _anchored(bounds: Bounds, outside: Note | None) -> str:
    if outside is None:
        return (
            "No checkpoint from outside was given: nothing is anchored, and a ledger made anew as a whole "
            "with our own keys would look the same."
        )
    told = read_checkpoint(text=outside.text).tree_size
    if told == bounds.tree_size:
        return f"All {told} are anchored by the checkpoint from outside."
    return (
        f"The first {told} are anchored by the checkpoint from outside; the {bounds.tree_size - told} after "
        "them are not."
    )
