import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consent.models.purpose import Channel, Purpose
from customers.models import Country, LegalEntity, Organisation, StaffMember, uuid7


class Weekday(models.IntegerChoices):
    """A day on which calls are possible at all, as ISO 8601 counts them; Sunday is closed everywhere."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")


class OptionalDay(models.TextChoices):
    """A Dutch national day on which calls are allowed, unless a policy closes it."""

    KINGS_DAY = "KINGS_DAY", _("King's Day")
    LIBERATION_DAY = "LIBERATION_DAY", _("Liberation Day")


def every_weekday() -> list[int]:
    return [day.value for day in Weekday]


class EndedByStaff(models.Model):
    """Who ended a rule of the house and why; the moment stands with the rule itself."""

    ended_by = models.ForeignKey(
        StaffMember,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        editable=False,
        verbose_name=_("ended by"),
    )
    ended_because = models.CharField(
        _("why it was ended"), max_length=300, blank=True, db_default="", editable=False
    )

    class Meta:
        abstract = True


class HousePolicyQuerySet(models.QuerySet["HousePolicy"]):
    def in_force(self, *, at: datetime.datetime, known_at: datetime.datetime) -> "HousePolicyQuerySet":
        """Policies that held at one moment, as far as they were decided at another."""
        not_ended = Q(ended_at__isnull=True) | Q(ended_at__gt=at) | Q(ended_at__gt=known_at)
        not_over = Q(valid_until_at__isnull=True) | Q(valid_until_at__gt=at)
        return self.filter(not_ended, not_over, decided_at__lte=known_at, valid_from_at__lte=at)


class HousePolicy(EndedByStaff):
    """One rule that a legal entity sets itself: stricter than the law, from one moment to another.

    What was decided is never overwritten; `valid_until_at` is the end planned when it was adopted,
    `ended_at` the moment somebody ended it.
    """

    class Forbids(models.TextChoices):
        WITHOUT_CONSENT = "WITHOUT_CONSENT", _("All contact except with permission")
        EVERYTHING = "EVERYTHING", _("All contact")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="house_policies", verbose_name=_("legal entity")
    )
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="house_policies",
        verbose_name=_("purpose"),
        help_text=_("Empty: every purpose."),
    )
    channel = models.CharField(
        _("channel"),
        max_length=14,
        choices=Channel.choices,
        blank=True,
        help_text=_("Empty: every channel."),
    )
    forbids = models.CharField(
        _("what is forbidden"),
        max_length=15,
        choices=Forbids.choices,
        help_text=_(
            "“All contact except with permission”: customers, donors and published addresses are left alone "
            "too, unless they gave permission. Service messages stay possible in both cases."
        ),
    )
    reason = models.CharField(
        _("reason"), max_length=300, help_text=_("Why you choose to be stricter than the law, for later.")
    )
    valid_from_at = models.DateTimeField(_("valid from"))
    valid_until_at = models.DateTimeField(
        _("valid until"), null=True, blank=True, help_text=_("Empty: until somebody ends it.")
    )
    decided_by = models.ForeignKey(
        StaffMember, models.PROTECT, related_name="+", editable=False, verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)

    objects = HousePolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("house policy")
        verbose_name_plural = _("house policies")
        constraints = [
            models.CheckConstraint(
                name="house_policy_ends_after_it_begins",
                condition=Q(valid_until_at__isnull=True) | Q(valid_until_at__gt=F("valid_from_at")),
                violation_error_message=_("A policy ends after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity}: {self.get_forbids_display()}"


class CallingPolicy(EndedByStaff):
    """How a legal entity narrows its calling hours and days, and how often it tries somebody.

    Its days are whole days; `ended_at` is the moment somebody ended it, and that day still counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="calling_policies", verbose_name=_("legal entity")
    )
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday.choices),
        default=every_weekday,
        verbose_name=_("days"),
        help_text=_("Days on which you call. Nobody is called on Sundays and public holidays."),
    )
    opens = models.TimeField(
        _("from"),
        default=datetime.time(9),
        help_text=_("09:00 at the earliest, in the time of the person called."),
    )
    closes = models.TimeField(
        _("until"),
        default=datetime.time(22),
        help_text=_("22:00 at the latest. Where the law stops earlier, as on Saturdays, that holds."),
    )
    closed_holidays = ArrayField(
        models.CharField(max_length=14, choices=OptionalDay.choices),
        default=list,
        blank=True,
        verbose_name=_("also closed on"),
        help_text=_("Shops may open on these days, so calls are allowed unless you close them."),
    )
    closed_dates = ArrayField(
        models.DateField(),
        default=list,
        blank=True,
        verbose_name=_("other closed days"),
        help_text=_("One date on each line, such as 2026-12-31."),
    )
    maximum_attempts = models.PositiveSmallIntegerField(
        _("attempts at most"),
        default=3,
        validators=[MinValueValidator(1)],
        help_text=_("How often you try one person for one purpose before you stop."),
    )
    days_between_attempts = models.PositiveSmallIntegerField(
        _("days between attempts"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("1: at most one attempt on a day."),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    valid_from_date = models.DateField(_("first day"))
    valid_until_date = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Empty: until somebody ends it.")
    )
    decided_by = models.ForeignKey(
        StaffMember, models.PROTECT, related_name="+", editable=False, verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("calling policy")
        verbose_name_plural = _("calling policies")
        constraints = [
            models.CheckConstraint(
                name="calling_policy_ends_after_it_begins",
                condition=Q(valid_until_date__isnull=True) | Q(valid_until_date__gte=F("valid_from_date")),
                violation_error_message=_("The last day comes after the first."),
            ),
            models.CheckConstraint(
                name="calling_policy_closes_after_it_opens",
                condition=Q(closes__gt=F("opens")),
                violation_error_message=_("The hours end after they begin."),
            ),
            models.CheckConstraint(name="calling_policy_has_a_day", condition=Q(weekdays__len__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity}: {self.opens:%H:%M}-{self.closes:%H:%M}"


class DayOfMourning(EndedByStaff):
    """One national day of mourning, on which nobody in that country is called (Code Telemarketing 2024).

    It belongs to one organisation: nobody can close or open the phones of another. A day entered by
    mistake is taken back, not deleted, so that earlier answers stay explained.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="days_of_mourning", verbose_name=_("organisation")
    )
    country = models.CharField(_("country"), max_length=2, choices=Country.choices, default=Country.NL)
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=200, help_text=_("For whom or what."))
    source = models.CharField(
        _("announced where"), max_length=300, help_text=_("Web address or number of the announcement.")
    )
    decided_by = models.ForeignKey(
        StaffMember, models.PROTECT, related_name="+", editable=False, verbose_name=_("entered by")
    )
    decided_at = models.DateTimeField(_("entered at"), editable=False)
    ended_at = models.DateTimeField(_("taken back at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("day of mourning")
        verbose_name_plural = _("days of mourning")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "country", "date"],
                name="day_of_mourning_once",
                condition=Q(ended_at__isnull=True),
                violation_error_message=_("This day is there already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}"
