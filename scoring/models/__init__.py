from scoring.models.attribute import AttributeName, ContactAttribute
from scoring.models.behaviour import CLOCK_DIFFERENCE, BehaviourEvent
from scoring.models.campaign import Campaign, CampaignRecipient, FrequencyCap
from scoring.models.journey import Journey, JourneyStage
from scoring.models.journey_member import ColleagueTask, JourneyMember, JourneyMove
from scoring.models.journey_rule import JourneyAction, JourneyRule
from scoring.models.person_change import PersonChange
from scoring.models.score import Score, ScoreQuerySet, Segment, SegmentMember
from scoring.models.score_model import Band, RuleCondition, ScoreModel, ScoreModelVersion, ScoreRule
from scoring.models.talent_pool import (
    FormerApplicant,
    JobApplication,
    Referral,
    ReferredCandidate,
    StayQuestion,
    TalentPool,
)

__all__ = [
    "CLOCK_DIFFERENCE",
    "AttributeName",
    "Band",
    "BehaviourEvent",
    "Campaign",
    "CampaignRecipient",
    "ColleagueTask",
    "ContactAttribute",
    "FormerApplicant",
    "FrequencyCap",
    "JobApplication",
    "Journey",
    "JourneyAction",
    "JourneyMember",
    "JourneyMove",
    "JourneyRule",
    "JourneyStage",
    "PersonChange",
    "Referral",
    "ReferredCandidate",
    "RuleCondition",
    "Score",
    "ScoreModel",
    "ScoreModelVersion",
    "ScoreQuerySet",
    "ScoreRule",
    "Segment",
    "SegmentMember",
    "StayQuestion",
    "TalentPool",
]
