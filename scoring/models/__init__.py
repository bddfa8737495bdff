from scoring.models.attribute import ContactAttribute
from scoring.models.behaviour import CLOCK_DIFFERENCE, BehaviourEvent
from scoring.models.campaign import Campaign, CampaignRecipient, FrequencyCap
from scoring.models.score import Score, ScoreQuerySet, Segment, SegmentMember
from scoring.models.score_model import Band, RuleCondition, ScoreModel, ScoreModelVersion, ScoreRule

__all__ = [
    "CLOCK_DIFFERENCE",
    "Band",
    "BehaviourEvent",
    "Campaign",
    "CampaignRecipient",
    "ContactAttribute",
    "FrequencyCap",
    "RuleCondition",
    "Score",
    "ScoreModel",
    "ScoreModelVersion",
    "ScoreQuerySet",
    "ScoreRule",
    "Segment",
    "SegmentMember",
]
