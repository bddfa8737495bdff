from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.keys import uuid7
from customers.models.organisation import LegalEntity, Organisation
from customers.models.staff_member import StaffMember


class StaffAct(models.Model):
    """One thing that a member of staff did here: when, what, on which page and about whom; never changed."""

    class Act(models.TextChoices):
        LOOKED = "LOOKED", _("Looked at")
        SEARCHED = "SEARCHED", _("Searched")
        ADDED = "ADDED", _("Added")
        CHANGED = "CHANGED", _("Changed")
        DELETED = "DELETED", _("Deleted")
        EXPORTED = "EXPORTED", _("Taken out as a file")
        ACCESS_CHANGED = "ACCESS_CHANGED", _("Access given, changed or taken away")
        SIGNED_IN = "SIGNED_IN", _("Signed in")
        SIGN_IN_FAILED = "SIGN_IN_FAILED", _("Sign-in failed")
        SIGNED_OUT = "SIGNED_OUT", _("Signed out")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("organisation"),
        help_text=_("Whose data it was about; for signing in, where the member works."),
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, null=True, related_name="+", verbose_name=_("legal entity")
    )
    staff = models.ForeignKey(
        StaffMember,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("member of staff"),
        help_text=_("Empty: somebody tried to sign in with a name that nobody has."),
    )
    # As it was then: what somebody may see changes with their work.
    role = models.CharField(_("role"), max_length=14, choices=StaffMember.Role.choices, blank=True)
    done_at = models.DateTimeField(_("when"))
    act = models.CharField(_("what was done"), max_length=14, choices=Act.choices)
    model = models.CharField(_("kind of data"), max_length=60, blank=True)
    object_key = models.CharField(_("key of the row"), max_length=100, blank=True)
    # By key, without a foreign key: it stays known that somebody was looked at when they are erased.
    contact_id = models.UUIDField(_("contact"), null=True)
    fields = ArrayField(
        models.CharField(max_length=100),
        default=list,
        verbose_name=_("fields"),
        help_text=_("Which were changed; never what they said."),
    )
    rows = models.BigIntegerField(_("how many"), null=True, help_text=_("Rows shown or found."))
    page = models.CharField(_("page"), max_length=150)
    network = models.CharField(
        _("network"), max_length=43, blank=True, help_text=_("A part of the address of the computer.")
    )

    class Meta:
        verbose_name = _("act of staff")
        verbose_name_plural = _("acts of staff")
        indexes = [
            models.Index(fields=["organisation", "-done_at"], name="staff_act_newest_first"),
            models.Index(fields=["staff", "-done_at"], name="staff_act_of_a_member"),
            models.Index(
                fields=["contact_id", "-done_at"],
                name="staff_act_about_a_contact",
                condition=Q(contact_id__isnull=False),
            ),
            models.Index(
                fields=["model", "object_key"],
                name="staff_act_on_a_row",
                condition=Q(act__in=["ADDED", "CHANGED", "DELETED", "ACCESS_CHANGED"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.done_at:%Y-%m-%d %H:%M}"

    @property
    def where(self) -> str:
        """The page, without the name of the kind of data before it."""
        return self.page.removeprefix(f"{self.model.replace('.', '_')}_")
