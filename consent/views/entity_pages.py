from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from consent.domain.appearance import build_stylesheet
from consent.models import PrivacyStatementVersion, in_language
from consent.views.visitor import language_of_page
from customers.models import LegalEntity


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "consent/home.html", {"page_title": _("Your choices, in your hands")})


@cache_control(public=True, max_age=300)
@require_safe
def look(request: HttpRequest, code: str) -> HttpResponse:
    entity = get_object_or_404(LegalEntity, code=code)
    return HttpResponse(build_stylesheet(accent=entity.accent_colour), content_type="text/css; charset=utf-8")


@require_safe
def privacy(request: HttpRequest, code: str) -> HttpResponse:
    entity = get_object_or_404(LegalEntity, code=code)
    published = PrivacyStatementVersion.objects.filter(legal_entity=entity, published_at__isnull=False)
    statement = published.order_by("-number").first()
    context = {
        "entity": entity,
        "page_title": _("Privacy statement"),
        "statement": statement,
        "text": in_language(statement.wording, language_of_page()) if statement else "",
        "preferences_url": "/preferences/",
    }
    return render(request, "consent/privacy.html", context)
