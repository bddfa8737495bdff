"""The copy that a person gets of everything held about them, from all apps, to read and to take along."""

import datetime
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext, override

from consent.domain import history, holdings, outbox
from consent.domain.ledger import evidence
from consent.domain.ledger.evidence import EvidenceBrokenError, EvidenceGoneError
from consent.domain.messages import written_out
from consent.domain.processors import list_in_use
from consent.domain.rights import letters
from consent.domain.rights.steps import list_steps, read_words
from consent.domain.suppressions import find_suppressions
from consent.models import ConsentEvent, DataKind, Endpoint, OutboxMessage, RightsRequest
from customers.domain.addresses import Address
from customers.domain.countries import name_country
from customers.domain.holdings import Holding
from customers.models import Contact, LegalEntity


@dataclass(frozen=True, kw_only=True)
class Section:
    """One table of the copy: what it is about, its columns, and each row in words and as data."""

    name: str
    title: str
    columns: list[str]
    rows: list[list[str]]
    data: list[dict[str, Any]]


def write_copy(
    *, contact: Contact, legal_entity: LegalEntity, language: str, written_at: datetime.datetime
) -> bytes:
    """Write everything held about a person as a page to read and as data to take along, in one ZIP file.

    Source: art. 15(3) and 20(1) GDPR. The rows come from the list of tables in which each app says where it
    holds people, so that what is erased and what is told are the same.
    """
    with override(language):
        sections = list(_sections(contact, ZoneInfo(legal_entity.time_zone), written_at))
        page = render_to_string("consent/copy.html", _context(contact, legal_entity, sections, written_at))
        data = _as_data(contact, sections, written_at)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("jawoord.html", page.encode()), ("jawoord.json", data)):
            entry = zipfile.ZipInfo(name, date_time=written_at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return file.getvalue()


def _sections(contact: Contact, zone: ZoneInfo, at: datetime.datetime) -> Iterator[Section]:
    for holding in reversed(holdings.every_holding()):
        if holding.told:
            section = _table(holding, contact, zone)
            if section.rows:
                yield section
    others = (_recipients(contact, zone, at), _blocks(contact, zone), _events(contact, zone))
    yield from (one for one in others if one.rows)


def _table(holding: Holding, contact: Contact, zone: ZoneInfo) -> Section:
    options = holding.model._meta  # noqa: SLF001  (the documented way to a model's fields)
    labels = [_label(options.get_field(name)) for name in holding.told]
    found = list(holding.rows_of(contact.pk).order_by("pk"))
    extra = [_more(row) for row in found]
    names = sorted({name for more in extra for name in more})
    return Section(
        name=options.model_name or "",
        title=str(holding.title),
        columns=[*labels, *(_extra_label(name) for name in names)],
        rows=[
            [*(_in_words(row, name, zone) for name in holding.told), *(more.get(name, "") for name in names)]
            for row, more in zip(found, extra, strict=True)
        ],
        data=[
            {**{name: _plain(getattr(row, name)) for name in holding.told}, **more}
            for row, more in zip(found, extra, strict=True)
        ],
    )


def _more(row: Model) -> dict[str, str]:
    """What lies encrypted: it is the person's own."""
    if isinstance(row, OutboxMessage):
        return _content_of(row)
    if isinstance(row, RightsRequest):
        notes = [told.note for told in list_steps(request=row) if told.note]
        return {"words": read_words(request=row) or "", "notes": "; ".join(notes)}
    return {}


def _content_of(message: OutboxMessage) -> dict[str, str]:
    try:
        content = outbox.read_content(message=message)
    except (EvidenceGoneError, EvidenceBrokenError):
        return {}
    return {"content": orjson.dumps(content).decode()}


def _extra_label(name: str) -> str:
    labels = {
        "content": gettext("What it said"),
        "words": gettext("What you wrote"),
        "notes": gettext("What was noted"),
    }
    return labels[name]


def _label(field: Any) -> str:
    text = str(field.verbose_name)
    return text[:1].upper() + text[1:]


def _in_words(row: Model, name: str, zone: ZoneInfo) -> str:
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if isinstance(value, Endpoint):
        return value.recipient
    if isinstance(value, datetime.datetime):
        return written_out(moment=value, zone=zone)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int, str, list)) else str(value)


def _recipients(contact: Contact, zone: ZoneInfo, at: datetime.datetime) -> Section:
    """Who gets data from us, by name (art. 15(1)(c) GDPR; C-154/21, Österreichische Post)."""
    found = list_in_use(organisation_id=contact.organisation_id, today=at.astimezone(zone).date())
    kinds = [[DataKind(kind) for kind in one.data] for one in found]
    columns = [gettext("Name"), gettext("What it does"), gettext("Country"), gettext("Data")]
    return Section(
        name="processor",
        title=gettext("Who gets data from us"),
        columns=columns,
        rows=[
            [
                one.name,
                one.service,
                name_country(code=one.country),
                ", ".join(str(kind.label) for kind in gets),
            ]
            for one, gets in zip(found, kinds, strict=True)
        ],
        data=[
            {"name": one.name, "service": one.service, "country": one.country, "data": one.data}
            for one in found
        ],
    )


def _blocks(contact: Contact, zone: ZoneInfo) -> Section:
    points = contact.points.order_by("created_at", "pk")
    addresses = [Address(kind=point.kind, value=point.value, raw_input="") for point in points]
    found = find_suppressions(organisation=contact.organisation, addresses=addresses) if addresses else {}
    rows = [(value, block) for value, blocks in found.items() for block in blocks]
    return Section(
        name="suppression",
        title=gettext("Blocked addresses"),
        columns=[gettext("Address"), gettext("Reason"), gettext("Since")],
        rows=[
            [value, block.get_reason_display(), written_out(moment=block.suppressed_at, zone=zone)]
            for value, block in rows
        ],
        data=[
            {"address": value, "reason": block.reason, "since": block.suppressed_at.isoformat()}
            for value, block in rows
        ],
    )


def _events(contact: Contact, zone: ZoneInfo) -> Section:
    """The ledger, each event with its proof: the wording shown, what was typed, and from which network."""
    entries = history.list_history(contact=contact, zone=str(zone))
    proofs = [_proof(entry.event) for entry in entries]
    exported = history.export_entries(entries=entries)
    return Section(
        name="consentevent",
        title=gettext("Everything that happened"),
        columns=[
            gettext("When"),
            gettext("What happened"),
            gettext("Where"),
            gettext("Wording"),
            gettext("Proof"),
        ],
        rows=[
            [entry.when, entry.what, entry.where, entry.wording, _proof_in_words(proof)]
            for entry, proof in zip(entries, proofs, strict=True)
        ],
        data=[{**event, "proof": proof} for event, proof in zip(exported, proofs, strict=True)],
    )


def _proof(event: ConsentEvent) -> dict[str, Any] | None:
    try:
        return evidence.open_evidence(event=event)
    except (EvidenceGoneError, EvidenceBrokenError):
        return None


def _proof_in_words(proof: dict[str, Any] | None) -> str:
    return "; ".join(f"{name}: {_plain_text(value)}" for name, value in (proof or {}).items() if value)


def _plain_text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items() if part)
    return str(value)


def _context(
    contact: Contact, legal_entity: LegalEntity, sections: list[Section], written_at: datetime.datetime
) -> dict[str, object]:
    return {
        "contact": contact,
        "entity": legal_entity,
        "sections": sections,
        "language": get_language(),
        "moment": written_out(moment=written_at, zone=ZoneInfo(legal_entity.time_zone)),
        "authority": letters.AUTHORITIES[legal_entity.country],
    }


def _as_data(contact: Contact, sections: list[Section], written_at: datetime.datetime) -> bytes:
    whole = {
        "organisation": contact.organisation.name,
        "contact": str(contact.pk),
        "written_at": written_at.isoformat(),
        "data": {section.name: section.data for section in sections},
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
