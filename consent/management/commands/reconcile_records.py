import datetime
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consent.domain.ledger.reconciling import ContactRange, Difference, find_differences, list_ranges, mend
from consent.domain.ready import making as ready

READERS = 3


class Command(BaseCommand):
    help = "Compares every record with the ledger; exit 1 when one differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mend", action="store_true", help="Make what differs anew from the ledger.")

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for difference in find_differences(readers=READERS):
            count += 1
            self.stdout.write(described(difference))
            if options["mend"]:
                mend(contact_ids=[difference.contact_id])
        self.stdout.write(f"{count} differences between the records and the ledger.")
        if count and options["mend"]:
            count = sum(1 for _difference in find_differences(readers=READERS))
            self.stdout.write(f"{count} after mending.")
        check = ready.mend if options["mend"] else wrongly_ready
        differing = sum(check(within=one, now=timezone.now()) for one in list_ranges())
        self.stdout.write(f"{differing} contacts made ready for lists otherwise than their records say.")
        if count or (differing and not options["mend"]):
            sys.exit(1)


def wrongly_ready(*, within: ContactRange, now: datetime.datetime) -> int:
    return sum(one.wrong for one in ready.find_differences(within=within, now=now))


def described(difference: Difference) -> str:
    place = (
        f"{difference.contact_id} {difference.legal_entity_id} {difference.purpose_id} {difference.channel}"
    )
    if not difference.in_records:
        return f"{place}: in the ledger, no record"
    if not difference.in_ledger:
        return f"{place}: a record, nothing in the ledger"
    return f"{place}: {', '.join(difference.columns)}"
