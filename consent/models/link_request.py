from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import uuid7


class LinkRequest(models.Model):
    """One request for a preference link, as typed and encrypted, until a worker has answered it."""

    # Every request is kept alike, whether somebody holds the address or not: so the page that takes it
    # tells nobody who is known here.
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nonce = models.BinaryField(max_length=12, editable=False)
    ciphertext = models.BinaryField(editable=False)
    key_version = models.PositiveSmallIntegerField(editable=False)
    asked_at = models.DateTimeField(_("asked at"))

    class Meta:
        verbose_name = _("request for a link")
        verbose_name_plural = _("requests for a link")

    def __str__(self) -> str:
        return f"{timezone.localtime(self.asked_at):%Y-%m-%d %H:%M}"
