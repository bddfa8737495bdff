from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consent.models.wording import WordingField
from customers.models import Contact, LegalEntity, uuid7


class StatementPart(models.TextChoices):
    """What art. 13 and 14 GDPR have a controller tell, part by part, under the heading people read."""

    CONTROLLER = "CONTROLLER", _("Who we are")
    OFFICER = "OFFICER", _("Our data protection officer")
    PURPOSES = "PURPOSES", _("What we use your data for, and on what ground")
    INTERESTS = "INTERESTS", _("Our legitimate interests")
    RECIPIENTS = "RECIPIENTS", _("Who receives your data")
    TRANSFERS = "TRANSFERS", _("Data outside the European Economic Area")
    TERMS = "TERMS", _("How long we keep your data")
    RIGHTS = "RIGHTS", _("Your rights")
    WITHDRAWAL = "WITHDRAWAL", _("Taking back your permission")
    COMPLAINT = "COMPLAINT", _("A complaint")
    OBLIGATION = "OBLIGATION", _("What you have to give us")
    AUTOMATED = "AUTOMATED", _("Profiles and automated decisions")
    SOURCE = "SOURCE", _("Data we did not get from you")


class StatementQuerySet(models.QuerySet["PrivacyStatementVersion"]):
    def standing(self) -> Self:
        """What was published and not withdrawn: in force, replaced, or to come."""
        return self.filter(published_at__isnull=False, withdrawn_at__isnull=True)


class PrivacyStatementVersion(models.Model):
    """The privacy statement of a legal entity from one moment on; once published it never changes.

    That moment may lie ahead: until then the version is announced, and may still be withdrawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="privacy_statements", verbose_name=_("legal entity")
    )
    number = models.PositiveIntegerField(_("version"))
    wording = WordingField(
        _("in short"), help_text=_("What people read first: what you do with their data, in a few sentences.")
    )
    # By part, as {"CONTROLLER": {"nl": …, "en": …}, …}; a version from before there were parts has none.
    parts = models.JSONField(_("parts"), blank=True, default=dict, db_default={})
    change_summary = WordingField(
        _("what changes"),
        blank=True,
        default=dict,
        db_default={},
        help_text=_("In plain words, for whoever read the version before. It stands in the history."),
    )
    is_material = models.BooleanField(
        _("material change"),
        default=False,
        db_default=False,
        help_text=_(
            "People should be told of it: another purpose, recipient or term, a transfer, other rights "
            "(art. 13(3) GDPR)."
        ),
    )
    content_hash = models.CharField(_("content hash"), max_length=64, blank=True, editable=False)
    published_at = models.DateTimeField(_("in force from"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("privacy statement")
        verbose_name_plural = _("privacy statements")
        constraints = [
            models.UniqueConstraint(fields=["legal_entity", "number"], name="privacy_statement_number_once"),
            models.UniqueConstraint(
                fields=["legal_entity", "published_at"],
                name="privacy_statement_one_from_each_moment",
                condition=Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="privacy_statement_withdrawn_before_its_day",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__lt=F("published_at")),
            ),
            models.CheckConstraint(
                name="privacy_statement_published_is_hashed",
                condition=Q(published_at__isnull=True) | ~Q(content_hash=""),
            ),
            models.CheckConstraint(
                name="privacy_statement_material_says_what_changes",
                condition=Q(is_material=False) | ~Q(change_summary={}),
                violation_error_message=_("Say what changes: a material change is told to people."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity} · {self.number}"


class StatementAnnouncement(models.Model):
    """One person told of one version of a privacy statement; nobody is told of it twice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    statement = models.ForeignKey(
        PrivacyStatementVersion,
        models.PROTECT,
        related_name="announcements",
        db_index=False,
        verbose_name=_("privacy statement"),
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+", verbose_name=_("contact"))
    # A bare key: the message goes when its term has passed, that somebody was told stays.
    message_id = models.UUIDField(_("message"))
    told_at = models.DateTimeField(_("told at"))

    class Meta:
        verbose_name = _("announcement of a privacy statement")
        verbose_name_plural = _("announcements of privacy statements")
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "contact"], name="statement_announced_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement} · {self.told_at:%Y-%m-%d}"
