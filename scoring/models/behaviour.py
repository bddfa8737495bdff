from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, LegalEntity, Organisation, uuid7

# Clocks of others run ahead of ours by so much at most.
CLOCK_DIFFERENCE = timedelta(minutes=5)


class BehaviourEvent(models.Model):
    """One thing a person did that a legal entity may look at; it names nobody but by key."""

    class Kind(models.TextChoices):
        PAGE_VISIT = "PAGE_VISIT", _("Visited a page")
        SEARCH = "SEARCH", _("Searched")
        MAIL_OPENED = "MAIL_OPENED", _("Opened a mail")
        LINK_FOLLOWED = "LINK_FOLLOWED", _("Followed a link")
        FORM_SENT = "FORM_SENT", _("Sent a form")
        PURCHASE = "PURCHASE", _("Bought something")
        CONVERSATION = "CONVERSATION", _("Had a conversation")
        EVENT_VISIT = "EVENT_VISIT", _("Visited an event")
        APPLICATION = "APPLICATION", _("Applied for a job")
        REFERRAL = "REFERRAL", _("Referred somebody")
        PLACEHOLDER_ADDRESS = "PLACEHOLDER_ADDRESS", _("Gave an address that nobody has")
        BOUNCE = "BOUNCE", _("Mail came back")
        OTHER = "OTHER", _("Something else")

    class Via(models.TextChoices):
        API = "API", _("Program")
        FILE = "FILE", _("File")
        PAGE = "PAGE", _("Page or mail of one's own")
        OWN = "OWN", _("What is known here")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="+", db_index=False, verbose_name=_("legal entity")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="behaviour", db_index=False, verbose_name=_("contact")
    )
    kind = models.CharField(_("what was done"), max_length=19, choices=Kind.choices)
    subject = models.CharField(
        _("about what"),
        max_length=200,
        blank=True,
        help_text=_("Path of the page, words searched for, code of the mail or article. Never who it was."),
    )
    source = models.CharField(
        _("came from"), max_length=100, blank=True, help_text=_("Code of the campaign or channel.")
    )
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2, null=True, blank=True)
    occurred_at = models.DateTimeField(_("done at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    sender = models.SlugField(
        _("told by"), max_length=50, blank=True, db_index=False, help_text=_("The program that told of it.")
    )
    external_id = models.CharField(
        _("key at the sender"), max_length=100, blank=True, help_text=_("Told again, it counts once.")
    )
    via = models.CharField(_("came in by"), max_length=4, choices=Via.choices)

    class Meta:
        verbose_name = _("behaviour")
        verbose_name_plural = _("behaviour")
        indexes = [
            # All that scores are counted from, so that the rows themselves need not be read.
            models.Index(
                fields=["contact", "legal_entity", "occurred_at"],
                include=["kind", "subject", "source", "value"],
                name="behaviour_of_a_contact",
            ),
            models.Index(fields=["legal_entity", "recorded_at"], name="behaviour_as_recorded"),
            models.Index(fields=["organisation", "occurred_at"], name="behaviour_oldest_first"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "sender", "external_id"],
                condition=~Q(external_id=""),
                name="behaviour_once_per_key",
            ),
            models.CheckConstraint(
                name="behaviour_key_has_a_sender", condition=Q(external_id="") | ~Q(sender="")
            ),
            models.CheckConstraint(
                name="behaviour_not_from_the_future",
                condition=Q(occurred_at__lte=F("recorded_at") + CLOCK_DIFFERENCE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d}"
