from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consent.models.notice import NoticeVersion
from consent.models.privacy_statement import PrivacyStatementVersion
from consent.models.wording import WordingField
from customers.models import Department, LegalEntity, ProductGroup, RelationKind, uuid7


class CollectionPoint(models.Model):
    """One place where data is collected, and, when it is a web page, the form that stands there."""

    class Place(models.TextChoices):
        WEB_FORM = "WEB_FORM", _("Web form")
        SERVICE_DESK = "SERVICE_DESK", _("Service desk by phone")
        DIRECT_MESSAGE = "DIRECT_MESSAGE", _("Direct message")
        PAPER = "PAPER", _("Paper form or brochure")
        EVENT = "EVENT", pgettext_lazy("a fair, a meeting", "Event")
        LIST_PURCHASE = "LIST_PURCHASE", _("Bought list")
        API = "API", _("Other system")

    class Form(models.TextChoices):
        CONSENT = "CONSENT", _("Consent form: asks permission")
        TRANSACTION = "TRANSACTION", _("Transaction form: an order with a notice and “no, do not contact me”")

    class Nature(models.TextChoices):
        COMMERCIAL = "COMMERCIAL", _("Commercial")
        TRANSACTIONAL = "TRANSACTIONAL", _("Transactional")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="collection_points", verbose_name=_("legal entity")
    )
    code = models.SlugField(
        _("code"), unique=True, help_text=_("Part of the public address: /forms/code/. Never changes.")
    )
    title = WordingField(_("title"), help_text=_("Heading of the form, as people read it."))
    introduction = WordingField(
        _("introduction"), blank=True, default=dict, help_text=_("What people get when they fill this in.")
    )
    place = models.CharField(_("place"), max_length=14, choices=Place.choices, default=Place.WEB_FORM)
    location = models.CharField(
        _("where"), max_length=300, blank=True, help_text=_("Web address, desk, hall or brochure.")
    )
    reason = models.TextField(_("why"), help_text=_("Why data is asked here."))
    nature = models.CharField(_("nature"), max_length=13, choices=Nature.choices)
    form = models.CharField(_("kind of form"), max_length=11, choices=Form.choices, default=Form.CONSENT)
    privacy_statement = models.ForeignKey(
        PrivacyStatementVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="collection_points",
        verbose_name=_("privacy statement"),
        help_text=_(
            "Linked from the form, and kept with each permission. A form on the web always links the version "
            "in force; what is printed keeps the version named here."
        ),
    )
    transaction_kind = models.CharField(
        _("kind of transaction"),
        max_length=10,
        choices=RelationKind.choices,
        blank=True,
        help_text=_("Transaction form only."),
    )
    product_group = models.ForeignKey(
        ProductGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product group")
    )
    soft_optin_notice = models.ForeignKey(
        NoticeVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("notice to customers"),
        help_text=_("Transaction form: what people are told about later messages (art. 11.7(4)(a))."),
    )
    optout_wording = WordingField(
        _("opt-out"),
        blank=True,
        default=dict,
        help_text=_("Transaction form: “No, do not contact me”. The box is never ticked."),
    )
    required_to_continue = models.BooleanField(
        _("permission is a condition"),
        default=False,
        help_text=_(
            "Ticked, people cannot go on without permission. That is never allowed (art. 7(4) GDPR)."
        ),
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        related_name="collection_points",
        null=True,
        blank=True,
        verbose_name=_("department"),
        help_text=_("Answers for this place, and hears each month what falls short."),
    )
    last_reviewed_date = models.DateField(_("last reviewed"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("collection point")
        verbose_name_plural = _("collection points")

    def __str__(self) -> str:
        return self.code


class CollectionField(models.Model):
    """One detail that a collection point asks, and why it is needed."""

    class Name(models.TextChoices):
        EMAIL = "EMAIL", _("E-mail address")
        PHONE = "PHONE", _("Phone number")
        GIVEN_NAME = "GIVEN_NAME", _("First name")
        FAMILY_NAME = "FAMILY_NAME", _("Last name")
        STREET = "STREET", _("Street and number")
        POSTAL_CODE = "POSTAL_CODE", _("Postal code")
        CITY = "CITY", _("Town")
        BIRTH_DATE = "BIRTH_DATE", _("Date of birth")
        ORGANISATION_NAME = "ORGANISATION_NAME", _("Name of the organisation")

    collection_point = models.ForeignKey(
        CollectionPoint, models.CASCADE, related_name="fields", verbose_name=_("collection point")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name = models.CharField(_("detail"), max_length=17, choices=Name.choices)
    required = models.BooleanField(
        _("required"), default=False, help_text=_("A phone number is never required (promise to the person).")
    )
    need = models.CharField(
        _("why it is needed"), max_length=300, blank=True, help_text=_("One sentence (art. 5(1)(c) GDPR).")
    )
    needed = models.BooleanField(_("needed, says the owner"), default=True)
    second_opinion = models.CharField(_("second reader's judgement"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("detail asked")
        verbose_name_plural = _("details asked")
        constraints = [
            models.UniqueConstraint(fields=["collection_point", "name"], name="collection_field_once"),
        ]

    def __str__(self) -> str:
        return self.get_name_display()


class CollectionChoice(models.Model):
    """One permission that a form asks: a box of its own, or a caption beside the field it is about."""

    class Mechanism(models.TextChoices):
        CHECKBOX = "CHECKBOX", _("Box to tick")
        CAPTION = "CAPTION", _("Caption beside an optional field")

    class Display(models.TextChoices):
        FULL = "FULL", _("In full, beside the box or field")
        FOLDED = "FOLDED", _("Behind an “i” or a fold")

    collection_point = models.ForeignKey(
        CollectionPoint, models.CASCADE, related_name="choices", verbose_name=_("collection point")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    notice_version = models.ForeignKey(
        NoticeVersion, models.PROTECT, related_name="choices", verbose_name=_("notice")
    )
    mechanism = models.CharField(
        _("how it is asked"), max_length=8, choices=Mechanism.choices, default=Mechanism.CHECKBOX
    )
    display = models.CharField(
        _("where the wording stands"), max_length=6, choices=Display.choices, default=Display.FULL
    )
    ticked = models.BooleanField(
        _("ticked beforehand"),
        default=False,
        help_text=_("Never allowed: silence is no permission (recital 32 GDPR)."),
    )
    approved_at = models.DateTimeField(
        _("caption approved at"),
        null=True,
        blank=True,
        help_text=_("A caption counts only after the DPO's recorded approval."),
    )
    approved_by = models.ForeignKey(
        "customers.StaffMember",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )

    class Meta:
        verbose_name = _("permission asked")
        verbose_name_plural = _("permissions asked")
        constraints = [
            models.UniqueConstraint(
                fields=["collection_point", "notice_version"], name="collection_choice_once"
            ),
            models.CheckConstraint(
                name="collection_choice_approval_has_a_moment",
                condition=Q(approved_by__isnull=True) | Q(approved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.notice_version)


class ShownForm(models.Model):
    """What a form showed in one language, whole, kept once per content and never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    collection_point = models.ForeignKey(
        CollectionPoint, models.PROTECT, related_name="shown_forms", verbose_name=_("collection point")
    )
    language = models.CharField(_("language"), max_length=8)
    content = models.TextField(
        _("content"), help_text=_("The page as it stood, without what the person typed.")
    )
    content_hash = models.CharField(_("content hash"), max_length=64)
    first_shown_at = models.DateTimeField(_("first shown at"))

    class Meta:
        verbose_name = _("form as shown")
        verbose_name_plural = _("forms as shown")
        constraints = [
            models.UniqueConstraint(fields=["collection_point", "content_hash"], name="shown_form_once"),
        ]

    def __str__(self) -> str:
        return f"{self.collection_point} · {self.content_hash[:12]}"
