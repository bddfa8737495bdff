from scoring.models.attribute import ContactAttribute
from scoring.models.behaviour import CLOCK_DIFFERENCE, BehaviourEvent

__all__ = ["CLOCK_DIFFERENCE", "BehaviourEvent", "ContactAttribute"]
