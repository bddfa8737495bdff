from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consent.models import Processor
from customers.models import Contact, LegalEntity, Organisation, uuid7


class AttributeName(models.Model):
    """One thing that a legal entity may keep of people, and what it looks like; nothing else is kept."""

    class Kind(models.TextChoices):
        TEXT = "TEXT", _("Words")
        NUMBER = "NUMBER", _("A number")
        PROBABILITY = "PROBABILITY", _("A probability, from 0 to 1")
        DATE = "DATE", _("A date")
        YES_NO = "YES_NO", _("Yes or no")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="attribute_names", verbose_name=_("legal entity")
    )
    name = models.SlugField(
        _("name"),
        max_length=50,
        db_index=False,
        help_text=_("As it stands above the column of a list, such as region or churn. Never changes."),
    )
    kind = models.CharField(
        _("what it holds"),
        max_length=11,
        choices=Kind.choices,
        help_text=_("What does not look like it is refused, row by row."),
    )
    needed_for = models.CharField(
        _("what you need it for"),
        max_length=200,
        help_text=_("Data that is needed for nothing may not be kept (art. 5(1)(c) GDPR)."),
    )

    class Meta:
        verbose_name = _("kind of attribute")
        verbose_name_plural = _("kinds of attributes")
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "name"], name="attribute_name_once_per_legal_entity"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContactAttribute(models.Model):
    """One thing a legal entity knows about a person for a while: its name, its value and whence it came."""

    class Origin(models.TextChoices):
        OWN = "OWN", _("Told by the person")
        IMPORTED = "IMPORTED", _("From an own system")
        BOUGHT = "BOUGHT", _("Bought")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="+", db_index=False, verbose_name=_("legal entity")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="attributes", db_index=False, verbose_name=_("contact")
    )
    name = models.SlugField(
        _("name"), max_length=50, db_index=False, help_text=_("Such as region, sector or churn.")
    )
    value = models.CharField(_("value"), max_length=200)
    # Beside the text, so that a rule compares numbers without reading text that is none.
    number = models.DecimalField(
        _("as a number"), max_digits=18, decimal_places=6, null=True, blank=True, editable=False
    )
    origin = models.CharField(_("origin"), max_length=8, choices=Origin.choices)
    acquired_at = models.DateTimeField(_("known since"))
    replaced_at = models.DateTimeField(
        _("replaced at"), null=True, blank=True, help_text=_("Empty: this is what is known now.")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    seller = models.CharField(
        _("bought from"), max_length=200, blank=True, help_text=_("Who sold it, for the person to read.")
    )
    processor = models.ForeignKey(
        Processor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("processor"),
        help_text=_("The party in the register of processors and recipients that it came from."),
    )
    told_at = models.DateTimeField(
        _("person told at"),
        null=True,
        blank=True,
        help_text=_("When the person was told whence you have it: within a month (art. 14(3) GDPR)."),
    )

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        indexes = [
            models.Index(fields=["name", "legal_entity", "value"], name="attribute_by_name_and_value"),
            models.Index(fields=["value"], name="attribute_by_value"),
            models.Index(fields=["legal_entity", "recorded_at"], name="attribute_as_recorded"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "legal_entity", "name"],
                condition=Q(replaced_at__isnull=True),
                name="attribute_has_one_value_now",
            ),
            models.UniqueConstraint(
                fields=["contact", "legal_entity", "name", "acquired_at"], name="attribute_once_per_moment"
            ),
            models.CheckConstraint(
                name="attribute_replaced_after_known",
                condition=Q(replaced_at__isnull=True) | Q(replaced_at__gt=F("acquired_at")),
            ),
            models.CheckConstraint(
                name="attribute_bought_says_from_whom",
                condition=Q(origin="BOUGHT", processor__isnull=False, told_at__isnull=False) & ~Q(seller="")
                | ~Q(origin="BOUGHT") & Q(seller="", processor__isnull=True, told_at__isnull=True),
                violation_error_message=_(
                    "Bought data says from whom it came, by which party, and when the person was told "
                    "(art. 14 GDPR)."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
