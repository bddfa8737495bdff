from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consent.models.purpose import Purpose
from customers.models import Organisation, StaffMember, uuid7


class RetentionTerm(models.Model):
    """One decision how long an organisation keeps one kind of data; the newest counts, none is changed."""

    class Kind(models.TextChoices):
        PROOF = "PROOF", _("Proof of permissions that ended")
        MAILS = "MAILS", _("Messages that were sent")
        VERIFICATIONS = "VERIFICATIONS", _("Tries to verify a number")
        ATTEMPTS = "ATTEMPTS", _("Calls that were made")
        SHOWN = "SHOWN", _("Contacts shown at the call desk")
        LOOKUPS = "LOOKUPS", _("Look-ups at the inbound desk")
        STAFF_ACTS = "STAFF_ACTS", _("Acts of staff")
        CALL_LISTS = "CALL_LISTS", _("Who stood on closed call lists")
        REQUESTS = "REQUESTS", _("Rights requests that were answered")
        TOLD = "TOLD", _("Whom outside was told of stops and erasures")
        DISCLOSURES = "DISCLOSURES", _("Who stood on lists that were given out")
        INCIDENTS = "INCIDENTS", _("Who was found with closed data breaches")
        BEHAVIOUR = "BEHAVIOUR", _("What people did: visits, searches, mails")
        RECIPIENTS = "RECIPIENTS", _("Who was to get a campaign that ended")
        JOURNEYS = "JOURNEYS", _("Journeys that people left")
        APPLICATIONS = "APPLICATIONS", _("Job applications whose procedure ended")
        CANDIDATES = "CANDIDATES", _("People of a talent pool whom nothing keeps any more")
        DORMANT = "DORMANT", _("Contacts with whom nothing is left")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="retention_terms", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind of data"), max_length=13, choices=Kind.choices)
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("purpose"),
        help_text=_("Only for proof: a term for permissions of this purpose. Empty: for all others."),
    )
    days = models.PositiveIntegerField(
        _("days"), validators=[MinValueValidator(1)], help_text=_("How long it is kept after it ended.")
    )
    reason = models.CharField(
        _("reason"), max_length=300, help_text=_("Why this long and no longer (art. 5(1)(e) GDPR).")
    )
    decided_at = models.DateTimeField(_("decided at"), editable=False)
    decided_by = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("retention term")
        verbose_name_plural = _("retention terms")
        constraints = [
            models.CheckConstraint(name="retention_term_lasts_a_day", condition=Q(days__gte=1)),
            models.CheckConstraint(
                name="retention_term_of_a_purpose_is_for_proof",
                condition=Q(purpose__isnull=True) | Q(kind="PROOF"),
                violation_error_message=_("Only proof has a term per purpose."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.days}"
