"""A dossier in words, for somebody outside: who, what, where and how, when, and what came of it."""

import datetime
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.domain.dossier import blocks
from consent.domain.dossier.account import Account, Library
from consent.domain.dossier.blocks import Block
from consent.domain.engine.telling import tell
from consent.domain.ledger.evidence import proof_in
from consent.domain.proof_words import spread
from consent.domain.rulebook.codes import Code
from consent.models import ConsentEvent, ConsentRecord, ContactAttempt, in_language
from customers.domain.countries import name_country
from customers.models import ContactPoint

Positions = Mapping[uuid.UUID, int]


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What every sentence needs: where people read it, what they were shown, and the places in the log."""

    language: str
    zone: ZoneInfo
    library: Library
    positions: Positions

    def moment(self, at: datetime.datetime | None) -> str:
        return date_format(at.astimezone(self.zone), "j F Y H:i") if at else ""


def tell_person(*, account: Account, telling: Telling) -> Iterator[Block]:
    """Tell everything about one person, permission by permission, and then what else happened."""
    yield blocks.heading(str(account.contact), level=1)
    yield _person(account, telling)
    if account.records:
        yield blocks.heading(_("Permissions at a glance"), level=2)
        yield _glance(account, telling)
    for record in account.records:
        yield from _permission(record, account, telling)
    if others := account.other_events():
        yield blocks.heading(_("Other acts: stops, addresses, relations"), level=2)
        for event in others:
            yield from _act(event, account, telling)
    yield from _contacts(account, telling)


def _person(account: Account, telling: Telling) -> Block:
    contact = account.contact
    rows: list[tuple[object, object]] = [
        (_("Key"), contact.pk),
        (_("Kind"), contact.get_kind_display()),
        (_("Legal form"), contact.get_legal_form_display()),
        (_("Country"), name_country(code=contact.country)),
        (_("Erased"), telling.moment(contact.erased_at)),
    ]
    return blocks.facts(
        [*rows, *((point.get_kind_display(), _point(point, telling)) for point in account.points)]
    )


def _point(point: ContactPoint, telling: Telling) -> str:
    if point.invalid_at:
        return _("%(address)s (invalid since %(moment)s)") % {
            "address": point.value,
            "moment": telling.moment(point.invalid_at),
        }
    if point.verified_at:
        return _("%(address)s (verified on %(moment)s: %(method)s)") % {
            "address": point.value,
            "moment": telling.moment(point.verified_at),
            "method": point.get_verified_method_display(),
        }
    return _("%(address)s (not verified)") % {"address": point.value}


def _glance(account: Account, telling: Telling) -> Block:
    rows = (
        (
            record.legal_entity.name,
            record.purpose,
            record.get_channel_display(),
            record.contact_point.value if record.contact_point else "",
            record.get_status_display(),
            telling.moment(record.last_act_at),
        )
        for record in account.records
    )
    head = (_("Legal entity"), _("Purpose"), _("Channel"), _("Address"), _("Status"), _("Last act"))
    return blocks.table(head=head, rows=rows, widths=(4, 3, 2, 4, 3, 3))


def _permission(record: ConsentRecord, account: Account, telling: Telling) -> Iterator[Block]:
    title = f"{record.legal_entity.name}: {record.purpose}, {record.get_channel_display()}"
    yield blocks.heading(title, level=2)
    yield blocks.facts(
        [
            (_("Status"), record.get_status_display()),
            (_("Address"), record.contact_point.value if record.contact_point else ""),
            (_("Given"), telling.moment(record.granted_at)),
            (_("Withdrawn"), telling.moment(record.withdrawn_at)),
            (_("Valid until"), telling.moment(record.valid_until)),
            (_("Evidence complete"), _("Yes") if record.complete else _("No")),
            (_("Grade of evidence"), record.get_grade_display()),
        ]
    )
    for event in account.events_on(record):
        yield from _act(event, account, telling)


def _act(event: ConsentEvent, account: Account, telling: Telling) -> Iterator[Block]:
    yield blocks.heading(f"{telling.moment(event.occurred_at)}: {event.get_act_display()}", level=3)
    yield blocks.facts([*_circumstances(event, telling), *_proof(event, account), *_place(event, telling)])
    yield from _shown(event, telling)


def _circumstances(event: ConsentEvent, telling: Telling) -> Iterator[tuple[object, object]]:
    staff = telling.library.staff.get(event.staff_id) if event.staff_id else None
    place = telling.library.places.get(event.collection_point_id) if event.collection_point_id else None
    yield _("Who acted"), f"{event.get_actor_display()} ({staff})" if staff else event.get_actor_display()
    yield (
        _("Where"),
        f"{event.get_source_display()} ({place.location or place.code})"
        if place
        else event.get_source_display(),
    )
    yield _("How"), event.get_method_display()
    yield _("Recorded"), telling.moment(event.recorded_at)
    yield _("Time is proven"), _("Yes") if event.proven else _("No")
    yield _("Scope"), _scope(event)
    yield _("Valid until"), telling.moment(event.valid_until)
    yield _("Reason"), event.reason
    yield _("What is missing"), event.lacks


def _scope(event: ConsentEvent) -> str:
    parts = (event.legal_entity, event.purpose, event.get_channel_display())
    return " · ".join(str(part) for part in parts if part) or _("Everything")


def _proof(event: ConsentEvent, account: Account) -> Iterator[tuple[object, object]]:
    if not event.evidence_digest:
        return
    plain = account.evidence.get(event.pk)
    if plain is None:
        yield _("Personal part"), _("Erased. The event and its digest stay.")
        return
    for line in spread(proof=proof_in(plain=plain)):
        yield line.label, line.value


def _place(event: ConsentEvent, telling: Telling) -> Iterator[tuple[object, object]]:
    position = telling.positions.get(event.pk)
    yield _("Event"), event.pk
    yield _("Place in the log"), _("Not sealed yet") if position is None else position


def _shown(event: ConsentEvent, telling: Telling) -> Iterator[Block]:
    version = telling.library.notices.get(event.notice_version_id) if event.notice_version_id else None
    if version is not None:
        yield blocks.text(_("What the person read (version %(number)s):") % {"number": version.number})
        yield blocks.quote(in_language(version.wording, event.language), language=event.language)
        yield blocks.quote(in_language(version.withdrawal, event.language), language=event.language)
    if event.shown_form_hash in telling.library.forms:
        name = {"name": f"shown/{event.shown_form_hash}.html"}
        yield blocks.text(_("The form as it was shown is in this export: %(name)s") % name)


def _contacts(account: Account, telling: Telling) -> Iterator[Block]:
    yield blocks.heading(_("Contacts made"), level=2)
    if not account.attempts and not account.messages:
        yield blocks.text(_("No call and no message is recorded."))
    if account.attempts:
        head = (
            _("When"),
            _("Legal entity"),
            _("Purpose"),
            _("Number shown"),
            _("Outcome"),
            _("Right to object offered"),
            _("Allowed on the ground"),
        )
        rows: Sequence[Sequence[object]] = [
            (
                telling.moment(one.attempted_at),
                one.legal_entity.name,
                one.purpose,
                one.number_shown or "",
                one.get_outcome_display(),
                _("Yes") if one.objection_offered else _("No"),
                _ground(one, telling),
            )
            for one in account.attempts
        ]
        yield blocks.table(head=head, rows=rows, widths=(3, 3, 2, 3, 2, 2, 4))
    if account.messages:
        columns = (_("Written"), _("Sent"), _("Legal entity"), _("Message"), _("State"))
        sent = [
            (
                telling.moment(one.created_at),
                telling.moment(one.sent_at),
                one.legal_entity.name,
                one.get_kind_display(),
                one.get_state_display(),
            )
            for one in account.messages
        ]
        yield blocks.table(head=columns, rows=sent, widths=(3, 3, 3, 3, 2))


def _ground(attempt: ContactAttempt, telling: Telling) -> str:
    shown = getattr(attempt, "shown", None)
    return tell(code=Code(shown.code), language=telling.language).sentence if shown else ""
