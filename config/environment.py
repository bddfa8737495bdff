"""What the environment says: places, secrets and the refusal of unsafe values."""

import base64
import binascii
import hashlib
import json
import logging
import os
import secrets
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from consent.domain.seal.notes import KeyBrokenError, Verifier, read_verifier

env = Env()

BASE_DIR: Final = Path(__file__).resolve().parent.parent
KEY_BYTES: Final = 32
SECRET_KEY_LENGTH: Final = 50
VARIETY: Final = 8  # different characters or bytes that anything random has
PLACEHOLDERS: Final = ("changeme", "change-me", "insecure", "example", "placeholder", "secret-key")
KEY_RINGS: Final = ("LINK_KEYS", "SUPPRESSION_KEYS", "EVIDENCE_KEYS", "SEAL_KEYS")


def text(*, name: str, default: str = "") -> str:
    return str(env.str(name, default=default))


def number(*, name: str, default: int = 0) -> int:
    try:
        return int(env.int(name, default=default))
    except ValueError as fault:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from fault


def in_production() -> bool:
    deployment = text(name="DEPLOYMENT", default="trial")
    if deployment not in {"trial", "production"}:
        raise ImproperlyConfigured(f"DEPLOYMENT must be trial or production, not {deployment!r}.")
    return deployment == "production"


def state_dir() -> Path:
    """Where this installation keeps what it makes for itself; made when it is missing."""
    if named := text(name="JAWOORD_STATE_DIR"):
        place = Path(named).resolve()
    elif os.geteuid() == 0:  # the database's own account must reach it, and can't enter root's home
        tag = hashlib.sha256(os.fsencode(BASE_DIR)).hexdigest()[:10]
        place = Path("/var/lib") / f"jawoord-{tag}"
    else:
        place = BASE_DIR / ".state"
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o711)
    except OSError as fault:
        raise ImproperlyConfigured(
            f"JAWOORD_STATE_DIR: the folder {place} cannot be made ({fault.strerror})."
        ) from fault
    return place


def secret_key(*, production: bool, state: Path) -> str:
    value = text(name="SECRET_KEY")
    if not production:
        return value or str(trial_secrets(state=state)["SECRET_KEY"])
    if not value:
        raise ImproperlyConfigured("SECRET_KEY must be set in production.")
    if len(value) < SECRET_KEY_LENGTH or len(set(value)) < VARIETY or is_placeholder(value):
        raise ImproperlyConfigured(
            f"SECRET_KEY is not safe: use at least {SECRET_KEY_LENGTH} random characters."
        )
    return value


def is_placeholder(value: str) -> bool:
    return any(word in value.lower() for word in PLACEHOLDERS)


def key_ring(*, name: str, production: bool, state: Path) -> dict[int, bytes]:
    """The keys of one ring by version. The highest version signs, every one still verifies."""
    value = text(name=name)
    if not value and production:
        raise ImproperlyConfigured(f"{name} must be set in production, as 1:BASE64KEY.")
    return parse_key_ring(name=name, value=value or str(trial_secrets(state=state)[name]))


def parse_key_ring(*, name: str, value: str) -> dict[int, bytes]:
    ring: dict[int, bytes] = {}
    for entry in value.split(","):
        version, colon, encoded = entry.strip().partition(":")
        if not colon or not version.isdecimal() or int(version) < 1 or int(version) in ring:
            raise ImproperlyConfigured(
                f"{name} must list each key once with its version, as 1:BASE64KEY,2:BASE64KEY."
            )
        ring[int(version)] = decode_key(name=name, version=version, encoded=encoded)
    return ring


def decode_key(*, name: str, version: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES or len(set(key)) < VARIETY:
        raise ImproperlyConfigured(f"{name}: key {version} must be {KEY_BYTES} random bytes in base64.")
    return key


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def trial_secrets(*, state: Path) -> dict[str, str]:
    """The secrets of a trial, made once and kept beside its data."""
    place = state / "secrets.json"
    if not place.exists():
        fresh = {"SECRET_KEY": secrets.token_urlsafe(64)}
        fresh |= {name: f"1:{new_key()}" for name in KEY_RINGS}
        write_once(place=place, text=json.dumps(fresh, indent=2))
    stored: dict[str, str] = json.loads(place.read_text())
    return stored | {name: later_secret(state=state, name=name) for name in KEY_RINGS if name not in stored}


def later_secret(*, state: Path, name: str) -> str:
    """A key ring that a trial of an earlier version has not made yet."""
    place = state / f"secrets-{name.lower()}"
    if not place.exists():
        write_once(place=place, text=f"1:{new_key()}")
    return place.read_text()


def write_once(*, place: Path, text: str) -> None:
    """Writes a private file whole, unless another process was first."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}-")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    try:
        Path(place).hardlink_to(name)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


def allowed_hosts(*, production: bool) -> list[str]:
    local = ["localhost", "127.0.0.1", "[::1]"]
    hosts: list[str] = env.list("ALLOWED_HOSTS", default=[] if production else local)
    if not production:
        return hosts
    if not hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts in production.")
    if any("*" in host or host.startswith(".") for host in hosts):
        raise ImproperlyConfigured("ALLOWED_HOSTS must not hold a wildcard in production.")
    return hosts


def public_url(*, production: bool) -> str:
    port = number(name="PORT", default=8000)
    url = text(name="PUBLIC_URL", default="" if production else f"http://127.0.0.1:{port}").rstrip("/")
    if production and not url.startswith("https://"):
        raise ImproperlyConfigured("PUBLIC_URL must be an https:// address in production.")
    if not url.startswith(("http://", "https://")):
        raise ImproperlyConfigured("PUBLIC_URL must start with http:// or https://.")
    return url


def seal_origin(*, url: str) -> str:
    """The name under which checkpoints are signed: of the host, unless another is given."""
    name = text(name="SEAL_ORIGIN") or str(urlsplit(url).hostname)
    if "+" in name or any(sign.isspace() for sign in name):
        raise ImproperlyConfigured("SEAL_ORIGIN must hold no space and no plus.")
    return name


def retired_seal_keys() -> list[Verifier]:
    """The public part of keys that signed checkpoints and sign no more."""
    listed: list[str] = env.list("SEAL_RETIRED_KEYS", default=[])
    try:
        return [read_verifier(written=written.strip()) for written in listed]
    except KeyBrokenError as fault:
        raise ImproperlyConfigured(
            "SEAL_RETIRED_KEYS must list public keys as NAME+ID+BASE64, as /ledger/ shows them."
        ) from fault


def stamping_authority(*, folder: str) -> tuple[str, str]:
    """Where checkpoints are time-stamped (RFC 3161), and the certificates that it is trusted by."""
    url, certificates = text(name="TSA_URL"), text(name="TSA_CERTIFICATES")
    if certificates and not Path(certificates).is_file():
        raise ImproperlyConfigured("TSA_CERTIFICATES must name a file of certificates (PEM).")
    if url and urlsplit(url).scheme not in {"http", "https"}:
        raise ImproperlyConfigured("TSA_URL must be an address that starts with http:// or https://.")
    if url and not (certificates and folder):
        raise ImproperlyConfigured(
            "TSA_URL needs TSA_CERTIFICATES, to check the replies, and CHECKPOINT_DIR, to keep them in."
        )
    return url, certificates


def redis_url(*, production: bool) -> str:
    url = text(name="REDIS_URL")
    if production and not url:
        raise ImproperlyConfigured("REDIS_URL must be set in production.")
    return url


def log_level() -> str:
    level = text(name="LOG_LEVEL", default="INFO").upper()
    if level not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(f"LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not {level}.")
    return level


def debug(*, production: bool) -> bool:
    wanted = env.bool("DEBUG", default=False)
    if wanted and production:
        raise ImproperlyConfigured("DEBUG must be off in production.")
    return bool(wanted)


def webhook_loopback(*, production: bool) -> bool:
    wanted = env.bool("WEBHOOK_LOOPBACK", default=False)
    if wanted and production:
        raise ImproperlyConfigured("WEBHOOK_LOOPBACK must be off in production.")
    return bool(wanted)
