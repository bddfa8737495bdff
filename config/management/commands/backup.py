from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.backups import BackupUnusableError, back_up

BAD_USAGE = 2


class Command(BaseCommand):
    help = "Writes the database as it is now to a folder, with the head of its tree; not the keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = back_up(folder=options["folder"], made_at=timezone.now())
        except (BackupUnusableError, OSError) as fault:
            raise CommandError(str(fault), returncode=BAD_USAGE) from fault
        self.stdout.write(f"Backed up with {manifest.tree_size} sealed events. The keys are not in it.")
