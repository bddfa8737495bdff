from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from consent.domain.do_not_call import SnapshotNotLoadableError
from consent.domain.do_not_call_file import Fault
from consent.domain.do_not_call_import import Delivery, DoubtfulListError, Report, load_file
from consent.domain.engine.moments import MomentNotReadableError, read_moment
from consent.models import DoNotCallSnapshot
from customers.models import Organisation

FINDING, BAD_USE = 1, 2


class Command(BaseCommand):
    help = "Loads a copy of the Belgian do-not-call-me list: a phone number and a day on each line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--organisation", metavar="CODE", required=True)
        parser.add_argument(
            "--taken-at",
            metavar="MOMENT",
            required=True,
            help="When the list was downloaded; without offset it is the time in Brussels.",
        )
        parser.add_argument(
            "--confirmed",
            metavar="CODE",
            default="",
            help="The code that a refused, doubtful list was given.",
        )

    def handle(
        self, *_args: object, file: Path, organisation: str, taken_at: str, confirmed: str, **_options: object
    ) -> None:
        holder = Organisation.objects.filter(code=organisation).first()
        if holder is None:
            raise CommandError(f"There is no organisation with the code {organisation}.", returncode=BAD_USE)
        try:
            moment = read_moment(text=taken_at, zone="Europe/Brussels")
            with file.open("rb") as opened:
                delivery = Delivery(file=opened, taken_at=moment, confirmed=confirmed)
                snapshot = load_file(organisation=holder, delivery=delivery, loaded_at=timezone.now())
        except MomentNotReadableError as error:
            raise CommandError(
                f"{taken_at} is no moment: write it as 2026-11-01T23:55.", returncode=BAD_USE
            ) from error
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=BAD_USE) from error
        except SnapshotNotLoadableError as error:
            raise CommandError(f"Not loaded: {error}.", returncode=FINDING) from error
        except DoubtfulListError as error:
            raise CommandError(doubt(error.report), returncode=FINDING) from error
        self.report(snapshot)

    def report(self, snapshot: DoNotCallSnapshot) -> None:
        self.stdout.write(
            f"The list is loaded: {snapshot.numbers} numbers, {snapshot.faulty_rows} rows with a fault."
        )
        for place, fault in snapshot.first_faults:
            self.stdout.write(f"row {place}: {Fault[fault]}")


def doubt(report: Report) -> str:
    """One sentence: what is doubtful, where, and how to load the list all the same."""
    found = []
    if report.is_faulty:
        rows = ", ".join(f"row {row.place} {row.fault}" for row in report.first_faults[:10])
        found.append(f"{report.faults} of {report.rows} rows have a fault ({rows})")
    if report.has_shrunk:
        found.append(f"it holds {report.numbers} numbers, the one before {report.numbers_before}")
    return (
        f"Not loaded: {' and '.join(found)}; compare the file with the source, "
        f"or load it as it is with --confirmed {report.code}."
    )
