from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.purpose import Channel, Purpose
from customers.models import (
    CallerNumber,
    Contact,
    ContactPoint,
    LegalEntity,
    Organisation,
    StaffMember,
    uuid7,
)


class ContactAttempt(models.Model):
    """One try to reach a contact, and what came of it."""

    class Outcome(models.TextChoices):
        CONVERSATION = "CONVERSATION", _("Conversation")
        NO_ANSWER = "NO_ANSWER", _("No answer")
        WRONG_NUMBER = "WRONG_NUMBER", _("Wrong number")
        VOICEMAIL = "VOICEMAIL", _("Voicemail")
        CALL_BACK = "CALL_BACK", _("Call back later")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="+", verbose_name=_("legal entity")
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="attempts", verbose_name=_("contact"))
    contact_point = models.ForeignKey(
        ContactPoint, models.PROTECT, related_name="+", verbose_name=_("contact point")
    )
    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="+", verbose_name=_("purpose"))
    channel = models.CharField(_("channel"), max_length=14, choices=Channel.choices, default=Channel.CALL)
    attempted_at = models.DateTimeField(_("tried at"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    number_shown = models.ForeignKey(
        CallerNumber, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("number shown")
    )
    objection_offered = models.BooleanField(
        _("right to object offered"),
        default=False,
        help_text=_("The agent said that one word is enough to stop calls (art. 11.7(2))."),
    )
    call_back_at = models.DateTimeField(_("call back at"), null=True, blank=True)
    requested_by_person = models.BooleanField(
        _("asked for by the person"),
        default=False,
        help_text=_("A call the person asked for may fall outside calling hours."),
    )
    agent = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agent")
    )

    class Meta:
        verbose_name = _("contact attempt")
        verbose_name_plural = _("contact attempts")
        indexes = [
            models.Index(fields=["contact", "channel", "attempted_at"], name="attempt_by_contact"),
            models.Index(fields=["number_shown", "attempted_at"], name="attempt_by_number_shown"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {timezone.localtime(self.attempted_at):%Y-%m-%d %H:%M}"
