from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.api_key import ApiKey
from consent.models.purpose import Channel, Purpose
from customers.models import LegalEntity, Organisation, StaffMember, uuid7


class Disclosure(models.Model):
    """One part of a list that was given out: which list, when, to whom, and who stood on it, by bare key.

    The list itself is not kept: this is the least that answers who was on one that got lost (art. 33 GDPR).
    """

    class Source(models.TextChoices):
        SCREENING = "SCREENING", _("Screened list")
        AUDIENCE = "AUDIENCE", _("Audience taken out as a file")
        WHAT_IF = "WHAT_IF", _("Audience that changes, taken out as a file")
        API_BATCH = "API_BATCH", _("Batch asked by a program")
        INCIDENT = "INCIDENT", _("People of a data breach, taken out as a file")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, null=True, related_name="+", verbose_name=_("legal entity")
    )
    source = models.CharField(_("what it was"), max_length=9, choices=Source.choices)
    list_id = models.UUIDField(
        _("list"), help_text=_("The same for all parts of one list; of a screening the key of its run.")
    )
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, null=True, related_name="+", verbose_name=_("purpose")
    )
    channel = models.CharField(_("channel"), max_length=14, choices=Channel.choices, blank=True)
    disclosed_at = models.DateTimeField(_("given out at"))
    staff = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("given out to")
    )
    api_key = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, related_name="+", verbose_name=_("API key")
    )
    # Bare keys in one value: a row for each would cost a list of a million ten times as much.
    contact_ids = ArrayField(models.UUIDField(), verbose_name=_("contacts"))

    class Meta:
        verbose_name = _("list that was given out")
        verbose_name_plural = _("lists that were given out")
        indexes = [
            models.Index(fields=["organisation", "disclosed_at"], name="disclosure_oldest_first"),
            models.Index(fields=["list_id"], name="disclosure_by_list"),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} · {self.disclosed_at:%Y-%m-%d %H:%M}"
