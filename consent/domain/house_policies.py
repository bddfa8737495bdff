"""What a legal entity forbids itself: it only tightens, is dated, and is never overwritten."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from consent.domain.rulebook.facts import Policy
from consent.models import HousePolicy
from customers.models import StaffMember

STRICTNESS: Final = {
    HousePolicy.Forbids.WITHOUT_CONSENT: Policy.WITHOUT_CONSENT,
    HousePolicy.Forbids.EVERYTHING: Policy.EVERYTHING,
}


class PolicyStartsInThePastError(ValueError):
    """A policy starts now or later: what was answered before stays explained."""


class PurposeOfAnotherError(ValueError):
    """The purpose belongs to another organisation than the legal entity."""


class PolicyEndedError(ValueError):
    """The policy is over: it was ended, or its planned end has passed."""


class EndNotExplainedError(ValueError):
    """Who ends a policy says why: what it forbade may be done from then on."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Who ends a policy, when and why; raises EndNotExplainedError where that is not said."""

    ended_by: StaffMember
    ended_because: str
    ended_at: datetime.datetime

    def __post_init__(self) -> None:
        if not self.ended_because.strip():
            raise EndNotExplainedError


def adopt_house_policy(
    *, policy: HousePolicy, decided_by: StaffMember, decided_at: datetime.datetime
) -> HousePolicy:
    """Keep a new policy, from now or later; it comes beside those in force, and the strictest holds.

    Raises PolicyStartsInThePastError, PurposeOfAnotherError.
    """
    if policy.valid_from_at < decided_at:
        raise PolicyStartsInThePastError(str(policy.valid_from_at))
    if policy.purpose and policy.purpose.organisation_id != policy.legal_entity.organisation_id:
        raise PurposeOfAnotherError(policy.purpose.code)
    policy.decided_by, policy.decided_at = decided_by, decided_at
    policy.save(force_insert=True)
    return policy


def end_house_policy(*, policy: HousePolicy, ending: Ending) -> HousePolicy:
    """End a policy at this moment; questions about earlier moments still find it. Raises PolicyEndedError."""
    open_ones = HousePolicy.objects.filter(pk=policy.pk, ended_at__isnull=True)
    not_over = Q(valid_until_at__isnull=True) | Q(valid_until_at__gt=ending.ended_at)
    if not open_ones.filter(not_over).update(**vars(ending)):
        raise PolicyEndedError(str(policy.pk))
    policy.refresh_from_db()
    return policy


def find_house_policy(
    *,
    legal_entity_id: uuid.UUID,
    purpose_id: uuid.UUID,
    channel: str,
    at: datetime.datetime,
    known_at: datetime.datetime,
) -> Policy:
    """Find the strictest policy that held for this contact at one moment, as known at another."""
    held = HousePolicy.objects.in_force(at=at, known_at=known_at).filter(
        Q(purpose_id=purpose_id) | Q(purpose__isnull=True),
        channel__in=[channel, ""],
        legal_entity_id=legal_entity_id,
    )
    found = {HousePolicy.Forbids(forbids) for forbids in held.values_list("forbids", flat=True)}
    strict = HousePolicy.Forbids.EVERYTHING
    return STRICTNESS[strict] if strict in found else STRICTNESS[found.pop()] if found else Policy.NONE
