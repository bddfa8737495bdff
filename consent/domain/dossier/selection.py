"""Which events an export is about: those of one person, or of a legal entity, purpose or channel."""

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from consent.models import ConsentEvent
from customers.models import Contact


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What was asked for; what is left out means all. Moments are those at which people acted."""

    organisation_id: uuid.UUID
    contact_id: uuid.UUID | None = None
    legal_entity_id: uuid.UUID | None = None
    purpose_id: uuid.UUID | None = None
    channel: str = ""
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None

    def as_json(self) -> dict[str, str]:
        """Write what was asked for; nobody is named in it but by key."""
        return {name: str(value) for name, value in vars(self).items() if value}


def events_of(*, selection: Selection) -> QuerySet[ConsentEvent]:
    """Find the events of a selection in the order in which they were written.

    A stop of everything is about each legal entity, purpose and channel, and so part of each selection.
    """
    chosen = {
        "subject_id": selection.contact_id,
        "occurred_at__gte": selection.since,
        "occurred_at__lt": selection.until,
    }
    scopes = [
        Q(**{f"{name}": value}) | Q(**{f"{name}__isnull": True})
        for name, value in (
            ("legal_entity_id", selection.legal_entity_id),
            ("purpose_id", selection.purpose_id),
        )
        if value
    ]
    if selection.channel:
        scopes.append(Q(channel__in=["", selection.channel]))
    narrowed = {name: value for name, value in chosen.items() if value is not None}
    events = ConsentEvent.objects.filter(*scopes, organisation_id=selection.organisation_id, **narrowed)
    return events.order_by("sequence")


def people_of(*, selection: Selection) -> QuerySet[Contact]:
    """Find the people whom the events of a selection are about, in a fixed order."""
    subjects = events_of(selection=selection).order_by().values("subject_id")
    return Contact.objects.filter(organisation_id=selection.organisation_id, pk__in=subjects).order_by("pk")
