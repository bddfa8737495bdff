import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent import tasks
from consent.domain import link_requests
from consent.domain.link_requests import LINK_LASTS, LinkNotOpenError
from consent.domain.links import LinkForgedError, LinkKind, read_message_token
from consent.forms.preferences import AskForLinkForm
from consent.views import link_cookie
from consent.views.language import show_in, typed_so_far, wanted_language
from consent.views.preference_session import CHANGED, KIND, REPLACED, find_session
from consent.views.visitor import limit_posts
from customers.domain.key_rings import link_keys


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limit_posts(action="ask for a link", at_most=20, window=datetime.timedelta(minutes=10))
def ask(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("preferences") if find_session(request) else _ask(request, AskForLinkForm())
    if wanted := wanted_language(request):
        same = AskForLinkForm(initial=typed_so_far(request))
        return show_in(wanted, lambda: _ask(request, same))
    form = AskForLinkForm(request.POST)
    if not form.is_valid():
        return _ask(request, form)
    link_requests.ask_for_link(text=form.cleaned_data["address"], asked_at=timezone.now())
    tasks.wake_outbox()
    context = {"page_title": _("Look in your mail or messages"), "minutes": LINK_LASTS.seconds // 60}
    return render(request, "consent/preferences/asked.html", context)


@never_cache
@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    response = link_cookie.carry(kind=KIND, token=token, to="/preferences/choices/")
    if not _is_open(token):
        # The clean address then says so: a forged and an old link end in one answer, without the token.
        link_cookie.drop(response, kind=KIND)
    # What an earlier visitor of this browser changed is not this one's to undo.
    for kind in (CHANGED, REPLACED):
        link_cookie.drop(response, kind=kind)
    return response


def _is_open(token: str) -> bool:
    try:
        message_id = read_message_token(kind=LinkKind.PREFERENCES, token=token, keys=link_keys())
        link_requests.open_link(message_id=message_id, now=timezone.now())
    except (LinkForgedError, LinkNotOpenError):
        return False
    return True


@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    session = find_session(request)
    if session is not None:
        # Whoever finds the message later, on a shared computer for one, opens nothing with it.
        link_requests.revoke_link(message_id=session.message.pk, revoked_at=timezone.now())
    response = redirect("preferences_left")
    for kind in (KIND, CHANGED, REPLACED):
        link_cookie.drop(response, kind=kind)
    return response


@never_cache
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    return render(request, "consent/preferences/left.html", {"page_title": _("You are done")})


def _ask(request: HttpRequest, form: AskForLinkForm) -> HttpResponse:
    context = {"page_title": _("See or change your choices"), "form": form, "switches_form": "ask"}
    return render(request, "consent/preferences/ask.html", context)
