"""What can be wrong with a sealed ledger, each said in one sentence."""

import enum
import uuid
from dataclasses import dataclass


class FaultKind(enum.StrEnum):
    """In what way the ledger is not what was sealed."""

    EVENT_CHANGED = "EVENT_CHANGED"
    EVENT_GONE = "EVENT_GONE"
    EVENT_INSERTED = "EVENT_INSERTED"
    LEAF_MISSING = "LEAF_MISSING"
    LEAVES_CHANGED = "LEAVES_CHANGED"
    NODE_CHANGED = "NODE_CHANGED"
    NOT_SIGNED = "NOT_SIGNED"
    CHECKPOINT_CHANGED = "CHECKPOINT_CHANGED"
    END_CUT_OFF = "END_CUT_OFF"
    NOT_UNDER_A_CHECKPOINT = "NOT_UNDER_A_CHECKPOINT"
    OLDER_THAN_OUTSIDE = "OLDER_THAN_OUTSIDE"
    OTHER_THAN_OUTSIDE = "OTHER_THAN_OUTSIDE"
    OUTSIDE_NOT_OURS = "OUTSIDE_NOT_OURS"
    EVIDENCE_BROKEN = "EVIDENCE_BROKEN"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One finding: what, in a sentence, and the event and position it is about."""

    kind: FaultKind
    sentence: str
    event_id: uuid.UUID | None = None
    position: int | None = None


def event_changed(*, event_id: uuid.UUID, position: int) -> Fault:
    sentence = f"Event {event_id} at position {position} is not what was sealed: it was changed, or its leaf."
    return Fault(kind=FaultKind.EVENT_CHANGED, sentence=sentence, event_id=event_id, position=position)


def event_gone(*, event_id: uuid.UUID, position: int) -> Fault:
    sentence = f"Event {event_id} at position {position} was deleted after it was sealed."
    return Fault(kind=FaultKind.EVENT_GONE, sentence=sentence, event_id=event_id, position=position)


def event_inserted(*, event_id: uuid.UUID, sequence: int) -> Fault:
    sentence = (
        f"Event {event_id}, number {sequence}, was inserted afterwards: everything up to that number was "
        "sealed without it."
    )
    return Fault(kind=FaultKind.EVENT_INSERTED, sentence=sentence, event_id=event_id)


def leaf_missing(*, position: int) -> Fault:
    sentence = f"The leaf at position {position} is missing."
    return Fault(kind=FaultKind.LEAF_MISSING, sentence=sentence, position=position)


def leaves_changed(*, first: int, end: int) -> Fault:
    sentence = (
        f"Leaves from position {first} to {end - 1}, between the checkpoints of {first} and {end} events, "
        "were changed or put in another order."
    )
    return Fault(kind=FaultKind.LEAVES_CHANGED, sentence=sentence, position=first)


def node_changed(*, first: int, end: int) -> Fault:
    sentence = (
        f"Leaves from position {first} to {end - 1} were changed or put in another order, or the root that "
        "was kept of their subtree was changed."
    )
    return Fault(kind=FaultKind.NODE_CHANGED, sentence=sentence, position=first)


def not_signed(*, tree_size: int, before: int) -> Fault:
    sentence = (
        f"The checkpoint of {tree_size} events is signed with no key of this ledger: what follows position "
        f"{before - 1} may have been sealed anew by another."
    )
    return Fault(kind=FaultKind.NOT_SIGNED, sentence=sentence, position=before)


def checkpoint_changed(*, tree_size: int) -> Fault:
    sentence = f"The checkpoint of {tree_size} events was changed: it is not what its signature is under."
    return Fault(kind=FaultKind.CHECKPOINT_CHANGED, sentence=sentence)


def end_cut_off(*, tree_size: int, told: int) -> Fault:
    sentence = f"The end was cut off: the last checkpoint tells {told} events, {tree_size} are there."
    return Fault(kind=FaultKind.END_CUT_OFF, sentence=sentence, position=tree_size)


def not_under_a_checkpoint(*, tree_size: int, told: int) -> Fault:
    sentence = f"The leaves from position {told} to {tree_size - 1} stand under no checkpoint."
    return Fault(kind=FaultKind.NOT_UNDER_A_CHECKPOINT, sentence=sentence, position=told)


def older_than_outside(*, tree_size: int, told: int) -> Fault:
    sentence = (
        f"The checkpoint from outside tells {told} events, the ledger has {tree_size}: its end was cut off, "
        "or an older backup was restored."
    )
    return Fault(kind=FaultKind.OLDER_THAN_OUTSIDE, sentence=sentence, position=tree_size)


def other_than_outside(*, told: int) -> Fault:
    sentence = f"The first {told} events are not those that the checkpoint from outside was made of."
    return Fault(kind=FaultKind.OTHER_THAN_OUTSIDE, sentence=sentence)


def outside_not_ours() -> Fault:
    sentence = "The checkpoint from outside is signed with no key of this ledger, or was changed."
    return Fault(kind=FaultKind.OUTSIDE_NOT_OURS, sentence=sentence)


def evidence_broken(*, event_id: uuid.UUID) -> Fault:
    sentence = f"The evidence of event {event_id} was changed, or is that of another event."
    return Fault(kind=FaultKind.EVIDENCE_BROKEN, sentence=sentence, event_id=event_id)
