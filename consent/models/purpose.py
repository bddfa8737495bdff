from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consent.models.wording import WordingField, in_language
from customers.models import ContactPoint, Department, LegalEntity, Organisation, uuid7


class Channel(models.TextChoices):
    """A way to reach someone; NONE is processing only, such as profiling."""

    EMAIL = "EMAIL", _("E-mail")
    SMS = "SMS", _("Text message")
    MESSAGING = "MESSAGING", _("Messaging app")
    CALL = "CALL", _("Phone call")
    AUTOMATED_CALL = "AUTOMATED_CALL", _("Automated call")
    POST = "POST", _("Post")
    NONE = "NONE", _("Processing only")

    @property
    def point_kind(self) -> str:
        """The kind of contact point this channel uses; empty for processing."""
        kind = ContactPoint.Kind
        if self is Channel.NONE:
            return ""
        return {"EMAIL": kind.EMAIL, "POST": kind.POSTAL}.get(self.value, kind.PHONE)


class ContentKind(models.TextChoices):
    """What the messages for a purpose are (rules, "The question")."""

    COMMERCIAL = "COMMERCIAL", _("Commercial")
    IDEAL = "IDEAL", _("Ideal")
    CHARITABLE = "CHARITABLE", _("Charitable")
    SERVICE = "SERVICE", _("Service message")
    CONSENT_REQUEST = "CONSENT_REQUEST", _("Request for permission")


class Purpose(models.Model):
    """What contact is for; each one is a choice of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="purposes", verbose_name=_("organisation")
    )
    legal_entities = models.ManyToManyField(
        LegalEntity,
        related_name="purposes",
        verbose_name=_("legal entities"),
        help_text=_("Who may use this purpose. Permission for one legal entity says nothing about another."),
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        related_name="purposes",
        null=True,
        blank=True,
        verbose_name=_("department"),
        help_text=_("Answers for this purpose, and hears each month what falls short."),
    )
    code = models.SlugField(_("code"), help_text=_("Short name for scripts. Never changes."))
    name = WordingField(_("name"), help_text=_("As people read it: “newsletter”, “offers”. Plain words."))
    description = WordingField(
        _("description"), blank=True, default=dict, help_text=_("One sentence: what will people get?")
    )
    content = models.CharField(_("content"), max_length=15, choices=ContentKind.choices)
    channels = ArrayField(
        models.CharField(max_length=14, choices=Channel.choices),
        verbose_name=_("channels"),
        help_text=_("Ways in which people may be reached for this purpose."),
    )
    double_opt_in = models.BooleanField(
        _("double opt-in"),
        default=False,
        help_text=_("Permission counts only after the person pressed a button behind a mailed link."),
    )
    term_months = models.PositiveSmallIntegerField(
        _("term in months"),
        null=True,
        blank=True,
        help_text=_("Permission ends after this term. Empty: until withdrawn."),
    )
    uses = models.PositiveSmallIntegerField(
        _("number of uses"),
        null=True,
        blank=True,
        help_text=_("1 for “we may call you once”. Empty: as often as fair."),
    )
    first_contact_months = models.PositiveSmallIntegerField(
        _("first call within (months)"),
        default=6,
        help_text=_("Six, unless the notice states another term (Code Telemarketing 2024)."),
    )
    needs_birth_date = models.BooleanField(_("needs date of birth"), default=False)

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"], name="purpose_code_once_per_organisation"
            ),
            models.CheckConstraint(name="purpose_has_a_channel", condition=Q(channels__len__gt=0)),
        ]

    def __str__(self) -> str:
        return in_language(self.name, get_language() or "")


class ServiceTest(models.Model):
    """The four-part test that makes a purpose a service message, outside the marketing rules."""

    purpose = models.OneToOneField(
        Purpose, models.PROTECT, related_name="service_test", verbose_name=_("purpose")
    )
    only_informs = models.BooleanField(
        _("only informs"), help_text=_("The message gives facts and nothing else.")
    )
    material_facts = models.BooleanField(
        _("material facts"), help_text=_("The facts matter for the service the person has.")
    )
    only_relevant_people = models.BooleanField(
        _("only people concerned"), help_text=_("Only those for whom the facts matter get the message.")
    )
    nothing_promotional = models.BooleanField(
        _("nothing promotional"), help_text=_("No offer, no praise, no invitation to buy.")
    )
    reasoning = models.TextField(_("reasoning"))
    concluded_at = models.DateTimeField(_("concluded at"))

    class Meta:
        verbose_name = _("service test")
        verbose_name_plural = _("service tests")

    def __str__(self) -> str:
        return str(self.purpose)

    @property
    def passed(self) -> bool:
        return (
            self.only_informs
            and self.material_facts
            and self.only_relevant_people
            and self.nothing_promotional
        )


class BalancingTest(models.Model):
    """A recorded weighing of interests on which contact over one channel may rest (art. 6(1)(f) GDPR)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="balancing_tests", verbose_name=_("legal entity")
    )
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, related_name="balancing_tests", verbose_name=_("purpose")
    )
    channel = models.CharField(_("channel"), max_length=14, choices=Channel.choices)
    interest = models.TextField(_("your interest"))
    weighing = models.TextField(
        _("weighing"),
        help_text=_("Why the person's interest does not outweigh yours, and what softens the effect."),
    )
    concluded_at = models.DateTimeField(_("concluded at"))
    valid_until_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered at"), null=True, editable=False)
    end_entered_at = models.DateTimeField(_("end entered at"), null=True, editable=False)

    class Meta:
        verbose_name = _("balancing test")
        verbose_name_plural = _("balancing tests")

    def __str__(self) -> str:
        return f"{self.purpose} · {self.get_channel_display()}"
