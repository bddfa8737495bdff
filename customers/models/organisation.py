from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from customers.models.keys import uuid7


class Language(models.TextChoices):
    """A language we write to people in; the wordings of notices follow this list."""

    NL = "nl", _("Dutch")
    EN = "en", _("English")


class Country(models.TextChoices):
    """A country with dated rules of its own; any other has the rule pack EU or none."""

    NL = "NL", _("Netherlands")
    BE = "BE", _("Belgium")


class Organisation(models.Model):
    """One group that uses this together; organisations on one installation know nothing of each other."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(
        _("code"), unique=True, help_text=_("Short name for scripts and addresses. Never changes.")
    )
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class LegalEntity(models.Model):
    """One controller on whose behalf contact is made; a sister company is another one."""

    class Kind(models.TextChoices):
        COMMERCIAL = "COMMERCIAL", _("Commercial")
        CHARITY = "CHARITY", _("Charity")
        IDEAL = "IDEAL", _("Organisation with an ideal purpose")
        PUBLISHER = "PUBLISHER", _("Publisher (at least three issues a year)")
        LOTTERY = "LOTTERY", _("Lottery licensee (art. 3, 9 or 27b Wok)")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="legal_entities", verbose_name=_("organisation")
    )
    code = models.SlugField(
        _("code"), unique=True, help_text=_("Short name for scripts and addresses. Never changes.")
    )
    name = models.CharField(
        _("name"),
        max_length=200,
        help_text=_("The name people know, with its legal form. It stands on every page and mail."),
    )
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=Kind.choices,
        default=Kind.COMMERCIAL,
        help_text=_(
            "Decides which grounds exist for calling (art. 11.7, paragraphs 4 to 6, Telecommunications Act)."
        ),
    )
    kind_proof = models.CharField(
        _("proof of kind"),
        max_length=300,
        blank=True,
        help_text=_("ISSN, licence or registration number. Needed for every kind but commercial."),
    )
    country = models.CharField(_("country"), max_length=2, choices=Country.choices, default=Country.NL)
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        default="Europe/Amsterdam",
        help_text=_("Terms end at midnight in this zone."),
    )
    language = models.CharField(_("language"), max_length=8, choices=Language.choices, default=Language.NL)
    postal_address = models.TextField(
        _("postal address"), help_text=_("Where people can write to stop messages (art. 11.7, paragraph 7).")
    )
    stop_number = PhoneNumberField(
        _("stop number"),
        blank=True,
        help_text=_("A phone number on which people can stop messages, beside the address."),
    )
    sender_name = models.CharField(
        _("sender name"), max_length=100, help_text=_("The name that mails come from.")
    )
    sender_address = models.EmailField(
        _("sender address"), help_text=_("The e-mail address that mails come from.")
    )
    website = models.URLField(_("website"), blank=True)
    dpo_name = models.CharField(_("data protection officer"), max_length=200, blank=True)
    dpo_email = models.EmailField(
        _("address of the officer"),
        blank=True,
        help_text=_("Named on public pages (art. 13 GDPR); gets the checkpoints."),
    )
    unconfirmed_days = models.PositiveSmallIntegerField(
        _("keep unconfirmed requests (days)"),
        default=14,
        help_text=_("A request that nobody confirmed is removed after this many days (data minimisation)."),
    )
    accent_colour = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#1f5f8b",
        validators=[
            RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write a colour as # and six digits, such as #1f5f8b."))
        ],
        help_text=_("Colour of the public pages. Contrast is corrected where it is too low to read."),
    )
    logo = models.FileField(
        _("logo"), upload_to="logos/", blank=True, help_text=_("PNG or SVG, shown above public pages.")
    )

    class Meta:
        verbose_name = _("legal entity")
        verbose_name_plural = _("legal entities")
        constraints = [
            models.CheckConstraint(
                name="legal_entity_kind_needs_proof",
                condition=models.Q(kind="COMMERCIAL") | ~models.Q(kind_proof=""),
                violation_error_message=_(
                    "Give the proof of this kind: an ISSN, licence or registration number."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CallerNumber(models.Model):
    """One number that a legal entity shows when it calls, and on which it can be called back."""

    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="caller_numbers", verbose_name=_("legal entity")
    )
    number = PhoneNumberField(
        _("number"), help_text=_("Shown to the person who is called; never hidden (art. 11.7(8)).")
    )
    label = models.CharField(_("used for"), max_length=100, blank=True)
    in_use_from_date = models.DateField(_("in use from"))
    reachable_until_date = models.DateField(
        _("reachable until"),
        null=True,
        blank=True,
        help_text=_("At least six months after the last call made with it (Code Telemarketing 2024)."),
    )

    class Meta:
        verbose_name = _("caller number")
        verbose_name_plural = _("caller numbers")
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "number"], name="caller_number_once_per_legal_entity"
            ),
            models.CheckConstraint(
                name="caller_number_reachable_after_start",
                condition=models.Q(reachable_until_date__isnull=True)
                | models.Q(reachable_until_date__gte=models.F("in_use_from_date")),
                violation_error_message=_("A number is reachable until a day after its first use."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class ProductGroup(models.Model):
    """One group of products or services of a legal entity."""

    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="product_groups", verbose_name=_("legal entity")
    )
    code = models.SlugField(_("code"))
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("product group")
        verbose_name_plural = _("product groups")
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "code"], name="product_group_code_once_per_legal_entity"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProductSimilarity(models.Model):
    """A period in which a buyer of one product group could expect offers about another."""

    product_group = models.ForeignKey(
        ProductGroup, models.PROTECT, related_name="similarities", verbose_name=_("bought")
    )
    similar_group = models.ForeignKey(
        ProductGroup, models.PROTECT, related_name="+", verbose_name=_("similar to it")
    )
    reason = models.TextField(
        _("reason"),
        help_text=_("Why a buyer expects this offer (art. 11.7(4): own similar products or services)."),
    )
    valid_from_date = models.DateField(_("valid from"))
    valid_until_date = models.DateField(_("valid until"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered at"), null=True, editable=False)
    end_entered_at = models.DateTimeField(_("end entered at"), null=True, editable=False)

    class Meta:
        verbose_name = _("similarity of product groups")
        verbose_name_plural = _("similarities of product groups")
        constraints = [
            models.CheckConstraint(
                name="product_similarity_between_two_groups",
                condition=~models.Q(product_group=models.F("similar_group")),
                violation_error_message=_("A product group is always similar to itself: choose another one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_group} → {self.similar_group}"
