"""Who may be followed: two gates, that of what the journey is for and that of profiling."""

import datetime
import uuid
from collections.abc import Collection
from typing import Any, Final

from scoring.domain.profiling import (
    LEGITIMATE_INTEREST,
    LET_IN,
    PROFILING,
    gate_parameters,
    keep_profiled,
)
from scoring.domain.scores.acts import narrowed
from scoring.domain.scores.statement import Whose
from scoring.models import Journey

NAMES: Final = ("gate_", "open_")


def gates_of(*, journey: Journey, now: datetime.datetime) -> list[dict[str, Any]]:
    """Say what is asked of everybody on a journey: its purpose on its ground, and profiling.

    To follow people stage by stage is to profile them, whatever the journey is for (art. 4(4) and 21 GDPR).
    An employee goes on along the journey on which they became one, and along no other.
    """
    asked = [(journey.purpose.code, journey.rests_on)]
    if journey.purpose.code != PROFILING:
        asked.append((PROFILING, LEGITIMATE_INTEREST))
    gates = [
        gate_parameters(legal_entity=journey.legal_entity, rests_on=ground, now=now, purpose=purpose)
        for purpose, ground in asked
    ]
    return [gate | {"gate_journey": journey.pk} for gate in gates]


def compile_gates(*, gates: Collection[dict[str, Any]], whose: Whose, params: dict[str, Any]) -> str:
    """Write the keys of everybody whom both gates let in; each has parameters of its own."""
    written = []
    for name, gate in zip(NAMES, gates, strict=False):
        params |= {key.replace("gate_", name, 1): value for key, value in gate.items()}
        written.append(narrowed(sql=LET_IN, whose=whose).replace("%(gate_", f"%({name}"))
    return " INTERSECT ".join(written)


def keep_followed(
    *, journey: Journey, contact_ids: Collection[uuid.UUID], now: datetime.datetime
) -> set[uuid.UUID]:
    """Pick whom of these people a journey may follow at this moment."""
    staying = set(contact_ids)
    for gate in gates_of(journey=journey, now=now):
        staying = keep_profiled(contact_ids=staying, gate=gate)
    return staying
