from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from consent.domain.appearance import build_stylesheet
from customers.models import LegalEntity


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "consent/home.html", {"page_title": _("Your choices, in your hands")})


@cache_control(public=True, max_age=300)
@require_safe
def look(request: HttpRequest, code: str) -> HttpResponse:
    entity = get_object_or_404(LegalEntity, code=code)
    return HttpResponse(build_stylesheet(accent=entity.accent_colour), content_type="text/css; charset=utf-8")
