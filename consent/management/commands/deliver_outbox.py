from typing import Any

from django.core.management.base import BaseCommand

from consent.tasks import deliver_outbox


class Command(BaseCommand):
    help = "Send the messages that are due, as the periodic task does."

    def handle(self, *_args: Any, **_options: Any) -> None:
        total = 0
        while sent := deliver_outbox():
            total += sent
        self.stdout.write(f"{total} messages handed over.")
