"""The choices page as its template takes it: every sentence written out."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from consent.domain import own_pages, preference_undo
from consent.domain import preference_words as words
from consent.domain.messages import written_out
from consent.domain.preference_changes import Wish
from consent.domain.preference_grounds import Ground, Note
from consent.domain.preferences import Card, Key, Preferences, Row
from consent.forms.preferences import notice_id, sign_shown
from consent.views import link_cookie
from consent.views.preference_session import CHANGED, Session, context_of
from customers.models import ContactPoint

SAVED, UNDONE = "saved", "undone"


@dataclass(frozen=True, kw_only=True)
class LastChange:
    """What this visitor changed last, so that the page can tell it and undo it."""

    kind: str
    changed_at: datetime.datetime
    not_offered: int

    def write(self) -> str:
        return f"{self.kind}|{self.changed_at.isoformat()}|{self.not_offered}"


def read_last_change(request: HttpRequest) -> LastChange | None:
    kind, _bar, rest = link_cookie.read(request, kind=CHANGED).partition("|")
    moment, _bar, not_offered = rest.partition("|")
    if not kind:
        return None
    return LastChange(
        kind=kind,
        changed_at=datetime.datetime.fromisoformat(moment),
        not_offered=int(not_offered),
    )


def page_context(
    *, session: Session, preferences: Preferences, last_change: LastChange | None, unsaved: Sequence[Wish]
) -> dict[str, object]:
    wished = _still_wished(preferences, unsaved)
    changeable = tuple(row for row in preferences.rows if row.can_change)
    places = {row.key: place for place, row in enumerate(changeable)}
    return {
        **context_of(session, title=_("Your choices")),
        "standing": words.everywhere_you_stand(preferences=preferences),
        "cards": [_card(card, places, wished, session) for card in preferences.cards],
        "is_unsaved": bool(wished),
        "switches_form": "choices",
        "shown": sign_shown(rows=changeable, contact=session.visitor.contact),
        "stop_scope": _stop_scope(preferences),
        "numbers": _numbers_to_verify(preferences, session),
        "notification": _notification(session, last_change) if last_change else None,
        "block_url": reverse("preferences_block", args=[session.legal_entity.code]),
        "own_pages": own_pages.find_pages(purpose_ids=_permitted(preferences)),
    }


def _still_wished(preferences: Preferences, unsaved: Sequence[Wish]) -> dict[Key, bool]:
    """What was ticked and not saved; a tick beside a text that changed meanwhile is no yes to the new."""
    asked = {wish.key: wish for wish in unsaved}
    return {
        row.key: wish.turn_on
        for row in preferences.rows
        if row.can_change
        and (wish := asked.get(row.key)) is not None
        and wish.turn_on != row.standing.is_on
        and (not wish.turn_on or wish.notice_version_id == notice_id(row=row))
    }


def _permitted(preferences: Preferences) -> set[uuid.UUID]:
    return {row.purpose.pk for row in preferences.rows if row.standing.ground is Ground.CONSENT}


def _card(card: Card, places: dict[Key, int], wished: dict[Key, bool], session: Session) -> dict[str, object]:
    entity = card.legal_entity
    return {
        "code": entity.code,
        "name": entity.name,
        "privacy_url": reverse("privacy", args=[entity.code]),
        "rows": [
            _row(row, places.get(row.key), f"{entity.code}-{place}", session)
            | {"is_on": wished.get(row.key, row.standing.is_on)}
            for place, row in enumerate(card.rows)
        ],
    }


def _row(row: Row, place: int | None, name: str, session: Session) -> dict[str, object]:
    zone, products = row.legal_entity.time_zone, words.products(row=row)
    return {
        "id": f"choice-{name}",
        "name": "choice",
        "value": place,
        "is_fixed": place is None,
        "statement": words.statement(row=row),
        "purpose": str(row.purpose),
        "channel": words.channel(row=row, opened_with=session.visitor.opened_with),
        "ground": words.ground(row=row),
        "since": words.written_date(moment=row.standing.since, zone=zone),
        # Products say themselves until when.
        "until": "" if products else words.written_last_day(ends_at=row.standing.until, zone=zone),
        "products": products,
        "note": words.note(row=row),
    }


def _stop_scope(preferences: Preferences) -> str:
    names = get_text_list([entity.name for entity in preferences.legal_entities], _("and"))
    return _(
        "If you press “Stop everything”, %(names)s may no longer contact you in any way. It counts at once."
    ) % {"names": names}


def _numbers_to_verify(preferences: Preferences, session: Session) -> list[dict[str, str]]:
    waiting: dict[object, ContactPoint] = {
        point.pk: point
        for row in preferences.rows
        if row.standing.is_on and row.standing.note is Note.NOT_VERIFIED
        for point in row.points
    }
    return [
        {
            "number": words.address_of(point=point, opened_with=session.visitor.opened_with),
            "url": reverse("preferences_verify", args=[point.pk]),
        }
        for point in waiting.values()
    ]


def _notification(session: Session, last_change: LastChange) -> dict[str, object]:
    events = preference_undo.changes_at(contact=session.visitor.contact, changed_at=last_change.changed_at)
    if not events:
        return {"title": _("Nothing has changed"), "effective": _not_offered(last_change)}
    undone = last_change.kind == UNDONE
    moment = written_out(moment=last_change.changed_at, zone=ZoneInfo(session.legal_entity.time_zone))
    return {
        "title": _("Your change is undone") if undone else _("Your choices are saved"),
        "changes": [words.describe(event=event) for event in events],
        "effective": " ".join(
            filter(None, [_("This counts from %(moment)s.") % {"moment": moment}, _not_offered(last_change)])
        ),
        "undo_url": "" if undone else reverse("preferences_undo"),
    }


def _not_offered(last_change: LastChange) -> str:
    if not last_change.not_offered:
        return ""
    return _("The text of another choice changed while you were reading. Read it again, and choose again.")
