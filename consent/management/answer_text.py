"""One answer as `may_contact` prints it: text for people, JSON for programs."""

import datetime
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from consent.domain.engine import telling
from consent.domain.engine.answering import Answer
from consent.domain.engine.asking import Asked
from consent.domain.engine.telling import Told
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.decision import Decision
from consent.domain.rulebook.facts import Jurisdiction

WIDTH = 22


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """An answer beside the words and moments of its question, as far as they could be read."""

    answer: Answer
    name: str
    channel: str
    at: datetime.datetime
    known_at: datetime.datetime
    zone: str
    language: str


def without_facts(*, asked: Asked) -> Answer:
    """The answer while the facts cannot be read: no."""
    code = Code.D_UNAVAILABLE
    return Answer(
        asked=asked,
        address="",
        contact_id=None,
        contact_point_id=None,
        jurisdiction=Jurisdiction.EU,
        decision=Decision(code=code, reasons=(code,)),
        ground_beneath=None,
        evidence=(),
        valid_until=None,
        within_hours=None,
        next_allowed_at=None,
        caller_number="",
    )


def as_json(*, outcome: Outcome) -> dict[str, Any]:
    answer, told = outcome.answer, telling.tell(code=outcome.answer.decision.code, language=outcome.language)
    return {
        "allowed": answer.decision.allowed,
        "code": answer.decision.code,
        "label": told.label,
        "sentence": told.sentence,
        "article": told.article,
        "reasons": list(answer.decision.reasons),
        "obligations": list(answer.decision.obligations),
        "rule_pack": answer.decision.pack,
        "evidence": [{"kind": item.kind, "id": item.id} for item in answer.evidence],
        "valid_until": _iso(answer.valid_until, outcome.zone),
        "within_hours": answer.within_hours,
        "next_allowed_at": _iso(answer.next_allowed_at, outcome.zone),
        "caller_number": answer.caller_number,
        "at": _iso(outcome.at, outcome.zone),
        "known_at": _iso(outcome.known_at, outcome.zone),
    }


def as_text(*, outcome: Outcome) -> str:
    answer, language, zone = outcome.answer, outcome.language, outcome.zone
    main, *others = telling.tell_reasons(answer=answer, language=language)
    duties = telling.tell_duties(answer=answer, language=language)
    evidence = [f"{telling.tell_evidence(kind=item.kind)} {item.id}" for item in answer.evidence]
    parts = {
        _("Why"): [main.sentence, f"{main.article} ({main.code})"],
        _("Also found"): [_described(told) for told in others],
        _("You must"): [told.sentence for told in duties],
        _("Rests on"): evidence,
        telling.title_of_until(answer=answer): [telling.tell_until(answer=answer, zone=zone)],
        _("Hours"): [telling.tell_hours(answer=answer, zone=zone)],
        _("Number to show"): [telling.tell_number(answer=answer)],
        _("Asked as at"): [telling.tell_moment(moment=outcome.at, zone=zone)],
        _("With what was known"): [telling.tell_moment(moment=outcome.known_at, zone=zone)],
        _("Rules"): [answer.decision.pack],
    }
    lines = [line for title, said in parts.items() for line in _part(title, said)]
    return "\n".join([_verdict(outcome), "", *lines])


def _verdict(outcome: Outcome) -> str:
    decision = outcome.answer.decision
    if decision.code == Code.D_UNAVAILABLE:
        return _(
            "NO. The facts cannot be read now, so nobody may be contacted. This is no answer about them."
        )
    return telling.tell_verdict(allowed=decision.allowed, channel=outcome.channel, name=outcome.name)


def _part(title: str, said: list[str]) -> list[str]:
    first, *rest = [line for line in said if line] or [""]
    if not first:
        return []
    return [f"{title + ':':<{WIDTH}}{first}", *(f"{'':<{WIDTH}}{line}" for line in rest)]


def _described(told: Told) -> str:
    return f"{told.sentence} {told.article} ({told.code})"


def _iso(moment: datetime.datetime | None, zone: str) -> str | None:
    return moment.astimezone(ZoneInfo(zone)).isoformat() if moment else None
