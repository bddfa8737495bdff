"""Taking away what was kept for a talent pool of whoever is not in it any more."""

import datetime
from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from consent.models import ConsentRecord, Status
from customers.models import Contact
from scoring.domain.talent_pool.leavers import lasts
from scoring.domain.talent_pool.standing import GIVEN, stays
from scoring.domain.talent_pool.wishes import NAMES
from scoring.models import (
    ContactAttribute,
    FormerApplicant,
    Referral,
    ReferredCandidate,
    StayQuestion,
    TalentPool,
)

AT_ONCE: Final = 1_000


def remove_left(*, now: datetime.datetime, chunk: int = AT_ONCE) -> Iterator[int]:
    """Take away what the pools keep of people whose permission ended or was stopped.

    What they want, by whom they came, their own link and when they were asked; and that they once applied, of
    who became known by something that lasts. The proof of their permission
    stays for its own term, like all proof (art. 5(1)(e) and 7(1) GDPR). Yields how many rows each chunk took.
    """
    for left in _left(now):
        while gone := _delete_some(left, chunk):
            yield gone


def _left(now: datetime.datetime) -> list[QuerySet[Any]]:
    tied = (ReferredCandidate, StayQuestion)
    return [
        Referral.objects.filter(~stays(contact="contact", now=now), contact__isnull=False),
        *(model._default_manager.filter(~stays(contact="contact", now=now)) for model in tied),  # noqa: SLF001  (Django's own name for it)
        _wishes_of_leavers(now),
        FormerApplicant.objects.filter(Exists(Contact.objects.filter(lasts(), pk=OuterRef("contact")))),
    ]


def _wishes_of_leavers(now: datetime.datetime) -> QuerySet[Any]:
    """What somebody wants is kept for all pools of a legal entity: it goes when they left the last one."""
    pools = TalentPool.objects.filter(legal_entity=OuterRef("legal_entity"), purpose=OuterRef("purpose"))
    in_one = ConsentRecord.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=now),
        Exists(pools),
        contact=OuterRef("contact"),
        legal_entity=OuterRef("legal_entity"),
        status__in=(*GIVEN, Status.REQUESTED),
    )
    return ContactAttribute.objects.filter(~Exists(in_one), name__in=NAMES)


@transaction.atomic
def _delete_some(left: QuerySet[Any], chunk: int) -> int:
    keys = list(left.order_by("pk").values_list("pk", flat=True)[:chunk])
    return int(left.model._default_manager.filter(pk__in=keys).delete()[0]) if keys else 0  # noqa: SLF001
