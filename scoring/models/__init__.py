from scoring.models.attribute import ContactAttribute
from scoring.models.behaviour import CLOCK_DIFFERENCE, BehaviourEvent
from scoring.models.campaign import Campaign, CampaignRecipient, FrequencyCap
from scoring.models.journey import Journey, JourneyStage
from scoring.models.journey_member import ColleagueTask, JourneyMember, JourneyMove
from scoring.models.journey_rule import JourneyAction, JourneyRule
from scoring.models.score import Score, ScoreQuerySet, Segment, SegmentMember
from scoring.models.score_model import Band, RuleCondition, ScoreModel, ScoreModelVersion, ScoreRule

__all__ = [
    "CLOCK_DIFFERENCE",
    "Band",
    "BehaviourEvent",
    "Campaign",
    "CampaignRecipient",
    "ColleagueTask",
    "ContactAttribute",
    "FrequencyCap",
    "Journey",
    "JourneyAction",
    "JourneyMember",
    "JourneyMove",
    "JourneyRule",
    "JourneyStage",
    "RuleCondition",
    "Score",
    "ScoreModel",
    "ScoreModelVersion",
    "ScoreQuerySet",
    "ScoreRule",
    "Segment",
    "SegmentMember",
]
