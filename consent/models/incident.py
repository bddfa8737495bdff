from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import LegalEntity, Organisation, StaffMember, uuid7


class Incident(models.Model):
    """One personal data breach: what happened, whom it touches, what was done and told (art. 33(5) GDPR)."""

    class Kind(models.TextChoices):
        CONFIDENTIALITY = "CONFIDENTIALITY", _("Somebody saw or got data who should not (confidentiality)")
        INTEGRITY = "INTEGRITY", _("Data was changed that should not be (integrity)")
        AVAILABILITY = "AVAILABILITY", _("Data was lost or could not be reached (availability)")

    class Risk(models.TextChoices):
        UNWEIGHED = "UNWEIGHED", _("Not weighed yet")
        UNLIKELY = "UNLIKELY", _("A risk to people is unlikely")
        RISK = "RISK", _("A risk to people: the authority is told (art. 33)")
        HIGH = "HIGH", _("A high risk to people: they are told too (art. 34)")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"), editable=False
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="incidents", verbose_name=_("legal entity")
    )
    title = models.CharField(
        _("in a few words"), max_length=150, help_text=_("Such as “call list in a train”. Name nobody.")
    )
    kinds = ArrayField(models.CharField(max_length=15, choices=Kind.choices), verbose_name=_("kind"))
    what_happened = models.TextField(
        _("what happened"),
        help_text=_("The facts, and which data it is about (art. 33(3)(a)). Name nobody."),
    )
    happened_from = models.DateTimeField(_("from"), help_text=_("When it began, as far as is known."))
    happened_until = models.DateTimeField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("When it was over. Empty: it goes on, or unknown."),
    )
    noticed_at = models.DateTimeField(
        _("noticed at"), help_text=_("When you became aware of it: 72 hours run from here (art. 33(1)).")
    )
    consequences = models.TextField(
        _("consequences"), blank=True, help_text=_("What it can mean for people (art. 33(3)(c)).")
    )
    measures = models.TextField(
        _("measures"), blank=True, help_text=_("What was done against it and its effects (art. 33(3)(d)).")
    )
    risk = models.CharField(_("risk"), max_length=9, choices=Risk.choices, default=Risk.UNWEIGHED)
    reported_at = models.DateTimeField(_("reported to the authority at"), null=True, blank=True)
    report_reference = models.CharField(_("number of the report"), max_length=100, blank=True)
    late_reason = models.TextField(
        _("why later than 72 hours"), blank=True, help_text=_("The authority is told why (art. 33(1)).")
    )
    not_reported_reason = models.TextField(
        _("why it is not reported"), blank=True, help_text=_("Why a risk to people is unlikely (art. 33(1)).")
    )
    told_at = models.DateTimeField(_("people told at"), null=True, blank=True)
    not_told_reason = models.TextField(
        _("why people are not told"),
        blank=True,
        help_text=_("No high risk, or one of the cases of art. 34(3): such as data nobody can read."),
    )
    recorded_at = models.DateTimeField(_("written down at"), editable=False)
    recorded_by = models.ForeignKey(
        StaffMember,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("written down by"),
    )
    reminded_at = models.DateTimeField(_("officer reminded at"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(
        _("closed at"), null=True, blank=True, help_text=_("Only when all above is decided.")
    )

    class Meta:
        verbose_name = _("data breach")
        verbose_name_plural = _("data breaches")
        indexes = [
            models.Index(fields=["organisation", "-noticed_at"], name="incident_newest_first"),
            models.Index(
                fields=["noticed_at"],
                name="incident_not_reported",
                condition=Q(reported_at__isnull=True, not_reported_reason=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="incident_has_a_kind", condition=Q(kinds__len__gt=0)),
            models.CheckConstraint(
                name="incident_ends_after_it_begins",
                condition=Q(happened_until__isnull=True) | Q(happened_until__gte=F("happened_from")),
                violation_error_message=_("It ends after it begins."),
            ),
            models.CheckConstraint(
                name="incident_noticed_after_it_began",
                condition=Q(noticed_at__gte=F("happened_from")),
                violation_error_message=_("It is noticed after it began."),
            ),
            models.CheckConstraint(
                name="incident_reported_after_it_was_noticed",
                condition=Q(reported_at__isnull=True) | Q(reported_at__gte=F("noticed_at")),
                violation_error_message=_("It is reported after it was noticed."),
            ),
            models.CheckConstraint(
                name="incident_closed_with_every_decision",
                condition=Q(closed_at__isnull=True)
                | (
                    ~Q(risk="UNWEIGHED")
                    & ~Q(measures="")
                    & (Q(reported_at__isnull=False) | ~Q(not_reported_reason=""))
                    & (Q(told_at__isnull=False) | ~Q(not_told_reason=""))
                ),
                violation_error_message=_(
                    "Before it is closed: weigh the risk, write the measures, report it or say why not, tell "
                    "people or say why not (art. 33(5))."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class IncidentPerson(models.Model):
    """One person whom a data breach may touch, by bare key: in which list, export or message, and when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(
        Incident, models.CASCADE, related_name="people", db_index=False, verbose_name=_("data breach")
    )
    # By key, without a foreign key: what happened stays documented when somebody is erased.
    contact_id = models.UUIDField(_("contact"))
    source = models.CharField(_("in what"), max_length=9)
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))
    times = models.PositiveIntegerField(_("times"))

    class Meta:
        verbose_name = _("person of a data breach")
        verbose_name_plural = _("people of data breaches")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "contact_id", "source"], name="incident_person_once_per_source"
            ),
        ]
        indexes = [models.Index(fields=["contact_id"], name="incident_person_by_contact")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.source}"
