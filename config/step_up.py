"""Before what cannot be undone, or opens the house: staff give their password again, for ten minutes."""

import datetime
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain import rate_limits
from consent.domain.rate_limits import Limit
from customers.admin.trail import trail_of
from customers.models import StaffAct, StaffMember

VALID_FOR: Final = datetime.timedelta(minutes=10)
TRIES: Final = Limit(action="password again", at_most=10, window=datetime.timedelta(minutes=10))
GIVEN_AT: Final = "password_given_again_at"
PASSWORD, OPENS = "password_again", "password_again_opens"

EVIDENCE = _("You are about to take personal data or its proof out as a file.")
ERASURE = _("You are about to erase people. That cannot be undone.")
KEYS = _("You are about to change who gets in, or who outside is told: an account, a key or an endpoint.")
RULES = _("You are about to change a rule of the house.")
# Pages that are there for the act alone: asked for as they open, so that nobody types in vain.
GUARDED: Final[Mapping[str, StrPromise]] = {
    "export_evidence": EVIDENCE,
    "customers_contact_evidence": EVIDENCE,
    "consent_evidencefile_download": EVIDENCE,
    "consent_rightsrequest_copy": EVIDENCE,
    "consent_rightsrequest_act/erase": ERASURE,
    "consent_apikey_add": KEYS,
    "consent_apikey_rotate": KEYS,
    "consent_apikey_revoke": KEYS,
    "consent_endpoint_add": KEYS,
    "consent_endpoint_secret": KEYS,
    "customers_staffmember_add": KEYS,
    "auth_user_password_change": KEYS,
    "consent_housepolicy_add": RULES,
    "consent_housepolicy_end": RULES,
    "consent_callingpolicy_add": RULES,
    "consent_callingpolicy_end": RULES,
    "consent_dayofmourning_add": RULES,
    "consent_dayofmourning_end": RULES,
    "consent_retentionterm_add": RULES,
}
# Pages that also show: asked for when something is sent.
GUARDED_WHEN_SENT: Final[Mapping[str, StrPromise]] = {
    "customers_contact_changelist/erase_selected": ERASURE,
    "consent_endpoint_change": KEYS,
    "customers_staffmember_change": KEYS,
}


class PasswordForm(forms.Form):
    password_again = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, staff: StaffMember, now: datetime.datetime) -> None:
        super().__init__(*args)
        self.staff, self.now = staff, now
        self.is_blocked = False

    def clean_password_again(self) -> str:
        tries = rate_limits.count(limit=TRIES, who=str(self.staff.pk), now=self.now)
        self.is_blocked = not tries.allowed
        if self.is_blocked:
            raise forms.ValidationError(_("Too many tries. Try again in ten minutes."))
        if not self.staff.check_password(self.cleaned_data[PASSWORD]):
            raise forms.ValidationError(_("This is not your password."))
        return ""


class StepUpMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        why, staff, now = reason_to_ask(request), request.user, timezone.now()
        if why is None or not isinstance(staff, StaffMember):
            return None
        form = PasswordForm(request.POST if PASSWORD in request.POST else None, staff=staff, now=now)
        if is_fresh(request, now):
            return go_on(request)
        if form.is_valid():
            request.session[GIVEN_AT] = now.timestamp()
            return go_on(request)
        return ask(request, form, why)


def reason_to_ask(request: HttpRequest) -> StrPromise | None:
    match = request.resolver_match
    if match is None or match.namespace != "admin":
        return None
    # A list may have two choosers of its action, and what is sent may name more than one.
    parts = [match.kwargs["slug"]] if "slug" in match.kwargs else request.POST.getlist("action")
    names = [str(match.url_name), *(f"{match.url_name}/{part}" for part in parts)]
    guarded = {**GUARDED, **GUARDED_WHEN_SENT} if request.method == "POST" else GUARDED
    return next((guarded[name] for name in names if name in guarded), None)


def is_fresh(request: HttpRequest, now: datetime.datetime) -> bool:
    given: float = request.session.get(GIVEN_AT, 0)
    return 0 <= now.timestamp() - given < VALID_FOR.total_seconds()


def go_on(request: HttpRequest) -> HttpResponse | None:
    """What was sent goes on to its page, without the password; a page that was opened is opened again."""
    if OPENS in request.POST:
        trail_of(request).is_kept = True
        return HttpResponseRedirect(request.get_full_path())
    if PASSWORD in request.POST:
        sent = request.POST.copy()
        del sent[PASSWORD]
        request.POST = sent  # type: ignore[assignment]  # a copy is as good
    return None


def ask(request: HttpRequest, form: PasswordForm, why: StrPromise) -> HttpResponse:
    """Nothing that was typed is lost, but passwords: those are never sent back."""
    trail = trail_of(request)
    trail.is_kept = not form.is_bound
    trail.act = StaffAct.Act.SIGN_IN_FAILED if form.is_bound else None
    opens = request.method != "POST" or OPENS in request.POST
    left_out = ("csrfmiddlewaretoken", OPENS)
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in left_out and "password" not in name
        for value in values
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Your password, again"),
        "form": form,
        "why": why,
        "opens": OPENS if opens else "",
        "sent": sent,
    }
    status = HTTPStatus.TOO_MANY_REQUESTS if form.is_blocked else HTTPStatus.OK
    response = TemplateResponse(request, "admin/step_up.html", context, status=status)
    add_never_cache_headers(response)
    return response
