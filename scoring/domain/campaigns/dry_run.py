"""What a campaign would do now, counted by the same steps and without writing anything."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.domain import jobs
from consent.domain.engine.question import UnknownCodeError
from consent.domain.jobs import Progress, WorkFailedError
from consent.models import Job
from customers.models import StaffMember
from scoring.domain.campaigns.audience import count, members
from scoring.models import Campaign

AT_ONCE: Final = 5_000
RELATED: Final = ("legal_entity", "purpose", "product_group", "segment")
# What was counted yesterday is counted again: people change their minds.
VALID_FOR: Final = datetime.timedelta(hours=24)
GONE: Final = _("The purpose or product group of this campaign is no longer there.")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a dry run: what would come of how many, and how far it came."""

    counts: dict[str, int]
    looked_at: int
    after: uuid.UUID | None
    is_last: bool


def count_part(*, campaign: Campaign, after: uuid.UUID | None, at: datetime.datetime) -> Part:
    """Count what would come of the next people this campaign is for; raises UnknownCodeError."""
    people = members(campaign=campaign).order_by("pk")
    if after:
        people = people.filter(pk__gt=after)
    keys = list(people.values_list("pk", flat=True)[: AT_ONCE + 1])
    part = keys[:AT_ONCE]
    return Part(
        counts=count(campaign=campaign, contact_ids=part, at=at),
        looked_at=len(part),
        after=part[-1] if part else after,
        is_last=len(keys) == len(part),
    )


def start_dry_run(*, campaign: Campaign, started_by: StaffMember | None, now: datetime.datetime) -> Job:
    """Write down that a dry run is to be counted, where its audience is more than one part."""
    return jobs.start_job(
        organisation=campaign.organisation,
        legal_entity_id=campaign.legal_entity_id,
        kind=Job.Kind.DRY_RUN,
        total=members(campaign=campaign).count(),
        key_range=counted_for(campaign=campaign),
        started_by=started_by,
        now=now,
    )


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
    same = Job.objects.filter(
        legal_entity=campaign.legal_entity_id,
        kind=Job.Kind.DRY_RUN,
        key_range=counted_for(campaign=campaign),
        created_at__gt=now - VALID_FOR,
    )
    return same.order_by("-created_at", "-pk").first()


def count_chunk(job: Job, now: datetime.datetime) -> Progress:
    """Count the next part of a dry run; raises WorkFailedError when a code of the question is gone."""
    campaign = Campaign.objects.select_related(*RELATED).get(pk=job.key_range["campaign"])
    after = job.cursor.get("after")
    try:
        part = count_part(campaign=campaign, after=uuid.UUID(after) if after else None, at=now)
    except UnknownCodeError as error:
        raise WorkFailedError(str(GONE)) from error
    return Progress(
        cursor={"after": str(part.after)} if part.after else {},
        done=part.looked_at,
        counts=part.counts,
        finished=part.is_last,
    )
