from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.backups import BackupUnusableError, RestoredDiffersError, restore

BAD_USAGE = 2


class Command(BaseCommand):
    help = "Fills an empty database from a backup and verifies it; exit 1 when it is not what was sealed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restored = restore(folder=options["folder"], restored_at=timezone.now())
        except (BackupUnusableError, OSError, ValueError) as fault:
            raise CommandError(str(fault), returncode=BAD_USAGE) from fault
        except RestoredDiffersError as fault:
            raise CommandError(str(fault), returncode=1) from fault
        self.stdout.write(f"Restored: all {restored.tree_size} sealed events are as they were sealed.")
        self.stdout.write(f"{restored.erased_again} people erased again.")
        self.stdout.write(
            f"{restored.held} messages are held until an administrator releases or drops them in the admin."
        )
        self.stdout.write(
            f"{restored.stopped} campaigns, announcements and tellings of a breach stopped: resume them "
            "in the admin."
        )
        if not settings.CHECKPOINT_DIR:
            self.stdout.write("No CHECKPOINT_DIR: who was erased since the backup has to be erased by hand.")
        if restored.behind:
            self.stdout.write(
                f"{restored.behind} events after the backup are lost: the last checkpoint outside tells more."
            )
