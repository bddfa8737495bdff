from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import LegalEntity, Organisation, StaffMember, uuid7

LONGEST_LIFE = timedelta(days=366)


class Scope(models.TextChoices):
    """What a program may do with its key."""

    ASK = "ASK", _("Ask whether contact is allowed")
    DIAL = "DIAL", _("Take contacts to call and report the outcome")
    TELL = "TELL", _("Tell what people did")


class ApiKey(models.Model):
    """One program's key to the API; it speaks for one legal entity, until it expires or is revoked."""

    class State(models.TextChoices):
        VALID = "VALID", _("Valid")
        EXPIRED = "EXPIRED", _("Expired")
        REVOKED = "REVOKED", _("Revoked")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    legal_entity = models.ForeignKey(
        LegalEntity,
        models.PROTECT,
        related_name="api_keys",
        verbose_name=_("legal entity"),
        help_text=_("The key speaks for this legal entity and for no other."),
    )
    name = models.CharField(
        _("name"), max_length=100, help_text=_("Which program uses it, such as “dialler of the call centre”.")
    )
    prefix = models.CharField(
        _("begins with"), max_length=12, unique=True, help_text=_("By this a key is known; it opens nothing.")
    )
    secret_hash = models.BinaryField(_("SHA-256 of the secret"), max_length=32, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=8, choices=Scope.choices), verbose_name=_("what it may do")
    )
    created_at = models.DateTimeField(_("made at"))
    created_by = models.ForeignKey(
        StaffMember,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
        help_text=_("Empty: by a command on the server."),
    )
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    # No field: of the settings, at the moment at which a program showed this key.
    settings_revision: UUID | None = None

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                name="api_key_lives_a_year_at_most",
                condition=Q(expires_at__gt=F("created_at"))
                & Q(expires_at__lte=F("created_at") + LONGEST_LIFE),
            ),
            models.CheckConstraint(name="api_key_may_do_something", condition=~Q(scopes=[])),
        ]

    def __str__(self) -> str:
        return self.name

    def state_at(self, moment: datetime) -> State:
        if self.revoked_at is not None:
            return self.State.REVOKED
        return self.State.EXPIRED if self.expires_at <= moment else self.State.VALID
