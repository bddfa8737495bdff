"""The page that answers “May we?” for one person. An address is typed into it and never stands in a url."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.admin.answer_card import Card, card_of
from consent.admin.question_form import PersonForm
from consent.domain.contact_answers import addresses_for
from consent.domain.engine.answering import ask
from consent.domain.engine.asking import Asked
from consent.models import Channel
from customers.admin.scope import staff_of
from customers.domain.staff import Area, Right, rights_of
from customers.models import StaffMember
from customers.staff_site import Page, StaffSite


def may_see_contacts(request: HttpRequest) -> bool:
    staff = request.user
    return isinstance(staff, StaffMember) and Right.VIEW in rights_of(staff=staff, area=Area.PEOPLE)


def may_we_view(request: HttpRequest) -> HttpResponse:
    if not may_see_contacts(request):
        raise PermissionDenied
    begun = {"address": request.POST.get("address", "")}
    form = PersonForm(typed_in(request), initial=begun, staff=staff_of(request), now=timezone.now())
    cards = answered(request, form) if form.is_bound and form.is_valid() else []
    context = {
        **admin.site.each_context(request),
        "title": _("May we?"),
        "form": form,
        "cards": cards,
        "more": form.is_bound and bool({"at", "known_at", "contact"} & set(form.changed_data)),
    }
    return TemplateResponse(request, "admin/may_we.html", context)


def typed_in(request: HttpRequest) -> Any:
    """What was posted; or a link from the page of a contact, which names the contact and no address.

    The box on the start page posts an address alone: the rest of the question is asked here.
    """
    if request.method == "POST":
        return request.POST if "legal_entity" in request.POST else None
    if "contact" not in request.GET:
        return None
    said = request.GET.copy()
    said.pop("address", None)
    return said


def answered(request: HttpRequest, form: PersonForm) -> list[Card]:
    """One answer for what was typed; of a contact alone, one for each address the channel can use."""
    question, said = form.question, form.cleaned_data
    if question is None:
        return []
    asked = [Asked(text=said["address"], contact_id=said["contact"])]
    if form.person is not None and not said["address"]:
        asked = addresses_for(contact=form.person, channel=Channel(question.channel))
    answers = ask(question=question, asked=asked)
    return [
        card_of(answer=answer, question=question, entity=form.entity(), request=request) for answer in answers
    ]


StaffSite.pages += [
    Page(route="may-we/", name="may_we", title=_("May we?"), view=may_we_view, is_shown=may_see_contacts),
]
