"""The life of a way of counting: drafted from the one in force, published with all that follows, replaced."""

import datetime
import uuid
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, QuerySet

from consent.models import Job
from customers.models import StaffMember, uuid7
from scoring.domain.rules.checking import Fault, find_faults
from scoring.domain.scores.explaining import Explained, explain
from scoring.domain.scores.hearing import last_heard, settled
from scoring.domain.scores.rescoring import start_rescoring
from scoring.models import Band, RuleCondition, ScoreModel, ScoreModelVersion


class DraftExistsError(ValueError):
    """A model has one draft at most."""


class NoDraftError(ValueError):
    """What is published, or was, never changes."""


class RulesRefusedError(ValueError):
    """The rules cannot be published as they are; `faults` says why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(str(fault.sentence) for fault in faults))
        self.faults = list(faults)


@transaction.atomic
def draft_version(*, model: ScoreModel) -> ScoreModelVersion:
    """Begin a new version with the rules and bands of the one in force; raises DraftExistsError."""
    ScoreModel.objects.select_for_update(no_key=True).get(pk=model.pk)
    if model.versions.filter(published_at__isnull=True).exists():
        raise DraftExistsError(str(model))
    newest = model.versions.aggregate(newest=Max("number"))["newest"] or 0
    draft = ScoreModelVersion.objects.create(model=model, number=newest + 1)
    if in_force := find_in_force(model=model):
        _copy_rules(in_force, draft)
        _copy_bands(in_force, draft)
    return draft


@transaction.atomic
def publish_version(*, version: ScoreModelVersion, published_by: StaffMember, now: datetime.datetime) -> Job:
    """Put a draft in force instead of the one before it, and have everybody counted anew.

    Raises NoDraftError, or RulesRefusedError with what is wrong.
    """
    model = ScoreModel.objects.select_for_update(no_key=True).get(pk=version.model_id)
    draft = ScoreModelVersion.objects.select_for_update().get(pk=version.pk)
    if draft.published_at is not None:
        raise NoDraftError(str(draft))
    if faults := find_faults(version=draft):
        raise RulesRefusedError(faults)
    model.versions.filter(published_at__isnull=False, retired_at__isnull=True).update(retired_at=now)
    draft.published_at, draft.published_by = now, published_by
    draft.heard_until_at, draft.heard_sequence = settled(now=now), last_heard()
    draft.save(update_fields=["published_at", "published_by", "heard_until_at", "heard_sequence"])
    return start_rescoring(version=draft, started_by=published_by, now=now)


def find_in_force(*, model: ScoreModel, at: datetime.datetime | None = None) -> ScoreModelVersion | None:
    """Find the version by which a model counts now, or counted at a moment; None before the first."""
    published = model.versions.filter(published_at__isnull=False)
    if at is None:
        return published.filter(retired_at__isnull=True).first()
    return published.filter(published_at__lte=at).order_by("-published_at").first()


def explain_as_at(
    *, model: ScoreModel, contact_id: uuid.UUID, day: datetime.date, now: datetime.datetime
) -> Explained:
    """Give every line of somebody's score as it was at the end of a day, by the version in force then.

    Acts count that were done by then, whenever they were told; who may not be profiled now has none. What
    bears no date, as a language, counts as it is now. Raises UnknownWordError.
    """
    zone = ZoneInfo(model.legal_entity.time_zone)
    midnight = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), zone)
    version = find_in_force(model=model, at=min(midnight, now))
    return (
        explain(version=version, contact_id=contact_id, day=day, now=now) if version else Explained(lines=[])
    )


def list_in_force(
    *, legal_entity: str | None = None, model: str | None = None
) -> QuerySet[ScoreModelVersion]:
    """List the versions by which is counted now, of one legal entity or with one code, or all."""
    in_force = ScoreModelVersion.objects.filter(published_at__isnull=False, retired_at__isnull=True)
    if legal_entity:
        in_force = in_force.filter(model__legal_entity__code=legal_entity)
    if model:
        in_force = in_force.filter(model__code=model)
    return in_force.select_related("model__legal_entity").order_by(
        "model__legal_entity__code", "model__code", "pk"
    )


def _copy_rules(source: ScoreModelVersion, draft: ScoreModelVersion) -> None:
    for rule in source.rules.order_by("position", "pk"):
        conditions = list(rule.conditions.order_by("pk"))
        rule.pk, rule.version = uuid7(), draft
        rule.save(force_insert=True)
        for condition in conditions:
            condition.pk, condition.rule = None, rule
        RuleCondition.objects.bulk_create(conditions)


def _copy_bands(source: ScoreModelVersion, draft: ScoreModelVersion) -> None:
    bands = list(source.bands.order_by("from_points"))
    for band in bands:
        band.pk, band.version = None, draft
    Band.objects.bulk_create(bands)
