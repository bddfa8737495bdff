from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import LegalEntity, Organisation, StaffMember, uuid7


class Job(models.Model):
    """One long piece of work, done in chunks; whatever stops a worker, the next one goes on where it was."""

    class Kind(models.TextChoices):
        IMPORT = "IMPORT", _("Import")
        SCREENING = "SCREENING", _("Screening of a list")
        AUDIENCE = "AUDIENCE", _("Count of an audience")
        WHAT_IF = "WHAT_IF", _("Count of what changes")
        LIST = "LIST", _("List of an audience")
        CALL_LIST = "CALL_LIST", _("Filling of a call list")
        ANNOUNCE = "ANNOUNCE", _("Announcement of a privacy statement")
        EXPORT = "EXPORT", _("Export")
        RESCORING = "RESCORING", _("Rescoring")
        RETENTION = "RETENTION", _("Retention")
        INCIDENT = "INCIDENT", _("Finding the people of a data breach")
        BREACH = "BREACH", _("Telling the people of a data breach")
        ERASURE = "ERASURE", _("Erasure of a selection")
        DRY_RUN = "DRY_RUN", _("Dry run of a campaign")
        TRIAL = "TRIAL", _("Trial of a way of counting")

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        RUNNING = "RUNNING", _("Running")
        DONE = "DONE", _("Done")
        FAILED = "FAILED", _("Failed")
        CANCELLED = "CANCELLED", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="jobs", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, null=True, related_name="+", verbose_name=_("legal entity")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    started_by = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, related_name="+", verbose_name=_("started by")
    )
    # From where to where: keys, bytes or rows, whatever the kind of work counts in.
    key_range = models.JSONField(_("key range"), default=dict)
    cursor = models.JSONField(_("how far"), default=dict)
    total = models.BigIntegerField(_("how much"), default=0)
    done = models.BigIntegerField(_("done"), default=0)
    counts = models.JSONField(_("counts"), default=dict)
    created_at = models.DateTimeField(_("asked for at"))
    heartbeat_at = models.DateTimeField(_("last sign of life"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    fault = models.CharField(_("what went wrong"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(
                fields=["heartbeat_at"],
                name="job_unfinished",
                condition=Q(state__in=["WAITING", "RUNNING"]),
            ),
            models.Index(fields=["legal_entity", "kind", "-created_at"], name="job_newest_of_a_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                name="job_ended_once_it_stands_still",
                condition=Q(state__in=["WAITING", "RUNNING"], ended_at__isnull=True)
                | Q(state__in=["DONE", "FAILED", "CANCELLED"], ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_state_display()}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def percentage(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0
