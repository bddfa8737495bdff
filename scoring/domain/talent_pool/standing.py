"""Who is in a talent pool: whoever's permission for its purpose stands, to the second."""

import datetime
import itertools
import uuid
from collections.abc import Collection, Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from consent.domain.own_pages import OwnPage
from consent.models import ConsentRecord, NoticeVersion, Status
from customers.models import Contact
from scoring.models import Journey, TalentPool

GIVEN = (Status.GIVEN, Status.RENEWED)


def permissions(*, pool: TalentPool, now: datetime.datetime) -> QuerySet[ConsentRecord]:
    """The permissions for a pool that stand now: given, not stopped since, and the term not over."""
    return ConsentRecord.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=now),
        organisation=pool.organisation_id,
        legal_entity=pool.legal_entity_id,
        purpose=pool.purpose_id,
        status__in=GIVEN,
    )


def people_in_parts(*, pool: TalentPool, now: datetime.datetime, size: int) -> Iterator[set[uuid.UUID]]:
    """Yield the keys of everybody in a pool now, each once and so many at a time, in constant memory."""
    found = permissions(pool=pool, now=now).filter(contact__erased_at__isnull=True)
    keys = (
        found.order_by("contact_id").values_list("contact_id", flat=True).distinct().iterator(chunk_size=size)
    )
    while part := set(itertools.islice(keys, size)):
        yield part


def stays(*, contact: str, now: datetime.datetime) -> Exists:
    """Whether the permission for the pool of a row stands, or is still to be confirmed.

    `contact` leads from the row to the person; the row itself has the pool.
    """
    return Exists(
        ConsentRecord.objects.filter(
            Q(status__in=GIVEN, valid_until__isnull=True)
            | Q(status__in=GIVEN, valid_until__gt=now)
            | Q(status=Status.REQUESTED),
            contact=OuterRef(contact),
            legal_entity=OuterRef("pool__legal_entity"),
            purpose=OuterRef("pool__purpose"),
        )
    )


def is_in_pool_of(*, journey: Journey, contact: Contact, now: datetime.datetime) -> bool:
    """Whether somebody is in the pool that a journey leads from; other journeys lead from none."""
    if journey.kind != Journey.Kind.TALENT_POOL:
        return True
    pools = TalentPool.objects.filter(
        organisation=journey.organisation_id, legal_entity=journey.legal_entity_id
    )
    pool = next((one for one in pools.order_by("pk") if code_of_journey(pool=one) == journey.code), None)
    return pool is None or permissions(pool=pool, now=now).filter(contact=contact).exists()


def code_of_journey(*, pool: TalentPool) -> str:
    return f"talent-{pool.code}"


def newest_wording(*, pool: TalentPool, channel: str) -> NoticeVersion | None:
    """The wording with which somebody can permit to stay in a pool now; None where none is published."""
    versions = NoticeVersion.objects.select_related("notice").filter(
        notice__legal_entity=pool.legal_entity_id,
        notice__purpose=pool.purpose_id,
        notice__channel=channel,
        published_at__isnull=False,
    )
    return versions.order_by("-published_at", "-number", "pk").first()


def find_own_pages(purpose_ids: Collection[uuid.UUID]) -> list[OwnPage]:
    """Lead who permits the purpose of a pool from their choices to the page about that pool."""
    pools = TalentPool.objects.filter(purpose__in=purpose_ids).order_by("name", "pk")
    label = gettext("See your place in %(pool)s")
    return [OwnPage(label % {"pool": pool.name}, f"/preferences/talent-pool/{pool.code}/") for pool in pools]
