"""Where a version of a privacy statement stands, as staff see and filter it."""

import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import DRAFT, IN_FORCE, REPLACED, TO_COME, WITHDRAWN, Look
from consent.models import PrivacyStatementVersion

LOOKS = {
    "draft": DRAFT,
    "coming": TO_COME,
    "in-force": IN_FORCE,
    "replaced": REPLACED,
    "withdrawn": WITHDRAWN,
}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state, look.word) for state, look in LOOKS.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(standing=self.value()) if self.value() in LOOKS else queryset


def with_state(
    versions: models.QuerySet[PrivacyStatementVersion], now: datetime.datetime
) -> models.QuerySet[PrivacyStatementVersion]:
    """Say of each version where it stands now."""
    begun = PrivacyStatementVersion.objects.standing().filter(published_at__lte=now)
    later = begun.filter(legal_entity=OuterRef("legal_entity"), published_at__gt=OuterRef("published_at"))
    return versions.annotate(
        is_replaced=Exists(later),
        is_coming=Q(published_at__gt=now, withdrawn_at__isnull=True),
        standing=Case(
            When(published_at__isnull=True, then=Value("draft")),
            When(withdrawn_at__isnull=False, then=Value("withdrawn")),
            When(is_coming=True, then=Value("coming")),
            When(is_replaced=True, then=Value("replaced")),
            default=Value("in-force"),
        ),
    )


def look_of(version: Any) -> Look:
    return LOOKS[version.standing]
