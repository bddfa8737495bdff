from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.purpose import Channel
from customers.models import Contact, ContactPoint, LegalEntity, Organisation, StaffMember, uuid7


class OutboxMessage(models.Model):
    """One message that must leave the building, written together with the fact that causes it."""

    class Kind(models.TextChoices):
        CONFIRM_REQUEST = "CONFIRM_REQUEST", _("Request to confirm")
        CONFIRMATION = "CONFIRMATION", _("Confirmation of permission")
        RECEIPT = "RECEIPT", _("Receipt of a change")
        PREFERENCE_LINK = "PREFERENCE_LINK", _("Link to the preference centre")
        PHONE_CODE = "PHONE_CODE", _("Code to verify a number")
        PRIVACY_CHANGE = "PRIVACY_CHANGE", _("Change of the privacy statement")
        BREACH = "BREACH", _("Message about a data breach")
        RIGHTS = "RIGHTS", _("About a rights request")
        FAREWELL = "FAREWELL", _("Last message after erasure")
        OFFICER = "OFFICER", _("Message to the data protection officer")
        CHECKPOINT = "CHECKPOINT", _("Checkpoint of the ledger")
        PROCESSOR = "PROCESSOR", _("Message to a processor")
        DIGEST = "DIGEST", _("Monthly digest to a department")
        CAMPAIGN = "CAMPAIGN", _("Message of a campaign")
        STAY = "STAY", _("Question to stay, before a permission ends")

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        SENDING = "SENDING", _("Being sent")
        SENT = "SENT", _("Sent")
        REFUSED = "REFUSED", _("Refused for good")
        GIVEN_UP = "GIVEN_UP", _("Given up after all tries")
        HELD = "HELD", _("Held after a restore")
        DROPPED = "DROPPED", _("Dropped after a restore")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="+", verbose_name=_("legal entity")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, related_name="messages", verbose_name=_("contact")
    )
    contact_point = models.ForeignKey(
        ContactPoint,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("contact point"),
        help_text=_("Empty: to an address that is no contact's; it lies encrypted in the content."),
    )
    channel = models.CharField(_("channel"), max_length=14, choices=Channel.choices)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    language = models.CharField(_("language"), max_length=8)
    event_id = models.UUIDField(
        _("event"), null=True, blank=True, help_text=_("The event that caused this message.")
    )
    # What the template needs, encrypted with the subject's key like evidence; no link and no token is in it.
    subject_id = models.UUIDField(editable=False)
    nonce = models.BinaryField(max_length=12, editable=False)
    ciphertext = models.BinaryField(editable=False)
    recipient_hash = models.BinaryField(max_length=32, editable=False)
    created_at = models.DateTimeField(_("written at"))
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    claimed_at = models.DateTimeField(_("taken up at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    possibly_sent_twice = models.BooleanField(
        _("possibly sent twice"),
        default=False,
        help_text=_(
            "The sender died between the mail server's answer and our note of it; it was sent again."
        ),
    )
    last_answer = models.CharField(_("last answer of the mail server"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        StaffMember,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("released or dropped by"),
    )
    decision_reason = models.CharField(
        _("why it was released or dropped"), max_length=300, blank=True, db_default=""
    )
    link_expires_at = models.DateTimeField(_("link expires at"), null=True, blank=True)
    link_revoked_at = models.DateTimeField(_("link revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["due_at"], name="message_due", condition=Q(state__in=["WAITING", "SENDING"])
            ),
            # What somebody waits for is found without going through what is sent to many.
            models.Index(
                fields=["due_at"],
                name="message_due_to_one",
                condition=Q(state__in=["WAITING", "SENDING"])
                & ~Q(kind__in=["PRIVACY_CHANGE", "BREACH", "CAMPAIGN"]),
            ),
            models.Index(fields=["recipient_hash", "created_at"], name="message_by_recipient"),
            # What failed is a handful among millions, and stands on the start page.
            models.Index(
                fields=["legal_entity"],
                name="message_failed",
                condition=Q(state__in=["REFUSED", "GIVEN_UP"]),
            ),
            models.Index(fields=["organisation"], name="message_held", condition=Q(state="HELD")),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_to_a_contact_or_outside",
                condition=Q(contact__isnull=False, contact_point__isnull=False)
                | Q(
                    contact__isnull=True,
                    contact_point__isnull=True,
                    kind__in=["FAREWELL", "OFFICER", "CHECKPOINT", "PROCESSOR", "DIGEST"],
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"

    @property
    def point(self) -> ContactPoint:
        """The address of a message to a contact; only those to others have none."""
        if self.contact_point is None:
            raise ContactPoint.DoesNotExist
        return self.contact_point

    @property
    def person(self) -> Contact:
        """The contact it is for; only messages to others have none."""
        if self.contact is None:
            raise Contact.DoesNotExist
        return self.contact


class AddressVerification(models.Model):
    """One try to verify that a phone number is the person's: a six-digit code, kept only as a keyed hash."""

    class Method(models.TextChoices):
        SMS_CODE = "SMS_CODE", _("Code by SMS")
        CALL_BACK = "CALL_BACK", _("Call-back: the person reads the code from the screen")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact_point = models.ForeignKey(
        ContactPoint, models.PROTECT, related_name="verifications", verbose_name=_("contact point")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="+", verbose_name=_("legal entity")
    )
    method = models.CharField(_("method"), max_length=9, choices=Method.choices)
    code_hash = models.BinaryField(max_length=32, editable=False)
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("expires at"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    succeeded_at = models.DateTimeField(_("succeeded at"), null=True, blank=True)
    agent = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agent")
    )

    class Meta:
        verbose_name = _("verification of a number")
        verbose_name_plural = _("verifications of numbers")

    def __str__(self) -> str:
        return f"{self.get_method_display()} {timezone.localtime(self.asked_at):%Y-%m-%d %H:%M}"
