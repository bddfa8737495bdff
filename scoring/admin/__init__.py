from scoring.admin import (
    attribute,
    behaviour,
    campaign,
    journey,
    score,
    score_model,
    score_rule,
    score_version,
    story,
    talent_pool,
)

__all__ = [
    "attribute",
    "behaviour",
    "campaign",
    "journey",
    "score",
    "score_model",
    "score_rule",
    "score_version",
    "story",
    "talent_pool",
]
