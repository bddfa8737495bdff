"""Which events an export is about: those of one person, or of a legal entity, purpose or channel."""

import datetime
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from consent.models import ConsentEvent, ConsentRecord, LedgerLeaf
from customers.models import Contact

# To name no people would mean all.
NOBODY: Final = (uuid.UUID(int=0),)


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
    # Of people with a permission that is in this state now.
    status: str = ""
    contact_ids: tuple[uuid.UUID, ...] = ()
    # One part of a large export: from this key up to and including that one.
    subjects: tuple[uuid.UUID, ...] = ()

    @property
    def names_people(self) -> bool:
        """Whether it says which people it is about, so that their events are looked up by them."""
        return bool(self.contact_id or self.contact_ids or self.subjects)

    def as_json(self) -> dict[str, str]:
        """Write what was asked for; nobody is named in it but by key."""
        return {name: _text(value) for name, value in vars(self).items() if value}


def read_selection(*, stored: Mapping[str, str]) -> Selection:
    """Read back what `as_json` wrote."""
    return Selection(**{name: READ[name](text) for name, text in stored.items()})


def _text(value: object) -> str:
    return " ".join(str(one) for one in value) if isinstance(value, tuple) else str(value)


def _keys(text: str) -> tuple[uuid.UUID, ...]:
    return tuple(uuid.UUID(one) for one in text.split())


READ: Final[Mapping[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("organisation_id", "contact_id", "legal_entity_id", "purpose_id"), uuid.UUID),
    **dict.fromkeys(("channel", "status"), str),
    **dict.fromkeys(("since", "until"), datetime.datetime.fromisoformat),
    **dict.fromkeys(("contact_ids", "subjects"), _keys),
}


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
    if selection.contact_ids:
        scopes.append(Q(subject_id__in=selection.contact_ids))
    if selection.subjects:
        scopes.append(Q(subject_id__range=selection.subjects))
    if selection.status:
        scopes.append(Q(Exists(_with_status(selection))))
    narrowed = {name: value for name, value in chosen.items() if value is not None}
    events = ConsentEvent.objects.filter(*scopes, organisation_id=selection.organisation_id, **narrowed)
    return events.order_by("sequence")


def sealed_events_of(*, selection: Selection, tree_size: int) -> QuerySet[ConsentEvent]:
    """Find those events of a selection that are sealed in the tree of this size.

    What came since is not proven by it: an export that told of it would say more than it proves.
    """
    leaf = LedgerLeaf.objects.filter(event_id=OuterRef("pk"), position__lt=tree_size)
    return events_of(selection=selection).filter(Exists(leaf))


def fix_people(*, selection: Selection) -> Selection:
    """Name the people of a selection by their state once: whoever comes into it or leaves it while it is
    gone through changes nothing any more.
    """
    if not selection.status:
        return selection
    subjects = events_of(selection=selection).order_by().values_list("subject_id", flat=True).distinct()
    return replace(selection, status="", contact_ids=tuple(sorted(subjects)) or NOBODY)


def people_of(*, selection: Selection, tree_size: int) -> QuerySet[Contact]:
    """Find the people whom the sealed events of a selection are about, in a fixed order."""
    events = sealed_events_of(selection=selection, tree_size=tree_size)
    subjects = events.order_by().values("subject_id")
    return Contact.objects.filter(organisation_id=selection.organisation_id, pk__in=subjects).order_by("pk")


def _with_status(selection: Selection) -> QuerySet[ConsentRecord]:
    scope = {
        name: value
        for name in ("legal_entity_id", "purpose_id", "channel")
        if (value := getattr(selection, name))
    }
    return ConsentRecord.objects.filter(contact=OuterRef("subject_id"), status=selection.status, **scope)
