from scoring.admin import attribute, behaviour, campaign, score, score_model, score_rule, score_version, story

__all__ = [
    "attribute",
    "behaviour",
    "campaign",
    "score",
    "score_model",
    "score_rule",
    "score_version",
    "story",
]
