import datetime
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from consent.domain import withdrawals
from consent.domain.preference_changes import Visitor, find_point, hold
from consent.domain.withdrawals import NothingToUndoError, Scope
from consent.models import GRANTS, Act, ConsentEvent, ConsentRecord, Method, Source
from customers.models import Contact


@transaction.atomic
def undo_change(
    *, visitor: Visitor, changed_at: datetime.datetime, occurred_at: datetime.datetime
) -> list[ConsentEvent]:
    """Take back what a person changed at one moment: stops are lifted, permissions withdrawn again.

    Every undo is a new event. Raises NothingToUndoError when later acts have taken their place.
    """
    hold(visitor=visitor)
    how = replace(visitor.how, method=Method.BUTTON)
    undoing = replace(visitor, how=how)
    changed = changes_at(contact=visitor.contact, changed_at=changed_at)
    undone = _lift_stops(changed, undoing, occurred_at)
    for event in changed:
        undone += _stop_again(event, undoing, occurred_at)
    if not undone:
        raise NothingToUndoError
    return undone


def changes_at(*, contact: Contact, changed_at: datetime.datetime) -> list[ConsentEvent]:
    """List what a person changed in the preference centre at one moment, in the order of the ledger."""
    events = ConsentEvent.objects.filter(
        organisation_id=contact.organisation_id,
        subject_id=contact.pk,
        source=Source.PREFERENCES,
        recorded_at=changed_at,
    ).exclude(act=Act.ADDRESS_VERIFIED)
    return list(events.select_related("organisation", "legal_entity", "purpose").order_by("sequence"))


def _lift_stops(
    changed: Sequence[ConsentEvent], visitor: Visitor, occurred_at: datetime.datetime
) -> list[ConsentEvent]:
    # On an address that was replaced meanwhile nothing is permitted again.
    replaced = set(visitor.contact.points.filter(invalid_at__isnull=False).values_list("pk", flat=True))
    stops = [
        event.pk
        for event in changed
        if event.act in (Act.WITHDRAWN, Act.OBJECTED) and event.contact_point_id not in replaced
    ]
    try:
        return withdrawals.undo(
            contact=visitor.contact, stops=stops, how=visitor.how, occurred_at=occurred_at
        )
    except NothingToUndoError:
        return []


def _stop_again(event: ConsentEvent, visitor: Visitor, occurred_at: datetime.datetime) -> list[ConsentEvent]:
    scope = Scope(legal_entity_id=event.legal_entity_id, purpose_id=event.purpose_id, channel=event.channel)
    if event.act == Act.OBJECTION_RETRACTED:
        return withdrawals.object_to(
            contact=visitor.contact, scope=scope, how=visitor.how, occurred_at=occurred_at
        )
    still = ConsentRecord.objects.filter(grant_event_id=event.pk, status__in=withdrawals.STANDING).exists()
    if event.act not in GRANTS or not still:
        return []
    point = find_point(contact=visitor.contact, point_id=event.contact_point_id)
    if point is None:
        return withdrawals.object_to(
            contact=visitor.contact, scope=scope, how=visitor.how, occurred_at=occurred_at
        )
    return withdrawals.stop(point=point, scope=scope, how=visitor.how, occurred_at=occurred_at)
