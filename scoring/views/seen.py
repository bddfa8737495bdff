import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consent.views.visitor import limit_posts
from scoring.domain.seen import Seen, find_seen, follow_link, visit_page

WINDOW = datetime.timedelta(minutes=10)


# Without cookie there is nothing that another site could make a visitor do here in their own name.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limit_posts(action="seen", at_most=600, window=WINDOW)
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows where a link leads; a POST counts, where it may, and goes on.

    A page of one's own tells what was done there by a POST with `kind` and `about`: the answer is always the
    same and empty, so no site needs leave to read it (CORS), and nobody learns whom we know.
    """
    found = find_seen(token=token)
    if request.method == "POST" and "kind" in request.POST:
        return _note(request, found)
    if found is None or not found.campaign.link_url:
        return _gone(request)
    if request.method != "POST":
        return _quiet(_show(request, found))
    follow_link(seen=found, now=timezone.now())
    return _quiet(redirect(found.leads_to))


def _note(request: HttpRequest, found: Seen | None) -> HttpResponse:
    if found is not None:
        kind, about = request.POST["kind"], request.POST.get("about", "")
        visit_page(seen=found, kind=kind, about=about, now=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _show(request: HttpRequest, found: Seen) -> HttpResponse:
    target = urlsplit(found.campaign.link_url)
    entity = found.campaign.legal_entity
    context = {
        "entity": entity,
        "page_title": _("On to %(site)s") % {"site": target.hostname},
        "site": target.hostname,
        "plain_url": found.campaign.link_url,
        "counts_pages": found.campaign.counts == found.campaign.Counts.PAGES,
        "preferences_url": "/preferences/",
        "hide_languages": True,  # the switch needs a cookie
    }
    # Browsers hold a form to its policy until where it ends up.
    policy = {"form-action": [f"{target.scheme}://{target.netloc}"]}
    page = render(request, "scoring/seen/ask.html", context)
    csp_update(policy)(lambda _request: page)(request)
    return page


def _gone(request: HttpRequest) -> HttpResponse:
    context = {"page_title": _("This link is not complete"), "hide_languages": True}
    return render(request, "scoring/seen/gone.html", context, status=HTTPStatus.NOT_FOUND)


def _quiet(response: HttpResponse) -> HttpResponse:
    """The address that holds the token is passed on to nobody."""
    response["Referrer-Policy"] = "no-referrer"
    return response
