"""Who works here: whoever is in a stage of which only figures are shown, or left it otherwise than by hand.

The end of a waiting time, of the journey or of following somebody says nothing about their work: until a
colleague notes that they left it, they are not scored. Source: recital 43 GDPR; rules, "Talent pool".
"""

import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from customers.domain import contacts
from customers.models import Contact, LegalEntity, StaffMember
from scoring.domain.journeys.stopping import let_out_held, read_reason
from scoring.models import JourneyMember, JourneyMove

EMPLOYED = Q(stage__figures_only=True) | Q(still_employed=True)


class NotEmployedError(ValueError):
    """Nothing says that this person works here."""


def find_employees(*, legal_entity: LegalEntity) -> QuerySet[JourneyMember]:
    """Find the passages of the people who work for a legal entity, as far as journeys tell."""
    return JourneyMember.objects.filter(EMPLOYED, journey__legal_entity=legal_entity)


@transaction.atomic
def note_left_employment(
    *, contact: Contact, legal_entity: LegalEntity, noted_by: StaffMember, reason: str, at: datetime.datetime
) -> list[JourneyMember]:
    """Note that somebody left employment, with a step that says why: they are treated as anybody else again.

    Who is still in a stage of employees leaves it with the goal reached. Raises NoReasonError and
    NotEmployedError.
    """
    said = read_reason(reason)
    contacts.hold_contact(contact_id=contact.pk)
    rows = find_employees(legal_entity=legal_entity).filter(contact=contact).order_by("pk")
    passages = list(rows.select_for_update(of=("self",), no_key=True))
    if not passages:
        raise NotEmployedError(str(contact.pk))
    let_out_held(
        members=[one for one in passages if one.left_at is None],
        outcome=JourneyMember.Outcome.GOAL,
        how=JourneyMove.How.HAND,
        at=at,
        staff=noted_by,
        reason=said,
    )
    for passage in passages:
        if passage.still_employed:
            _free(passage, noted_by, said, at)
    return passages


def forget_employment(*, contact: Contact, legal_entity: LegalEntity) -> None:
    """Let a new passage through a stage of employees say from now on that somebody works here."""
    before = JourneyMember.objects.filter(contact=contact, journey__legal_entity=legal_entity)
    before.filter(still_employed=True).update(still_employed=False)


def _free(passage: JourneyMember, staff: StaffMember, reason: str, at: datetime.datetime) -> None:
    """The step stands beside that with which they left the stage, and counts in no figure."""
    was = JourneyMove.objects.filter(member=passage, from_stage__figures_only=True).latest("moved_at", "pk")
    passage.still_employed = False
    passage.save(update_fields=["still_employed"])
    JourneyMove.objects.create(
        member=passage,
        journey_id=passage.journey_id,
        from_stage_id=was.from_stage_id,
        moved_at=at,
        recorded_at=at,
        how=JourneyMove.How.WORK,
        staff=staff,
        reason=reason,
    )
