from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Organisation


class ReadyAddress(models.Model):
    """What a list asks about an address, put together beforehand; it counts only while nothing has changed.

    Only what is plain stands here: one holder, nobody's objection, block or restriction. Every row can be
    made anew from the records, and nothing is decided here: the rules read its facts as they read all others.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    value = models.CharField(max_length=320)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+", db_constraint=False)
    address_hash = models.BinaryField(max_length=32)
    # In which form the facts are written; rows in another form than the program reads do not count.
    form = models.PositiveSmallIntegerField()
    facts = models.TextField()
    # When each permission and each relation ends, in the order of the facts.
    ends = models.TextField()
    holds_from = models.DateTimeField()
    # By time alone it may be otherwise from here on.
    holds_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("address made ready")
        verbose_name_plural = _("addresses made ready")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "value"], name="ready_address_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ReadyChange(models.Model):
    """Something changed about a contact, or about the holders of an address, since it was made ready.

    Written by triggers in the transaction of the change itself: who reads the change reads this too. Without
    an index: it is read as a whole while it is short, and while it is long nobody counts as ready.
    """

    contact_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    address_hash = models.BinaryField(max_length=32, null=True)

    class Meta:
        verbose_name = _("change since an address was made ready")
        verbose_name_plural = _("changes since addresses were made ready")

    def __str__(self) -> str:
        return str(self.pk)
