from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.department import Department
from customers.models.keys import uuid7
from customers.models.organisation import LegalEntity, Organisation


class StaffMember(AbstractUser):
    """One person who works with this, in one role, for one organisation."""

    class Role(models.TextChoices):
        MARKETING = "MARKETING", _("Marketing")
        CALL_AGENT = "CALL_AGENT", _("Call agent")
        DPO = "DPO", _("Data protection officer")
        ADMINISTRATOR = "ADMINISTRATOR", _("Administrator")
        AUDITOR = "AUDITOR", _("Auditor (reads only)")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="staff",
        null=True,
        blank=True,
        verbose_name=_("organisation"),
        help_text=_("What this person sees is limited to this organisation."),
    )
    role = models.CharField(_("role"), max_length=14, choices=Role.choices, blank=True)
    legal_entities = models.ManyToManyField(
        LegalEntity,
        blank=True,
        related_name="staff",
        verbose_name=_("legal entities"),
        help_text=_("Leave empty for all legal entities of the organisation."),
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        related_name="staff",
        null=True,
        blank=True,
        verbose_name=_("department"),
        help_text=_("The start page is about this department. Empty: about all."),
    )

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff members")
        constraints = [
            models.CheckConstraint(
                name="staff_member_has_organisation_and_role",
                condition=models.Q(is_superuser=True)
                | models.Q(
                    organisation__isnull=False,
                    role__in=["MARKETING", "CALL_AGENT", "DPO", "ADMINISTRATOR", "AUDITOR"],
                ),
                violation_error_message=_("Choose the organisation and the role of this person."),
            ),
        ]

    def __str__(self) -> str:
        return self.username
