"""Score models to test with; acts and attributes stand in `tests/scoring/make.py`."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from customers.models import LegalEntity
from scoring.models import Band, RuleCondition, ScoreModel, ScoreModelVersion, ScoreRule, Segment
from tests.make import LONG_AGO

Field = RuleCondition.Field
Comparison = RuleCondition.Comparison
LooksAt = ScoreRule.LooksAt


def score_model(
    *,
    legal_entity: LegalEntity,
    code: str = "interesse",
    name: str = "Interesse in lampen",
    kind: ScoreModel.Kind = ScoreModel.Kind.DYNAMIC,
    dimension: ScoreModel.Dimension = ScoreModel.Dimension.ENGAGEMENT,
    rests_on: ScoreModel.Ground = ScoreModel.Ground.LEGITIMATE_INTEREST,
) -> ScoreModel:
    return ScoreModel.objects.create(
        organisation=legal_entity.organisation,
        legal_entity=legal_entity,
        code=code,
        name=name,
        kind=kind,
        dimension=dimension,
        rests_on=rests_on,
    )


def score_version(
    *, model: ScoreModel, number: int = 1, published_at: datetime | None = LONG_AGO
) -> ScoreModelVersion:
    return ScoreModelVersion.objects.create(model=model, number=number, published_at=published_at)


def score_rule(
    *,
    version: ScoreModelVersion,
    looks_at: ScoreRule.LooksAt = LooksAt.PAGE_VISIT,
    points: int = 10,
    half_life_days: int | None = None,
    window_days: int | None = None,
    cap: int | None = None,
    once: bool = False,
    phase: str = "",
    conditions: Sequence[tuple[str, str, str | int]] = (),
    position: int = 0,
) -> ScoreRule:
    """A rule; each condition is a field (an attribute with its name after a point), a comparison, a value."""
    rule = ScoreRule.objects.create(
        version=version,
        position=position,
        looks_at=looks_at,
        points=points,
        half_life_days=half_life_days,
        window_days=window_days,
        cap=cap,
        once=once,
        phase=phase,
    )
    for field, comparison, value in conditions:
        condition(rule=rule, field=field, comparison=comparison, value=value)
    return rule


def condition(*, rule: ScoreRule, field: str, comparison: str, value: str | int = "") -> RuleCondition:
    name, _, attribute = field.partition(".")
    return RuleCondition.objects.create(
        rule=rule,
        field=name,
        name=attribute,
        comparison=comparison,
        text=value if isinstance(value, str) else "",
        number=Decimal(value) if isinstance(value, int) else None,
    )


def band(*, version: ScoreModelVersion, from_points: int = 0, code: str = "koud", name: str = "Koud") -> Band:
    return Band.objects.create(version=version, from_points=from_points, code=code, name=name)


def segment(
    *,
    legal_entity: LegalEntity,
    code: str = "kansrijk",
    name: str = "Kansrijk",
    model: ScoreModel | None = None,
    band_code: str = "",
) -> Segment:
    return Segment.objects.create(
        organisation=legal_entity.organisation,
        legal_entity=legal_entity,
        code=code,
        name=name,
        model=model,
        band_code=band_code,
    )
