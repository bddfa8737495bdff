from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.disclosure import Disclosure
from consent.models.job import Job
from customers.models import LegalEntity, Organisation, StaffMember, uuid7


class AudienceFile(models.Model):
    """One list of people that a worker makes for the member of staff who asked for it, and for nobody else.

    The row lasts as long as the file; that a list was given out, to whom and who stood on it, stays known.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="+", verbose_name=_("legal entity")
    )
    staff = models.ForeignKey(StaffMember, models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    job = models.OneToOneField(Job, models.PROTECT, related_name="audience_file", verbose_name=_("job"))
    source = models.CharField(_("what it is"), max_length=9, choices=Disclosure.Source.choices)
    name = models.CharField(_("file"), max_length=200)
    asked_at = models.DateTimeField(_("asked for at"))
    made_at = models.DateTimeField(_("made at"), null=True)
    expires_at = models.DateTimeField(_("there until"))
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    wrapped_key = models.BinaryField()
    key_version = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("list of people")
        verbose_name_plural = _("lists of people")
        indexes = [models.Index(fields=["expires_at"], name="audience_file_by_end")]

    def __str__(self) -> str:
        return self.name


class AudiencePart(models.Model):
    """One part of a list of people, encrypted with the key of the file."""

    file = models.ForeignKey(AudienceFile, models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    people = models.PositiveIntegerField(_("people"))
    length = models.BigIntegerField(_("length"))
    nonce = models.BinaryField(max_length=12)
    ciphertext = models.BinaryField()

    class Meta:
        verbose_name = _("part of a list of people")
        verbose_name_plural = _("parts of lists of people")
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="audience_part_once")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"
