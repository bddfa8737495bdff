from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consent.models.purpose import Channel, Purpose
from consent.models.wording import WordingField
from customers.models import LegalEntity, uuid7


class Notice(models.Model):
    """The request for one permission of one legal entity: one purpose, one channel."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="notices", verbose_name=_("legal entity")
    )
    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="notices", verbose_name=_("purpose"))
    channel = models.CharField(_("channel"), max_length=14, choices=Channel.choices)
    code = models.SlugField(_("code"))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "code"], name="notice_code_once_per_legal_entity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity} · {self.purpose} · {self.get_channel_display()} · {self.code}"


class NoticeVersion(models.Model):
    """The exact wording of a notice in each language; once published it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="versions", verbose_name=_("notice"))
    number = models.PositiveIntegerField(_("version"))
    wording = WordingField(
        _("wording"),
        help_text=_(
            "The full sentence beside the box: who, what for, over which channel. One permission only."
        ),
    )
    withdrawal = WordingField(
        _("how to withdraw"),
        help_text=_("Say before people agree that they can stop at any time, and how (art. 7(3) GDPR)."),
    )
    # The wording as hashed, so that a later change of it shows in every leaf that names this version.
    content_hash = models.CharField(_("content hash"), max_length=64, blank=True, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("notice version")
        verbose_name_plural = _("notice versions")
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="notice_version_number_once"),
            models.CheckConstraint(
                name="notice_version_published_is_hashed",
                condition=Q(published_at__isnull=True) | ~Q(content_hash=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} · {self.number}"
