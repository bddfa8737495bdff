"""The tables of this app that can say something about a person, in the order in which they are taken away."""

from collections.abc import Mapping
from typing import Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from customers.domain.holdings import Fate, Holding
from scoring.models import (
    AttributeName,
    Band,
    BehaviourEvent,
    Campaign,
    CampaignRecipient,
    ColleagueTask,
    ContactAttribute,
    FrequencyCap,
    JobApplication,
    Journey,
    JourneyAction,
    JourneyMember,
    JourneyMove,
    JourneyRule,
    JourneyStage,
    Referral,
    ReferredCandidate,
    RuleCondition,
    Score,
    ScoreModel,
    ScoreModelVersion,
    ScoreRule,
    Segment,
    SegmentMember,
    StayQuestion,
    TalentPool,
)

HOLDINGS: Final = (
    Holding(
        model=Score,
        title=_("Your scores"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("model", "points", "band", "changed_at"),
    ),
    Holding(
        model=SegmentMember,
        title=_("Groups you are in"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("segment", "since_at"),
    ),
    Holding(
        model=BehaviourEvent,
        title=_("What you did that we looked at"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("legal_entity", "kind", "subject", "source", "value", "occurred_at", "via"),
    ),
    Holding(
        model=ContactAttribute,
        title=_("What we know about you"),
        fate=Fate.DELETED,
        found_by="contact",
        told=(
            "legal_entity",
            "name",
            "value",
            "origin",
            "acquired_at",
            "replaced_at",
            "seller",
            "processor",
            "told_at",
        ),
    ),
    Holding(
        model=CampaignRecipient,
        title=_("Campaigns you were meant to get"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("campaign", "contact_point", "state", "code", "added_at", "asked_at", "handed_at"),
    ),
    Holding(
        model=ColleagueTask,
        title=_("What colleagues were asked to do for you"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("legal_entity", "words", "given_at", "due_at", "done_at"),
    ),
    Holding(
        model=JourneyMove,
        title=_("Steps you made on a journey"),
        fate=Fate.DELETED,
        found_by="member__contact",
        told=("journey", "from_stage", "to_stage", "moved_at", "how", "reason"),
    ),
    Holding(
        model=JourneyMember,
        title=_("Journeys you are or were on"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("journey", "stage", "source", "entered_at", "stage_since", "left_at", "outcome"),
    ),
    Holding(
        model=JobApplication,
        title=_("Jobs you applied for"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("pool", "vacancy", "applied_at", "ended_at", "outcome"),
    ),
    Holding(
        model=StayQuestion,
        title=_("When we asked whether you want to stay"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("pool", "turn", "ends_at", "asked_at"),
    ),
    Holding(
        model=ReferredCandidate,
        title=_("How you found our talent pool"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("pool", "came_at"),
    ),
    Holding(
        model=Referral,
        title=_("Your link to pass on"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("pool", "code", "made_at"),
    ),
)

NOBODYS: Final[Mapping[type[Model], str]] = {
    AttributeName: "what may be known, of nobody yet",
    Band: "a part of a way of counting",
    RuleCondition: "a part of a way of counting",
    ScoreModel: "what is counted",
    ScoreModelVersion: "a way of counting",
    ScoreRule: "a part of a way of counting",
    Segment: "a group; who is in it stands apart",
    Campaign: "a message, before it is filled in for anybody",
    FrequencyCap: "a rule of the house",
    Journey: "a way; who goes it stands apart",
    JourneyAction: "a part of a way",
    JourneyRule: "a part of a way",
    JourneyStage: "a part of a way",
    TalentPool: "whom is sought; who is in it stands in the permissions",
}
