from typing import Any

from django import template
from django.utils.timezone import now  # noqa: TID251  (a page reads the clock)

from consent.domain.do_not_call_freshness import find_lists_to_renew
from customers.domain.staff import Duty, has_duty
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
