from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from consent.models import Heartbeat, LinkRequest, RateCount
from customers.admin.scope import ReadOnlyAdmin
from customers.domain.staff import Area
from customers.staff_site import SETTINGS


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin[Heartbeat]):
    area = Area.OPERATION
    job = SETTINGS
    organisation_path = ""
    list_display = ("name", "last_beat_at", "interval_seconds")
    search_fields = ("name",)
    ordering = ("name",)
    fieldsets = ((_("Periodic task"), {"fields": ("name", "interval_seconds", "last_beat_at")}),)


@admin.register(LinkRequest)
class LinkRequestAdmin(ReadOnlyAdmin[LinkRequest]):
    """Says how many wait; whom they name is read by the worker alone."""

    area = Area.MACHINERY
    job = SETTINGS
    organisation_path = ""
    list_display = ("asked_at", "key_version")
    date_hierarchy = "asked_at"
    ordering = ("-asked_at", "-pk")
    fields = ("asked_at", "key_version")


@admin.register(RateCount)
class RateCountAdmin(ReadOnlyAdmin[RateCount]):
    area = Area.MACHINERY
    job = SETTINGS
    organisation_path = ""
    list_display = ("bucket", "count", "ends_at")
    ordering = ("-ends_at", "bucket")
    fields = ("bucket", "count", "ends_at")
