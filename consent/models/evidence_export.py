from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consent.models.job import Job
from customers.models import LegalEntity, Organisation, StaffMember, uuid7


class EvidenceExport(models.Model):
    """One time that evidence left the building: who took what, for whom, and what the file was."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, null=True, related_name="+", verbose_name=_("legal entity")
    )
    # By key, without a foreign key: that an export was made stays known when the person is erased.
    contact_id = models.UUIDField(_("contact"), null=True)
    selection = models.JSONField(
        _("selection"), help_text=_("What was asked for; people stand in it by key.")
    )
    formats = ArrayField(models.CharField(max_length=6), verbose_name=_("formats"))
    with_evidence = models.BooleanField(_("with personal parts"))
    reason = models.CharField(
        _("what for"), max_length=300, blank=True, help_text=_("Who asked for it, and why they may have it.")
    )
    staff = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("exported by")
    )
    exported_at = models.DateTimeField(_("exported at"))
    tree_size = models.BigIntegerField(_("checkpoint"))
    events = models.BigIntegerField(_("events"))
    people = models.BigIntegerField(_("people"))
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)

    class Meta:
        verbose_name = _("export of evidence")
        verbose_name_plural = _("exports of evidence")
        indexes = [
            models.Index(fields=["organisation", "-exported_at"], name="evidence_export_newest_first"),
            models.Index(fields=["contact_id"], name="evidence_export_by_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.exported_at:%Y-%m-%d %H:%M}"


class EvidenceFile(models.Model):
    """One large export, made in parts for the member of staff who asked for it, and for nobody else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, null=True, related_name="+", verbose_name=_("legal entity")
    )
    staff = models.ForeignKey(StaffMember, models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    job = models.OneToOneField(Job, models.PROTECT, related_name="evidence_file", verbose_name=_("job"))
    wanted = models.JSONField(
        _("what is exported"), help_text=_("The selection, the formats and the language; people by key.")
    )
    reason = models.CharField(_("what for"), max_length=300)
    tree_size = models.BigIntegerField(_("checkpoint"))
    asked_at = models.DateTimeField(_("asked for at"))
    expires_at = models.DateTimeField(_("there until"))
    export = models.OneToOneField(
        EvidenceExport, models.PROTECT, null=True, related_name="file", verbose_name=_("export of evidence")
    )
    wrapped_key = models.BinaryField(null=True)
    key_version = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("file with evidence")
        verbose_name_plural = _("files with evidence")
        indexes = [
            models.Index(
                fields=["expires_at"], name="evidence_file_with_key", condition=Q(wrapped_key__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class EvidencePart(models.Model):
    """One part of a large export: an export of its own, encrypted with the key of the file."""

    file = models.ForeignKey(EvidenceFile, models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    people = models.PositiveIntegerField(_("people"))
    events = models.PositiveIntegerField(_("events"))
    length = models.BigIntegerField(_("length"))
    nonce = models.BinaryField(max_length=12)
    ciphertext = models.BinaryField()

    class Meta:
        verbose_name = _("part of a file with evidence")
        verbose_name_plural = _("parts of files with evidence")
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="evidence_part_once")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"
