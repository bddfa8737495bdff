"""What this app tells on the page of a contact."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from customers.admin.scope import narrow, staff_of
from customers.domain.staff import Area, Right, rights_of
from customers.models import Contact
from customers.staff_site import Panel, StaffSite
from scoring.domain.journeys.naming import named_members, named_told
from scoring.models import BehaviourEvent, ContactAttribute

EVENTS_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class LookedAt:
    """The last things somebody did, what is known of them now, and where all of it stands."""

    events: list[BehaviourEvent]
    attributes: list[ContactAttribute]
    all_events: str


def tell_behaviour(request: HttpRequest, contact: Contact) -> Panel | None:
    """What they did and are; of who is in a stage where nobody is named, nothing."""
    staff = staff_of(request)
    if Right.VIEW not in rights_of(staff=staff, area=Area.BEHAVIOUR):
        return None
    events = narrow(named_told(rows=contact.behaviour.all()), staff=staff, legal_entity="legal_entity")
    known = narrow(named_told(rows=contact.attributes.all()), staff=staff, legal_entity="legal_entity")
    last = events.select_related("legal_entity").order_by("-occurred_at", "-pk")[:EVENTS_SHOWN]
    now = known.filter(replaced_at__isnull=True).select_related("legal_entity").order_by("name", "pk")
    everything = f"{reverse('admin:scoring_behaviourevent_changelist')}?q={contact.pk}"
    shown = LookedAt(events=list(last), attributes=list(now), all_events=everything)
    return Panel(template="admin/_story_behaviour.html", shown=shown)


def tell_journeys(request: HttpRequest, contact: Contact) -> Panel | None:
    """Where they go or went, in one question; never in a stage where nobody is named."""
    staff = staff_of(request)
    if Right.VIEW not in rights_of(staff=staff, area=Area.JOURNEYS):
        return None
    ways = narrow(contact.journeys.all(), staff=staff, legal_entity="journey__legal_entity")
    named = named_members(members=ways).select_related("journey", "stage")
    shown = list(named.order_by("-entered_at", "-pk"))
    return Panel(template="admin/_story_journeys.html", shown=shown) if shown else None


StaffSite.on_contact += [tell_behaviour, tell_journeys]
