"""A backup in one folder, and a restore that proves itself against the seal.

The keys (LINK_KEYS, SUPPRESSION_KEYS, EVIDENCE_KEYS, SEAL_KEYS, SECRET_KEY) are not in it. Kept apart from
it, whoever finds a backup opens no proof and no mail with it; kept together, every erasure since is undone.
"""

import datetime
import hashlib
import json
import os
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from config.databases import as_owner
from config.embedded.binaries import client_programs
from consent.domain import held_messages, jobs
from consent.domain.erasing import replaying
from consent.domain.seal import giving_away, keys, proofs
from consent.domain.seal.notes import read_checkpoint, read_note
from consent.domain.seal.rereading import read_bounds
from consent.domain.seal.verifying import Trusted, find_faults
from consent.models import Job, SealMark
from scoring.domain.campaigns.running import pause_campaign
from scoring.models import Campaign, Journey

WRITE_TO_PEOPLE = (Job.Kind.ANNOUNCE, Job.Kind.BREACH)
DUMP, MANIFEST, FORMAT = "database.dump", "manifest.json", "jawoord-backup-1"


class BackupUnusableError(Exception):
    """The folder holds no whole backup, or the database cannot take it."""


class RestoredDiffersError(Exception):
    """What was restored is not what was backed up."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup holds: the hash of its dump, and the head of the tree in it."""

    format: str
    made_at: str
    dump_sha256: str
    tree_size: int
    root: str
    checkpoint: str


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a restore brought: sealed events, who was erased again, what was held or stopped, events lost."""

    tree_size: int
    erased_again: int
    held: int
    stopped: int
    behind: int


def back_up(*, folder: Path, made_at: datetime.datetime) -> Manifest:
    """Dump the database as it is at one moment, with the head of its tree; writers go on meanwhile.

    Raises BackupUnusableError, OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BackupUnusableError(f"{folder} is not empty: a backup takes a folder of its own.")
    dump = folder / DUMP
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        _run("pg_dump", "--format=custom", f"--snapshot={cursor.fetchone()[0]}", f"--file={dump}")
        checkpoint, size = proofs.latest_checkpoint(), proofs.sealed_size()
        root = proofs.root_at(tree_size=size).hex()
    dump.chmod(0o600)
    manifest = Manifest(
        format=FORMAT,
        made_at=made_at.isoformat(),
        dump_sha256=_hash(dump),
        tree_size=size,
        root=root,
        checkpoint=checkpoint.note if checkpoint else "",
    )
    told = json.dumps(asdict(manifest), indent=1).encode()
    giving_away.write_whole(place=folder / MANIFEST, content=told, mode=0o600)
    return manifest


def restore(*, folder: Path, restored_at: datetime.datetime) -> Restored:
    """Fill an empty database from a backup, verify it against the seal, and erase again who was erased since.

    What waited to be sent is held until somebody decides: it may have left after the backup. To be done
    before anything else works with the database. Raises BackupUnusableError when nothing was restored,
    RestoredDiffersError when what was restored is not what was sealed.
    """
    manifest = read_manifest(folder=folder)
    with as_owner(connection=connection):
        _refuse_unless_empty()
        _run("pg_restore", "--exit-on-error", "--single-transaction", "--dbname", _name(), str(folder / DUMP))
    call_command("migrate", verbosity=0)
    # Another server counts its transactions anew: the mark would wait for a number of the old one.
    SealMark.objects.update(candidate_sequence=None, candidate_at=None, candidate_horizon=None)
    held = held_messages.hold_waiting()
    stopped = _stop_what_writes_to_people(restored_at)
    _compare(manifest)
    again = replaying.erase_again(folder=settings.CHECKPOINT_DIR, erased_at=restored_at)
    # They were told farewell when they were erased first.
    held += held_messages.hold_waiting()
    return Restored(
        tree_size=manifest.tree_size,
        erased_again=again,
        held=held,
        stopped=stopped,
        behind=_behind(manifest),
    )


def _stop_what_writes_to_people(restored_at: datetime.datetime) -> int:
    """Whom they reached after the backup is not known any more: somebody decides whether they go on."""
    running = list(Campaign.objects.filter(state=Campaign.State.RUNNING).order_by("pk"))
    for campaign in running:
        pause_campaign(campaign=campaign, paused_at=restored_at, halt=Campaign.Halt.RESTORED)
    followed = Journey.objects.filter(state=Journey.State.RUNNING)
    paused = followed.update(state=Journey.State.PAUSED, turn_at=None, turn_after=None)
    writing = Job.objects.filter(kind__in=WRITE_TO_PEOPLE, state__in=jobs.UNFINISHED)
    return (
        len(running)
        + paused
        + writing.update(state=Job.State.CANCELLED, ended_at=restored_at, heartbeat_at=restored_at)
    )


def read_manifest(*, folder: Path) -> Manifest:
    """Read what a backup holds, and hold its dump against the hash; raises BackupUnusableError."""
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        is_whole = manifest.format == FORMAT and manifest.dump_sha256 == _hash(folder / DUMP)
    except (OSError, ValueError, TypeError) as fault:
        raise BackupUnusableError(f"{folder} holds no backup.") from fault
    if not is_whole:
        raise BackupUnusableError(f"The backup in {folder} is damaged: its hash is another.")
    return manifest


def _compare(manifest: Manifest) -> None:
    size = proofs.sealed_size()
    if (size, proofs.root_at(tree_size=size).hex()) != (manifest.tree_size, manifest.root):
        raise RestoredDiffersError("The head of the tree is not that of the backup.")
    outside = read_note(written=manifest.checkpoint) if manifest.checkpoint else None
    trusted = Trusted(verifiers=keys.verifiers(), outside=outside)
    if fault := next(find_faults(bounds=read_bounds(), trusted=trusted), None):
        raise RestoredDiffersError(fault.sentence)


def _behind(manifest: Manifest) -> int:
    """How many events the last checkpoint outside tells beyond the backup."""
    latest = Path(settings.CHECKPOINT_DIR) / giving_away.LATEST
    if not settings.CHECKPOINT_DIR or not latest.exists():
        return 0
    told = read_checkpoint(text=read_note(written=latest.read_text(encoding="utf-8")).text)
    return max(0, told.tree_size - manifest.tree_size)


def _refuse_unless_empty() -> None:
    with connection.cursor() as cursor:
        if connection.introspection.table_names(cursor):
            raise BackupUnusableError("The database is not empty: restore into a new one.")


def _run(program: str, *options: str) -> None:
    """Roles are named otherwise elsewhere: owner and rights are given after a restore, not kept."""
    command = [str(client_programs() / program), "--no-owner", "--no-privileges", *options]
    outcome = subprocess.run(command, check=False, capture_output=True, text=True, env=_environment())
    if outcome.returncode:
        raise BackupUnusableError(f"{program} failed: {outcome.stderr.strip()}")


def _environment() -> dict[str, str]:
    """The owner's connection; a password is never on a command line, where others read it."""
    owner: dict[str, Any] = settings.DATABASE_OWNER
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    told = {variable: str(owner[key]) for variable, key in named.items() if owner.get(key)}
    modes = {"PGSSLMODE": owner["OPTIONS"]["sslmode"]} if "sslmode" in owner["OPTIONS"] else {}
    return {**os.environ, **told, **modes, "PGDATABASE": _name()}


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
