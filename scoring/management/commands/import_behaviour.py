from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from consent.domain.lists.opening import OpenList, open_list
from consent.domain.lists.problems import ListNotReadableError
from customers.models import LegalEntity
from scoring.domain.behaviour import Delivery
from scoring.domain.lists import read_behaviour, take_up_behaviour
from scoring.domain.rows import ColumnsNotKnownError, TakenUp
from scoring.domain.told import FIELDS, SENTENCES
from scoring.models import BehaviourEvent

FINDING, BAD_USE = 1, 2
LONGEST_SENDER = 50


class Command(BaseCommand):
    help = "Takes up what people did from a list (CSV or Excel); the same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--legal-entity", required=True, metavar="CODE", help="Whose people did it.")
        parser.add_argument("--sender", default="file", metavar="CODE", help="The program it came from.")

    @no_translations
    def handle(self, *_args: object, file: Path, legal_entity: str, sender: str, **_options: object) -> None:
        entity = find_entity(code=legal_entity)
        if not 1 <= len(sender) <= LONGEST_SENDER:
            raise CommandError(f"--sender has 1 to {LONGEST_SENDER} letters.", returncode=BAD_USE)

        def delivery() -> Delivery:
            via, now = BehaviourEvent.Via.FILE, timezone.now()
            return Delivery(legal_entity=entity, sender=sender, via=via, now=now)

        try:
            with opened_list(file=file) as opened:
                taken = take_up_behaviour(rows=read_behaviour(opened=opened), delivery=delivery)
        except ColumnsNotKnownError as error:
            sentence = (
                f"The first row names the columns: kind, occurred_at, and of {', '.join(sorted(FIELDS))}."
            )
            raise CommandError(sentence, returncode=BAD_USE) from error
        report(self, taken)


@contextmanager
def opened_list(*, file: Path) -> Iterator[OpenList]:
    """Open a list for as long as it is taken up; what is none, or cannot be read, ends the command."""
    try:
        with file.open("rb") as source, open_list(source=source) as opened:
            yield opened
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=BAD_USE) from error
    except ListNotReadableError as error:
        raise CommandError(f"{file} cannot be read as a list.", returncode=BAD_USE) from error


def find_entity(*, code: str) -> LegalEntity:
    entity = LegalEntity.objects.filter(code=code).first()
    if entity is None:
        raise CommandError(f"There is no legal entity {code}.", returncode=BAD_USE)
    return entity


def report(command: BaseCommand, taken: TakenUp) -> None:
    """Say what came of a list, with the first rows that were not kept."""
    for line, fault in taken.first_faults:
        command.stderr.write(f"row {line}: {SENTENCES[fault]}")
    command.stdout.write(f"{taken.kept} kept, {taken.known} known already, {taken.refused} not kept.")
    if taken.refused:
        raise CommandError(f"{taken.refused} rows were not kept; all others were.", returncode=FINDING)
