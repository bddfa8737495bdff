from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonChange(models.Model):
    """Something changed about a person, or about very many at once, since journeys looked at them last.

    Written by triggers in the transaction of the change itself, however it was made, and cleared away once
    every journey has looked.
    """

    # Empty: so many at once that journeys look at everybody.
    contact_id = models.UUIDField(null=True)
    # The number of the transaction: those that run while a journey looks come after what it saw.
    written_in = models.BigIntegerField(db_index=True)

    class Meta:
        verbose_name = _("change that journeys look at")
        verbose_name_plural = _("changes that journeys look at")

    def __str__(self) -> str:
        return str(self.pk)
