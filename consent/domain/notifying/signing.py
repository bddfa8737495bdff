"""The signature of a webhook, after the Standard Webhooks specification."""

import base64
import hashlib
import hmac
from collections.abc import Sequence


def sign(*, webhook_id: str, timestamp: int, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """Make the three headers of a webhook; two secrets give two signatures, of which either will do.

    Source: Standard Webhooks 1.0.0, "Webhook headers" and "Signature scheme".
    """
    signed = b".".join([webhook_id.encode(), str(timestamp).encode(), body])
    signatures = [f"v1,{_encoded(hmac.digest(secret, signed, hashlib.sha256))}" for secret in secrets]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def hash_of_address(*, secret: bytes, value: str) -> str:
    """The keyed hash of an address, as its receiver computes it too: HMAC-SHA256 with the secret, in hex."""
    return hmac.digest(secret, value.encode(), hashlib.sha256).hex()


def _encoded(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
