import base64
import binascii
import enum
import hashlib
import hmac
import uuid
from dataclasses import dataclass

from customers.domain.key_rings import KeyRing

MAC_BYTES = 16
VERSION_BYTES = 2
UUID_BYTES = 16
# One letter per channel, fixed for ever: these stand in links that never expire.
CHANNEL_LETTERS = {
    "EMAIL": b"E",
    "SMS": b"S",
    "MESSAGING": b"M",
    "CALL": b"C",
    "AUTOMATED_CALL": b"A",
    "POST": b"P",
    "NONE": b"N",
}
ALL_PURPOSES = uuid.UUID(int=0)
CHANNELS = {letter: channel for channel, letter in CHANNEL_LETTERS.items()}


class LinkKind(enum.Enum):
    """What a link may do; a link of one kind is worthless as another."""

    CONFIRM = "confirm"
    PREFERENCES = "preferences"
    SEEN = "seen"
    WITHDRAW = "withdraw"
    STAY = "stay"


class LinkForgedError(ValueError):
    """The token is not one of ours, or belongs to another kind of link."""


@dataclass(frozen=True, kw_only=True)
class Withdrawable:
    """What a withdrawal link can stop: one permission, or all purposes of a legal entity on a channel."""

    contact_point_id: uuid.UUID
    legal_entity_id: uuid.UUID
    purpose_id: uuid.UUID | None
    channel: str


def message_token(*, kind: LinkKind, message_id: uuid.UUID, keys: KeyRing) -> str:
    """Make the token of a link in a message.

    It is a keyed hash of the message's key, so a message sent again carries the same link and nothing
    secret is stored.
    """
    return _sign(kind, message_id.bytes, keys)


def read_message_token(*, kind: LinkKind, token: str, keys: KeyRing) -> uuid.UUID:
    """Find the message a link belongs to; raises LinkForgedError."""
    body = _verify(kind, token, keys)
    if len(body) != UUID_BYTES:
        raise LinkForgedError
    return uuid.UUID(bytes=body)


def measured_token(*, message_id: uuid.UUID, leads_to: uuid.UUID, keys: KeyRing) -> str:
    """Make the token of a link that is counted: the message it stands in, and the key of where it leads.

    Where it leads stands beside the message, so that it still leads there when the message is forgotten.
    """
    return _sign(LinkKind.SEEN, message_id.bytes + leads_to.bytes, keys)


def read_measured_token(*, token: str, keys: KeyRing) -> tuple[uuid.UUID, uuid.UUID]:
    """Find the message of a counted link, and the key of where it leads; raises LinkForgedError."""
    body = _verify(LinkKind.SEEN, token, keys)
    if len(body) != 2 * UUID_BYTES:
        raise LinkForgedError
    return uuid.UUID(bytes=body[:UUID_BYTES]), uuid.UUID(bytes=body[UUID_BYTES:])


def withdrawal_token(*, permission: Withdrawable, keys: KeyRing) -> str:
    """Make the token of a link that can only stop one permission, and works for ever."""
    ids = (permission.contact_point_id, permission.legal_entity_id, permission.purpose_id or ALL_PURPOSES)
    body = b"".join(part.bytes for part in ids) + CHANNEL_LETTERS[permission.channel]
    return _sign(LinkKind.WITHDRAW, body, keys)


def read_withdrawal_token(*, token: str, keys: KeyRing) -> Withdrawable:
    """Find the permission a withdrawal link can stop; raises LinkForgedError."""
    body = _verify(LinkKind.WITHDRAW, token, keys)
    if len(body) != 3 * UUID_BYTES + 1 or body[-1:] not in CHANNELS:
        raise LinkForgedError
    point, entity, purpose = (
        uuid.UUID(bytes=body[start : start + UUID_BYTES]) for start in range(0, 3 * UUID_BYTES, UUID_BYTES)
    )
    return Withdrawable(
        contact_point_id=point,
        legal_entity_id=entity,
        purpose_id=None if purpose == ALL_PURPOSES else purpose,
        channel=CHANNELS[body[-1:]],
    )


def derive_key(*, key: bytes, use: str) -> bytes:
    """Derive the key for one use from a key of the ring, so that uses cannot be mixed up."""
    return hmac.digest(key, f"jawoord {use}".encode(), hashlib.sha256)


def _sign(kind: LinkKind, body: bytes, keys: KeyRing) -> str:
    version = keys.newest.to_bytes(VERSION_BYTES)
    mac = _mac(kind, version + body, keys.keys[keys.newest])
    return base64.urlsafe_b64encode(version + body + mac).rstrip(b"=").decode()


def _verify(kind: LinkKind, token: str, keys: KeyRing) -> bytes:
    try:
        raw = base64.b64decode(
            token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True
        )
    except (UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise LinkForgedError from error
    signed, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    key = keys.keys.get(int.from_bytes(signed[:VERSION_BYTES]))
    # An unknown version is checked against some key as well: it takes the same time.
    genuine = hmac.compare_digest(_mac(kind, signed, key or keys.keys[keys.newest]), mac)
    # Base64 has spare bits in its last letter: only the one spelling we made is ours.
    spelled_alike = base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == token
    if not (genuine and key and spelled_alike):
        raise LinkForgedError
    return signed[VERSION_BYTES:]


def _mac(kind: LinkKind, signed: bytes, key: bytes) -> bytes:
    return hmac.digest(derive_key(key=key, use=f"link {kind.value}"), signed, hashlib.sha256)[:MAC_BYTES]
