"""Mail that the law has us send: to whom it goes, whatever they permit, and to whom not."""

import dataclasses
import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.domain.engine.known_points import decide_about
from consent.domain.engine.question import Question, put_question
from consent.domain.jobs import WorkFailedError
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.decision import Decision
from consent.models import Channel, ContentKind, OutboxMessage
from customers.models import Contact, ContactPoint, LegalEntity

UNREACHABLE: Final = frozenset({Code.D_UNAVAILABLE, Code.D_NO_PACK, Code.D_ADDRESS_INVALID})
# So many people are counted while somebody waits for the page.
COUNTED_AT_ONCE: Final = 2_000


class Outcome(StrEnum):
    """What came of one person concerned."""

    MAILED = "MAILED"
    ALREADY_TOLD = "ALREADY_TOLD"
    NO_ADDRESS = "NO_ADDRESS"
    BLOCKED = "BLOCKED"
    RESTRICTED = "RESTRICTED"
    NOT_ALLOWED = "NOT_ALLOWED"


OutcomeOf = Callable[[Decision], Outcome]


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """How many people it concerns, and what would come of each; not counted for very many."""

    concerned: int
    counts: dict[str, int] | None


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """One person concerned: the address to write to, or why there is none."""

    contact: Contact
    outcome: Outcome
    point: ContactPoint | None = None


def find_addressees(
    *,
    legal_entity: LegalEntity,
    contacts: Sequence[Contact],
    told: Collection[uuid.UUID],
    outcome_of: OutcomeOf,
    now: datetime.datetime,
) -> list[Addressee]:
    """Decide about each of these people, in their order: as few queries for many as for one.

    Who was told before is not looked at again. Raises WorkFailedError where there is nothing to ask the rules
    about.
    """
    addresses = ContactPoint.objects.filter(
        contact__in=contacts,
        kind=ContactPoint.Kind.EMAIL,
        placeholder=False,
        claimed=False,
        invalid_at__isnull=True,
    )
    # An address that the person verified comes first, then the one we know longest.
    points = list(addresses.order_by("contact_id", "verified_at", "created_at", "pk"))
    decisions = decide_about(question=_question(legal_entity, now), points=points) if points else []
    addressed = defaultdict(list)
    for point, decision in zip(points, decisions, strict=True):
        addressed[point.contact_id].append((point, outcome_of(decision)))
    return [
        Addressee(contact=contact, outcome=Outcome.ALREADY_TOLD)
        if contact.pk in told
        else _choose(contact, addressed[contact.pk])
        for contact in contacts
    ]


def _question(entity: LegalEntity, now: datetime.datetime) -> Question:
    """Ask the engine as about a service message, whatever purpose of the legal entity stands for it.

    What art. 13(3) and 34 GDPR have us tell is no advertising: it only informs, of a material fact, only the
    people concerned, and offers nothing; so it needs no permission, and an objection to marketing does not
    stop it.
    An address that cannot be used, a restriction and an erasure do (rules, "Order" rows 3 to 6).
    """
    purpose = entity.purposes.order_by("code").first()
    if purpose is None:
        raise WorkFailedError(str(_("This legal entity has no purpose to ask the rules about.")))
    question = put_question(legal_entity=entity.code, purpose=purpose.code, channel=Channel.EMAIL, now=now)
    case = dataclasses.replace(question.case, content=ContentKind.SERVICE, service_test_passed=True)
    return dataclasses.replace(question, case=case)


def _choose(contact: Contact, outcomes: Sequence[tuple[ContactPoint, Outcome]]) -> Addressee:
    for point, outcome in outcomes:
        if outcome is Outcome.MAILED:
            return Addressee(contact=contact, outcome=outcome, point=point)
    return Addressee(contact=contact, outcome=outcomes[0][1] if outcomes else Outcome.NO_ADDRESS)


def as_service(decision: Decision) -> Outcome:
    """What the rules say of a service message to somebody with a permission or relation.

    A blocked address gets nothing at all, though the rules would let a service message through.
    """
    if Code.D_SUPPRESSED in decision.reasons:
        return Outcome.BLOCKED
    if decision.allowed:
        return Outcome.MAILED
    return Outcome.RESTRICTED if decision.code == Code.D_RESTRICTED else Outcome.NOT_ALLOWED


def as_duty(decision: Decision) -> Outcome:
    """What stands in the way of telling somebody what they must know (art. 34 GDPR), whoever they are.

    That they permit nothing, objected or ended what was between us takes no duty away; a block, a restriction
    and an address that cannot be used leave it to a person to decide how.
    """
    reasons = set(decision.reasons)
    if Code.D_SUPPRESSED in reasons:
        return Outcome.BLOCKED
    if Code.D_RESTRICTED in reasons:
        return Outcome.RESTRICTED
    return Outcome.NOT_ALLOWED if reasons & UNREACHABLE else Outcome.MAILED


def may_still_be_told(message: OutboxMessage, now: datetime.datetime) -> bool:
    """Ask about the address once more when its turn comes: behind many others that may be hours later."""
    return _asked_again(message, as_service, now)


def must_still_be_told(message: OutboxMessage, now: datetime.datetime) -> bool:
    """Ask once more about what somebody must know: blocked meanwhile, they get a letter."""
    return _asked_again(message, as_duty, now)


def _asked_again(message: OutboxMessage, outcome_of: OutcomeOf, now: datetime.datetime) -> bool:
    if message.contact_point is None:
        return False
    question = _question(message.legal_entity, now)
    [decision] = decide_about(question=question, points=[message.contact_point])
    return outcome_of(decision) is Outcome.MAILED


def count_outcomes(*, people: Sequence[Addressee]) -> dict[str, int]:
    """Count what came, or would come, of so many people."""
    return dict(Counter(person.outcome.value for person in people))
