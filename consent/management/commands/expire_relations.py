from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consent.domain import relations


class Command(BaseCommand):
    help = "Ends the customer relations whose term has passed."

    def handle(self, *args: Any, **options: Any) -> None:
        ended = sum(relations.expire_relations(now=timezone.now()))
        self.stdout.write(f"{ended} relations ended.")
