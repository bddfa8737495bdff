"""Somebody calls or mails: find them, say what we may and hold, and do at once what they ask."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_stubs_ext import StrPromise

from consent.admin.desk_forms import LookUpForm, WantedCallForm
from consent.admin.inbound_person import entities_at, link_addresses, person_of, standing_of
from consent.domain import rate_limits
from consent.domain.call_desk import inbound
from consent.domain.call_desk.inbound import Desk, Found, WantedCall
from consent.domain.link_requests import find_nearest_entity
from consent.domain.preference_words import written_number
from consent.domain.rate_limits import Limit
from consent.domain.withdrawals import Scope
from customers.admin.scope import entities_of, require
from customers.domain.addresses import AddressNotUsableError
from customers.domain.staff import Duty, has_duty
from customers.models import ContactPoint, LegalEntity, StaffMember
from customers.staff_site import PEOPLE, Page, StaffSite

LOOK_UPS: Final = Limit(action="inbound desk", at_most=60, window=datetime.timedelta(minutes=10))


@dataclass(frozen=True, kw_only=True)
class Given:
    """Who answers whom, and what the form says."""

    desk: Desk
    point: ContactPoint
    said: Mapping[str, Any]
    now: datetime.datetime
    call_form: WantedCallForm


def is_shown(request: HttpRequest) -> bool:
    staff = request.user
    if not isinstance(staff, StaffMember) or staff.organisation_id is None:
        return False
    return has_duty(staff=staff, duty=Duty.ANSWER_CALLS)


def desk_of(staff: StaffMember) -> Desk:
    if staff.organisation is None:
        raise PermissionDenied
    limited = entities_of(staff)
    entities = LegalEntity.objects.filter(pk__in=limited).order_by("name", "pk") if limited else ()
    return Desk(staff=staff, organisation=staff.organisation, legal_entities=tuple(entities))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def inbound_view(request: HttpRequest) -> HttpResponse:
    """The address travels in the body of a POST alone: never in an address, a log or a history."""
    desk, now = desk_of(require(request, Duty.ANSWER_CALLS)), timezone.now()
    form = LookUpForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, {"form": form})
    name = request.POST.get("act", "")
    if name not in STOPS and (seconds := seconds_to_wait(desk, now)):
        return too_many(request, form, seconds)
    try:
        found = inbound.look_up(desk=desk, text=form.cleaned_data["address"], at=now)
    except AddressNotUsableError:
        form.add_error("address", _("This is no e-mail address or phone number we can use."))
        return page(request, {"form": form})
    call_form = WantedCallForm(
        request.POST if name == "call" else None, staff=desk.staff, entities=entities_at(desk)
    )
    done = act(desk, found, name, request.POST, call_form, now) if name else ""
    people = [person_of(desk, point, call_form, now) for point in found.points]
    names = [entity.name for entity in entities_at(desk)]
    context = {
        "form": LookUpForm(),
        "found": found,
        "address": written(found),
        "people": people,
        "done": done,
        "entity_names": names,
        "is_phone": found.address.kind == ContactPoint.Kind.PHONE,
        "call_errors": bool(call_form.is_bound and call_form.errors),
    }
    return page(request, context)


def page(request: HttpRequest, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    if "found" not in context:
        # There is nothing else to do here yet; beside somebody's answer it would pull people past it.
        context["form"].fields["address"].widget.attrs["autofocus"] = True
    whole = {**admin.site.each_context(request), "title": _("Inbound desk"), **context}
    return TemplateResponse(request, "admin/desk/inbound.html", whole, status=status)


def written(found: Found) -> str:
    phone = found.address.kind == ContactPoint.Kind.PHONE
    return written_number(value=found.address.value) if phone else found.address.value


def seconds_to_wait(desk: Desk, now: datetime.datetime) -> int:
    verdict = rate_limits.count(limit=LOOK_UPS, who=str(desk.staff.pk), now=now)
    return 0 if verdict.allowed else max(verdict.retry_after_seconds, 1)


def too_many(request: HttpRequest, form: LookUpForm, seconds: int) -> HttpResponse:
    minutes = -(-seconds // 60)
    form.add_error(
        "address", _("That is a lot of look-ups. Try again in %(minutes)s minutes.") % {"minutes": minutes}
    )
    answer = page(request, {"form": form}, status=HTTPStatus.TOO_MANY_REQUESTS)
    answer["Retry-After"] = str(seconds)
    return answer


def act(
    desk: Desk,
    found: Found,
    name: str,
    said: Mapping[str, Any],
    call_form: WantedCallForm,
    now: datetime.datetime,
) -> StrPromise | str:
    """Do what was asked for one holder of the address; a number that nobody holds can only be blocked."""
    if name == "block" and not found.points:
        inbound.block_unknown(desk=desk, address=found.address, at=now)
        return gettext_lazy("The number is blocked from now.")
    perform = ACTS.get(name)
    point = next((point for point in found.points if str(point.pk) == said.get("point")), None)
    if perform is None or point is None:
        raise Http404
    return perform(Given(desk=desk, point=point, said=said, now=now, call_form=call_form))


def object_to_channel(given: Given) -> StrPromise | str:
    inbound.object_to_calls(desk=given.desk, point=given.point, at=given.now)
    return gettext_lazy("The objection is recorded and counts from now.")


def object_to_everything(given: Given) -> StrPromise | str:
    inbound.object_to_everything(desk=given.desk, point=given.point, at=given.now)
    return gettext_lazy("All contact is stopped from now.")


def withdraw(given: Given) -> StrPromise | str:
    records = standing_of(given.desk, given.point.contact)
    record = next((one for one in records if str(one.pk) == given.said.get("permission")), None)
    if record is None or record.contact_point is None:
        raise Http404
    scope = Scope(
        legal_entity_id=record.legal_entity_id, purpose_id=record.purpose_id, channel=record.channel
    )
    inbound.withdraw(desk=given.desk, point=record.contact_point, scope=scope, at=given.now)
    return gettext_lazy("The permission is withdrawn from now.")


def send_link(given: Given) -> StrPromise | str:
    addresses = dict(link_addresses(given.point.contact))
    to = next((point for point in addresses if str(point.pk) == given.said.get("to")), None)
    entity = find_nearest_entity(point=given.point)
    if to is None or entity is None:
        raise Http404
    inbound.send_link(point=to, legal_entity=entity, at=given.now)
    return _("A link goes to %(address)s. No more than three a day are sent to one address.") % {
        "address": addresses[to]
    }


def want_call(given: Given) -> StrPromise | str:
    if given.point.kind != ContactPoint.Kind.PHONE:
        raise Http404
    if not given.call_form.is_valid():
        return ""
    said = given.call_form.cleaned_data
    wanted = WantedCall(
        legal_entity=said["legal_entity"],
        purpose=said["purpose"],
        wanted_at=said["wanted_at"],
        list_name=_("Calls that people asked for: %(purpose)s") % {"purpose": said["purpose"]},
    )
    inbound.request_call(desk=given.desk, point=given.point, wanted=wanted, at=given.now)
    return gettext_lazy("The call is logged and comes first at that moment, if it is permitted then.")


STOPS: Final[dict[str, Callable[[Given], StrPromise | str]]] = {
    "object": object_to_channel,
    "object_all": object_to_everything,
    "withdraw": withdraw,
}
ACTS: Final = {**STOPS, "link": send_link, "call": want_call}


StaffSite.pages += [
    Page(
        route="inbound-desk/",
        name="inbound_desk",
        title=gettext_lazy("Inbound desk"),
        view=inbound_view,
        is_shown=is_shown,
        job=PEOPLE,
    )
]
