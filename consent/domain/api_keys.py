"""Keys that programs show: made once, kept only as a hash, replaced before they end."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Q

from consent.domain.engine.statement import Statement
from consent.models import ApiKey, Scope
from consent.models.api_key import LONGEST_LIFE
from customers.models import LegalEntity, StaffMember

# A secret of 256 bits cannot be guessed, so that a plain hash keeps it (no slow one for passwords).
SECRET_BYTES = 32
TOKEN = re.compile(r"jw_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
LEAST_BETWEEN_USES = timedelta(minutes=1)
NOBODYS_HASH = bytes(32)
KEY_FIELDS = (
    *("id", "organisation_id", "legal_entity_id", "name", "prefix", "secret_hash", "scopes"),
    *("created_at", "created_by_id", "expires_at", "last_used_at", "revoked_at"),
)
ENTITY_FIELDS = ("id", "organisation_id", "code", "name", "country", "time_zone")
# With every request: put together and planned once, as the questions are.
FIND = Statement(
    f"SELECT {', '.join(f'key.{name}' for name in KEY_FIELDS)}, "  # noqa: S608 (names of our own) # nosec B608
    f"{', '.join(f'entity.{name}' for name in ENTITY_FIELDS)}, "
    "(SELECT revision FROM consent_settingsrevision) "
    "FROM consent_apikey key JOIN customers_legalentity entity ON entity.id = key.legal_entity_id "
    "WHERE key.prefix = %(prefix)s"
)


class KeyNotMakeableError(ValueError):
    """No scope, no name, or a life that is not between a day and a year."""


class KeyNotAcceptedError(LookupError):
    """The token is no key that is valid now."""


class KeyEndedError(KeyNotAcceptedError):
    """The token is right, but the key has expired or was revoked; only its holder can meet this."""

    def __init__(self, state: ApiKey.State) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True, kw_only=True)
class WantedKey:
    """For which legal entity and program a key is wanted, what it may do, and for how long."""

    legal_entity: LegalEntity
    name: str
    scopes: tuple[Scope, ...]
    days: int


@dataclass(frozen=True, kw_only=True)
class MadeKey:
    """A key and its token, which is shown once and kept nowhere."""

    key: ApiKey
    token: str


def make_key(*, wanted: WantedKey, made_by: StaffMember | None, made_at: datetime) -> MadeKey:
    """Make a key that lives for so many days; its token is known to the caller alone.

    Raises KeyNotMakeableError when it could do nothing, has no name, or lives longer than a year.
    """
    if not wanted.scopes or not wanted.name.strip() or not 1 <= wanted.days <= LONGEST_LIFE.days:
        raise KeyNotMakeableError
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey.objects.create(
        organisation_id=wanted.legal_entity.organisation_id,
        legal_entity=wanted.legal_entity,
        name=wanted.name.strip(),
        prefix=prefix,
        secret_hash=_hash(secret),
        scopes=sorted(set(wanted.scopes)),
        created_at=made_at,
        created_by=made_by,
        expires_at=made_at + timedelta(days=wanted.days),
    )
    return MadeKey(key=key, token=f"jw_{prefix}_{secret}")


def recognise(*, token: str, now: datetime) -> ApiKey:
    """Find the valid key that a program shows, with its legal entity.

    Raises KeyEndedError for the right token of a key that has ended, else KeyNotAcceptedError. The secret is
    compared in constant time, also when no key begins like this (CWE-208).
    """
    read = TOKEN.fullmatch(token)
    if read is None:
        raise KeyNotAcceptedError
    key = _find(read[1])
    kept = bytes(key.secret_hash) if key else NOBODYS_HASH
    if not hmac.compare_digest(kept, _hash(read[2])) or key is None:
        raise KeyNotAcceptedError
    if (state := key.state_at(now)) != ApiKey.State.VALID:
        raise KeyEndedError(state)
    return key


def note_use(*, key: ApiKey, used_at: datetime) -> bool:
    """Write when a key was last used, at most once a minute; says whether it was written."""
    before = used_at - LEAST_BETWEEN_USES
    if key.last_used_at is not None and key.last_used_at > before:
        return False
    long_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lte=before)
    return ApiKey.objects.filter(long_ago, pk=key.pk).update(last_used_at=used_at) == 1


def revoke(*, key_id: UUID, revoked_at: datetime) -> bool:
    """End a key at once; says whether it was not revoked before."""
    standing = ApiKey.objects.filter(pk=key_id, revoked_at__isnull=True)
    return standing.update(revoked_at=revoked_at) == 1


@transaction.atomic
def rotate(
    *, key: ApiKey, days: int, overlap: timedelta, rotated_by: StaffMember, rotated_at: datetime
) -> MadeKey:
    """Make a key that may do the same; the old one stays valid for the overlap and no longer.

    Raises KeyEndedError when the old key is no longer valid, and KeyNotMakeableError as `make_key` does.
    """
    old = ApiKey.objects.select_for_update(of=("self",)).select_related("legal_entity").get(pk=key.pk)
    if (state := old.state_at(rotated_at)) != ApiKey.State.VALID:
        raise KeyEndedError(state)
    wanted = WantedKey(
        legal_entity=old.legal_entity,
        name=old.name,
        scopes=tuple(Scope(scope) for scope in old.scopes),
        days=days,
    )
    if overlap:
        old.expires_at = min(old.expires_at, rotated_at + overlap)
    else:
        old.revoked_at = rotated_at
    old.save(update_fields=["expires_at", "revoked_at"])
    return make_key(wanted=wanted, made_by=rotated_by, made_at=rotated_at)


def _find(prefix: str) -> ApiKey | None:
    """The key that begins like this, with what requests use of its legal entity; the rest waits."""
    rows = FIND.fetch({"prefix": prefix})
    if not rows:
        return None
    key = ApiKey.from_db(DEFAULT_DB_ALIAS, KEY_FIELDS, rows[0][: len(KEY_FIELDS)])
    key.legal_entity = LegalEntity.from_db(DEFAULT_DB_ALIAS, ENTITY_FIELDS, rows[0][len(KEY_FIELDS) : -1])
    key.settings_revision = rows[0][-1]
    return key


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
