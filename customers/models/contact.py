from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.keys import uuid7
from customers.models.organisation import Language, Organisation


class LegalForm(models.TextChoices):
    """The legal form of an organisation; which of them are protected as people differs per country."""

    BV = "BV", _("Private limited company (bv)")
    NV = "NV", _("Public limited company (nv)")
    COOPERATIE = "COOPERATIE", _("Cooperative")
    VERENIGING = "VERENIGING", _("Association")
    STICHTING = "STICHTING", _("Foundation")
    PUBLIC_BODY = "PUBLIC_BODY", _("Public body")
    EENMANSZAAK = "EENMANSZAAK", _("Sole trader (eenmanszaak)")
    VOF = "VOF", _("General partnership (vof)")
    MAATSCHAP = "MAATSCHAP", _("Professional partnership (maatschap)")
    CV = "CV", _("Limited partnership (cv)")
    COMMV = "COMMV", _("Limited partnership (commv, Belgium)")
    VZW = "VZW", _("Non-profit association (vzw, Belgium)")


class Contact(models.Model):
    """One person or organisation that an organisation knows; an erased one stays as an empty tombstone."""

    class Kind(models.TextChoices):
        PERSON = "PERSON", _("Person")
        ORGANISATION = "ORGANISATION", _("Organisation")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contacts", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PERSON)
    legal_form = models.CharField(
        _("legal form"),
        max_length=12,
        choices=LegalForm.choices,
        blank=True,
        help_text=_("Leave empty when unknown: an unknown form is protected as a person (rule of caution)."),
    )
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        help_text=_(
            "Two letters, such as NL or BE. Empty: the country of the phone number decides which law counts."
        ),
    )
    language = models.CharField(_("language"), max_length=8, choices=Language.choices, default=Language.NL)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    organisation_name = models.CharField(_("name of the organisation"), max_length=200, blank=True)
    birth_date = models.DateField(
        _("date of birth"),
        null=True,
        blank=True,
        help_text=_("Only where a purpose needs it (data minimisation, art. 5 GDPR)."),
    )
    representative = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="represents",
        verbose_name=_("representative"),
        help_text=_("Parent, guardian, curator or mentor who decides for this person (art. 5 UAVG)."),
    )
    created_at = models.DateTimeField(_("known since"))
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(fields=["organisation", "family_name", "given_name"], name="contact_by_name"),
            # Whether an organisation has any contact in Belgium, without reading those it has elsewhere.
            models.Index(fields=["organisation"], name="contact_in_belgium", condition=Q(country="BE")),
            # With what a question asks about a person: a list is looked up here, one by one.
            models.Index(
                fields=["id"],
                include=["kind", "legal_form", "birth_date", "representative", "country"],
                name="contact_facts_by_key",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="contact_erased_holds_no_names",
                condition=Q(erased_at__isnull=True)
                | Q(given_name="", family_name="", organisation_name="", birth_date__isnull=True),
            ),
            models.CheckConstraint(
                name="contact_represented_by_another",
                condition=Q(representative__isnull=True) | ~Q(representative=models.F("id")),
                violation_error_message=_("A person cannot be their own representative."),
            ),
        ]

    def __str__(self) -> str:
        if self.erased_at:
            return str(_("Erased contact"))
        return (
            self.organisation_name
            or f"{self.given_name} {self.family_name}".strip()
            or str(_("Contact without a name"))
        )


class ContactPoint(models.Model):
    """One e-mail address, phone number or postal address; permission belongs to it and does not move."""

    class Kind(models.TextChoices):
        EMAIL = "EMAIL", _("E-mail address")
        PHONE = "PHONE", _("Phone number")
        POSTAL = "POSTAL", _("Postal address")

    class Verification(models.TextChoices):
        EMAIL_LINK = "EMAIL_LINK", _("Button behind a mailed link")
        SMS_CODE = "SMS_CODE", _("Code by SMS")
        CALL_BACK = "CALL_BACK", _("Call-back with a code read from the screen")
        DOCUMENT = "DOCUMENT", _("Document seen by staff")

    class Invalidity(models.TextChoices):
        HARD_BOUNCE = "HARD_BOUNCE", _("Mail was refused for good")
        WRONG_NUMBER = "WRONG_NUMBER", _("Wrong number")
        REPLACED = "REPLACED", _("Replaced by the person")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contact_points", verbose_name=_("organisation")
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="points", verbose_name=_("contact"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    # One form to compare by: e-mail in lower case, phone in E.164, postal as COUNTRY POSTCODE NUMBER.
    value = models.CharField(_("address"), max_length=320)
    raw_input = models.CharField(_("as typed"), max_length=500, blank=True)
    street = models.CharField(_("street and number"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    placeholder = models.BooleanField(
        _("placeholder"), default=False, help_text=_("A number that nobody has, such as 0612345678.")
    )
    claimed = models.BooleanField(
        _("only claimed"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Typed on a form beside an address that somebody else may have: it opens no link."),
    )
    impersonal = models.BooleanField(
        _("impersonal"),
        default=False,
        help_text=_("An address of a department, such as info@ (Belgium, Royal Decree of 4 April 2003)."),
    )
    published_from_date = models.DateField(
        _("published for marketing from"),
        null=True,
        blank=True,
        help_text=_(
            "The owner published this address to receive offers (art. 11.7(3)(a)). Keep the page as evidence."
        ),
    )
    published_evidence = models.CharField(_("where it was published"), max_length=500, blank=True)
    address_hash = models.BinaryField(_("keyed hash"), max_length=32, editable=False)
    hash_key_version = models.PositiveSmallIntegerField(_("version of the hash key"), editable=False)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_method = models.CharField(
        _("verified by"), max_length=10, choices=Verification.choices, blank=True
    )
    verified_by = models.ForeignKey(
        "customers.StaffMember",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agent who verified"),
    )
    invalid_at = models.DateTimeField(_("invalid since"), null=True, blank=True)
    invalid_reason = models.CharField(_("why invalid"), max_length=12, choices=Invalidity.choices, blank=True)
    created_at = models.DateTimeField(_("known since"))

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        indexes = [
            # With what a question asks about an address, so that a list is answered from the index alone.
            models.Index(
                fields=["organisation", "value"],
                include=[
                    *("id", "contact", "kind", "placeholder", "impersonal"),
                    *("published_from_date", "verified_at", "invalid_at"),
                ],
                name="contact_point_facts_by_value",
            ),
            models.Index(fields=["organisation", "address_hash"], name="contact_point_by_hash"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "kind", "value"], name="contact_point_once_per_contact"
            ),
            models.CheckConstraint(
                name="contact_point_verified_says_how",
                condition=Q(verified_at__isnull=True, verified_method="")
                | (Q(verified_at__isnull=False) & ~Q(verified_method="")),
            ),
            models.CheckConstraint(
                name="contact_point_invalid_says_why",
                condition=Q(invalid_at__isnull=True, invalid_reason="")
                | (Q(invalid_at__isnull=False) & ~Q(invalid_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.value
