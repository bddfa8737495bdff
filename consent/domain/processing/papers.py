"""The record of processing to give away: rows for a spreadsheet, and pages as tagged PDF."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from consent.domain.dossier import blocks
from consent.domain.dossier.blocks import Block
from consent.domain.processing.gaps import Gap
from consent.domain.processing.record import TITLES, Activity, Part, ProcessingRecord
from consent.models import Processor


def controller_of(*, record: ProcessingRecord) -> list[tuple[str, str]]:
    """Say who the controller is and how to reach it and its officer (art. 30(1)(a) GDPR)."""
    entity = record.entity
    officer = ", ".join(filter(None, [entity.dpo_name, entity.dpo_email]))
    said = [
        (gettext("Controller"), entity.name),
        (gettext("Address"), ", ".join(entity.postal_address.splitlines())),
        (gettext("E-mail"), entity.sender_address),
        (gettext("Phone"), entity.stop_number.as_international if entity.stop_number else ""),
        (gettext("Website"), entity.website),
        (gettext("Data protection officer"), officer),
        (gettext("As at"), _moment(record)),
    ]
    return [(label, value) for label, value in said if value]


def rows_of(*, record: ProcessingRecord) -> Iterator[Sequence[str]]:
    """Give the record as rows, one for each activity, below the names of the columns."""
    yield (
        gettext("Controller"),
        gettext("Data protection officer"),
        gettext("Processing"),
        *(str(title) for title in TITLES.values()),
        gettext("Security (art. 30(1)(g))"),
        gettext("As at"),
    )
    entity = record.entity
    officer = ", ".join(filter(None, [entity.dpo_name, entity.dpo_email]))
    for activity in record.activities:
        parts = [activity.text_of(part) for part in TITLES]
        yield (entity.name, officer, activity.name, *parts, record.security, _moment(record))


def as_pdf(*, record: ProcessingRecord, gaps: Sequence[Gap]) -> bytes:
    """Lay the record out as tagged PDF (PDF/UA-1): the same record gives the same bytes."""
    title = gettext("Record of processing activities")
    document = blocks.Document(
        title=f"{title}: {record.entity.name}",
        author=record.entity.name,
        footer=f"{record.entity.name} · {_moment(record)}",
        language=(get_language() or "nl")[:2],
        blocks=list(_pages(record, gaps, title)),
    )
    return blocks.as_pdf(document=document, at=record.at)


def _pages(record: ProcessingRecord, gaps: Sequence[Gap], title: str) -> Iterator[Block]:
    yield blocks.heading(title, level=1)
    yield blocks.facts(controller_of(record=record))
    yield from _recipients(record)
    yield blocks.heading(gettext("Processing activities"), level=1)
    for activity in record.activities:
        yield from _activity(activity)
    yield blocks.heading(gettext("Security (art. 30(1)(g))"), level=1)
    yield blocks.text(record.security or gettext("Nothing is written here yet."))
    if gaps:
        yield blocks.heading(gettext("What is missing"), level=1)
        head = (gettext("What is missing"), gettext("Article"))
        yield blocks.table(head=head, rows=[(gap.sentence, gap.article) for gap in gaps], widths=(3, 1))


def _activity(activity: Activity) -> Iterator[Block]:
    yield blocks.heading(activity.name, level=2)
    yield blocks.facts((TITLES[part], activity.text_of(part)) for part in Part)


def _recipients(record: ProcessingRecord) -> Iterator[Block]:
    if not record.processing.recipients:
        return
    yield blocks.heading(gettext("Processors and recipients (art. 30(1)(d))"), level=1)
    head = (gettext("Name"), gettext("Role"), gettext("What it does"), gettext("Agreement"))
    rows = [
        (one.name, Processor.Role(one.role).label.split(":")[0], one.service, one.agreement_reference or "-")
        for one in record.processing.recipients
    ]
    yield blocks.table(head=head, rows=rows, widths=(3, 2, 4, 3))


def _moment(record: ProcessingRecord) -> str:
    return date_format(record.at.astimezone(ZoneInfo(record.entity.time_zone)), "j F Y H:i")
