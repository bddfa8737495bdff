from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from consent.admin.badge import GONE, KEPT, badge
from consent.models import KeptData
from customers.admin.scope import ReadOnlyAdmin
from customers.domain.staff import Area
from customers.staff_site import PERMISSION


@admin.register(KeptData)
class KeptDataAdmin(ReadOnlyAdmin[KeptData]):
    """Decided with the erasure itself; it goes by itself when its day has passed."""

    area = Area.STOPS
    job = PERMISSION
    organisation_path = "contact__organisation"
    list_display = ("what", "state", "ground", "reason", "keep_until_date", "decided_by", "decided_at")
    list_filter = ("what", "ground", ("gone_at", admin.EmptyFieldListFilter))
    list_select_related = ("decided_by",)
    date_hierarchy = "keep_until_date"
    search_fields = ("reason", "=contact__pk")
    ordering = ("keep_until_date", "pk")
    fields = (
        "contact",
        "what",
        "state",
        "ground",
        "reason",
        "keep_until_date",
        "decided_by",
        "decided_at",
        "gone_at",
    )
    readonly_fields = ("state",)

    @admin.display(description=_("state"), ordering="gone_at")
    def state(self, kept: KeptData) -> str:
        return badge(GONE if kept.gone_at else KEPT)
