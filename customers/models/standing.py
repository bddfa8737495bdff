from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.contact import Contact


class FormerStanding(models.Model):
    """What decided the rules about a contact until it changed; questions about the past read it."""

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="former_standings", verbose_name=_("contact")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Contact.Kind.choices)
    legal_form = models.CharField(_("legal form"), max_length=12, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    represented = models.BooleanField(_("represented by another"))
    held_until_at = models.DateTimeField(_("held until"))
    replaced_at = models.DateTimeField(_("replaced at"))

    class Meta:
        verbose_name = _("former standing")
        verbose_name_plural = _("former standings")
        indexes = [models.Index(fields=["contact", "replaced_at"], name="former_standing_in_order")]

    def __str__(self) -> str:
        return f"{self.contact} · {self.held_until_at:%Y-%m-%d}"
