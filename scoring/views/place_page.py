"""The place of a person in a talent pool, as both pages about it take it: every sentence written out."""

from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consent.domain import preference_words as words
from consent.models import in_language
from scoring.domain.talent_pool.staying import Place
from scoring.forms.talent_pool import sign_wording
from scoring.models import TalentPool

STAYED, STOPPED, TOLD, UNCHANGED, CHANGED_MEANWHILE = "stayed", "stopped", "told", "same", "changed"


def describe_place(place: Place | None, pool: TalentPool) -> dict[str, object]:
    language, zone = get_language() or "", pool.legal_entity.time_zone
    if place is None:
        return {"pool": pool, "is_in": False}
    notice = place.notice
    return {
        "pool": pool,
        "is_in": True,
        "since": words.written_date(moment=place.record.granted_at, zone=zone),
        "last_day": words.written_last_day(ends_at=place.record.valid_until, zone=zone),
        "wording": in_language(notice.wording, language) if notice else "",
        "withdrawal": in_language(notice.withdrawal, language) if notice else "",
        "shown": sign_wording(notice_version_id=notice.pk) if notice else "",
    }


def tell(done: str, place: Place | None, pool: TalentPool) -> str:
    """Say what the last button did; empty for anything that is no word of ours."""
    until = ""
    if place is not None and place.record.valid_until is not None:
        until = words.written_last_day(ends_at=place.record.valid_until, zone=pool.legal_entity.time_zone)
    told = {
        STOPPED: _("You are out of %(pool)s. It counts at once.") % {"pool": pool.name},
        TOLD: _("What you look for is saved."),
        UNCHANGED: _("Nothing has changed."),
        CHANGED_MEANWHILE: _("The text changed while you were reading. Read it again, and choose again."),
    }
    if done == STAYED and until:
        return _("You stay in %(pool)s until %(day)s.") % {"pool": pool.name, "day": until}
    return told.get(done, "")


def written_moment(moment: object, pool: TalentPool) -> str:
    zone = ZoneInfo(pool.legal_entity.time_zone)
    return date_format(moment.astimezone(zone), "j F Y") if hasattr(moment, "astimezone") else ""
