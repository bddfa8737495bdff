from typing import Any

from django import template
from django.utils.timezone import localdate, now  # noqa: TID251  (a page reads the clock)

from consent.admin.shared_rows import seen_by
from consent.domain.do_not_call_freshness import find_lists_to_renew
from consent.domain.incidents.reminding import count_waiting
from consent.domain.processors import list_watched
from consent.domain.rights.reminding import count_due
from consent.domain.staff_trail import find_unusual
from consent.models import Endpoint, Incident, OutboxMessage, Processor, RightsRequest
from customers.admin.scope import narrow
from customers.domain.staff import Area, Duty, Right, has_duty, rights_of
from customers.models import Organisation, StaffMember

register = template.Library()


@register.inclusion_tag("admin/_do_not_call_reminder.html", takes_context=True)
def do_not_call_reminder(context: dict[str, Any]) -> dict[str, Any]:
    """Say which lists need renewing; nothing for who is not signed in, and nothing while all is well."""
    staff = context["request"].user
    if not isinstance(staff, StaffMember):
        return {"standings": []}
    every = Organisation.objects.all()
    own = every if staff.is_superuser else every.filter(staff=staff)
    return {
        "standings": find_lists_to_renew(organisations=own, at=now()),
        "may_load": has_duty(staff=staff, duty=Duty.LOAD_DO_NOT_CALL),
    }


@register.inclusion_tag("admin/_unusual_lookups.html", takes_context=True)
def unusual_lookups(context: dict[str, Any]) -> dict[str, Any]:
    """Say who looked up unusually many people, to who watches over that."""
    staff = context["request"].user
    if not isinstance(staff, StaffMember) or staff.organisation is None:
        return {}
    if Right.VIEW not in rights_of(staff=staff, area=Area.STAFF_ACTS):
        return {}
    return {"unusual": find_unusual(organisation=staff.organisation, now=now())}


@register.inclusion_tag("admin/_rights_reminder.html", takes_context=True)
def rights_reminder(context: dict[str, Any]) -> dict[str, Any]:
    """Say how many rights requests are overdue or due within a week, to who may see them."""
    staff = context["request"].user
    if not isinstance(staff, StaffMember) or Right.VIEW not in rights_of(staff=staff, area=Area.REQUESTS):
        return {}
    own = narrow(
        RightsRequest.objects.all(), staff=staff, organisation="organisation", legal_entity="legal_entity"
    )
    return count_due(among=own, now=now())


@register.inclusion_tag("admin/_processor_reminder.html", takes_context=True)
def processor_reminder(context: dict[str, Any]) -> dict[str, Any]:
    """Name the parties outside with which something falls short, and the endpoints that are not told."""
    staff = context["request"].user
    if not isinstance(staff, StaffMember) or Right.VIEW not in rights_of(staff=staff, area=Area.PROCESSORS):
        return {}
    silent = Endpoint.objects.filter(disabled_because__in=[Endpoint.Ending.GONE, Endpoint.Ending.FAILING])
    return {
        "watched": list_watched(among=seen_by(Processor.objects.all(), staff), today=localdate()),
        "silent": list(seen_by(silent, staff).order_by("name", "pk")),
    }


@register.inclusion_tag("admin/_held_reminder.html", takes_context=True)
def held_reminder(context: dict[str, Any]) -> dict[str, Any]:
    """Say how many messages a restore held, to who decides on them."""
    staff = context["request"].user
    if not isinstance(staff, StaffMember) or not has_duty(staff=staff, duty=Duty.DECIDE_ON_HELD):
        return {}
    held = OutboxMessage.objects.filter(state=OutboxMessage.State.HELD)
    own = narrow(held, staff=staff, organisation="organisation", legal_entity="legal_entity")
    return {"held": own.count()}


@register.inclusion_tag("admin/_incident_reminder.html", takes_context=True)
def incident_reminder(context: dict[str, Any]) -> dict[str, Any]:
    """Say how many data breaches wait to be reported or explained, to who may see them."""
    staff = context["request"].user
    if not isinstance(staff, StaffMember) or Right.VIEW not in rights_of(staff=staff, area=Area.INCIDENTS):
        return {}
    own = narrow(
        Incident.objects.all(), staff=staff, organisation="organisation", legal_entity="legal_entity"
    )
    return count_waiting(among=own, now=now())
