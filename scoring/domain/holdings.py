"""The tables of this app that can say something about a person, in the order in which they are taken away."""

from collections.abc import Mapping
from typing import Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from customers.domain.holdings import Fate, Holding
from scoring.models import BehaviourEvent, ContactAttribute

HOLDINGS: Final = (
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
)

NOBODYS: Final[Mapping[type[Model], str]] = {}
