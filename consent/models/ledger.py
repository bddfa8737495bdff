from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.acts import GRANTS, PERMISSION_ACTS, Act, Actor, Collector, Grade, Method, Source, Status
from consent.models.purpose import Channel, Purpose
from customers.models import Contact, ContactPoint, LegalEntity, Organisation, uuid7


class ConsentEvent(models.Model):
    """One immutable fact in the ledger; people appear by bare key, so that erasure leaves it untouched."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Breaks ties between events of one moment, in the order in which they were written.
    sequence = models.BigIntegerField(
        _("sequence"),
        editable=False,
        db_default=models.Func(models.Value("consent_event_sequence"), function="nextval"),
    )
    # Keys into small, protected tables, checked when written: a foreign key constraint on each
    # would take a share lock on the same few rows from every writer.
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("organisation"),
    )
    legal_entity = models.ForeignKey(
        LegalEntity,
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        null=True,
        verbose_name=_("legal entity"),
        help_text=_("Empty: all legal entities of the organisation."),
    )
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        null=True,
        verbose_name=_("purpose"),
        help_text=_("Empty: all purposes."),
    )
    channel = models.CharField(
        _("channel"), max_length=14, choices=Channel.choices, blank=True, help_text=_("Empty: all channels.")
    )
    act = models.CharField(_("act"), max_length=20, choices=Act.choices)
    status = models.CharField(_("status"), max_length=24, choices=Status.choices, blank=True)
    subject_id = models.UUIDField(_("subject"))
    contact_point_id = models.UUIDField(_("contact point"), null=True)
    address_hash = models.CharField(
        _("keyed hash of the address"),
        max_length=64,
        blank=True,
        help_text=_("Only where the act is about an address."),
    )
    hash_key_version = models.PositiveSmallIntegerField(_("version of the hash key"), null=True)
    refers_to_id = models.UUIDField(
        _("refers to"),
        null=True,
        help_text=_("The request that is confirmed, the permission that is used or ended."),
    )
    occurred_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    proven = models.BooleanField(_("time is proven"), default=True)
    actor = models.CharField(_("who acted"), max_length=14, choices=Actor.choices)
    staff_id = models.UUIDField(_("staff member"), null=True)
    source = models.CharField(_("source"), max_length=17, choices=Source.choices)
    method = models.CharField(_("method"), max_length=9, choices=Method.choices)
    collection_point_id = models.UUIDField(_("collection point"), null=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    notice_version_id = models.UUIDField(_("notice version"), null=True)
    notice_hash = models.CharField(_("hash of the wording"), max_length=64, blank=True)
    privacy_statement_id = models.UUIDField(_("privacy statement"), null=True)
    privacy_statement_hash = models.CharField(_("hash of the privacy statement"), max_length=64, blank=True)
    shown_form_hash = models.CharField(_("hash of the form as shown"), max_length=64, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True)
    uses = models.PositiveSmallIntegerField(_("number of uses"), null=True)
    first_contact_due_at = models.DateTimeField(_("first call before"), null=True)
    collector = models.CharField(
        _("collected by"), max_length=9, choices=Collector.choices, default=Collector.OWN
    )
    complete = models.BooleanField(
        _("evidence complete"),
        default=False,
        help_text=_("Who, status, where and how, when, which permission, and the wording shown."),
    )
    lacks = models.CharField(
        _("what is missing"), max_length=200, blank=True, help_text=_("Codes of what the evidence lacks.")
    )
    grade = models.CharField(_("grade of evidence"), max_length=1, choices=Grade.choices, blank=True)
    reason = models.CharField(
        _("reason"),
        max_length=20,
        blank=True,
        help_text=_("Why an address is blocked or invalid, or what ended."),
    )
    transaction_id = models.UUIDField(_("transaction"), null=True)
    relation_id = models.UUIDField(_("customer relation"), null=True)
    import_batch_id = models.UUIDField(_("import batch"), null=True)
    evidence_digest = models.CharField(
        _("digest of the evidence"),
        max_length=64,
        blank=True,
        help_text=_("Salted; stays valid when the evidence is erased."),
    )

    class Meta:
        verbose_name = _("consent event")
        verbose_name_plural = _("consent events")
        indexes = [
            models.Index(fields=["organisation", "subject_id", "occurred_at"], name="event_by_subject"),
            models.Index(fields=["sequence"], name="event_by_sequence"),
            models.Index(
                fields=["organisation", "address_hash"],
                name="event_by_blocked_address",
                condition=Q(act__in=["SUPPRESSED", "SUPPRESSION_LIFTED"]),
            ),
            models.Index(
                fields=["organisation", "subject_id"],
                name="event_by_objector",
                condition=Q(act__in=["OBJECTED", "OBJECTION_RETRACTED"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="event_recorded_after_it_happened", condition=Q(occurred_at__lte=F("recorded_at"))
            ),
            models.CheckConstraint(
                name="event_permission_is_whole",
                condition=~Q(act__in=[act.value for act in PERMISSION_ACTS])
                | (Q(legal_entity__isnull=False, purpose__isnull=False) & ~Q(channel="") & ~Q(status="")),
            ),
            models.CheckConstraint(
                name="event_complete_names_the_wording",
                condition=Q(complete=False) | ~Q(act__in=[act.value for act in GRANTS]) | ~Q(notice_hash=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {timezone.localtime(self.occurred_at):%Y-%m-%d %H:%M}"


class Evidence(models.Model):
    """The personal part of the proof of one event, encrypted with the key of its subject."""

    event_id = models.UUIDField(_("event"), primary_key=True)
    subject_id = models.UUIDField(_("subject"), db_index=True)
    nonce = models.BinaryField(max_length=12)
    ciphertext = models.BinaryField()
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")

    def __str__(self) -> str:
        return str(self.event_id)


class SubjectKey(models.Model):
    """The wrapped data key of one subject; destroying it makes all evidence about them unreadable."""

    subject_id = models.UUIDField(_("subject"), primary_key=True)
    wrapped_key = models.BinaryField()
    key_version = models.PositiveSmallIntegerField(_("version of the key"))

    class Meta:
        verbose_name = _("subject key")
        verbose_name_plural = _("subject keys")

    def __str__(self) -> str:
        return str(self.subject_id)


class ConsentRecord(models.Model):
    """The present state of one permission: the fold of its events, written together with them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="consent_records", verbose_name=_("contact")
    )
    contact_point = models.ForeignKey(
        ContactPoint,
        models.PROTECT,
        null=True,
        related_name="consent_records",
        db_index=False,
        verbose_name=_("contact point"),
        help_text=_("Empty for processing, which hangs on the contact."),
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="+", db_index=False, verbose_name=_("legal entity")
    )
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="+", db_index=False, verbose_name=_("purpose")
    )
    channel = models.CharField(_("channel"), max_length=14, choices=Channel.choices)
    status = models.CharField(_("status"), max_length=24, choices=Status.choices, default=Status.UNKNOWN)
    last_act_at = models.DateTimeField(_("last act"), null=True)
    requested_at = models.DateTimeField(_("asked at"), null=True)
    request_event_id = models.UUIDField(null=True)
    granted_at = models.DateTimeField(_("given at"), null=True)
    grant_event_id = models.UUIDField(null=True)
    grant_proven = models.BooleanField(_("time is proven"), default=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    withdrawal_event_id = models.UUIDField(null=True)
    refused_at = models.DateTimeField(_("refused at"), null=True)
    invalidated_at = models.DateTimeField(_("invalidated at"), null=True)
    valid_until = models.DateTimeField(_("valid until"), null=True)
    uses = models.PositiveSmallIntegerField(_("number of uses"), null=True)
    uses_spent = models.PositiveIntegerField(_("times used"), default=0)
    first_used_at = models.DateTimeField(_("first used"), null=True)
    first_contact_due_at = models.DateTimeField(_("first call before"), null=True)
    collector = models.CharField(
        _("collected by"), max_length=9, choices=Collector.choices, default=Collector.OWN
    )
    given_by = models.CharField(_("given by"), max_length=14, choices=Actor.choices, blank=True)
    complete = models.BooleanField(_("evidence complete"), default=False)
    grade = models.CharField(_("grade of evidence"), max_length=1, choices=Grade.choices, blank=True)
    notice_version_id = models.UUIDField(null=True)
    collection_point_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("permission")
        verbose_name_plural = _("permissions")
        indexes = [
            models.Index(
                fields=["legal_entity", "purpose", "channel", "status"], name="record_by_permission"
            ),
            # Whose permission for processing ends about now; the journeys they are on have to know.
            models.Index(
                fields=["legal_entity", "purpose", "valid_until"],
                name="record_of_processing_ending",
                condition=Q(channel="NONE", valid_until__isnull=False),
            ),
            models.Index(
                fields=["requested_at"], name="record_unconfirmed", condition=Q(status="ConsentRequested")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "contact", "contact_point", "legal_entity", "purpose", "channel"],
                name="record_once_per_permission",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} · {self.get_channel_display()} · {self.get_status_display()}"
