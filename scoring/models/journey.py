from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consent.models import Purpose
from customers.models import LegalEntity, Organisation, StaffMember, uuid7
from scoring.models.score_model import ScoreModel


class Journey(models.Model):
    """One way that people go with a legal entity, stage by stage, for one purpose."""

    class Kind(models.TextChoices):
        GENERAL = "GENERAL", _("Journey")
        TALENT_POOL = "TALENT_POOL", _("Talent pool")

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        RUNNING = "RUNNING", _("Running")
        PAUSED = "PAUSED", _("Paused")
        ENDED = "ENDED", _("Ended")

    class Fault(models.TextChoices):
        """What keeps a journey from going on by itself."""

        RULES = "RULES", _("one of its rules asks what cannot be asked any more, so it paused")
        TURN = "TURN", _("its last turn could not be made to the end, and is tried again")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="journeys", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="journeys", verbose_name=_("legal entity")
    )
    code = models.SlugField(_("code"), help_text=_("Short name for links and reports. Never changes."))
    name = models.CharField(_("name"), max_length=120, help_text=_("Only colleagues see it."))
    description = models.TextField(_("description"), blank=True)
    kind = models.CharField(_("kind"), max_length=11, choices=Kind.choices, default=Kind.GENERAL)
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        related_name="+",
        verbose_name=_("purpose"),
        help_text=_(
            "What people are followed for. Who objects to it, or to profiling, leaves the journey at once."
        ),
    )
    rests_on = models.CharField(
        _("rests on"),
        max_length=19,
        choices=ScoreModel.Ground.choices,
        default=ScoreModel.Ground.CONSENT,
        help_text=_(
            "With permission as the ground, only who gave it for this purpose can be in the journey."
        ),
    )
    again_after_days = models.PositiveSmallIntegerField(
        _("again after (days)"),
        null=True,
        blank=True,
        help_text=_("So long after somebody left, a rule may let them in again. Empty: never."),
    )
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField(_("made at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    started_by = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("started by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)
    # The turn that is being made: its moment, and the key of the last contact it came to. Null between turns.
    turn_at = models.DateTimeField(null=True, editable=False)
    turn_after = models.UUIDField(null=True, editable=False)
    turned_at = models.DateTimeField(_("last turn at"), null=True, editable=False)
    # What was written in transactions from this number on is still to be looked at; null: everybody is.
    noted_from = models.BigIntegerField(null=True, editable=False)
    # What the last turn asked, as a hash: who asks something else looks at everybody.
    asked = models.CharField(max_length=64, default="", db_default="", blank=True, editable=False)
    fault = models.CharField(
        _("what is wrong"),
        max_length=5,
        choices=Fault.choices,
        default="",
        db_default="",
        blank=True,
        editable=False,
    )

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"], name="journey_code_once_per_organisation"
            ),
            models.CheckConstraint(
                name="journey_starts_once_it_is_no_draft",
                condition=Q(state="DRAFT", started_at__isnull=True, ended_at__isnull=True)
                | Q(state__in=["RUNNING", "PAUSED"], started_at__isnull=False, ended_at__isnull=True)
                | Q(state="ENDED", started_at__isnull=False, ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="journey_again_takes_a_day",
                condition=Q(again_after_days__isnull=True) | Q(again_after_days__gte=1),
                violation_error_message=_("Give one day or more, or leave it empty for never."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class JourneyStage(models.Model):
    """One place on a journey where people are for a while, and what is aimed at there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    journey = models.ForeignKey(
        Journey, models.CASCADE, related_name="stages", db_index=False, verbose_name=_("journey")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    code = models.SlugField(_("code"), db_index=False, help_text=_("Short name for reports."))
    name = models.CharField(_("name"), max_length=100)
    target_people = models.PositiveIntegerField(
        _("people aimed at"), null=True, blank=True, help_text=_("How many should be here.")
    )
    target_days = models.PositiveSmallIntegerField(
        _("days aimed at"), null=True, blank=True, help_text=_("How long somebody should be here at most.")
    )
    target_conversion = models.PositiveSmallIntegerField(
        _("percent on to the next stage"), null=True, blank=True
    )
    figures_only = models.BooleanField(
        _("figures only"),
        default=False,
        help_text=_(
            "Nobody is shown by name here, and figures only of ten people or more. For employees: they "
            "cannot freely permit to be followed."
        ),
    )

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [
            models.UniqueConstraint(fields=["journey", "code"], name="journey_stage_code_once"),
            models.CheckConstraint(
                name="journey_stage_converts_a_percentage",
                condition=Q(target_conversion__isnull=True) | Q(target_conversion__lte=100),
                violation_error_message=_("A percentage is 100 at most."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
