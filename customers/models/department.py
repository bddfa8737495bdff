from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.keys import uuid7
from customers.models.organisation import Language, LegalEntity, Organisation


class Department(models.Model):
    """One part of an organisation that answers for its own purposes and places where data is collected."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="departments", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(
        _("e-mail address"),
        blank=True,
        help_text=_("Of the department, not of one person: it gets the monthly digest."),
    )
    language = models.CharField(_("language"), max_length=8, choices=Language.choices, default=Language.NL)
    legal_entities = models.ManyToManyField(
        LegalEntity,
        blank=True,
        related_name="departments",
        verbose_name=_("legal entities"),
        help_text=_(
            "Whose customers, requests and messages it looks after. Empty: only its own purposes and places."
        ),
    )
    gets_digest = models.BooleanField(
        _("monthly digest"),
        default=True,
        help_text=_("Mail it each month how it stands, what falls short, and one subject to discuss."),
    )

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], name="department_name_once_per_organisation"
            ),
        ]

    def __str__(self) -> str:
        return self.name
