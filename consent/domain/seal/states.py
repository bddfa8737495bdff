import enum
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from consent.domain.ledger.leaf import leaf_of
from consent.domain.seal import proofs
from consent.domain.seal.checking import is_included
from consent.domain.seal.tree import OutsideTreeError, hash_leaf
from consent.models import Checkpoint, ConsentEvent, LedgerLeaf


class SealState(enum.StrEnum):
    """Whether an event is sealed, and still is what was sealed."""

    WAITS = "WAITS"
    SEALED = "SEALED"
    BROKEN = "BROKEN"


@dataclass(frozen=True, kw_only=True)
class Sealing:
    """Where an event stands in the tree, and the checkpoint that covers it first."""

    state: SealState
    position: int | None = None
    checkpoint: Checkpoint | None = None


def states_of(*, events: Iterable[ConsentEvent]) -> dict[uuid.UUID, SealState]:
    """Say of each event whether it is sealed, and whether its leaf is still that of the event."""
    by_id = {event.pk: event for event in events}
    leaves = LedgerLeaf.objects.filter(event_id__in=by_id).values_list("event_id", "leaf_hash")
    hashes = {event_id: bytes(leaf_hash) for event_id, leaf_hash in leaves}
    return {event_id: _state(event, hashes.get(event_id)) for event_id, event in by_id.items()}


def sealing_of(*, event: ConsentEvent) -> Sealing:
    """Prove one event against the last checkpoint: the leaf is its own, and stands in the signed tree."""
    leaf = LedgerLeaf.objects.filter(event_id=event.pk).first()
    latest = proofs.latest_checkpoint()
    if leaf is None or latest is None:
        return Sealing(state=SealState.WAITS)
    first = Checkpoint.objects.filter(tree_size__gt=leaf.position).order_by("tree_size").first()
    own = _state(event, bytes(leaf.leaf_hash))
    state = own if _is_proven(leaf, latest) else SealState.BROKEN
    return Sealing(state=state, position=leaf.position, checkpoint=first)


def _state(event: ConsentEvent, leaf_hash: bytes | None) -> SealState:
    if leaf_hash is None:
        return SealState.WAITS
    return SealState.SEALED if leaf_hash == hash_leaf(entry=leaf_of(event=event)) else SealState.BROKEN


def _is_proven(leaf: LedgerLeaf, checkpoint: Checkpoint) -> bool:
    size = checkpoint.tree_size
    try:
        proof = proofs.inclusion_proof(position=leaf.position, tree_size=size)
    except (proofs.TreeBrokenError, OutsideTreeError):
        return False
    return is_included(
        leaf_hash=bytes(leaf.leaf_hash),
        position=leaf.position,
        tree_size=size,
        proof=proof,
        root=bytes(checkpoint.root_hash),
    )
