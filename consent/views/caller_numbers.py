"""The numbers a legal entity calls from, for people and for programs (Code Telemarketing 2024, art. 6).

The JSON has these fields, which stay as they are within one `version`: `version` (1), `legal_entity`
(`code`, `name`), `as_of` (the day, in its zone) and `numbers`, each with `number` (E.164), `used_for` (may be
empty), `in_use_from` (a day), `reachable_until` (a day, or null without an end) and `state` (`IN_USE`: shown
in calls; `REACHABLE`: no longer shown, still answered).
"""

import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from consent.domain import preference_words as words
from consent.domain.caller_numbers import Use, list_published_numbers
from consent.views.visitor import limit_visits
from customers.models import CallerNumber, LegalEntity

VERSION = 1
LIMIT = limit_visits(action="caller numbers", at_most=120, window=datetime.timedelta(minutes=10))


@require_safe
@LIMIT
@cache_control(private=True, max_age=300)
def page(request: HttpRequest, code: str) -> HttpResponse:
    entity = get_object_or_404(LegalEntity, code=code)
    published = list_published_numbers(legal_entity=entity, at=timezone.now())
    context = {
        "entity": entity,
        "page_title": _("Numbers we call from"),
        "numbers": [
            {
                "row": row,
                "link": f"tel:{row.number.as_e164}",
                "written": words.written_number(value=row.number.as_e164),
                "in_use": use is Use.IN_USE,
            }
            for row, use in published
        ],
        "privacy_url": f"/privacy/{entity.code}/",
        "preferences_url": "/preferences/",
        "json_url": reverse("caller_numbers_json", args=[entity.code]),
    }
    return render(request, "consent/caller_numbers.html", context)


@require_safe
@LIMIT
@cache_control(public=True, max_age=300)
def as_json(request: HttpRequest, code: str) -> HttpResponse:
    entity = get_object_or_404(LegalEntity, code=code)
    now = timezone.now()
    answer = JsonResponse(
        {
            "version": VERSION,
            "legal_entity": {"code": entity.code, "name": entity.name},
            "as_of": now.astimezone(ZoneInfo(entity.time_zone)).date().isoformat(),
            "numbers": [
                _described(row, use) for row, use in list_published_numbers(legal_entity=entity, at=now)
            ],
        }
    )
    # Published for everybody: the organisation's own site reads it from another origin.
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _described(row: CallerNumber, use: Use) -> dict[str, str | None]:
    until = row.reachable_until_date
    return {
        "number": row.number.as_e164,
        "used_for": row.label,
        "in_use_from": row.in_use_from_date.isoformat(),
        "reachable_until": until.isoformat() if until else None,
        "state": use.value,
    }
