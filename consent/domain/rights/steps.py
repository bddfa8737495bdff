"""What was done about a rights request, in order; what somebody wrote is encrypted with the person's key."""

import datetime
import uuid
from typing import NamedTuple

from consent.domain.ledger import evidence
from consent.domain.ledger.evidence import EvidenceBrokenError, EvidenceGoneError
from consent.models import RightsRequest, RightsStep
from customers.models import uuid7


class Told(NamedTuple):
    """One step, and what was noted with it; None when that was erased with the person."""

    step: RightsStep
    note: str | None


def take_step(
    *,
    request: RightsRequest,
    what: RightsStep.What,
    taken_at: datetime.datetime,
    staff_id: uuid.UUID | None = None,
    note: str = "",
) -> RightsStep:
    """Write down one step; it is never changed."""
    step = RightsStep(id=uuid7(), request=request, what=what, taken_at=taken_at, staff_id=staff_id)
    if note:
        step.nonce, step.ciphertext = lock_words(subject_id=request.subject_id, words=note, bound_to=step.pk)
    step.save(force_insert=True)
    return step


def list_steps(*, request: RightsRequest) -> list[Told]:
    """List every step of a request, the first first."""
    steps = list(request.steps.select_related("staff").order_by("taken_at", "pk"))
    key = _key_of(request) if any(step.nonce is not None for step in steps) else None
    return [Told(step, _read_note(key, step)) for step in steps]


def read_words(*, request: RightsRequest) -> str | None:
    """Read what the person wrote; None when it was erased with them."""
    return _unlock(_key_of(request), bytes(request.nonce), bytes(request.ciphertext), request.pk)


def lock_words(*, subject_id: uuid.UUID, words: str, bound_to: uuid.UUID) -> tuple[bytes, bytes]:
    """Encrypt what somebody wrote with the key of whom it is about."""
    key = evidence.subject_keys(subject_ids=[subject_id])[subject_id]
    return evidence.encrypt(key=key, plain=words.encode(), bound_to=bound_to)


def _key_of(request: RightsRequest) -> bytes | None:
    try:
        return evidence.subject_keys_at_hand(subject_ids=[request.subject_id])[request.subject_id]
    except EvidenceGoneError:
        return None


def _read_note(key: bytes | None, step: RightsStep) -> str | None:
    if step.nonce is None or step.ciphertext is None:
        return ""
    return _unlock(key, bytes(step.nonce), bytes(step.ciphertext), step.pk)


def _unlock(key: bytes | None, nonce: bytes, ciphertext: bytes, bound_to: uuid.UUID) -> str | None:
    if key is None:
        return None
    try:
        return evidence.decrypt(key=key, nonce=nonce, ciphertext=ciphertext, bound_to=bound_to).decode()
    except EvidenceBrokenError:
        return None
