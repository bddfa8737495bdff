from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consent.domain.seal import sealing


class Command(BaseCommand):
    help = "Seals every event that waits, and signs a checkpoint."

    def handle(self, *args: Any, **options: Any) -> None:
        sealed = sum(sealing.seal_ledger(now=timezone.now()))
        self.stdout.write(f"{sealed} events sealed.")
