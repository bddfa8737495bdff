"""The page behind a link that somebody passed on: it says what this is, and leads to the form."""

import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consent.views import link_cookie
from consent.views.collection import CAME_BY
from consent.views.visitor import limit_visits
from scoring.domain.talent_pool import referring


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limit_visits(action="referral", at_most=60, window=datetime.timedelta(minutes=10))
def page(request: HttpRequest, code: str) -> HttpResponse:
    referral = referring.find_referral(code=code)
    if referral is None or referral.pool.form is None:
        raise Http404
    pool, form = referral.pool, referral.pool.form
    if request.method == "POST":
        response = redirect("form", code=form.code)
        # Only now, and for half an hour: whoever just looks around leaves nothing.
        link_cookie.keep(response, kind=CAME_BY, value=referral.code)
        return response
    context = {
        "entity": pool.legal_entity,
        "page_title": _("Somebody thought of you"),
        "pool": pool,
        "code": code,
        "form_url": f"/forms/{form.code}/",
        "privacy_url": f"/privacy/{pool.legal_entity.code}/",
    }
    return render(request, "scoring/referral.html", context)
