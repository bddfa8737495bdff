from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.wording import WordingField
from customers.models import LegalEntity, Organisation, uuid7


class SecurityMeasures(models.Model):
    """How an organisation, or one legal entity of it, secures data (art. 30(1)(g) and 32 GDPR)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="security_measures", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="security_measures",
        verbose_name=_("legal entity"),
        help_text=_("Empty: for all legal entities that have no text of their own."),
    )
    measures = WordingField(
        _("measures"),
        help_text=_(
            "In general terms: who gets in and how, encryption, copies for recovery, how it is tested. "
            "No secrets: the authority and auditors read it."
        ),
    )
    reviewed_date = models.DateField(_("last reviewed"), help_text=_("When it was last checked."))

    class Meta:
        verbose_name = _("security measures")
        verbose_name_plural = _("security measures")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "legal_entity"],
                nulls_distinct=False,
                name="security_measures_one_text_each",
                violation_error_message=_("There is a text for these already: change that one."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.legal_entity or self.organisation)
