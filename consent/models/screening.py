from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.job import Job
from consent.models.purpose import Channel, Purpose
from customers.models import LegalEntity, Organisation, ProductGroup, StaffMember, uuid7


class ScreeningRun(models.Model):
    """One screening of a list: what was asked about which file, and how many rows got which answer.

    The run stays; its files are personal data and go when it expires.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="screening_runs", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, null=True, related_name="+", verbose_name=_("legal entity")
    )
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, null=True, related_name="+", verbose_name=_("purpose")
    )
    channel = models.CharField(_("channel"), max_length=14, choices=Channel.choices, blank=True)
    product_group = models.ForeignKey(
        ProductGroup, models.PROTECT, null=True, related_name="+", verbose_name=_("product group")
    )
    at = models.DateTimeField(
        _("as at"), null=True, help_text=_("Empty: each row was asked about at the moment it was answered.")
    )
    known_at = models.DateTimeField(
        _("as known at"), null=True, help_text=_("Empty: all that was known when the row was answered.")
    )
    file_name = models.CharField(_("file"), max_length=200)
    layout = models.JSONField(_("how the list is written"), default=dict)
    input_sha256 = models.CharField(_("hash of the list (SHA-256)"), max_length=64)
    output_sha256 = models.CharField(_("hash of the result (SHA-256)"), max_length=64, blank=True)
    rows = models.BigIntegerField(_("rows"), default=0)
    asked = models.BigIntegerField(_("answered"), default=0)
    counts = models.JSONField(_("rows per code"), default=dict)
    remarks = models.JSONField(_("remarks about rows"), default=dict)
    packs = ArrayField(models.CharField(max_length=20), default=list, verbose_name=_("rule packs in force"))
    uploaded_at = models.DateTimeField(_("uploaded at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    expires_at = models.DateTimeField(
        _("use before"),
        help_text=_("People change their minds: after a day, screen the list again. The files are deleted."),
    )
    files_deleted_at = models.DateTimeField(_("files deleted at"), null=True)
    staff = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("screened by")
    )
    job = models.OneToOneField(
        Job, models.PROTECT, null=True, related_name="screening_run", verbose_name=_("job")
    )
    replay_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replays", verbose_name=_("replay of")
    )
    wrapped_key = models.BinaryField(null=True)
    key_version = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        indexes = [
            models.Index(fields=["organisation", "-uploaded_at"], name="screening_by_organisation"),
            models.Index(
                fields=["expires_at"],
                name="screening_with_files",
                condition=models.Q(wrapped_key__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def allowed(self) -> int:
        return sum(count for code, count in self.counts.items() if code.startswith("A_"))


class ScreeningBlock(models.Model):
    """One part of a screened list, or of its result; encrypted with the key of the run."""

    class Side(models.TextChoices):
        INPUT = "INPUT", _("list")
        OUTPUT = "OUTPUT", _("result")

    run = models.ForeignKey(ScreeningRun, models.CASCADE, related_name="blocks", db_index=False)
    side = models.CharField(max_length=6, choices=Side.choices)
    # Where in the text it begins.
    start = models.BigIntegerField()
    length = models.IntegerField()
    nonce = models.BinaryField(max_length=12)
    ciphertext = models.BinaryField()
    asked_at = models.DateTimeField(null=True, help_text=_("When these rows were answered."))

    class Meta:
        verbose_name = _("part of a screened list")
        verbose_name_plural = _("parts of screened lists")
        constraints = [
            models.UniqueConstraint(fields=["run", "side", "start"], name="screening_block_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.side} {self.start}"
