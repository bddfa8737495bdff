from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Department, LegalEntity, Organisation, StaffMember, uuid7
from scoring.models.journey import Journey, JourneyStage
from scoring.models.journey_rule import JourneyAction, JourneyRule


class JourneyMember(models.Model):
    """One passage of one person through a journey: where they are now, or how they left it."""

    class Source(models.TextChoices):
        RULE = "RULE", _("By a rule")
        HAND = "HAND", _("Put in by a colleague")
        SIDE = "SIDE", _("Put in on the way by a colleague")
        REFERRAL = "REFERRAL", _("Referred by somebody")
        FORM = "FORM", _("By a form of their own")

    class Outcome(models.TextChoices):
        GOAL = "GOAL", _("Reached the goal")
        DROPPED = "DROPPED", _("Dropped out")
        STOPPED = "STOPPED", _("May not be followed any more")
        ENDED = "ENDED", _("The journey ended")

    journey = models.ForeignKey(
        Journey, models.PROTECT, related_name="members", db_index=False, verbose_name=_("journey")
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="journeys", verbose_name=_("contact"))
    stage = models.ForeignKey(
        JourneyStage,
        models.PROTECT,
        null=True,
        related_name="members",
        db_index=False,
        verbose_name=_("stage"),
        help_text=_("Empty: they left."),
    )
    source = models.CharField(_("came in by"), max_length=8, choices=Source.choices)
    entered_at = models.DateTimeField(_("entered at"))
    stage_since = models.DateTimeField(_("in the stage since"))
    left_at = models.DateTimeField(_("left at"), null=True)
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome.choices, blank=True)
    still_employed = models.BooleanField(
        _("works here still"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("They left a stage of employees, and nobody noted that they left employment."),
    )
    # When the next action of the stage is due; empty when all were done.
    act_at = models.DateTimeField(_("next action at"), null=True, editable=False)

    class Meta:
        verbose_name = _("person on a journey")
        verbose_name_plural = _("people on journeys")
        indexes = [
            models.Index(fields=["journey", "contact", "left_at"], name="journey_member_passages"),
            models.Index(fields=["stage", "stage_since"], name="journey_member_in_stage"),
            models.Index(fields=["journey", "entered_at"], name="journey_member_as_entered"),
            models.Index(
                fields=["journey", "act_at"], name="journey_member_due", condition=Q(act_at__isnull=False)
            ),
            models.Index(fields=["left_at"], name="journey_member_as_left"),
            models.Index(
                fields=["journey", "contact"],
                name="journey_member_works_here",
                condition=Q(still_employed=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["journey", "contact"],
                condition=Q(left_at__isnull=True),
                name="journey_one_passage_at_a_time",
            ),
            models.CheckConstraint(
                name="journey_member_is_in_a_stage_or_left",
                condition=Q(stage__isnull=False, left_at__isnull=True, outcome="")
                | Q(stage__isnull=True, left_at__isnull=False, act_at__isnull=True) & ~Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage or self.get_outcome_display()}"


class JourneyMove(models.Model):
    """One step of one passage, written when it was made and never changed."""

    class How(models.TextChoices):
        RULE = "RULE", _("By a rule")
        HAND = "HAND", _("By a colleague")
        STOPPED = "STOPPED", _("May not be followed any more")
        ENDED = "ENDED", _("The journey ended")
        WORK = "WORK", _("Left employment, as a colleague noted")

    member = models.ForeignKey(
        JourneyMember, models.CASCADE, related_name="moves", verbose_name=_("person on a journey")
    )
    journey = models.ForeignKey(
        Journey, models.PROTECT, related_name="moves", db_index=False, verbose_name=_("journey")
    )
    from_stage = models.ForeignKey(
        JourneyStage,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("from"),
        help_text=_("Empty: from outside."),
    )
    to_stage = models.ForeignKey(
        JourneyStage,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("to"),
        help_text=_("Empty: out of the journey."),
    )
    moved_at = models.DateTimeField(_("when"))
    # A turn has one moment, and goes on for a while after it: this is when the step was written.
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    # How long they had been in the stage they came from, so that lead times need no look at other rows.
    stage_since = models.DateTimeField(_("in the stage before it since"), null=True)
    how = models.CharField(_("how"), max_length=7, choices=How.choices)
    rule = models.ForeignKey(
        JourneyRule, models.SET_NULL, null=True, related_name="+", db_index=False, verbose_name=_("rule")
    )
    staff = models.ForeignKey(StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("step on a journey")
        verbose_name_plural = _("steps on journeys")
        indexes = [
            models.Index(fields=["journey", "moved_at"], name="journey_move_as_made"),
            models.Index(fields=["journey", "recorded_at"], name="journey_move_as_recorded"),
            models.Index(fields=["from_stage", "moved_at"], name="journey_move_out_of_stage"),
            models.Index(fields=["to_stage", "moved_at"], name="journey_move_into_stage"),
        ]
        constraints = [
            models.CheckConstraint(
                name="journey_move_goes_somewhere",
                condition=Q(from_stage__isnull=False) | Q(to_stage__isnull=False),
            ),
            models.CheckConstraint(
                name="journey_move_by_hand_says_who_and_why",
                condition=~Q(how__in=["HAND", "WORK"]) | Q(staff__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_how_display()} {self.moved_at:%Y-%m-%d}"


class ColleagueTask(models.Model):
    """One thing that a colleague is asked to do for one person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="+", db_index=False, verbose_name=_("legal entity")
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="tasks", verbose_name=_("contact"))
    member = models.ForeignKey(
        JourneyMember,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("person on a journey"),
    )
    action = models.ForeignKey(
        JourneyAction,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("action"),
        help_text=_("Empty: given by a colleague."),
    )
    words = models.CharField(_("what to do"), max_length=200)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    staff = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("for")
    )
    given_at = models.DateTimeField(_("given at"))
    given_by = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("given by")
    )
    due_at = models.DateTimeField(_("to be done by"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True)
    done_by = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("done by")
    )

    class Meta:
        verbose_name = _("task for a colleague")
        verbose_name_plural = _("tasks for colleagues")
        indexes = [
            models.Index(
                fields=["legal_entity", "due_at"],
                name="colleague_task_open",
                condition=Q(done_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="colleague_task_done_by_somebody",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.words
