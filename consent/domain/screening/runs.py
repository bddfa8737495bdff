"""A screening as it is kept: begun on a list, done in chunks, replayed, and forgotten when it expires."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from consent.domain.disclosures import GivenOut, record_disclosure
from consent.domain.engine.question import Question
from consent.domain.lists.opening import open_list
from consent.domain.rulebook.facts import Jurisdiction
from consent.domain.rulebook.packs import find_pack
from consent.domain.screening import files
from consent.domain.screening.pieces import Tally
from consent.models import Channel, Disclosure, ScreeningRun
from customers.models import Organisation, ProductGroup, StaffMember

# People withdraw and numbers are listed every day: what was allowed yesterday is asked again.
VALID_FOR = datetime.timedelta(hours=24)
# A workbook is written at once; above this many rows the result of one is CSV.
MOST_ROWS_IN_WORKBOOK = 50_000
LONGEST_NAME = 200


class AlreadyBegunError(ValueError):
    """The question about this list was put before."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A list as somebody handed it in."""

    file: BinaryIO
    name: str


def take_in(
    *, organisation: Organisation, source: Source, staff: StaffMember | None, now: datetime.datetime
) -> ScreeningRun:
    """Keep a list, encrypted, until somebody says what to ask about it; raises ListNotReadableError."""
    with open_list(source=source.file) as opened:
        run = ScreeningRun(
            organisation=organisation,
            file_name=Path(source.name).name[-LONGEST_NAME:],
            layout=opened.layout.as_json(),
            input_sha256=opened.sha256,
            uploaded_at=now,
            expires_at=now + VALID_FOR,
            staff=staff,
        )
        files.give_key(run=run)
        with transaction.atomic():
            run.save(force_insert=True)
            files.keep_list(run=run, text=opened.text)
    return run


@transaction.atomic
def record_run(*, done: ScreeningRun, question: Question, tally: Tally, keys: Iterable[bytes]) -> None:
    """Write down a screening whose list came from, and result went to, a file outside, and who was on it."""
    about(run=done, question=question)
    count(run=done, tally=tally)
    done.save(force_insert=True)
    given, moment = given_out(run=done), done.finished_at or done.uploaded_at
    for part in keys:
        record_disclosure(given=given, keys=part, disclosed_at=moment)


def given_out(*, run: ScreeningRun) -> GivenOut:
    """Say what goes out as the result of a run."""
    return GivenOut(
        organisation_id=run.organisation_id,
        source=Disclosure.Source.SCREENING,
        legal_entity_id=run.legal_entity_id,
        purpose_id=run.purpose_id,
        channel=run.channel,
        staff_id=run.staff_id,
        list_id=run.pk,
    )


def about(*, run: ScreeningRun, question: Question) -> None:
    """Note what a run asks, and until when its answers may be used.

    The answers of a call list end with the do-not-call-me list they rest on, if that is sooner (art. VI.112
    WER).
    """
    run.organisation_id = question.organisation_id
    run.legal_entity_id, run.purpose_id = question.legal_entity_id, question.purpose_id
    run.channel = question.channel
    run.product_group = ProductGroup.objects.filter(
        legal_entity_id=question.legal_entity_id, code=question.product_group_code
    ).first()
    started = run.started_at or run.uploaded_at
    run.expires_at, list_end = started + VALID_FOR, question.list_fresh_until
    if question.channel == Channel.CALL and list_end and list_end > started:
        run.expires_at = min(run.expires_at, list_end)
    packs = [find_pack(jurisdiction=one, at=question.at) for one in Jurisdiction]
    run.packs = [pack.code for pack in packs if pack]


def count(*, run: ScreeningRun, tally: Tally) -> None:
    """Note what was counted."""
    run.rows, run.asked, run.counts, run.remarks = tally.rows, tally.asked, tally.counts, tally.remarks
