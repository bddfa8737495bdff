"""Taking up what another system knows of a procedure: who applied for which job, and what came of it."""

import datetime
import enum
import uuid
from dataclasses import dataclass

from django.db import transaction

from scoring.domain.people import find_people, hold_people
from scoring.domain.told import Fault, FaultyRowError
from scoring.models import CLOCK_DIFFERENCE, JobApplication, TalentPool


class Became(enum.StrEnum):
    """What became of what was told."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    KNOWN = "KNOWN"


class EndNotRightError(ValueError):
    """A procedure ends with an outcome, after it began, and not in the future."""


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """One procedure as it was told; the person is named by key or by an address."""

    contact_id: uuid.UUID | None
    address: str
    vacancy: str
    applied_at: datetime.datetime
    ended_at: datetime.datetime | None
    outcome: str


@transaction.atomic
def record_application(*, pool: TalentPool, told: Procedure, now: datetime.datetime) -> Became:
    """Keep a procedure by whose it is, the job and when they applied: told again, it is the same one.

    Its end can come later, and another end replaces one; what ended does not run again because an older
    message arrives late. Raises EndNotRightError, and FaultyRowError where the person is not known.
    """
    _check(told, now)
    contact_id = _find_person(pool, told)
    known = JobApplication.objects.select_for_update(of=("self",), no_key=True).filter(
        pool=pool, contact=contact_id, vacancy=told.vacancy, applied_at=told.applied_at
    )
    found = known.order_by("pk").first()
    if found is None:
        _add(pool, contact_id, told, now)
        return Became.NEW
    if told.ended_at is None or (found.ended_at, found.outcome) == (told.ended_at, told.outcome):
        return Became.KNOWN
    found.ended_at, found.outcome, found.told_at = told.ended_at, told.outcome, now
    found.save(update_fields=["ended_at", "outcome", "told_at"])
    return Became.CHANGED


def _check(told: Procedure, now: datetime.datetime) -> None:
    ended_at = told.ended_at or told.applied_at
    ends_whole = (told.ended_at is None) == (not told.outcome)
    if not ends_whole or not told.applied_at <= ended_at <= now + CLOCK_DIFFERENCE:
        raise EndNotRightError


def _find_person(pool: TalentPool, told: Procedure) -> uuid.UUID:
    """They are held, so that nobody who is being erased gets a row."""
    [who] = find_people(rows={0: told}, legal_entity=pool.legal_entity).values()
    if isinstance(who, Fault):
        raise FaultyRowError(who)
    if who not in hold_people(people=[who], legal_entity=pool.legal_entity):
        raise FaultyRowError(Fault.UNKNOWN_PERSON)
    return who


def _add(pool: TalentPool, contact_id: uuid.UUID, told: Procedure, now: datetime.datetime) -> None:
    JobApplication.objects.create(
        organisation_id=pool.organisation_id,
        pool=pool,
        contact_id=contact_id,
        vacancy=told.vacancy,
        applied_at=told.applied_at,
        ended_at=told.ended_at,
        outcome=told.outcome,
        told_at=now,
    )
