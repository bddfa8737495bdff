from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from consent.models.purpose import Channel, Purpose
from customers.models import Contact, LegalEntity, Organisation, StaffMember, uuid7


class Objection(models.Model):
    """The last "don't contact me" of a contact within one scope, and whether it still stands."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="objections", verbose_name=_("contact"))
    legal_entity = models.ForeignKey(
        LegalEntity,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("legal entity"),
        help_text=_("Empty: all legal entities of the organisation."),
    )
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("purpose"),
        help_text=_("Empty: all purposes."),
    )
    channel = models.CharField(
        _("channel"), max_length=14, choices=Channel.choices, blank=True, help_text=_("Empty: all channels.")
    )
    objected_at = models.DateTimeField(_("objected at"), null=True)
    objection_event_id = models.UUIDField(null=True)
    retracted_at = models.DateTimeField(_("taken back at"), null=True)
    standing = models.BooleanField(_("stands"), default=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "contact", "legal_entity", "purpose", "channel"],
                name="objection_once_per_scope",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        who = self.legal_entity or _("All legal entities")
        return f"{who} · {self.get_channel_display() or _('All channels')}"


class Suppression(models.Model):
    """A keyed hash of an address that must not be contacted; it survives erasure."""

    class Reason(models.TextChoices):
        ERASURE = "ERASURE", _("Erased on request")
        BLOCKED = "BLOCKED", _("Blocked by the person")
        LIST = "LIST", _("Loaded block list")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="suppressions",
        db_index=False,
        verbose_name=_("organisation"),
    )
    address_hash = models.BinaryField(_("keyed hash"), max_length=32, editable=False)
    hash_key_version = models.PositiveSmallIntegerField(_("version of the hash key"), editable=False)
    channel = models.CharField(
        _("channel"), max_length=14, choices=Channel.choices, blank=True, help_text=_("Empty: all channels.")
    )
    reason = models.CharField(_("reason"), max_length=7, choices=Reason.choices)
    suppressed_at = models.DateTimeField(_("blocked at"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    event_id = models.UUIDField(_("event"))

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "address_hash", "hash_key_version", "channel"],
                name="suppression_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.suppressed_at:%Y-%m-%d}"


class Restriction(models.Model):
    """A period in which a contact's data may only be stored (art. 18 GDPR)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="restrictions", verbose_name=_("contact")
    )
    restricted_at = models.DateTimeField(_("restricted at"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    reason = models.CharField(
        _("reason"),
        max_length=300,
        help_text=_("Which of the four grounds of art. 18(1) GDPR, and the request."),
    )
    event_id = models.UUIDField(_("event"))

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], name="restriction_one_at_a_time", condition=Q(lifted_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.restricted_at:%Y-%m-%d}"


class DoNotCallSnapshot(models.Model):
    """One copy of the Belgian do-not-call-me list, and when it was taken."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="do_not_call_snapshots", verbose_name=_("organisation")
    )
    taken_at = models.DateTimeField(_("taken at"))
    loaded_at = models.DateTimeField(_("loaded at"))
    numbers = models.PositiveIntegerField(_("numbers on it"))
    faulty_rows = models.PositiveIntegerField(_("rows with a fault"), default=0, db_default=0)
    first_faults = models.JSONField(default=list, db_default=[], blank=True, editable=False)
    file_hash = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True, db_default="")
    loaded_by = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("loaded by")
    )

    class Meta:
        verbose_name = _("do-not-call-me list")
        verbose_name_plural = _("do-not-call-me lists")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "taken_at"], name="do_not_call_snapshot_once"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.taken_at):%Y-%m-%d %H:%M}"


class DoNotCallRegistration(models.Model):
    """One number on the Belgian do-not-call-me list, and from when to when it stood there."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="do_not_call_registrations", verbose_name=_("organisation")
    )
    number = PhoneNumberField(_("number"))
    registered_date = models.DateField(_("registered on"))
    removed_date = models.DateField(_("gone from the list on"), null=True, blank=True)

    class Meta:
        verbose_name = _("do-not-call-me registration")
        verbose_name_plural = _("do-not-call-me registrations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number", "registered_date"], name="do_not_call_registration_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
