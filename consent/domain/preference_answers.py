"""What the engine answers about one choice of a person: their page and the staff's answer never differ."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from consent.domain.engine.answering import Answer
from consent.domain.engine.known_points import ask_about
from consent.domain.engine.question import put_question
from consent.domain.preference_carriers import Ground
from consent.domain.preference_grounds import Note, Standing
from consent.domain.preference_holdings import NOT_OFFERED, Holdings, Spot
from consent.domain.rulebook.codes import Code
from consent.models import Channel, ContentKind
from customers.models import ContactPoint

GROUNDS: Final = {
    Code.A_LEGAL_PERSON: Ground.COMPANY,
    Code.A_BE_IMPERSONAL: Ground.COMPANY,
    Code.A_PUBLISHED: Ground.PUBLISHED,
    Code.A_REL_SALE: Ground.CUSTOMER,
    Code.A_REL_PUBLISHER: Ground.CUSTOMER,
    Code.A_REL_LOTTERY: Ground.CUSTOMER,
    Code.A_SOFT_OPTIN: Ground.CUSTOMER,
    Code.A_SOFT_OPTIN_BE: Ground.CUSTOMER,
    Code.A_REL_DONOR: Ground.DONOR,
    Code.A_REL_VOLUNTEER: Ground.VOLUNTEER,
    Code.A_REL_ATTENDEE: Ground.ATTENDEE,
    Code.A_LEGITIMATE_INTEREST: Ground.INTEREST,
    Code.A_BE_NOT_LISTED: Ground.INTEREST,
}


# What has ended can be given again: the box is empty.
ENDED: Final = frozenset({Code.D_EXPIRED, Code.D_FIRST_CONTACT_TERM})


def agree_with_engine(
    *, standing: Standing, spot: Spot, points: Sequence[ContactPoint], held: Holdings
) -> Standing:
    """Tell of a choice what the engine answers: whether it is permitted now, and on what ground.

    Messages that follow from an agreement are not part of the choices. Two statements for each legal entity,
    purpose and channel, however many addresses, permissions and relations there are.
    """
    if spot.purpose.content in NOT_OFFERED or not points:
        return standing
    answers = _ask(spot, points, held)
    allowed = [answer for answer in answers if answer.decision.allowed]
    if standing.authorises and not allowed:
        return _denied(standing, answers[0])
    if allowed and not standing.authorises:
        return _permitted(standing, allowed[0])
    return standing


def _denied(standing: Standing, answer: Answer) -> Standing:
    if answer.decision.code in ENDED:
        return Standing(is_on=False, note=Note.ENDED)
    return replace(standing, authorises=False, note=Note.NOT_NOW)


def _permitted(standing: Standing, answer: Answer) -> Standing:
    ground = GROUNDS.get(answer.decision.code, Ground.CONSENT)
    return replace(standing, is_on=True, authorises=True, ground=ground, until=answer.valid_until, note=None)


def _ask(spot: Spot, points: Sequence[ContactPoint], held: Holdings) -> list[Answer]:
    question = put_question(
        legal_entity=spot.legal_entity.code,
        purpose=spot.purpose.code,
        channel=spot.channel,
        product_group=_group_to_offer(spot, held),
        now=held.now,
    )
    return ask_about(question=question, points=points)


def _group_to_offer(spot: Spot, held: Holdings) -> str:
    """The products last bought there: offers must be similar, so without any nobody could be a customer."""
    if spot.purpose.content != ContentKind.COMMERCIAL or spot.channel == Channel.NONE:
        return ""
    bought = (
        relation.product_group.code
        for relation in held.relations
        if relation.legal_entity_id == spot.legal_entity.pk and relation.product_group is not None
    )
    return next(bought, "")
