from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumbers import SUPPORTED_REGIONS

from consent.models.purpose import Purpose
from customers.models import LegalEntity, Organisation, uuid7

# The European Union with Iceland, Liechtenstein and Norway: what goes there is no transfer (art. 44 GDPR).
EEA = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT"),
    *("LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
)


def validate_country(code: str) -> None:
    """Raise ValidationError for what is no code of a country."""
    if code not in SUPPORTED_REGIONS:
        raise ValidationError(_("Write the code of a country in two capitals, such as NL, DE or US."))


class TransferGround(models.TextChoices):
    """On what data may leave the European Economic Area (chapter V GDPR)."""

    NONE = "NONE", _("None needed: within the European Economic Area")
    ADEQUACY = "ADEQUACY", _("Adequacy decision (art. 45)")
    CLAUSES = "CLAUSES", _("Standard contractual clauses (art. 46(2)(c) and (d))")
    BINDING_RULES = "BINDING_RULES", _("Binding corporate rules (art. 47)")
    CERTIFIED = "CERTIFIED", _("Code of conduct or certification (art. 46(2)(e) and (f))")
    DEROGATION = "DEROGATION", _("Derogation for a specific situation (art. 49)")


class DataKind(models.TextChoices):
    """What kind of data about people somebody outside receives."""

    NAMES = "NAMES", _("Names")
    EMAIL = "EMAIL", _("E-mail addresses")
    PHONE = "PHONE", _("Phone numbers")
    POSTAL = "POSTAL", _("Postal addresses")
    BIRTH_DATES = "BIRTH_DATES", _("Dates of birth")
    PERMISSIONS = "PERMISSIONS", _("Permissions and objections")
    RELATIONS = "RELATIONS", _("Orders, gifts and other relations")
    CONTACTS = "CONTACTS", _("Calls and messages")
    RECORDINGS = "RECORDINGS", _("Recordings and scans")
    ONLINE = "ONLINE", _("Online behaviour and network addresses")


class Abroad(models.Model):
    """Where a party works, and on what ground data may go there."""

    country = models.CharField(
        _("country"),
        max_length=2,
        default="NL",
        validators=[validate_country],
        help_text=_("Where the data is, or from where it is looked at: two capitals, such as NL, DE or US."),
    )
    transfer_ground = models.CharField(
        _("ground of the transfer"),
        max_length=13,
        choices=TransferGround.choices,
        default=TransferGround.NONE,
        help_text=_("Outside the European Economic Area one is needed (art. 44 to 49 GDPR)."),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_transfer_has_its_ground",
                condition=Q(country__in=EEA, transfer_ground="NONE")
                | (~Q(country__in=EEA) & ~Q(transfer_ground="NONE")),
                violation_error_message=_(
                    "Outside the European Economic Area give a ground for the transfer; "
                    "within it none is needed."
                ),
            ),
        ]


class Processor(Abroad):
    """One party outside that gets data about people: a processor, or a recipient that decides for itself."""

    class Role(models.TextChoices):
        PROCESSOR = "PROCESSOR", _("Processor: works on your instructions (art. 28)")
        RECIPIENT = "RECIPIENT", _("Recipient: decides for itself what it does with the data")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="processors", verbose_name=_("organisation")
    )
    legal_entities = models.ManyToManyField(
        LegalEntity,
        related_name="processors",
        verbose_name=_("legal entities"),
        help_text=_("For whom it works. Each is the controller of its own data."),
    )
    name = models.CharField(_("name"), max_length=200, help_text=_("As in the agreement."))
    role = models.CharField(_("role"), max_length=9, choices=Role.choices, default=Role.PROCESSOR)
    service = models.CharField(
        _("what it does"), max_length=300, help_text=_("In plain words, such as “sends the newsletters”.")
    )
    contact_name = models.CharField(_("contact for privacy"), max_length=200, blank=True)
    contact_email = models.EmailField(
        _("address for privacy"),
        help_text=_("Who hears there of requests, errors and data breaches (art. 28(3)(f), art. 33(2))."),
    )
    purposes = models.ManyToManyField(
        Purpose,
        related_name="processors",
        blank=True,
        verbose_name=_("purposes"),
        help_text=_("For which purposes it gets data."),
    )
    data = ArrayField(
        models.CharField(max_length=11, choices=DataKind.choices),
        verbose_name=_("data"),
        help_text=_("Which data it gets, and no more than it needs."),
    )
    agreement_reference = models.CharField(
        _("agreement"),
        max_length=300,
        blank=True,
        help_text=_("Where the data processing agreement is kept (art. 28(3)): its number or folder."),
    )
    agreed_date = models.DateField(_("agreed on"), null=True, blank=True)
    agreement_until_date = models.DateField(
        _("agreement ends on"), null=True, blank=True, help_text=_("Empty: until one of the two ends it.")
    )
    in_use_from_date = models.DateField(_("in use from"))
    in_use_until_date = models.DateField(
        _("in use until"),
        null=True,
        blank=True,
        help_text=_("Fill in when the work ends, and see that the data comes back or goes (art. 28(3)(g))."),
    )
    review_date = models.DateField(
        _("review on"),
        help_text=_(
            "When you next look whether the guarantees are still enough (art. 28(1)). You get a mail."
        ),
    )
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True, editable=False)

    class Meta(Abroad.Meta):
        verbose_name = _("processor")
        verbose_name_plural = _("processors")
        constraints = [
            *Abroad.Meta.constraints,
            models.UniqueConstraint(fields=["organisation", "name"], name="processor_once_per_organisation"),
            models.CheckConstraint(name="processor_gets_some_data", condition=Q(data__len__gt=0)),
            models.CheckConstraint(
                name="processor_agreement_ends_after_it_begins",
                condition=Q(agreement_until_date__isnull=True)
                | Q(agreed_date__isnull=False, agreement_until_date__gte=F("agreed_date")),
                violation_error_message=_("An agreement ends on a day after the one it was made on."),
            ),
            models.CheckConstraint(
                name="processor_use_ends_after_it_begins",
                condition=Q(in_use_until_date__isnull=True) | Q(in_use_until_date__gte=F("in_use_from_date")),
                violation_error_message=_("Its use ends on a day after the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SubProcessor(Abroad):
    """One party that a processor engages for part of its work (art. 28(2) and (4) GDPR)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    processor = models.ForeignKey(
        Processor, models.CASCADE, related_name="sub_processors", verbose_name=_("processor")
    )
    name = models.CharField(_("name"), max_length=200)
    service = models.CharField(_("what it does"), max_length=300)
    approved_date = models.DateField(
        _("approved on"),
        null=True,
        blank=True,
        help_text=_("When you agreed to it, or were told and did not object (art. 28(2))."),
    )

    class Meta(Abroad.Meta):
        verbose_name = _("sub-processor")
        verbose_name_plural = _("sub-processors")
        constraints = [
            *Abroad.Meta.constraints,
            models.UniqueConstraint(fields=["processor", "name"], name="sub_processor_once_per_processor"),
        ]

    def __str__(self) -> str:
        return self.name
