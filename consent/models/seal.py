from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LedgerLeaf(models.Model):
    """One sealed event: its place in the Merkle tree, and the hash of its leaf."""

    position = models.BigIntegerField(_("position in the tree"), primary_key=True)
    # No foreign key: that an event is gone must be found and told, not be refused.
    event_id = models.UUIDField(_("event"), unique=True)
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("leaf of the ledger")
        verbose_name_plural = _("leaves of the ledger")

    def __str__(self) -> str:
        return str(self.position)


class TreeNode(models.Model):
    """The root of one complete subtree of 256 leaves, of 256 times 256, and so on, kept for proofs."""

    pk = models.CompositePrimaryKey("level", "place")
    level = models.SmallIntegerField(_("level"))
    place = models.BigIntegerField(_("place in its level"))
    node_hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("node of the tree")
        verbose_name_plural = _("nodes of the tree")

    def __str__(self) -> str:
        return f"{self.level}/{self.place}"


class Checkpoint(models.Model):
    """What the ledger was at one moment: how many leaves, their root, and our signature under it."""

    tree_size = models.BigIntegerField(_("number of events"), primary_key=True)
    root_hash = models.BinaryField(max_length=32)
    note = models.TextField(_("signed note"), help_text=_("As published: C2SP checkpoint, Ed25519."))
    made_at = models.DateTimeField(_("signed at"))

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")

    def __str__(self) -> str:
        return str(self.tree_size)


class SealMark(models.Model):
    """How far sealing has come; there is one row.

    Every number of the ledger's sequence up to `settled_sequence` is sealed or was never used. A candidate
    to follow it waits until every transaction that may hold a lower number has ended.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    settled_sequence = models.BigIntegerField(default=0)
    settled_leaves = models.BigIntegerField(default=0)
    highest_sequence = models.BigIntegerField(default=0)
    candidate_sequence = models.BigIntegerField(null=True)
    candidate_at = models.DateTimeField(null=True)
    # The first transaction number not yet given out, some time after the candidate was chosen.
    candidate_horizon = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("mark of the seal")
        verbose_name_plural = _("marks of the seal")
        constraints = [
            models.CheckConstraint(name="seal_mark_only_one", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return str(self.settled_sequence)
