from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consent.models.purpose import Purpose
from customers.models import LegalEntity, uuid7


class ImpactAssessment(models.Model):
    """One impact assessment: of which purposes, what came of it, and where it is kept (art. 35 GDPR)."""

    class Conclusion(models.TextChoices):
        ACCEPTABLE = "ACCEPTABLE", _("The risk is acceptable with these measures")
        CONSULT = "CONSULT", _("A high risk remains: the authority is consulted first (art. 36)")
        NOT_DONE = "NOT_DONE", _("This processing is not done")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="impact_assessments", verbose_name=_("legal entity")
    )
    purposes = models.ManyToManyField(
        Purpose,
        related_name="impact_assessments",
        verbose_name=_("purposes"),
        help_text=_("For which purposes the risks were weighed."),
    )
    title = models.CharField(
        _("title"), max_length=200, help_text=_("What was looked at, such as “scores of donors”.")
    )
    conclusion = models.CharField(_("conclusion"), max_length=10, choices=Conclusion.choices)
    measures = models.TextField(
        _("risks and measures"),
        help_text=_("In a few sentences: which risks, and what takes them away (art. 35(7)(c) and (d))."),
    )
    officer_advice = models.TextField(
        _("advice of the officer"),
        blank=True,
        help_text=_("What the data protection officer advised, and whether it was followed (art. 35(2))."),
    )
    concluded_date = models.DateField(_("concluded on"))
    document_reference = models.CharField(
        _("document"),
        max_length=300,
        help_text=_("Where the whole of it is kept: its number or folder."),
    )
    review_date = models.DateField(
        _("review on"),
        help_text=_("When you look again whether the processing still is as assessed (art. 35(11))."),
    )

    class Meta:
        verbose_name = _("impact assessment")
        verbose_name_plural = _("impact assessments")
        constraints = [
            models.CheckConstraint(
                name="impact_assessment_reviewed_after_it_was_made",
                condition=Q(review_date__gt=models.F("concluded_date")),
                violation_error_message=_("A review comes after the day of the conclusion."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
