"""A large export, made in parts by a worker and kept encrypted for a day, for whoever asked for it alone."""

import datetime
import io
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any, Final

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from consent.domain import jobs
from consent.domain.dossier.bundle import Bundle, Nowhere, Waiting, Writable
from consent.domain.dossier.exporting import (
    PEOPLE_IN_A_VOLUME,
    Exported,
    Format,
    NothingToExportError,
    Wanted,
    export_evidence,
)
from consent.domain.dossier.log import Digesting, Occasion, log_export
from consent.domain.dossier.selection import events_of, read_selection, sealed_events_of
from consent.domain.file_keys import DELETED_AT_ONCE, MADE_WITHIN, THERE_FOR, make_key, open_key
from consent.domain.jobs import Progress, WorkFailedError
from consent.domain.ledger.evidence import EvidenceBrokenError, decrypt, encrypt
from consent.domain.seal.proofs import TreeBrokenError, latest_checkpoint
from consent.models import EvidenceFile, EvidencePart, Job
from customers.models import Organisation, StaffMember, uuid7

PEOPLE_IN_A_PART: Final = 2_000
BROKEN: Final = _("The evidence is not what was recorded. Have “verify_ledger --evidence” run first.")
GONE: Final = _("This file is no more: its time had passed, or a person in it was erased. Ask for it anew.")
NOBODY_LEFT: Final = _("Nobody is left of whom this export was asked, so there is nothing to export.")
README: Final = _(
    "This export comes in parts. Each part is an export of its own: open it and follow its README.txt. "
    "The signed manifest.txt beside the parts lists them all with their SHA-256.\n"
)


class FileGoneError(LookupError):
    """The file was deleted when its time had passed, or is not made yet."""


class NotSealedYetError(NothingToExportError):
    """Events belong to the selection, and all of them wait to be sealed."""


def count_selection(*, wanted: Wanted) -> Exported:
    """Count what an export would hold, before it is started."""
    events = events_of(selection=wanted.selection).order_by()
    checkpoint = latest_checkpoint()
    return Exported(
        events=events.count(),
        people=events.values("subject_id").distinct().count(),
        tree_size=checkpoint.tree_size if checkpoint else 0,
    )


@transaction.atomic
def begin_export(*, wanted: Wanted, staff: StaffMember, reason: str, now: datetime.datetime) -> Job:
    """Write down a large export; a worker makes it, part by part.

    Raises NothingToExportError, NotSealedYetError when all it is about waits behind others.

    It is proven by the checkpoint of now, whenever a worker comes to it: so a run that is taken up again
    gives the same bytes.
    """
    counted = count_selection(wanted=wanted)
    if not counted.people:
        raise NothingToExportError
    selection = wanted.selection
    if not sealed_events_of(selection=selection, tree_size=counted.tree_size).exists():
        raise NotSealedYetError
    job = jobs.start_job(
        organisation=Organisation.objects.get(pk=selection.organisation_id),
        kind=Job.Kind.EXPORT,
        total=counted.people,
        key_range={},
        started_by=staff,
        now=now,
        legal_entity_id=selection.legal_entity_id,
    )
    key = uuid7()
    wrapped_key, key_version = make_key(bound_to=key)
    EvidenceFile.objects.create(
        pk=key,
        organisation_id=selection.organisation_id,
        legal_entity_id=selection.legal_entity_id,
        staff=staff,
        job=job,
        wanted={**asdict(wanted), "selection": selection.as_json()},
        reason=reason,
        tree_size=counted.tree_size,
        asked_at=now,
        expires_at=now + MADE_WITHIN,
        wrapped_key=wrapped_key,
        key_version=key_version,
    )
    return job


def make_at_once(*, wanted: Wanted, staff: StaffMember, reason: str, now: datetime.datetime) -> Job:
    """Make an export that is small enough to wait for, and keep it as a large one is kept.

    Where the evidence is broken the job says so. Raises NothingToExportError,
    NotSealedYetError.
    """
    job = begin_export(wanted=wanted, staff=staff, reason=reason, now=now)
    while jobs.advance(job_id=job.pk, chunk=lambda _job: write_part, now=now):
        pass
    job.refresh_from_db()
    return job


def write_part(job: Job, now: datetime.datetime) -> Progress:
    """Make the next part of a large export, or end it when there is none.

    Whoever erases a person of it meanwhile waits for the part, and takes it away with the key. Raises
    WorkFailedError where the evidence is broken, where the file is no more, or where nobody is left.
    """
    file = EvidenceFile.objects.select_for_update(of=("self",)).select_related("staff").get(job=job)
    try:
        return _next_part(file, job, now)
    except FileGoneError as error:
        raise WorkFailedError(str(GONE)) from error
    except (EvidenceBrokenError, TreeBrokenError) as error:
        raise WorkFailedError(str(BROKEN)) from error


def write_file(*, file: EvidenceFile, target: Writable) -> None:
    """Write the whole export: the one part itself, or all behind a signed list. Raises FileGoneError."""
    for _part in _write(file, target):
        pass


def stream_file(*, file: EvidenceFile) -> Iterator[bytes]:
    """Give the bytes of `write_file` while they are made, a part at a time.

    Raises FileGoneError before the first of them.
    """
    _count_parts(file)
    _key(file)
    return _stream(file)


def _stream(file: EvidenceFile) -> Iterator[bytes]:
    waiting = Waiting()
    for _part in _write(file, waiting):
        yield waiting.take()
    yield waiting.take()


def _write(file: EvidenceFile, target: Writable) -> Iterator[None]:
    """Write part after part; what is between two may be sent on."""
    wanted, parts, count = wanted_of(file=file), file.parts.order_by("number"), _count_parts(file)
    if count == 1:
        target.write(_open(file, parts.get()))
        return
    bundle = Bundle(target=target, method=zipfile.ZIP_STORED)
    with override(wanted.language):
        bundle.add(name="README.txt", parts=[str(README).encode()])
    yield
    # One by one: who takes it slowly holds no cursor open.
    for number in list(parts.values_list("number", flat=True)):
        bundle.add(name=f"part-{number:04}.zip", parts=[_open(file, parts.get(number=number))])
        yield
    bundle.close(facts=[f"people {_people(file)}", f"parts {count}", f"checkpoint {file.tree_size}"])


def _people(file: EvidenceFile) -> int:
    return int(file.parts.aggregate(people=Sum("people", default=0))["people"])


def _count_parts(file: EvidenceFile) -> int:
    count = file.parts.count()
    if not count:
        raise FileGoneError(str(file.pk))
    return count


def delete_expired(*, now: datetime.datetime) -> int:
    """Delete the files that have had their time, and their keys; that they were made stays in the log.

    What no key opens any more goes too, however it was left.
    """
    expired = EvidenceFile.objects.filter(wrapped_key__isnull=False, expires_at__lte=now)
    keys = list(expired.order_by("expires_at", "pk").values_list("pk", flat=True)[:DELETED_AT_ONCE])
    with transaction.atomic():
        # The file first, as everybody takes them: who writes a part of it ends before.
        EvidenceFile.objects.filter(pk__in=keys).update(wrapped_key=None, key_version=None)
        EvidencePart.objects.filter(file__wrapped_key=None).delete()
    return len(keys)


def wanted_of(*, file: EvidenceFile) -> Wanted:
    """Read back what was asked for."""
    said: dict[str, Any] = file.wanted
    return Wanted(
        selection=read_selection(stored=said["selection"]),
        formats=[Format(one) for one in said["formats"]],
        language=said["language"],
        with_evidence=said["with_evidence"],
    )


def _next_part(file: EvidenceFile, job: Job, now: datetime.datetime) -> Progress:
    wanted, number = wanted_of(file=file), int(job.cursor.get("number", 0)) + 1
    subjects = _next_subjects(wanted, job.cursor.get("last", ""))
    if not subjects:
        _require_parts(file)
        _finish(file, wanted, job, now)
        return Progress(cursor=job.cursor, done=0, finished=True)
    if job.cursor or len(subjects) == _at_once(wanted):
        narrowed = replace(wanted.selection, subjects=(subjects[0], subjects[-1]))
        wanted = replace(wanted, selection=narrowed)
    made = _keep(file, wanted, number)
    return Progress(
        # A part of which nothing is sealed yet is none.
        cursor={"number": number if made else number - 1, "last": str(subjects[-1])},
        done=len(subjects),
        counts={"EVENTS": made, "PARTS": int(made > 0)},
    )


def _require_parts(file: EvidenceFile) -> None:
    _key(file)
    if not file.parts.exists():
        raise WorkFailedError(str(NOBODY_LEFT))


def _next_subjects(wanted: Wanted, last: str) -> list[uuid.UUID]:
    """The next people in the order of their keys: one volume of a dossier, or more where there is none."""
    events = events_of(selection=wanted.selection)
    following = events.filter(subject_id__gt=last) if last else events
    subjects = following.order_by("subject_id").values_list("subject_id", flat=True).distinct()
    return list(subjects[: _at_once(wanted)])


def _at_once(wanted: Wanted) -> int:
    return PEOPLE_IN_A_VOLUME if Format.PDF in wanted.formats else PEOPLE_IN_A_PART


def _keep(file: EvidenceFile, wanted: Wanted, number: int) -> int:
    target = io.BytesIO()
    try:
        done = export_evidence(wanted=wanted, target=target, tree_size=file.tree_size)
    except NothingToExportError:
        return 0
    plain = target.getvalue()
    nonce, ciphertext = encrypt(key=_key(file), plain=plain, bound_to=file.pk)
    EvidencePart.objects.create(
        file=file,
        number=number,
        people=done.people,
        events=done.events,
        length=len(plain),
        nonce=nonce,
        ciphertext=ciphertext,
    )
    return done.events


def _finish(file: EvidenceFile, wanted: Wanted, job: Job, now: datetime.datetime) -> None:
    digesting = Digesting(Nowhere())
    write_file(file=file, target=digesting)
    file.export = log_export(
        wanted=wanted,
        occasion=Occasion(staff=file.staff, reason=file.reason, exported_at=now),
        exported=Exported(events=job.counts.get("EVENTS", 0), people=_people(file), tree_size=file.tree_size),
        sha256=digesting.digest.hexdigest(),
    )
    file.expires_at = now + THERE_FOR
    file.save(update_fields=["export", "expires_at"])


def _open(file: EvidenceFile, part: EvidencePart) -> bytes:
    return decrypt(
        key=_key(file), nonce=bytes(part.nonce), ciphertext=bytes(part.ciphertext), bound_to=file.pk
    )


def _key(file: EvidenceFile) -> bytes:
    if file.wrapped_key is None or file.key_version is None:
        raise FileGoneError(str(file.pk))
    return open_key(wrapped=bytes(file.wrapped_key), version=file.key_version, bound_to=file.pk)
