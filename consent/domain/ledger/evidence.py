import base64
import datetime
import hashlib
import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from consent.models import ConsentEvent, Evidence, SubjectKey
from customers.domain.inserting import insert_rows
from customers.domain.key_rings import evidence_keys

KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 16


class EvidenceGoneError(LookupError):
    """The evidence, or the key of its subject, was erased."""


class EvidenceBrokenError(ValueError):
    """The evidence is not what the ledger holds the digest of."""


class Provable(Protocol):
    """An event that may carry a personal part."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def subject_id(self) -> uuid.UUID: ...
    @property
    def proof(self) -> Mapping[str, object] | None: ...


def seal(*, events: Sequence[Provable], recorded_at: datetime.datetime) -> dict[uuid.UUID, str]:
    """Encrypt the personal part of each event that has one; return the salted digest (hex) by event.

    The salt lies inside the encrypted part, so that with the key the digest too loses its meaning.
    """
    proven = [event for event in events if event.proof is not None]
    keys = subject_keys(subject_ids=[event.subject_id for event in proven])
    digests, rows = {}, []
    for event in proven:
        plain = orjson.dumps({"salt": _salt(), "proof": event.proof}, option=orjson.OPT_SORT_KEYS)
        nonce, ciphertext = encrypt(key=keys[event.subject_id], plain=plain, bound_to=event.id)
        rows.append(
            Evidence(
                event_id=event.id,
                subject_id=event.subject_id,
                nonce=nonce,
                ciphertext=ciphertext,
                recorded_at=recorded_at,
            )
        )
        digests[event.id] = hashlib.sha256(plain).hexdigest()
    insert_rows(rows=rows)
    return digests


def open_evidence(*, event: ConsentEvent) -> dict[str, Any]:
    """Read the personal part of an event and check it against the ledger's digest.

    Raises EvidenceGoneError when it was erased, EvidenceBrokenError when it was changed.
    """
    try:
        row = Evidence.objects.get(event_id=event.pk)
        key = _unwrap(SubjectKey.objects.get(subject_id=row.subject_id))
    except (Evidence.DoesNotExist, SubjectKey.DoesNotExist) as error:
        raise EvidenceGoneError(str(event.pk)) from error
    plain = decrypt(key=key, nonce=bytes(row.nonce), ciphertext=bytes(row.ciphertext), bound_to=event.pk)
    if hashlib.sha256(plain).hexdigest() != event.evidence_digest:
        raise EvidenceBrokenError(str(event.pk))
    return proof_in(plain=plain)


def open_all_evidence(*, events: Sequence[ConsentEvent]) -> dict[uuid.UUID, bytes]:
    """Read the personal parts of events as they were digested, by event; what was erased is left out.

    Raises EvidenceBrokenError, naming the event, when one was changed or belongs to somebody else.
    """
    digests = {event.pk: event.evidence_digest for event in events if event.evidence_digest}
    rows = list(Evidence.objects.filter(event_id__in=digests))
    subjects = SubjectKey.objects.filter(subject_id__in={row.subject_id for row in rows})
    keys = {row.subject_id: _unwrap(row) for row in subjects}
    opened = {}
    for row in rows:
        if row.subject_id not in keys:
            continue
        nonce, ciphertext = bytes(row.nonce), bytes(row.ciphertext)
        plain = decrypt(key=keys[row.subject_id], nonce=nonce, ciphertext=ciphertext, bound_to=row.event_id)
        if hashlib.sha256(plain).hexdigest() != digests[row.event_id]:
            raise EvidenceBrokenError(str(row.event_id))
        opened[row.event_id] = plain
    return opened


def proof_in(*, plain: bytes) -> dict[str, Any]:
    """Read the proof in an opened personal part; its salt says nothing."""
    proof: dict[str, Any] = orjson.loads(plain)["proof"]
    return proof


def find_broken(*, events: Sequence[ConsentEvent]) -> list[uuid.UUID]:
    """List the events whose evidence is there but is not what the ledger holds the digest of.

    What was erased, with its row or with the key of its subject, is not broken.
    """
    rows = Evidence.objects.filter(event_id__in=[event.pk for event in events])
    by_event = {row.event_id: row for row in rows}
    subjects = {row.subject_id for row in by_event.values()}
    keys = {key.subject_id: key for key in SubjectKey.objects.filter(subject_id__in=subjects)}
    kept = [(event, by_event[event.pk]) for event in events if event.pk in by_event]
    return [
        event.pk
        for event, row in kept
        if row.subject_id in keys and not _is_whole(event, row, keys[row.subject_id])
    ]


def _is_whole(event: ConsentEvent, row: Evidence, key: SubjectKey) -> bool:
    try:
        plain = decrypt(
            key=_unwrap(key), nonce=bytes(row.nonce), ciphertext=bytes(row.ciphertext), bound_to=event.pk
        )
    except EvidenceBrokenError:
        return False
    return hashlib.sha256(plain).hexdigest() == event.evidence_digest


def subject_keys(*, subject_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    """Get the data key of each subject, making those that are missing."""
    wanted = set(subject_ids)
    if not wanted:
        return {}
    known = {row.subject_id: row for row in SubjectKey.objects.filter(subject_id__in=wanted)}
    if missing := wanted - known.keys():
        SubjectKey.objects.bulk_create(
            [_wrapped(subject_id) for subject_id in sorted(missing)], ignore_conflicts=True
        )
        known |= {row.subject_id: row for row in SubjectKey.objects.filter(subject_id__in=missing)}
    return {subject_id: _unwrap(row) for subject_id, row in known.items()}


def subject_keys_at_hand(*, subject_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    """Get the data keys that exist; raises EvidenceGoneError when one was destroyed."""
    wanted = set(subject_ids)
    rows = SubjectKey.objects.filter(subject_id__in=wanted)
    keys = {row.subject_id: _unwrap(row) for row in rows}
    if wanted - keys.keys():
        raise EvidenceGoneError
    return keys


def encrypt(*, key: bytes, plain: bytes, bound_to: uuid.UUID) -> tuple[bytes, bytes]:
    """Encrypt with AES-256-GCM, bound to the row it belongs to, so that rows cannot be swapped."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce, AESGCM(key).encrypt(nonce, plain, bound_to.bytes)


def decrypt(*, key: bytes, nonce: bytes, ciphertext: bytes, bound_to: uuid.UUID) -> bytes:
    """Undo `encrypt`; raises EvidenceBrokenError when key, row or bytes do not belong together."""
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, bound_to.bytes)
    except InvalidTag as error:
        raise EvidenceBrokenError(str(bound_to)) from error


def _salt() -> str:
    return base64.b64encode(os.urandom(SALT_BYTES)).decode()


def _wrapped(subject_id: uuid.UUID) -> SubjectKey:
    ring = evidence_keys()
    nonce, wrapped = encrypt(key=ring.keys[ring.newest], plain=os.urandom(KEY_BYTES), bound_to=subject_id)
    return SubjectKey(subject_id=subject_id, wrapped_key=nonce + wrapped, key_version=ring.newest)


def _unwrap(row: SubjectKey) -> bytes:
    wrapped = bytes(row.wrapped_key)
    key = evidence_keys().keys[row.key_version]
    return decrypt(
        key=key, nonce=wrapped[:NONCE_BYTES], ciphertext=wrapped[NONCE_BYTES:], bound_to=row.subject_id
    )
