"""Files that last a day: how long, and their key, wrapped by our own and bound to the row it belongs to."""

import datetime
import os
import uuid
from typing import Final

from consent.domain.ledger.evidence import KEY_BYTES, NONCE_BYTES, decrypt, encrypt
from customers.domain.key_rings import evidence_keys

THERE_FOR: Final = datetime.timedelta(hours=24)
# A job that nobody could end in this time keeps no half a file.
MADE_WITHIN: Final = datetime.timedelta(days=3)
DELETED_AT_ONCE: Final = 20


def make_key(*, bound_to: uuid.UUID) -> tuple[bytes, int]:
    """Make a key; give it wrapped, and the version of the key that wraps it."""
    ring = evidence_keys()
    nonce, wrapped = encrypt(key=ring.keys[ring.newest], plain=os.urandom(KEY_BYTES), bound_to=bound_to)
    return nonce + wrapped, ring.newest


def open_key(*, wrapped: bytes, version: int, bound_to: uuid.UUID) -> bytes:
    """Unwrap a key."""
    nonce, ciphertext = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
    return decrypt(key=evidence_keys().keys[version], nonce=nonce, ciphertext=ciphertext, bound_to=bound_to)
