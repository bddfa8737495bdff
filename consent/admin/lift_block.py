"""Taking a block away after a new act of the person: its page, which asks for the address and a reason."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.domain.lifted_blocks import OtherAddressError, lift_on_request
from consent.domain.suppressions import NotSuppressedError
from consent.models import Suppression
from customers.admin.scope import require, staff_of
from customers.domain.staff import Duty, has_duty
from customers.models import StaffMember


class LiftForm(forms.Form):
    """The address, typed anew, because a block holds only its hash; and what the person did."""

    address = forms.CharField(
        label=_("The blocked e-mail address or phone number"),
        max_length=320,
        help_text=_("As the person gave it: we keep only its keyed hash, and compare."),
    )
    reason = forms.CharField(
        label=_("What the person did, when, and how you knew it was them"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the ledger as proof, encrypted."),
    )
    asked_by_person = forms.BooleanField(label=_("The person asked for this themselves"))


def may_lift(request: HttpRequest, block: Suppression | None) -> bool:
    """A block that an erasure left is never taken away by staff."""
    stands = block is not None and block.lifted_at is None and block.reason != Suppression.Reason.ERASURE
    return stands and has_duty(staff=staff_of(request), duty=Duty.LIFT_BLOCK)


def lift_page(page: admin.ModelAdmin[Suppression], request: HttpRequest, object_id: str) -> HttpResponse:
    staff = require(request, Duty.LIFT_BLOCK)
    block = page.get_object(request, unquote(object_id))
    if block is None or not may_lift(request, block):
        raise Http404
    form = LiftForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _lift(form, block, staff):
        messages.success(request, _("The block is taken away. It gives no permission: that is asked anew."))
        return redirect("admin:consent_suppression_change", block.pk)
    shared = {**page.admin_site.each_context(request), "opts": page.opts}
    context = {**shared, "title": _("Take a block away"), "suppression": block, "form": form}
    return TemplateResponse(request, "admin/suppression_lift.html", context)


def _lift(form: LiftForm, block: Suppression, staff: StaffMember) -> bool:
    try:
        lift_on_request(
            block=block,
            text=form.cleaned_data["address"],
            reason=form.cleaned_data["reason"],
            staff_id=staff.pk,
            lifted_at=timezone.now(),
        )
    except OtherAddressError:
        form.add_error("address", _("This block is not on this address. Check how it is written."))
    except NotSuppressedError:
        form.add_error(None, _("This block was taken away meanwhile."))
    return not form.errors
