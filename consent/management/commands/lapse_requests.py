from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consent.domain import requests


class Command(BaseCommand):
    help = "Ends the requests that nobody confirmed in time, and removes who did nothing else."

    def handle(self, *args: Any, **options: Any) -> None:
        lapsed = sum(requests.lapse_requests(now=timezone.now()))
        self.stdout.write(f"{lapsed} requests ended.")
