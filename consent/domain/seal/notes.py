"""Signed notes and checkpoints as transparency logs write them (C2SP signed-note and tlog-checkpoint).

A note is a text, an empty line, and a line for each signature: an em dash, the name of the key, and in
base64 four bytes that tell keys apart with the Ed25519 signature over the text.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"
KEY_BYTES = 32
ID_BYTES = 4
ROOT_BYTES = 32
SIGNATURE_LINE = re.compile(r"— (\S+) (\S+)")
CHECKPOINT = re.compile(
    r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[^\n]+)\n(?P<extensions>([^\n]+\n)*)"
)
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


class NoteBrokenError(ValueError):
    """The text is not a signed note, or not a checkpoint."""


class KeyBrokenError(ValueError):
    """The text is not the public key of a signer of notes."""


class SignatureBrokenError(ValueError):
    """A known key's signature is not of this text, or no known key signed it."""


class SignerUnknownError(SignatureBrokenError):
    """No known key signed the text."""


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """The name and public key of one who signs notes; written as `name+id+base64`."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not self.name or "+" in self.name or re.search(r"\s", self.name):
            raise KeyBrokenError(f"the name of a key holds no space or plus: {self.name!r}")

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_encode(ED25519 + self.public_key)}"

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:ID_BYTES]

    @property
    def pem(self) -> str:
        """The public key as other programs read it."""
        key = Ed25519PublicKey.from_public_bytes(self.public_key)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def has_signed(self, *, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, kw_only=True)
class Signer:
    """The name and secret seed of one who signs notes."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        return Verifier(name=self.name, public_key=self._key.public_key().public_bytes_raw())

    def sign(self, *, text: str) -> "Signature":
        return Signature(name=self.name, key_id=self.verifier.key_id, signature=self._key.sign(text.encode()))

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One line below a note: which key, and what it made of the text."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"— {self.name} {_encode(self.key_id + self.signature)}\n"


@dataclass(frozen=True, kw_only=True)
class Note:
    """A text with the signatures below it."""

    text: str
    signatures: Sequence[Signature]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"


@dataclass(frozen=True, kw_only=True)
class CheckpointText:
    """What a log says of itself: its name, how many leaves it has and their root."""

    origin: str
    tree_size: int
    root: bytes
    extensions: Sequence[str] = ()

    def __str__(self) -> str:
        lines = [self.origin, str(self.tree_size), _encode(self.root), *self.extensions]
        return "".join(f"{line}\n" for line in lines)


def sign_note(*, text: str, signers: Iterable[Signer]) -> Note:
    """Sign a text with every key given; raises NoteBrokenError when it cannot be a note."""
    _check_text(text)
    return Note(text=text, signatures=[signer.sign(text=text) for signer in signers])


def read_note(*, written: str) -> Note:
    """Read a note apart; raises NoteBrokenError. Signatures are not checked by this."""
    text, gap, below = written.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise NoteBrokenError("a note is a text, an empty line and signatures")
    text += "\n"
    _check_text(text)
    return Note(text=text, signatures=[_read_signature(line) for line in below[:-1].split("\n")])


def check_note(*, note: Note, verifiers: Iterable[Verifier]) -> list[Verifier]:
    """List which known keys signed a note; signatures of unknown keys are passed over.

    Raises SignatureBrokenError when a known key's signature is not of this text, SignerUnknownError when no
    known key signed.
    """
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed = []
    for line in note.signatures:
        verifier = known.get((line.name, line.key_id))
        if verifier is None:
            continue
        if not verifier.has_signed(text=note.text, signature=line.signature):
            raise SignatureBrokenError(f"the signature of {verifier} is not of this text")
        signed.append(verifier)
    if not signed:
        raise SignerUnknownError("no known key signed it")
    return signed


def read_verifier(*, written: str) -> Verifier:
    """Read a public key as it is published, `name+id+base64`; raises KeyBrokenError."""
    name, _plus, rest = written.partition("+")
    key_id, _plus, encoded = rest.partition("+")
    decoded = _decode(encoded) or b""
    if decoded[:1] != ED25519 or len(decoded) != 1 + KEY_BYTES:
        raise KeyBrokenError("not an Ed25519 key as name+id+base64")
    verifier = Verifier(name=name, public_key=decoded[1:])
    if verifier.key_id.hex() != key_id:
        raise KeyBrokenError("the id is not that of this name and key")
    return verifier


def read_checkpoint(*, text: str) -> CheckpointText:
    """Read the text of a checkpoint; raises NoteBrokenError."""
    found = CHECKPOINT.fullmatch(text)
    root = _decode(found["root"]) if found else None
    if found is None or root is None or len(root) != ROOT_BYTES:
        raise NoteBrokenError("a checkpoint is a name, a number of leaves and a root")
    return CheckpointText(
        origin=found["origin"],
        tree_size=int(found["size"]),
        root=root,
        extensions=found["extensions"].split("\n")[:-1],
    )


def _read_signature(line: str) -> Signature:
    found = SIGNATURE_LINE.fullmatch(line)
    decoded = _decode(found[2]) if found else None
    if found is None or decoded is None or len(decoded) <= ID_BYTES or "+" in found[1]:
        raise NoteBrokenError("a line below the note is no signature")
    return Signature(name=found[1], key_id=decoded[:ID_BYTES], signature=decoded[ID_BYTES:])


def _check_text(text: str) -> None:
    if not text.endswith("\n") or CONTROLS.search(text):
        raise NoteBrokenError("the text of a note ends its last line and holds no control characters")


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decode(encoded: str) -> bytes | None:
    try:
        decoded = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if _encode(decoded) == encoded else None
