"""What a campaign would do now, counted by the same steps and without writing anything."""

import contextlib
import datetime
import gc
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consent.domain.engine.question import UnknownCodeError
from consent.domain.jobs import Progress, WorkFailedError
from consent.models import Job
from customers.models import Contact, StaffMember
from scoring.domain.campaigns.audience import count, members
from scoring.domain.counting import Count, find_count, start_count
from scoring.models import Campaign

# As many as lists are decided about at once.
AT_ONCE: Final = 30_000
# So many parts are counted side by side.
BESIDE: Final = 2
RELATED: Final = ("legal_entity", "purpose", "product_group", "segment")
GONE: Final = _("The purpose or product group of this campaign is no longer there.")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some of the people a campaign is for, in the order of their keys, and up to which key."""

    people: QuerySet[Contact]
    until: uuid.UUID | None
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a dry run: what would come of how many, and how far it came."""

    counts: dict[str, int]
    looked_at: int
    after: uuid.UUID | None
    is_last: bool


def count_part(*, campaign: Campaign, after: uuid.UUID | None, at: datetime.datetime) -> Part:
    """Count what would come of the next people this campaign is for; raises UnknownCodeError."""
    return _count(campaign, _next_piece(campaign, after), at)


def _next_piece(campaign: Campaign, after: uuid.UUID | None) -> Piece:
    people = members(campaign=campaign)
    beyond = people.filter(pk__gt=after) if after else people
    # The last of this piece, and one after it.
    ends = list(beyond.order_by("pk").values_list("pk", flat=True)[AT_ONCE - 1 : AT_ONCE + 1])
    if not ends:
        return Piece(people=beyond, until=after, is_last=True)
    return Piece(people=beyond.filter(pk__lte=ends[0]), until=ends[0], is_last=len(ends) == 1)


def _count(campaign: Campaign, piece: Piece, at: datetime.datetime) -> Part:
    with _uncollected():
        counted = count(campaign=campaign, people=piece.people, at=at)
    return Part(counts=counted.counts, looked_at=counted.people, after=piece.until, is_last=piece.is_last)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """None of the rows lie in circles: to look for those time and again took longer than to count."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@transaction.atomic
def start_dry_run(*, campaign: Campaign, started_by: StaffMember | None, now: datetime.datetime) -> Job:
    """Write down that a dry run is to be counted, where its audience is more than one part.

    Whoever asks twice gets the job that goes on already.
    """
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    people = members(campaign=campaign)
    return start_count(count=_count_of(campaign), total=people.count, started_by=started_by, now=now)


def counted_for(*, campaign: Campaign) -> dict[str, str]:
    """Name whom a count is about and what is asked about them: a changed draft asks something else."""
    segment = campaign.segment
    about = {
        "campaign": campaign.pk,
        "purpose": campaign.purpose_id,
        "channel": campaign.channel,
        "product_group": campaign.product_group_id,
        "segment": campaign.segment_id,
        "journey_stage": campaign.journey_stage_id,
        "segment_model": segment.model_id if segment else None,
        "band": segment.band_code if segment else None,
        "begins": campaign.begins,
        "score_model": campaign.score_model_id,
        "points": campaign.points,
    }
    return {name: str(value) for name, value in about.items() if value is not None}


def find_dry_run(*, campaign: Campaign, now: datetime.datetime) -> Job | None:
    """Find the newest dry run of a campaign as it is now, unless it is a day old."""
    return find_count(count=_count_of(campaign), now=now)


def _count_of(campaign: Campaign) -> Count:
    return Count(
        kind=Job.Kind.DRY_RUN,
        organisation=campaign.organisation,
        legal_entity_id=campaign.legal_entity_id,
        about=counted_for(campaign=campaign),
    )


def count_chunk(job: Job, now: datetime.datetime) -> Progress:
    """Count the next parts of a dry run side by side; raises WorkFailedError when a code of it is gone."""
    campaign = Campaign.objects.select_related(*RELATED).get(pk=job.key_range["campaign"])
    after = job.cursor.get("after")
    try:
        parts = _count_beside(campaign, _next_pieces(campaign, uuid.UUID(after) if after else None), now)
    except UnknownCodeError as error:
        raise WorkFailedError(str(GONE)) from error
    last, counts = parts[-1], Counter[str]()
    for part in parts:
        counts.update(part.counts)
    return Progress(
        cursor={"after": str(last.after)} if last.after else {},
        done=sum(part.looked_at for part in parts),
        counts=dict(counts),
        finished=last.is_last,
    )


def _next_pieces(campaign: Campaign, after: uuid.UUID | None) -> list[Piece]:
    pieces = [_next_piece(campaign, after)]
    while len(pieces) < BESIDE and not pieces[-1].is_last:
        pieces.append(_next_piece(campaign, pieces[-1].until))
    return pieces


def _count_beside(campaign: Campaign, pieces: Sequence[Piece], at: datetime.datetime) -> list[Part]:
    """The database finds the facts of one piece while we rule on another."""
    with ThreadPoolExecutor(max_workers=BESIDE) as pool:
        others = [pool.submit(_count_apart, campaign, piece, at) for piece in pieces[1:]]
        return [_count(campaign, pieces[0], at), *(other.result() for other in others)]


def _count_apart(campaign: Campaign, piece: Piece, at: datetime.datetime) -> Part:
    """In a thread of its own, with a connection of its own."""
    with contextlib.closing(connection):
        return _count(campaign, piece, at)
