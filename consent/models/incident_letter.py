from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consent.models.incident import Incident
from consent.models.wording import WordingField
from customers.models import uuid7


class IncidentLetter(models.Model):
    """What the people a data breach concerns are told of it (art. 34(2) GDPR); once told it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.OneToOneField(Incident, models.CASCADE, related_name="+", verbose_name=_("data breach"))
    what_happened = WordingField(
        _("what happened"),
        blank=True,
        default=dict,
        help_text=_("In plain words, and which of their data it is about (art. 34(2))."),
    )
    consequences = WordingField(
        _("what it can mean for you"),
        blank=True,
        default=dict,
        help_text=_("What may come of it, also if it is unpleasant (art. 33(3)(c))."),
    )
    measures = WordingField(
        _("what we did"),
        blank=True,
        default=dict,
        help_text=_("What you did and will do against it and its effects (art. 33(3)(d))."),
    )
    advice = WordingField(
        _("what you can do"),
        blank=True,
        default=dict,
        help_text=_(
            "Such as: change this password, do not trust calls about this. Leave it empty only where there "
            "is nothing they can do (recital 86)."
        ),
    )
    started_at = models.DateTimeField(_("people told from"), null=True, editable=False)

    class Meta:
        verbose_name = _("message about a data breach")
        verbose_name_plural = _("messages about data breaches")
        constraints = [
            models.CheckConstraint(
                name="incident_letter_whole_once_told",
                condition=Q(started_at__isnull=True)
                | (~Q(what_happened={}) & ~Q(consequences={}) & ~Q(measures={})),
            )
        ]

    def __str__(self) -> str:
        return str(self.incident)


class IncidentNotice(models.Model):
    """One person of a data breach who was mailed about it, or is to get a letter; nobody is told twice."""

    class Outcome(models.TextChoices):
        MAILED = "MAILED", _("Mailed")
        NO_ADDRESS = "NO_ADDRESS", _("By post: no e-mail address that can be used")
        BLOCKED = "BLOCKED", _("By post: the e-mail address is blocked")
        RESTRICTED = "RESTRICTED", _("By post: the use of their data is restricted")
        NOT_ALLOWED = "NOT_ALLOWED", _("By post: may not be mailed for another reason")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(
        Incident, models.CASCADE, related_name="+", db_index=False, verbose_name=_("data breach")
    )
    # By key, without a foreign key: that somebody was told stays documented when they are erased.
    contact_id = models.UUIDField(_("contact"))
    outcome = models.CharField(_("how"), max_length=11, choices=Outcome.choices)
    # A bare key: the message goes when its term has passed, and leaves here whether it was refused for good.
    message_id = models.UUIDField(_("message"), null=True)
    was_refused = models.BooleanField(_("refused for good"), default=False, db_default=False)
    decided_at = models.DateTimeField(_("when"))
    posted_at = models.DateTimeField(_("letter posted at"), null=True)

    class Meta:
        verbose_name = _("person told of a data breach")
        verbose_name_plural = _("people told of data breaches")
        constraints = [
            models.UniqueConstraint(fields=["incident", "contact_id"], name="incident_told_once_per_person"),
            models.CheckConstraint(
                name="incident_mailed_has_a_message",
                condition=Q(outcome="MAILED", message_id__isnull=False)
                | (~Q(outcome="MAILED") & Q(message_id__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["contact_id"], name="incident_notice_by_contact")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.outcome}"
