import bisect
from decimal import Decimal
from typing import Final

from django.db import models
from django.db.models import F, Func, GeneratedField, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, LegalEntity, Organisation, uuid7
from scoring.models.score_model import Band, ScoreModel

# Scores are looked for by coarse steps: most points halve for days before they go down one, and until then a
# new number is written beside the old one, without touching an index.
STEPS: Final = (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000)


class ScoreQuerySet(models.QuerySet["Score"]):
    """Scores by their points."""

    def at_least(self, points: Decimal | int) -> "ScoreQuerySet":
        return self.filter(points__gte=points, step__gte=bisect.bisect_right(STEPS, points))

    def above(self, points: Decimal | int) -> "ScoreQuerySet":
        return self.filter(points__gt=points, step__gte=bisect.bisect_right(STEPS, points))


class Score(models.Model):
    """What one person has in one model now; who may not be profiled, or did nothing, has no row."""

    model = models.ForeignKey(
        ScoreModel, models.PROTECT, related_name="scores", db_index=False, verbose_name=_("score model")
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="scores", verbose_name=_("contact"))
    # Exact to a millionth, so that the sum is the same in whichever order it is made.
    points = models.DecimalField(_("points"), max_digits=18, decimal_places=6)
    band = models.ForeignKey(
        Band, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("band")
    )
    step = GeneratedField(
        expression=Func(
            F("points"),
            template=f"width_bucket(%(expressions)s, ARRAY[{', '.join(map(str, STEPS))}]::numeric[])",
        ),
        output_field=models.SmallIntegerField(_("step")),
        db_persist=True,
    )
    changed_at = models.DateTimeField(_("changed at"))

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        indexes = [models.Index(fields=["model", "step"], name="score_by_step")]
        constraints = [
            models.UniqueConstraint(fields=["model", "contact"], name="score_once_per_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.points.normalize():f}"


class Segment(models.Model):
    """A group of people who get something of their own: those in one band, or those put there by hand."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="segments", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="segments", verbose_name=_("legal entity")
    )
    code = models.SlugField(_("code"), help_text=_("Short name for scripts. Never changes."))
    name = models.CharField(_("name"), max_length=100)
    model = models.ForeignKey(
        ScoreModel,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="segments",
        verbose_name=_("score model"),
        help_text=_("Whose band decides who is in it. Empty: people are put in by a journey or by hand."),
    )
    band_code = models.SlugField(
        _("code of the band"),
        blank=True,
        db_index=False,
        help_text=_("Everybody in the band with this code, in whichever version is in force."),
    )

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "code"], name="segment_code_once_per_legal_entity"
            ),
            models.CheckConstraint(
                name="segment_of_a_model_names_its_band",
                condition=Q(model__isnull=True, band_code="") | Q(model__isnull=False) & ~Q(band_code=""),
                violation_error_message=_("Choose both a score model and a band, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentMember(models.Model):
    """One person in one segment, and since when."""

    segment = models.ForeignKey(
        Segment, models.PROTECT, related_name="members", db_index=False, verbose_name=_("segment")
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="segments", verbose_name=_("contact"))
    since_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("member of a segment")
        verbose_name_plural = _("members of segments")
        constraints = [
            models.UniqueConstraint(fields=["segment", "contact"], name="segment_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.segment} · {self.since_at:%Y-%m-%d}"
