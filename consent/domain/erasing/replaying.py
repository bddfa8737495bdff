"""Erasures outlive the database: their list lies outside it, and counts when an older backup came back."""

import datetime
import uuid
from pathlib import Path

from consent.domain.erasing.erasure import erase
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.seal.giving_away import write_whole
from consent.models import Actor, Method, Source
from customers.models import Contact

LIST = "erased.txt"
FROM_THE_LIST = Circumstances(actor=Actor.SYSTEM, source=Source.SCHEDULE, method=Method.RECORD)


def write_list(*, folder: str) -> Path | None:
    """Write the bare keys of all who were erased to a folder outside the database; None without a folder.

    Who stands in the list stays in it, so that a database that went back takes nobody out. Raises OSError.
    """
    if not folder:
        return None
    place = Path(folder) / LIST
    listed = read_list(folder=folder)
    erased = Contact.objects.filter(erased_at__isnull=False).values_list("pk", flat=True)
    if not listed.issuperset(wanted := listed.union(erased)):
        content = "".join(f"{key}\n" for key in sorted(wanted)).encode()
        write_whole(place=place, content=content, mode=0o600)
    return place


def read_list(*, folder: str) -> set[uuid.UUID]:
    """Read who was erased; nobody when there is no list. Raises OSError, ValueError when it is none."""
    place = Path(folder) / LIST
    return {uuid.UUID(line) for line in place.read_text().split()} if folder and place.exists() else set()


def erase_again(*, folder: str, erased_at: datetime.datetime) -> int:
    """Erase whom an older backup brought back, before anybody works with it (art. 17 GDPR); returns how many.

    Raises OSError, ValueError.
    """
    back = Contact.objects.filter(pk__in=read_list(folder=folder), erased_at__isnull=True)
    for contact in (people := list(back.select_related("organisation").order_by("pk"))):
        erase(contact=contact, how=FROM_THE_LIST, erased_at=erased_at)
    return len(people)
