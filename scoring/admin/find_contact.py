"""Looking for somebody by name, address or key, to do something with them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from customers.admin.scope import staff_of
from customers.domain.staff import Area, Right, rights_of
from customers.models import Contact

FOUND_AT_MOST = 20


def find_contacts(request: HttpRequest, text: str, *, organisation_id: Any) -> list[Contact]:
    """Who the list of contacts finds for this text, of one organisation; nothing for no text."""
    if not text:
        return []
    page = admin.site.get_model_admin(Contact)
    found, _has_twice = page.get_search_results(request, _contacts(request, organisation_id), text)
    return list(found.distinct().order_by("family_name", "given_name", "pk")[:FOUND_AT_MOST])


def chosen_contact(request: HttpRequest, *, organisation_id: Any) -> Contact:
    """The contact whose key was posted; one that this member may not see is none."""
    try:
        return _contacts(request, organisation_id).get(pk=request.POST.get("contact", ""))
    except (Contact.DoesNotExist, ValueError) as error:
        raise Http404 from error


def may_see_people(request: HttpRequest) -> bool:
    return Right.VIEW in rights_of(staff=staff_of(request), area=Area.PEOPLE)


def _contacts(request: HttpRequest, organisation_id: Any) -> QuerySet[Contact]:
    page = admin.site.get_model_admin(Contact)
    return page.get_queryset(request).filter(organisation=organisation_id, erased_at__isnull=True)
