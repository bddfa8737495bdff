"""Where the private servers of one state folder listen. Only names: nothing is started here."""

import hashlib
import os
import tempfile
from pathlib import Path

SOCKET_PATH_LIMIT = 80  # the kernel allows 107 bytes, the servers add a name of their own


def socket_dir(*, state: Path, service: str) -> Path:
    place = state / service / "run"
    if len(os.fsencode(place)) <= SOCKET_PATH_LIMIT:
        return place
    tag = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"jawoord-{service}-{tag}"


def private_database_url(*, state: Path, role: str, name: str = "jawoord") -> str:
    return f"postgres://{role}:@/{socket_dir(state=state, service='postgres')}/{name}"


def private_redis_url(*, state: Path) -> str:
    return f"unix://{socket_dir(state=state, service='valkey')}/valkey.sock?db=0"


def private_broker_url(*, state: Path) -> str:
    return f"redis+socket://{socket_dir(state=state, service='valkey')}/valkey.sock?virtual_host=1"
