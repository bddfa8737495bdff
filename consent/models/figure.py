from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.purpose import Purpose
from customers.models import Department, LegalEntity, Organisation, uuid7


class Figure(models.Model):
    """One number about permissions, kept so that no page counts people on each visit."""

    class Name(models.TextChoices):
        COUNTED = "COUNTED", _("Permissions counted")
        STATUS = "STATUS", _("Permissions by status")
        EVIDENCE = "EVIDENCE", _("Permissions given, by completeness of their evidence")
        GRADE = "GRADE", _("Permissions given, by grade of their evidence")
        GROUND = "GROUND", _("What contact rests on")
        SHORTCOMING = "SHORTCOMING", _("What falls short")
        GIVEN = "GIVEN", _("Given in a month")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn in a month")
        OBJECTED = "OBJECTED", _("Objected in a month")

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity,
        models.CASCADE,
        related_name="+",
        null=True,
        verbose_name=_("legal entity"),
        help_text=_("Empty: all legal entities of the organisation."),
    )
    purpose = models.ForeignKey(
        Purpose,
        models.CASCADE,
        related_name="+",
        null=True,
        verbose_name=_("purpose"),
        help_text=_("Empty: about no single purpose."),
    )
    name = models.CharField(_("figure"), max_length=11, choices=Name.choices)
    # A status, a grade, a ground, a shortcoming's code, or a month as 2026-11.
    part = models.CharField(_("of what"), max_length=40, blank=True)
    number = models.BigIntegerField(_("number"))
    counted_at = models.DateTimeField(_("counted at"))

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "legal_entity", "purpose", "name", "part"],
                name="figure_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()} {self.part}"


class FigureMark(models.Model):
    """Up to which leaf of the ledger the months are counted; there is one row."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    leaves = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("mark of the figures")
        verbose_name_plural = _("marks of the figures")
        constraints = [
            models.CheckConstraint(name="figure_mark_only_one", condition=models.Q(id=1)),
        ]

    def __str__(self) -> str:
        return str(self.leaves)


class Digest(models.Model):
    """One monthly mail to a department: that it was written, and which subject it brought up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="digests", verbose_name=_("department")
    )
    month_date = models.DateField(_("month"), help_text=_("Its first day."))
    subject = models.CharField(_("subject to discuss"), max_length=40)
    message_id = models.UUIDField(_("message"))
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        constraints = [
            models.UniqueConstraint(fields=["department", "month_date"], name="digest_once_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.month_date:%Y-%m}"
