from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a periodic task last ran to its end; a late one turns the readiness page red."""

    name = models.CharField(_("task"), max_length=100, primary_key=True)
    interval_seconds = models.PositiveIntegerField(_("interval in seconds"))
    last_beat_at = models.DateTimeField(_("last ran at"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name


class RateCount(models.Model):
    """How often one caller did one thing within one window; used when Redis is away."""

    bucket = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("rate count")
        verbose_name_plural = _("rate counts")

    def __str__(self) -> str:
        return self.bucket


class SettingsRevision(models.Model):
    """Another value after each transaction that changed what counts for everyone asked about.

    The settings and policies that a question reads; triggers on their tables write it, at the end of the
    transaction. What was read under a value holds while the value stands. There is one row.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    revision = models.UUIDField()
    # The number of that transaction: many changes in one are one.
    changed_by = models.BigIntegerField()

    class Meta:
        verbose_name = _("revision of the settings")
        verbose_name_plural = _("revisions of the settings")

    def __str__(self) -> str:
        return str(self.revision)
