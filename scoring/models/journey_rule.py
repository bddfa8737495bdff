from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Department, StaffMember, uuid7
from scoring.models.journey import Journey, JourneyStage
from scoring.models.score import Segment
from scoring.models.score_model import ScoreModel, ScoreRule


class JourneyRule(models.Model):
    """One sentence of a journey: who is in this stage so long, and is or does this, goes there."""

    class Kind(models.TextChoices):
        ENTER = "ENTER", _("Enters")
        ADVANCE = "ADVANCE", _("Goes to another stage")
        EXIT = "EXIT", _("Leaves")

    class Comparison(models.TextChoices):
        REACHES = "REACHES", _("reaches")
        FALLS = "FALLS", _("falls to")

    class Outcome(models.TextChoices):
        GOAL = "GOAL", _("Reached the goal")
        DROPPED = "DROPPED", _("Dropped out")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    journey = models.ForeignKey(
        Journey, models.CASCADE, related_name="rules", db_index=False, verbose_name=_("journey")
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Where several hold for somebody, the first counts.")
    )
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices)
    from_stage = models.ForeignKey(
        JourneyStage,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="rules_out",
        verbose_name=_("from"),
        help_text=_("Empty: from outside."),
    )
    to_stage = models.ForeignKey(
        JourneyStage,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="rules_in",
        verbose_name=_("to"),
        help_text=_("Empty: out of the journey."),
    )
    after_days = models.PositiveSmallIntegerField(
        _("after (days)"), default=0, help_text=_("So many whole days of 24 hours in the stage before it.")
    )
    segment = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("is in segment"),
    )
    score_model = models.ForeignKey(
        ScoreModel, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("score")
    )
    comparison = models.CharField(_("comparison"), max_length=7, choices=Comparison.choices, blank=True)
    points = models.IntegerField(_("points"), null=True, blank=True)
    looks_at = models.CharField(
        _("when somebody"), max_length=19, choices=ScoreRule.LooksAt.choices, blank=True
    )
    within_days = models.PositiveSmallIntegerField(
        _("within (days)"),
        null=True,
        blank=True,
        help_text=_("Only what was done in so many days counts. Empty: without end."),
    )
    times = models.PositiveSmallIntegerField(_("times at least"), default=1)
    # Each a mapping with the names and words of `RuleCondition`: field, name, comparison, text, number.
    conditions = models.JSONField(_("conditions"), default=list, blank=True)
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome.choices, blank=True)

    class Meta:
        verbose_name = _("rule of a journey")
        verbose_name_plural = _("rules of journeys")
        indexes = [models.Index(fields=["journey", "position"], name="journey_rule_in_order")]
        constraints = [
            models.CheckConstraint(
                name="journey_rule_goes_somewhere",
                condition=Q(kind="ENTER", from_stage__isnull=True, to_stage__isnull=False, outcome="")
                & Q(after_days=0)
                | Q(kind="ADVANCE", from_stage__isnull=False, to_stage__isnull=False, outcome="")
                | Q(kind="EXIT", from_stage__isnull=False, to_stage__isnull=True) & ~Q(outcome=""),
                violation_error_message=_(
                    "Who enters goes to a stage, without waiting; who goes on needs two stages; who leaves "
                    "needs a stage and an outcome."
                ),
            ),
            models.CheckConstraint(
                name="journey_rule_does_not_stand_still",
                condition=Q(from_stage__isnull=True)
                | Q(to_stage__isnull=True)
                | ~Q(from_stage=models.F("to_stage")),
                violation_error_message=_("A rule leads to another stage."),
            ),
            models.CheckConstraint(
                name="journey_rule_waits_for_points_of_a_model",
                condition=Q(score_model__isnull=True, points__isnull=True, comparison="")
                | Q(score_model__isnull=False, points__isnull=False) & ~Q(comparison=""),
                violation_error_message=_(
                    "To wait for a score, give a score model, a comparison and points; else none of them."
                ),
            ),
            models.CheckConstraint(
                name="journey_rule_counts_acts",
                condition=Q(times__gte=1)
                & (Q(within_days__isnull=True) | Q(within_days__gte=1))
                & (Q(times=1, within_days__isnull=True) | ~Q(looks_at__in=["", "PERSON"])),
                violation_error_message=_("Only what people do is counted, and within days: from one up."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.from_stage or '…'} → {self.to_stage or '…'}"


class JourneyAction(models.Model):
    """One thing that is done for everybody who is in a stage so long."""

    class What(models.TextChoices):
        MESSAGE = "MESSAGE", _("Send the message of a campaign")
        TASK = "TASK", _("Give a colleague a task")
        PUT_IN = "PUT_IN", _("Put into a segment")
        TAKE_OUT = "TAKE_OUT", _("Take out of a segment")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    stage = models.ForeignKey(JourneyStage, models.CASCADE, related_name="actions", verbose_name=_("stage"))
    after_days = models.PositiveSmallIntegerField(
        _("after (days)"), default=0, help_text=_("Whole days of 24 hours in the stage. 0: on arrival.")
    )
    what = models.CharField(_("what"), max_length=8, choices=What.choices)
    campaign = models.ForeignKey(
        "scoring.Campaign",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="journey_actions",
        verbose_name=_("campaign"),
        help_text=_("One that goes when a journey says so. Each person gets it once, however they go."),
    )
    segment = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("segment"),
        help_text=_("One that people are put into by hand or by a journey."),
    )
    words = models.CharField(
        _("what to do"), max_length=200, blank=True, help_text=_("Such as: call to ask how it went.")
    )
    due_days = models.PositiveSmallIntegerField(
        _("to be done within (days)"), null=True, blank=True, help_text=_("Of a task.")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    staff = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("colleague")
    )

    class Meta:
        verbose_name = _("action of a stage")
        verbose_name_plural = _("actions of stages")
        constraints = [
            models.CheckConstraint(
                name="journey_action_has_what_it_needs",
                condition=Q(what="MESSAGE", campaign__isnull=False, segment__isnull=True, words="")
                | Q(what="TASK", campaign__isnull=True, segment__isnull=True) & ~Q(words="")
                | Q(what__in=["PUT_IN", "TAKE_OUT"], campaign__isnull=True, segment__isnull=False, words=""),
                violation_error_message=_(
                    "A message needs a campaign, a task says what to do, a segment action needs a segment."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage}: {self.get_what_display()}"
