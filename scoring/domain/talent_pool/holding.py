"""What a talent pool holds about one person, for that person to see."""

import datetime
from dataclasses import dataclass

from customers.models import Contact
from scoring.models import JobApplication, ReferredCandidate, StayQuestion, TalentPool


@dataclass(frozen=True, kw_only=True)
class Applied:
    """One job somebody applied for, and what came of it; no outcome while the procedure runs."""

    vacancy: str
    applied_at: datetime.datetime
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a pool holds beside name, address and permission."""

    was_referred: bool
    applications: list[Applied]
    asked_at: list[datetime.datetime]


def read_holding(*, pool: TalentPool, contact: Contact) -> Held:
    """Read what a pool holds about a person (art. 15 GDPR)."""
    applications = JobApplication.objects.filter(pool=pool, contact=contact).order_by("applied_at", "pk")
    questions = StayQuestion.objects.filter(pool=pool, contact=contact).order_by("asked_at", "pk")
    return Held(
        was_referred=ReferredCandidate.objects.filter(pool=pool, contact=contact).exists(),
        applications=[
            Applied(
                vacancy=row.vacancy,
                applied_at=row.applied_at,
                outcome=str(row.get_outcome_display()) if row.outcome else "",
            )
            for row in applications
        ],
        asked_at=list(questions.values_list("asked_at", flat=True)),
    )
