"""How Lampenwinkel counts interest in lamps, and the one message to whoever is hot for them."""

import datetime
from typing import Final

from consent.domain import jobs
from consent.management.sample_data.by_code import find_group, find_purpose
from customers.models import LegalEntity, StaffMember
from scoring.domain.campaigns.running import start_campaign
from scoring.domain.scores.rescoring import rescore_chunk
from scoring.domain.versions import publish_version
from scoring.models import (
    AttributeName,
    Band,
    Campaign,
    FrequencyCap,
    RuleCondition,
    ScoreModel,
    ScoreModelVersion,
    ScoreRule,
    Segment,
)

LooksAt = ScoreRule.LooksAt
HOT: Final = 50
BANDS: Final = ((0, "koud", "Koud"), (20, "warm", "Warm"), (HOT, "heet", "Heet"))
# What somebody does, its points, after how many days half is left, and at most; in which phase of the way.
RULES: Final = (
    (LooksAt.PAGE_VISIT, 5, 90, 15, "oriëntatie"),
    (LooksAt.SEARCH, 10, 90, 20, "oriëntatie"),
    (LooksAt.MAIL_OPENED, 5, 90, 10, "afweging"),
    (LooksAt.LINK_FOLLOWED, 10, 90, 20, "afweging"),
    (LooksAt.PURCHASE, 40, 365, 80, "aankoop"),
    (LooksAt.PLACEHOLDER_ADDRESS, -40, None, None, ""),
    (LooksAt.BOUNCE, -20, None, None, ""),
)
ATTRIBUTES: Final = (
    ("churn", AttributeName.Kind.PROBABILITY, "Wie dreigt te vertrekken eerst helpen, en niets aanbieden"),
    ("regio", AttributeName.Kind.TEXT, "Alleen winkels in de buurt noemen"),
)
TEXT: Final = {
    "nl": (
        "Dag {given_name|lezer},\n\n"
        "U keek naar onze lampen. De nieuwe bureaulampen staan nu in de winkel. U mag ze twee weken proberen."
    ),
    "en": (
        "Hello {given_name|reader},\n\n"
        "You looked at our lamps. The new desk lamps are in the shop now. You may try them for two weeks."
    ),
}


def keep_kinds(*, entity: LegalEntity) -> None:
    """Say what may be taken up about people from a list, and why."""
    for name, kind, needed_for in ATTRIBUTES:
        AttributeName.objects.create(
            organisation=entity.organisation,
            legal_entity=entity,
            name=name,
            kind=kind,
            needed_for=needed_for,
        )


def publish_interest(*, entity: LegalEntity, by: StaffMember, at: datetime.datetime) -> ScoreModelVersion:
    """Publish the rules that count interest, of whoever permitted profiling, and count everybody once."""
    model = ScoreModel.objects.create(
        organisation=entity.organisation,
        legal_entity=entity,
        code="interesse-lampen",
        name="Interesse in lampen",
        kind=ScoreModel.Kind.DYNAMIC,
        dimension=ScoreModel.Dimension.ENGAGEMENT,
        rests_on=ScoreModel.Ground.CONSENT,
    )
    version = ScoreModelVersion.objects.create(model=model, number=1)
    for from_points, code, name in BANDS:
        Band.objects.create(version=version, from_points=from_points, code=code, name=name)
    for place, rule in enumerate(RULES):
        _add_rule(version, place, *rule)
    job = publish_version(version=version, published_by=by, now=at)
    while jobs.advance(job_id=job.pk, chunk=lambda _job: rescore_chunk, now=at):
        pass
    version.refresh_from_db()
    return version


def _add_rule(
    version: ScoreModelVersion,
    position: int,
    looks_at: ScoreRule.LooksAt,
    points: int,
    half_life_days: int | None,
    cap: int | None,
    phase: str,
    /,
) -> None:
    rule = ScoreRule.objects.create(
        version=version,
        position=position,
        looks_at=looks_at,
        points=points,
        half_life_days=half_life_days,
        cap=cap,
        phase=phase,
    )
    if looks_at == LooksAt.PAGE_VISIT:
        RuleCondition.objects.create(
            rule=rule,
            field=RuleCondition.Field.SUBJECT,
            comparison=RuleCondition.Comparison.STARTS_WITH,
            text="/lampen/",
        )


def start_lamp_campaign(*, model: ScoreModel, by: StaffMember, at: datetime.datetime) -> Campaign:
    """Start the campaign that writes to each as soon as they are hot, and never too often to anybody."""
    entity = model.legal_entity
    FrequencyCap.objects.create(organisation=entity.organisation, messages=2, days=7)
    hot = Segment.objects.create(
        organisation=entity.organisation,
        legal_entity=entity,
        code="heet-voor-lampen",
        name="Heet voor lampen",
        model=model,
        band_code="heet",
    )
    campaign = Campaign.objects.create(
        organisation=entity.organisation,
        legal_entity=entity,
        code="bureaulampen",
        name="Bureaulampen voor wie zoekt",
        purpose=find_purpose(entity=entity, code="offers"),
        channel=Campaign.Way.EMAIL,
        product_group=find_group(entity=entity, code="lampen"),
        segment=hot,
        begins=Campaign.Begins.REACHES,
        score_model=model,
        points=HOT,
        subject={"nl": "De nieuwe bureaulampen zijn er", "en": "The new desk lamps are here"},
        text=TEXT,
        link_label={"nl": "Bekijk de lampen", "en": "See the lamps"},
        link_url=f"{entity.website}lampen/bureau/",
        counts=Campaign.Counts.BUTTON,
        created_at=at,
    )
    start_campaign(campaign=campaign, started_by=by, started_at=at)
    campaign.refresh_from_db()
    return campaign
