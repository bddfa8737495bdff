"""Before what cannot be undone, or opens the house: staff give their password again, for ten minutes."""

import datetime
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain import rate_limits
from consent.domain.rate_limits import Limit
from customers.admin.trail import trail_of
from customers.models import StaffAct, StaffMember

VALID_FOR: Final = datetime.timedelta(minutes=10)
TRIES: Final = Limit(action="password again", at_most=10, window=datetime.timedelta(minutes=10))
GIVEN_AT: Final = "password_given_again_at"
PASSWORD, OPENS, BACK = "password_again", "password_again_opens", "password_again_back"
BEGINS: Final = "download_that_begins_at"
BEGINS_WITHIN: Final = datetime.timedelta(minutes=1)

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


# An answer that is a file leaves the browser where it is: it would stay on the page that asks the password.
FILE_AS_IT_OPENS: Final = "consent_evidencefile_download"
FILE_WHEN_SENT: Final = "consent_rightsrequest_copy"


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
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and match.namespace == "admin" and response.status_code == HTTPStatus.OK:
            begin_download(request, response)
        return response

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
    """What was sent goes on to its page, without the password; a page that was opened is opened again.

    For a file people are brought back to where they were, and it comes to them there.
    """
    name = request.resolver_match.url_name if request.resolver_match else ""
    if OPENS in request.POST:
        trail_of(request).is_kept = True
        if name != FILE_AS_IT_OPENS:
            return HttpResponseRedirect(request.get_full_path())
        begins_at = timezone.now().timestamp()
        request.session[BEGINS] = [page_before(request), request.get_full_path(), begins_at]
        messages.success(request, _("The download begins."))
        return HttpResponseRedirect(page_before(request))
    if PASSWORD in request.POST and name == FILE_WHEN_SENT:
        trail_of(request).is_kept = True
        messages.success(request, _("That is your password. Press the button again: the download begins."))
        return HttpResponseRedirect(page_before(request))
    if PASSWORD in request.POST:
        sent = request.POST.copy()
        del sent[PASSWORD]
        sent.pop(BACK, None)
        request.POST = sent  # type: ignore[assignment]  # a copy is as good
    return None


def begin_download(request: HttpRequest, response: HttpResponse) -> None:
    """On the page they came from, at once, and once: the browser fetches the file, and stays where it is.

    Whoever never came back there, and opens that page later, is not surprised by a file.
    """
    page, file, begins_at = request.session.get(BEGINS, ("", "", 0.0))
    if request.method == "GET" and file and page == request.get_full_path():
        del request.session[BEGINS]
        if timezone.now().timestamp() - begins_at < BEGINS_WITHIN.total_seconds():
            response.headers["Refresh"] = f"0; url={file}"


def page_before(request: HttpRequest) -> str:
    """The page of ours that led here, or else the desk."""
    desk = reverse("admin:index")
    said = request.POST.get(BACK) or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, allowed_hosts={request.get_host()}):
        return desk
    before = urlsplit(said)
    ours = before.path.startswith(desk) and before.path != request.path
    return before._replace(scheme="", netloc="", fragment="").geturl() if ours else desk


def ask(request: HttpRequest, form: PasswordForm, why: StrPromise) -> HttpResponse:
    """Nothing that was typed is lost, but passwords: those are never sent back."""
    trail = trail_of(request)
    trail.is_kept = not form.is_bound
    trail.act = StaffAct.Act.SIGN_IN_FAILED if form.is_bound else None
    opens = request.method != "POST" or OPENS in request.POST
    left_out = ("csrfmiddlewaretoken", OPENS, BACK)
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
        "back": (BACK, page_before(request)),
        "sent": sent,
    }
    status = HTTPStatus.TOO_MANY_REQUESTS if form.is_blocked else HTTPStatus.OK
    response = TemplateResponse(request, "admin/step_up.html", context, status=status)
    add_never_cache_headers(response)
    return response
