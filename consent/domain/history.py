import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from consent.domain import preference_words as words
from consent.domain.ledger.leaf import leaf_of
from consent.domain.messages import written_out
from consent.models import ConsentEvent, NoticeVersion, in_language
from customers.models import Contact


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event of the ledger as the person it is about reads it."""

    event: ConsentEvent
    when: str
    what: str
    where: str
    wording: str


def list_history(*, contact: Contact, zone: str) -> list[Entry]:
    """List every event about a contact, newest first, in plain words (art. 15 GDPR)."""
    events = list(
        ConsentEvent.objects.filter(organisation_id=contact.organisation_id, subject_id=contact.pk)
        .select_related("organisation", "legal_entity", "purpose")
        .order_by("-occurred_at", "-sequence")
    )
    wordings = _wordings(events)
    return [
        Entry(
            event=event,
            when=written_out(moment=event.occurred_at, zone=ZoneInfo(zone)),
            what=words.describe(event=event),
            where=words.where(event=event),
            wording=wordings.get(str(event.notice_version_id), ""),
        )
        for event in events
    ]


def export_history(*, contact: Contact, zone: str, exported_at: datetime.datetime) -> dict[str, object]:
    """Write every event about a contact with all that the sealed ledger holds of it (art. 20 GDPR)."""
    return {
        "organisation": contact.organisation.name,
        "exported_at": exported_at.isoformat(),
        "events": export_entries(entries=list_history(contact=contact, zone=zone)),
    }


def export_entries(*, entries: Sequence[Entry]) -> list[dict[str, object]]:
    """Write events with all that the sealed ledger holds of them."""
    return [
        {
            "when": entry.when,
            "what": entry.what,
            "where": entry.where,
            "wording": entry.wording,
            "ledger": json.loads(leaf_of(event=entry.event)),
        }
        for entry in entries
    ]


def _wordings(events: list[ConsentEvent]) -> dict[str, str]:
    ids = {event.notice_version_id for event in events if event.notice_version_id}
    return {
        str(version.pk): in_language(version.wording, get_language() or "")
        for version in NoticeVersion.objects.filter(pk__in=ids)
    }
