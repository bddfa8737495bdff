from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, StaffMember, uuid7


class KeptData(models.Model):
    """One kind of data that stays after a person was erased: on what ground, why, and until when."""

    class What(models.TextChoices):
        EVIDENCE = "EVIDENCE", _("Proof of permissions")
        TRANSACTIONS = "TRANSACTIONS", _("What was agreed")

    class Ground(models.TextChoices):
        LEGAL_DUTY = "LEGAL_DUTY", _("A legal duty to keep it (art. 17(3)(b) GDPR)")
        ARCHIVE = "ARCHIVE", _("Archiving in the public interest, research (art. 17(3)(d) GDPR)")
        LEGAL_CLAIM = "LEGAL_CLAIM", _("A legal claim (art. 17(3)(e) GDPR)")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="kept_data", verbose_name=_("contact"))
    what = models.CharField(_("what stays"), max_length=12, choices=What.choices)
    ground = models.CharField(_("ground"), max_length=11, choices=Ground.choices)
    reason = models.CharField(
        _("reason"), max_length=300, help_text=_("Why it is needed. Name nobody here: this sentence stays.")
    )
    keep_until_date = models.DateField(_("until"), help_text=_("After this day it goes as well, by itself."))
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    gone_at = models.DateTimeField(_("gone at"), null=True, blank=True)

    class Meta:
        verbose_name = _("data kept after erasure")
        verbose_name_plural = _("data kept after erasure")
        indexes = [
            models.Index(fields=["keep_until_date"], name="kept_data_due", condition=Q(gone_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["contact", "what"], name="kept_data_once_per_kind"),
            models.CheckConstraint(name="kept_data_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} · {self.keep_until_date:%Y-%m-%d}"
