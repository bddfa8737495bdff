import csv
import io
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from consent.domain.lists.opening import OpenList, open_list
from consent.domain.lists.problems import ListNotReadableError
from customers.models import LegalEntity
from scoring.domain.behaviour import AT_ONCE, Delivery, keep_behaviour
from scoring.domain.told import FIELDS, SENTENCES
from scoring.models import BehaviourEvent

FINDING, BAD_USE = 1, 2
NAMED_AT_MOST = 20
KEY_LETTERS = 24
LONGEST_SENDER = 50


class Command(BaseCommand):
    help = "Takes up what people did from a list (CSV or Excel); the same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--legal-entity", required=True, metavar="CODE", help="Whose people did it.")
        parser.add_argument("--sender", default="file", metavar="CODE", help="The program it came from.")

    @no_translations
    def handle(self, *_args: object, file: Path, legal_entity: str, sender: str, **_options: object) -> None:
        entity = LegalEntity.objects.filter(code=legal_entity).first()
        if entity is None:
            raise CommandError(f"There is no legal entity {legal_entity}.", returncode=BAD_USE)
        if not 1 <= len(sender) <= LONGEST_SENDER:
            raise CommandError(f"--sender has 1 to {LONGEST_SENDER} letters.", returncode=BAD_USE)
        try:
            with file.open("rb") as source, open_list(source=source) as opened:
                refused = self.take_up(opened, entity, sender)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=BAD_USE) from error
        except ListNotReadableError as error:
            raise CommandError(f"{file} cannot be read as a list.", returncode=BAD_USE) from error
        if refused:
            raise CommandError(f"{refused} rows were not kept; all others were.", returncode=FINDING)

    def take_up(self, opened: OpenList, entity: LegalEntity, sender: str) -> int:
        kept = known = refused = 0
        rows = rows_of(opened)
        while chunk := list(islice(rows, AT_ONCE)):
            delivery = Delivery(
                legal_entity=entity, sender=sender, via=BehaviourEvent.Via.FILE, now=timezone.now()
            )
            outcome = keep_behaviour(rows=[row for _line, row in chunk], delivery=delivery)
            for place, fault in outcome.faults.items():
                if refused < NAMED_AT_MOST:
                    self.stderr.write(f"row {chunk[place][0]}: {SENTENCES[fault]}")
                refused += 1
            kept, known = kept + outcome.kept, known + outcome.known
        self.stdout.write(f"{kept} kept, {known} known already, {refused} not kept.")
        return refused


def rows_of(opened: OpenList) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with their numbers; one without a key of its own is known by its place in this very file."""
    opened.text.seek(0)
    with io.TextIOWrapper(opened.text, encoding="utf-8-sig", newline="") as text:
        if opened.layout.hinted:
            text.readline()
        reader = csv.DictReader(text, delimiter=opened.layout.separator)
        names = set(reader.fieldnames or ())
        if not {"kind", "occurred_at"} <= names <= FIELDS:
            sentence = (
                f"The first row names the columns: kind, occurred_at, and of {', '.join(sorted(FIELDS))}."
            )
            raise CommandError(sentence, returncode=BAD_USE)
        for line, row in enumerate(reader, start=2):
            key = row.get("external_id") or f"{opened.sha256[:KEY_LETTERS]}-{line}"
            yield line, {**{name: cell for name, cell in row.items() if cell}, "external_id": key}
