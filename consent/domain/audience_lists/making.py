"""The list of an audience: a small one at once, a large one by a worker, encrypted and there for a day."""

import datetime
import hashlib
import uuid
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from consent.domain import audience_counts, audiences, jobs
from consent.domain.audience_lists.rows import write_people, write_titles
from consent.domain.audiences import Listed
from consent.domain.disclosures import GivenOut, given_out_about, pack_keys, record_disclosure
from consent.domain.engine.question import Question, UnknownCodeError, Wanted
from consent.domain.file_keys import DELETED_AT_ONCE, MADE_WITHIN, THERE_FOR, make_key, open_key
from consent.domain.jobs import Progress, WorkFailedError
from consent.domain.ledger.evidence import decrypt, encrypt
from consent.models import AudienceFile, AudiencePart, Disclosure, Job
from customers.models import Organisation, StaffMember, uuid7

FAST: Final = 1
GONE: Final = _("What was made of this list was deleted when its time had passed. Ask for it anew.")


def name_of(*, questions: Sequence[Question]) -> str:
    """Name the file of a list: what it is of, in codes."""
    first = questions[0]
    what = "audience" if len(questions) == 1 else "lost"
    return f"{what}-{first.legal_entity_code}-{first.purpose_code}-{first.channel.lower()}.csv"


@transaction.atomic
def list_at_once(
    *, questions: Sequence[Question], staff: StaffMember, now: datetime.datetime
) -> bytes | None:
    """Write the list of an audience that one part holds; None for a larger one, which a worker makes.

    Of one question it is who may be reached; of two, who may at the first moment and not at the second. Who
    stands on it is written down in the same transaction (art. 33 GDPR).
    """
    part = audiences.list_part(questions=questions, after=None)
    if not part.is_last:
        return None
    _disclose(_given_out(questions, staff.pk, uuid7()), part, now)
    return write_titles(questions=questions) + write_people(people=part.people, zone=questions[0].zone)


@transaction.atomic
def begin_list(*, wanted: Sequence[Wanted], staff: StaffMember, now: datetime.datetime) -> Job:
    """Write down that a list is to be made; whoever asks twice gets the job that goes on already.

    Raises UnknownCodeError.
    """
    running = _find_running(wanted, staff)
    if running is not None:
        return running
    questions = [one.put(now=now) for one in wanted]
    organisation = Organisation.objects.get(pk=questions[0].organisation_id)
    job = jobs.start_job(
        organisation=organisation,
        legal_entity_id=questions[0].legal_entity_id,
        kind=Job.Kind.LIST,
        total=audiences.count_addresses(question=questions[0]),
        key_range=audience_counts.key_range_of(wanted=wanted),
        started_by=staff,
        now=now,
    )
    key = uuid7()
    wrapped_key, key_version = make_key(bound_to=key)
    AudienceFile.objects.create(
        pk=key,
        organisation=organisation,
        legal_entity_id=questions[0].legal_entity_id,
        staff=staff,
        job=job,
        source=_source(questions),
        name=name_of(questions=questions),
        asked_at=now,
        expires_at=now + MADE_WITHIN,
        wrapped_key=wrapped_key,
        key_version=key_version,
    )
    return job


def make_part(job: Job, now: datetime.datetime) -> Progress:
    """Make the next part of a list, each as things are when it is made; the last one ends the file.

    Who stands on a part is written down with it. Raises WorkFailedError where the file has had its time, or a
    code of the question is gone.
    """
    file = AudienceFile.objects.filter(job=job).first()
    if file is None:
        raise WorkFailedError(str(GONE))
    try:
        questions = [one.put(now=now) for one in audience_counts.wanted_of(job=job)]
    except UnknownCodeError as error:
        raise WorkFailedError(str(audience_counts.CODE_GONE)) from error
    after, number = job.cursor.get("after"), int(job.cursor.get("number", 0)) + 1
    part = audiences.list_part(questions=questions, after=uuid.UUID(after) if after else None)
    plain = write_people(people=part.people, zone=questions[0].zone)
    _keep(file, number, len(part.people), plain if number > 1 else write_titles(questions=questions) + plain)
    _disclose(_given_out(questions, file.staff_id, file.pk), part, now)
    if part.is_last:
        _finish(file, now)
    return Progress(
        cursor={"after": str(part.last) if part.last else after, "number": number},
        done=part.looked_at,
        counts=dict(Counter(one.answer.decision.code for one in part.members)),
        finished=part.is_last,
    )


def read_file(*, file: AudienceFile) -> Iterator[bytes]:
    """Give a list in parts; memory does not grow with it."""
    key = open_key(wrapped=bytes(file.wrapped_key), version=file.key_version, bound_to=file.pk)
    numbers = list(file.parts.order_by("number").values_list("number", flat=True))
    return (_open(key, file.parts.get(number=number)) for number in numbers)


def size_of(*, file: AudienceFile) -> int:
    """How many bytes a list has."""
    return int(file.parts.aggregate(all=Sum("length"))["all"] or 0)


@transaction.atomic
def delete_expired(*, now: datetime.datetime) -> int:
    """Delete the lists that have had their time, with their keys; who stood on them stays known, by key."""
    expired = AudienceFile.objects.filter(expires_at__lte=now).order_by("expires_at", "pk")
    keys = list(expired.values_list("pk", flat=True)[:DELETED_AT_ONCE])
    AudienceFile.objects.filter(pk__in=keys).delete()
    return len(keys)


def _find_running(wanted: Sequence[Wanted], staff: StaffMember) -> Job | None:
    same = Job.objects.filter(
        kind=Job.Kind.LIST,
        state__in=jobs.UNFINISHED,
        started_by=staff,
        key_range=audience_counts.key_range_of(wanted=wanted),
    )
    return same.order_by("-created_at", "-pk").first()


def _source(questions: Sequence[Question]) -> Disclosure.Source:
    return Disclosure.Source.AUDIENCE if len(questions) == 1 else Disclosure.Source.WHAT_IF


def _given_out(questions: Sequence[Question], staff_id: uuid.UUID, list_id: uuid.UUID) -> GivenOut:
    return given_out_about(
        question=questions[0], source=_source(questions), staff_id=staff_id, list_id=list_id
    )


def _disclose(given: GivenOut, part: Listed, now: datetime.datetime) -> None:
    keys = pack_keys(contact_ids=[one.point.contact_id for one in part.people])
    record_disclosure(given=given, keys=keys, disclosed_at=now)


def _keep(file: AudienceFile, number: int, people: int, plain: bytes) -> None:
    key = open_key(wrapped=bytes(file.wrapped_key), version=file.key_version, bound_to=file.pk)
    nonce, ciphertext = encrypt(key=key, plain=zlib.compress(plain, FAST), bound_to=file.pk)
    AudiencePart.objects.create(
        file=file, number=number, people=people, length=len(plain), nonce=nonce, ciphertext=ciphertext
    )


def _finish(file: AudienceFile, now: datetime.datetime) -> None:
    digest = hashlib.sha256()
    for part in read_file(file=file):
        digest.update(part)
    file.sha256, file.made_at, file.expires_at = digest.hexdigest(), now, now + THERE_FOR
    file.save(update_fields=["sha256", "made_at", "expires_at"])


def _open(key: bytes, part: AudiencePart) -> bytes:
    nonce, ciphertext = bytes(part.nonce), bytes(part.ciphertext)
    return zlib.decompress(decrypt(key=key, nonce=nonce, ciphertext=ciphertext, bound_to=part.file_id))
