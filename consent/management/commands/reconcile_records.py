import sys
from typing import Any

from django.core.management.base import BaseCommand

from consent.domain.ledger.reconciling import Difference, find_differences


class Command(BaseCommand):
    help = "Compares every record with the ledger; exit 1 when one differs."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for difference in find_differences():
            count += 1
            self.stdout.write(described(difference))
        self.stdout.write(f"{count} differences between the records and the ledger.")
        if count:
            sys.exit(1)


def described(difference: Difference) -> str:
    place = (
        f"{difference.contact_id} {difference.legal_entity_id} {difference.purpose_id} {difference.channel}"
    )
    if not difference.in_records:
        return f"{place}: in the ledger, no record"
    if not difference.in_ledger:
        return f"{place}: a record, nothing in the ledger"
    return f"{place}: {', '.join(difference.columns)}"
