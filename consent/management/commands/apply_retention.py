from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consent.domain.retention.applying import apply_retention


class Command(BaseCommand):
    help = "Deletes everything that has had its term; the ledger stays."

    def handle(self, *args: Any, **options: Any) -> None:
        gone: Counter[str] = Counter()
        for what, rows in apply_retention(now=timezone.now()):
            gone[what] += rows
        told = ", ".join(f"{what} {rows}" for what, rows in sorted(gone.items()))
        self.stdout.write(f"{gone.total()} rows gone{': ' + told if told else ''}.")
