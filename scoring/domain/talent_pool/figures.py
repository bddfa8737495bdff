"""The pool at one moment: how many are in it, the right people or not, what they want, and where it leaks."""

import datetime
import statistics
import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from consent.models import ConsentRecord, Status
from scoring.domain.campaigns.audience import in_segment
from scoring.domain.journeys.employment import find_employees
from scoring.domain.profiling import LEGITIMATE_INTEREST, gate_parameters, keep_profiled
from scoring.domain.talent_pool.standing import GIVEN, people_in_parts, permissions
from scoring.domain.talent_pool.wishes import CHANNEL, REGION, WORK, offered
from scoring.models import (
    ContactAttribute,
    JobApplication,
    ReferredCandidate,
    StayQuestion,
    TalentPool,
)

YEAR: Final = datetime.timedelta(days=365)
AHEAD: Final = (7, 30, 90)
# So many people of a pool are looked at at once.
AT_ONCE: Final = 5_000


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How many in the pool are whom it seeks, are not, have not said, or may not be looked at."""

    right: int = 0
    other: int = 0
    unknown: int = 0
    not_looked_at: int = 0

    def __add__(self, more: "Fit") -> "Fit":
        return Fit(
            right=self.right + more.right,
            other=self.other + more.other,
            unknown=self.unknown + more.unknown,
            not_looked_at=self.not_looked_at + more.not_looked_at,
        )

    @property
    def share(self) -> int | None:
        """The right people among those of whom it is known, in percent; None where it is known of nobody."""
        known = self.right + self.other
        return round(100 * self.right / known) if known else None


@dataclass(frozen=True, kw_only=True)
class PoolFigures:
    """What the page of a pool tells of it."""

    in_pool: int
    fit: Fit
    ending: dict[int, int]
    asked: int
    referred: int
    channels: dict[str, int]
    running: int
    outcomes: dict[str, int]
    days_in_procedure: float | None
    joined: int
    stopped: int
    ended: int
    stayed: int


def read_figures(*, pool: TalentPool, now: datetime.datetime) -> PoolFigures:
    """Count one pool as it stands now, and what came and went in the last year.

    Who works here seeks no job: they are in none of the figures of who is in the pool.
    """
    in_pool, referred, fit, channels = 0, 0, Fit(), Counter[str]()
    for part in people_in_parts(pool=pool, now=now, size=AT_ONCE):
        inside = part - _employees_among(pool, part)
        in_pool += len(inside)
        referred += ReferredCandidate.objects.filter(pool=pool, contact__in=inside).count()
        fit += _fit(pool, inside, now)
        told = _told(pool, inside)
        channels.update(answers[CHANNEL] for answers in told.values() if CHANNEL in answers)
    return PoolFigures(
        in_pool=in_pool,
        fit=fit,
        ending=_ending(pool, now),
        asked=_asked(pool, now),
        referred=referred,
        channels=dict(channels),
        **_procedures(pool, now),
        **_in_and_out(pool, now),
    )


def find_right_people(
    *, pool: TalentPool, contact_ids: Collection[uuid.UUID], now: datetime.datetime
) -> dict[uuid.UUID, bool]:
    """Say of each whether they are whom the pool seeks; nothing of who may not be profiled or said nothing.

    With a segment it decides, and its own gate has been passed. Else it is what people told themselves: the
    kind of work and the region, as far as the pool asks them.
    """
    gate = gate_parameters(legal_entity=pool.legal_entity, rests_on=LEGITIMATE_INTEREST, now=now)
    looked_at = keep_profiled(contact_ids=contact_ids, gate=gate)
    if pool.segment is not None:
        members = in_segment(segment=pool.segment).filter(contact__in=looked_at)
        right = set(members.values_list("contact_id", flat=True))
        return {key: key in right for key in looked_at}
    asked = [name for name in (WORK, REGION) if name in offered(pool=pool)]
    told = _told(pool, looked_at)
    return {
        key: all(answers.get(name) in offered(pool=pool)[name] for name in asked)
        for key, answers in told.items()
        if asked and any(name in answers for name in asked)
    }


def _employees_among(pool: TalentPool, people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    rows = find_employees(legal_entity=pool.legal_entity).filter(contact__in=people)
    return set(rows.values_list("contact_id", flat=True))


def _candidates(pool: TalentPool, now: datetime.datetime) -> QuerySet[ConsentRecord]:
    employees = find_employees(legal_entity=pool.legal_entity).filter(contact=OuterRef("contact"))
    return permissions(pool=pool, now=now).filter(~Exists(employees))


def _fit(pool: TalentPool, inside: set[uuid.UUID], now: datetime.datetime) -> Fit:
    gate = gate_parameters(legal_entity=pool.legal_entity, rests_on=LEGITIMATE_INTEREST, now=now)
    looked_at = keep_profiled(contact_ids=inside, gate=gate)
    judged = find_right_people(pool=pool, contact_ids=inside, now=now)
    right = sum(judged.values())
    return Fit(
        right=right,
        other=len(judged) - right,
        unknown=len(looked_at) - len(judged),
        not_looked_at=len(inside) - len(looked_at),
    )


def _told(pool: TalentPool, contact_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    rows = ContactAttribute.objects.filter(
        legal_entity=pool.legal_entity_id,
        name__in=[WORK, REGION, CHANNEL],
        replaced_at__isnull=True,
        contact__in=contact_ids,
    )
    found: dict[uuid.UUID, dict[str, str]] = {}
    for contact_id, name, value in rows.values_list("contact_id", "name", "value"):
        found.setdefault(contact_id, {})[name] = value
    return found


def _ending(pool: TalentPool, now: datetime.datetime) -> dict[int, int]:
    moments = {days: now + datetime.timedelta(days=days) for days in AHEAD}
    rows = _candidates(pool, now)
    counts = {
        f"in_{days}": Count("contact", filter=Q(valid_until__lte=until), distinct=True)
        for days, until in moments.items()
    }
    found = rows.aggregate(**counts)
    return {days: found[f"in_{days}"] for days in AHEAD}


def _asked(pool: TalentPool, now: datetime.datetime) -> int:
    """Asked about the permission that stands: who stayed has another one."""
    question = StayQuestion.objects.filter(pool=pool, grant_event_id=OuterRef("grant_event_id"))
    return _people_of(_candidates(pool, now).filter(Exists(question)))


def _procedures(pool: TalentPool, now: datetime.datetime) -> dict[str, Any]:
    rows = JobApplication.objects.filter(pool=pool)
    ended = rows.filter(ended_at__gt=now - YEAR)
    lasted = ExpressionWrapper(F("ended_at") - F("applied_at"), output_field=DurationField())
    days = sorted(one.total_seconds() / 86_400 for one in ended.values_list(lasted, flat=True))
    by_outcome = ended.order_by().values_list("outcome").annotate(Count("pk"))
    return {
        "running": rows.filter(ended_at__isnull=True).count(),
        "outcomes": dict(by_outcome),
        "days_in_procedure": _median(days),
    }


def _in_and_out(pool: TalentPool, now: datetime.datetime) -> dict[str, Any]:
    rows = _records(pool)
    since = now - YEAR
    return {
        "joined": _people_of(rows.filter(granted_at__gt=since)),
        "stopped": _people_of(rows.filter(status=Status.WITHDRAWN, withdrawn_at__gt=since)),
        "ended": _people_of(rows.filter(status__in=GIVEN, valid_until__gt=since, valid_until__lte=now)),
        "stayed": _people_of(rows.filter(status=Status.RENEWED, granted_at__gt=since)),
    }


def _people_of(rows: QuerySet[ConsentRecord]) -> int:
    """Each once, at however many addresses they permit it."""
    return rows.values("contact").distinct().count()


def _records(pool: TalentPool) -> QuerySet[ConsentRecord]:
    return ConsentRecord.objects.filter(
        organisation=pool.organisation_id, legal_entity=pool.legal_entity_id, purpose=pool.purpose_id
    )


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None
