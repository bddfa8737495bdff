from scoring.models.attribute import ContactAttribute
from scoring.models.behaviour import CLOCK_DIFFERENCE, BehaviourEvent
from scoring.models.score import Score, Segment, SegmentMember
from scoring.models.score_model import Band, RuleCondition, ScoreModel, ScoreModelVersion, ScoreRule

__all__ = [
    "CLOCK_DIFFERENCE",
    "Band",
    "BehaviourEvent",
    "ContactAttribute",
    "RuleCondition",
    "Score",
    "ScoreModel",
    "ScoreModelVersion",
    "ScoreRule",
    "Segment",
    "SegmentMember",
]
