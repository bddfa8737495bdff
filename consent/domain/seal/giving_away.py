"""The checkpoint leaves the building: what others keep cannot be made anew by whoever owns the database."""

import datetime
import os
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from consent.domain import outbox
from consent.domain.seal import proofs
from consent.domain.seal.notes import CheckpointText, NoteBrokenError, read_checkpoint, read_note
from consent.models import Checkpoint, OutboxMessage
from customers.domain.addresses import hash_address
from customers.domain.key_rings import suppression_keys
from customers.models import ContactPoint, LegalEntity

LATEST = "latest.txt"


class OutsideDiffersError(Exception):
    """The checkpoint that was kept outside is not one of this ledger."""


def write_out(*, folder: str) -> Path | None:
    """Write the last checkpoint to a folder, as that of its day and as the latest; None without a folder.

    What lies there is held against the ledger first: the last checkpoint never goes back. Raises OSError, and
    OutsideDiffersError when the ledger is not the continuation of the one whose checkpoint lies there.
    """
    checkpoint = proofs.latest_checkpoint()
    if not folder or checkpoint is None:
        return None
    _compare(Path(folder) / LATEST, checkpoint)
    day = Path(folder) / f"checkpoint-{checkpoint.made_at:%Y-%m-%d}.txt"
    for place in (day, Path(folder) / LATEST):
        write_whole(place=place, content=checkpoint.note.encode())
    return day


@transaction.atomic
def tell_officers(*, now: datetime.datetime) -> int:
    """Mail the last checkpoint to every data protection officer, once a day at most; returns to how many.

    An officer of several legal entities of one organisation gets one. Nothing new is no mail.
    """
    checkpoint = proofs.latest_checkpoint()
    if checkpoint is None:
        return 0
    due = [entity for entity in _entities_by_officer() if _is_due(entity, checkpoint, now)]
    for entity in due:
        outbox.write_letter(letter=_letter(entity, checkpoint), written_at=now)
    return len(due)


def _compare(latest: Path, checkpoint: Checkpoint) -> None:
    if not latest.exists():
        return
    kept = _read(latest)
    if kept.tree_size > checkpoint.tree_size:
        raise OutsideDiffersError(
            f"{latest} tells {kept.tree_size} events, the ledger has {checkpoint.tree_size}: an older backup "
            "was restored, or its end was cut off. Run manage.py verify_ledger with it."
        )
    if kept.root != proofs.root_at(tree_size=kept.tree_size):
        raise OutsideDiffersError(
            f"the first {kept.tree_size} events are not those of {latest}. "
            "Run manage.py verify_ledger with it."
        )


def _read(latest: Path) -> CheckpointText:
    try:
        return read_checkpoint(text=read_note(written=latest.read_text(encoding="utf-8")).text)
    except (NoteBrokenError, UnicodeDecodeError) as error:
        raise OutsideDiffersError(f"{latest} is not a checkpoint.") from error


def write_whole(*, place: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file whole or not at all; a reader never meets half of it. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(place)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _entities_by_officer() -> list[LegalEntity]:
    """The first legal entity of each officer; held, so that two senders at once write one mail."""
    named = LegalEntity.objects.exclude(dpo_email="").select_for_update(no_key=True).order_by("code", "pk")
    first: dict[tuple[object, str], LegalEntity] = {}
    for entity in named:
        first.setdefault((entity.organisation_id, entity.dpo_email.lower()), entity)
    return list(first.values())


def _is_due(entity: LegalEntity, checkpoint: Checkpoint, now: datetime.datetime) -> bool:
    address = hash_address(
        organisation_id=entity.organisation_id,
        kind=ContactPoint.Kind.EMAIL,
        value=entity.dpo_email.lower(),
        keys=suppression_keys(),
    )
    told = OutboxMessage.objects.filter(recipient_hash=address.digest, kind=OutboxMessage.Kind.CHECKPOINT)
    last = told.order_by("-created_at").values_list("created_at", flat=True).first()
    if last is None:
        return True
    zone = ZoneInfo(entity.time_zone)
    return checkpoint.made_at > last and now.astimezone(zone).date() > last.astimezone(zone).date()


def _letter(entity: LegalEntity, checkpoint: Checkpoint) -> outbox.Letter:
    return outbox.Letter(
        kind=OutboxMessage.Kind.CHECKPOINT,
        legal_entity=entity,
        to=entity.dpo_email,
        language=entity.language,
        content={
            "tree_size": checkpoint.tree_size,
            "sealed_at": checkpoint.made_at.isoformat(),
            "note": checkpoint.note,
        },
    )
