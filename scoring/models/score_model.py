from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import LegalEntity, Organisation, StaffMember, uuid7

MOST_POINTS: Final = 1_000


class ScoreModel(models.Model):
    """One number that a legal entity gives to people; how it is counted, its versions say."""

    class Kind(models.TextChoices):
        STATIC = "STATIC", _("Static: what is known at one moment")
        DYNAMIC = "DYNAMIC", _("Dynamic: what people do on their way")

    class Dimension(models.TextChoices):
        FIT = "FIT", _("Fit: is this the person we look for?")
        ENGAGEMENT = "ENGAGEMENT", _("Engagement: does this person look for us?")

    class Ground(models.TextChoices):
        CONSENT = "CONSENT", _("Permission for profiling")
        LEGITIMATE_INTEREST = "LEGITIMATE_INTEREST", _("Legitimate interest, until somebody objects")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="score_models", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="score_models", verbose_name=_("legal entity")
    )
    code = models.SlugField(_("code"), help_text=_("Short name for scripts. Never changes."))
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(
        _("kind"),
        max_length=7,
        choices=Kind.choices,
        help_text=_(
            "A static model looks at what is known of people. A dynamic one also counts what they do."
        ),
    )
    dimension = models.CharField(
        _("what it measures"),
        max_length=10,
        choices=Dimension.choices,
        help_text=_("Two numbers that are never added: who fits is not who is interested."),
    )
    rests_on = models.CharField(
        _("rests on"),
        max_length=19,
        choices=Ground.choices,
        default=Ground.CONSENT,
        help_text=_(
            "Who objected to profiling is never scored. "
            "With permission as the ground, nor is who never gave it."
        ),
    )

    class Meta:
        verbose_name = _("score model")
        verbose_name_plural = _("score models")
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "code"], name="score_model_code_once_per_legal_entity"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ScoreModelVersion(models.Model):
    """One way of counting a score; once published it never changes, so that past scores can be explained."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    model = models.ForeignKey(
        ScoreModel, models.PROTECT, related_name="versions", verbose_name=_("score model")
    )
    number = models.PositiveIntegerField(_("number"), editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = models.ForeignKey(
        StaffMember,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )
    retired_at = models.DateTimeField(_("replaced at"), null=True, editable=False)
    # The day for which everybody was counted last; and until when what came in was looked at.
    counted_date = models.DateField(_("counted for"), null=True, editable=False)
    heard_until_at = models.DateTimeField(_("heard until"), null=True, editable=False)
    heard_sequence = models.BigIntegerField(_("heard up to (in the ledger)"), default=0, editable=False)

    class Meta:
        verbose_name = _("version of a score model")
        verbose_name_plural = _("versions of score models")
        constraints = [
            models.UniqueConstraint(fields=["model", "number"], name="score_version_number_once_per_model"),
            models.UniqueConstraint(
                fields=["model"],
                condition=Q(published_at__isnull=False, retired_at__isnull=True),
                name="score_version_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["model"], condition=Q(published_at__isnull=True), name="score_version_one_draft"
            ),
            models.CheckConstraint(
                name="score_version_retires_after_publication",
                condition=Q(retired_at__isnull=True) | Q(retired_at__gte=models.F("published_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.number}"

    @property
    def is_in_force(self) -> bool:
        return self.published_at is not None and self.retired_at is None


class ScoreRule(models.Model):
    """One sentence of a version: who does or is this, gets so many points."""

    class LooksAt(models.TextChoices):
        PAGE_VISIT = "PAGE_VISIT", _("visits a page")
        SEARCH = "SEARCH", _("searches")
        MAIL_OPENED = "MAIL_OPENED", _("opens a mail and then does something")
        LINK_FOLLOWED = "LINK_FOLLOWED", _("follows a link")
        FORM_SENT = "FORM_SENT", _("sends a form")
        PURCHASE = "PURCHASE", _("buys or donates")
        CONVERSATION = "CONVERSATION", _("has a conversation")
        EVENT_VISIT = "EVENT_VISIT", _("visits an event")
        APPLICATION = "APPLICATION", _("applies for a job")
        REFERRAL = "REFERRAL", _("refers somebody")
        PLACEHOLDER_ADDRESS = "PLACEHOLDER_ADDRESS", _("gives a number that nobody has")
        BOUNCE = "BOUNCE", _("has an address that mail comes back from")
        OTHER = "OTHER", _("does something else")
        PERSON = "PERSON", _("is somebody (what is known of the person)")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(
        ScoreModelVersion, models.CASCADE, related_name="rules", verbose_name=_("version")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    looks_at = models.CharField(_("when somebody"), max_length=19, choices=LooksAt.choices)
    points = models.SmallIntegerField(
        _("they get points"), help_text=_("Minus takes points away, as for a number that nobody has.")
    )
    half_life_days = models.PositiveSmallIntegerField(
        _("that halve every (days)"),
        null=True,
        blank=True,
        help_text=_("After so many days half is left, then a quarter. Empty: points stay."),
    )
    window_days = models.PositiveSmallIntegerField(
        _("and count for (days)"),
        null=True,
        blank=True,
        help_text=_("With 30, what is done today counts today and 29 days more. Empty: without end."),
    )
    cap = models.PositiveSmallIntegerField(
        _("at most (points)"),
        null=True,
        blank=True,
        help_text=_("What this rule gives, or takes, together. Empty: no limit."),
    )
    once = models.BooleanField(
        _("only once"), default=False, help_text=_("However often it is done; the last time counts.")
    )
    phase = models.CharField(
        _("phase"),
        max_length=50,
        blank=True,
        help_text=_("Where on the way this belongs, such as “orientation”. For overview only."),
    )

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            models.CheckConstraint(
                name="score_rule_gives_or_takes",
                condition=~Q(points=0) & Q(points__gte=-MOST_POINTS, points__lte=MOST_POINTS),
                violation_error_message=_("A rule gives or takes 1 to 1000 points."),
            ),
            models.CheckConstraint(
                name="score_rule_terms_are_days",
                condition=(Q(half_life_days__isnull=True) | Q(half_life_days__gte=1))
                & (Q(window_days__isnull=True) | Q(window_days__gte=1))
                & (Q(cap__isnull=True) | Q(cap__gte=1)),
                violation_error_message=_("Days and the most points are 1 or more; leave empty for none."),
            ),
            models.CheckConstraint(
                name="score_rule_of_a_person_has_no_time",
                condition=~Q(looks_at="PERSON")
                | Q(half_life_days__isnull=True, window_days__isnull=True, cap__isnull=True, once=False),
                violation_error_message=_(
                    "What somebody is gives its points once, for as long as it is so: no days, no most, "
                    "no “only once”."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_looks_at_display()}: {self.points:+d}"


class RuleCondition(models.Model):
    """One thing that must also be so for a rule to count; all conditions of a rule hold together."""

    class Field(models.TextChoices):
        SUBJECT = "SUBJECT", _("what it was about (page, words, mail, product group)")
        SOURCE = "SOURCE", _("where they came from (campaign, channel)")
        VALUE = "VALUE", _("the value")
        LANGUAGE = "LANGUAGE", _("the language")
        COUNTRY = "COUNTRY", _("the country")
        CONTACT_KIND = "CONTACT_KIND", _("person or organisation")
        LEGAL_FORM = "LEGAL_FORM", _("the legal form")
        AGE = "AGE", _("the age in years")
        TOWN = "TOWN", _("the town")
        POSTAL_CODE = "POSTAL_CODE", _("the postal code")
        EMAIL = "EMAIL", _("a usable e-mail address")
        PHONE = "PHONE", _("a usable phone number")
        DAYS_KNOWN = "DAYS_KNOWN", _("the days they are known to us")
        PURCHASES = "PURCHASES", _("the number of purchases and donations")
        DAYS_SINCE_PURCHASE = "DAYS_SINCE_PURCHASE", _("the days since the last purchase or donation")
        ATTRIBUTE = "ATTRIBUTE", _("an attribute, by its name")

    class Comparison(models.TextChoices):
        IS = "IS", _("is")
        IS_NOT = "IS_NOT", _("is not")
        CONTAINS = "CONTAINS", _("contains")
        STARTS_WITH = "STARTS_WITH", _("starts with")
        AT_LEAST = "AT_LEAST", _("is at least")
        AT_MOST = "AT_MOST", _("is at most")
        KNOWN = "KNOWN", _("is known")

    rule = models.ForeignKey(ScoreRule, models.CASCADE, related_name="conditions", verbose_name=_("rule"))
    field = models.CharField(_("of which"), max_length=19, choices=Field.choices)
    name = models.SlugField(
        _("name of the attribute"), blank=True, db_index=False, help_text=_("Such as region or churn.")
    )
    comparison = models.CharField(_("comparison"), max_length=11, choices=Comparison.choices)
    text = models.CharField(_("text"), max_length=200, blank=True)
    number = models.DecimalField(_("number"), max_digits=18, decimal_places=6, null=True, blank=True)

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        constraints = [
            models.CheckConstraint(
                name="rule_condition_names_an_attribute",
                condition=Q(field="ATTRIBUTE") & ~Q(name="") | ~Q(field="ATTRIBUTE") & Q(name=""),
                violation_error_message=_("An attribute, and nothing else, has a name."),
            ),
            models.CheckConstraint(
                name="rule_condition_compares_with_something",
                condition=Q(comparison__in=["IS", "IS_NOT", "CONTAINS", "STARTS_WITH"], number__isnull=True)
                & ~Q(text="")
                | Q(comparison__in=["AT_LEAST", "AT_MOST"], text="", number__isnull=False)
                | Q(comparison="KNOWN", text="", number__isnull=True),
                violation_error_message=_(
                    "“Is at least” and “is at most” need a number, “is known” needs nothing, "
                    "the others a text."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_field_display()} {self.get_comparison_display()}"


class Band(models.Model):
    """A stretch of a score with a name of its own, from its lowest points up to the next band."""

    version = models.ForeignKey(
        ScoreModelVersion, models.CASCADE, related_name="bands", verbose_name=_("version")
    )
    from_points = models.IntegerField(_("from (points)"))
    code = models.SlugField(
        _("code"), db_index=False, help_text=_("The same code in the next version is the same band.")
    )
    name = models.CharField(_("name"), max_length=50, help_text=_("Such as cold, warm or hot."))

    class Meta:
        verbose_name = _("band")
        verbose_name_plural = _("bands")
        constraints = [
            models.UniqueConstraint(fields=["version", "from_points"], name="band_from_once_per_version"),
            models.UniqueConstraint(fields=["version", "code"], name="band_code_once_per_version"),
        ]

    def __str__(self) -> str:
        return self.name
