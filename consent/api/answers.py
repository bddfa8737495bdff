"""Answers as programs read them, written without a model in between: a batch has ten thousand."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.http import HttpResponse
from django.utils.translation import get_language

from consent.domain.engine.answering import Answer
from consent.domain.engine.question import Question
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.explanations import explain, ground_of


def tell_one(*, question: Question, answer: Answer) -> dict[str, Any]:
    zone = ZoneInfo(question.zone)
    return {
        **decision_of(answer, zone),
        **moments_of(question, zone),
        "explanation": explanation_of(answer.decision.code),
    }


def tell_many(*, question: Question, answers: list[Answer]) -> dict[str, Any]:
    zone = ZoneInfo(question.zone)
    codes = {answer.decision.code for answer in answers}
    return {
        **moments_of(question, zone),
        "answers": [decision_of(answer, zone) for answer in answers],
        "explanations": {code.value: explanation_of(code) for code in sorted(codes)},
    }


def decision_of(answer: Answer, zone: ZoneInfo) -> dict[str, Any]:
    decision = answer.decision
    return {
        "allowed": decision.allowed,
        "code": decision.code,
        "reasons": decision.reasons,
        "obligations": decision.obligations,
        "ground": ground_of(decision.code) or None,
        "rule_pack": decision.pack or None,
        "evidence": [{"kind": item.kind, "id": item.id} for item in answer.evidence],
        "valid_until": moment_in(answer.valid_until, zone),
        "within_hours": answer.within_hours,
        "next_allowed_at": moment_in(answer.next_allowed_at, zone),
        "caller_number": answer.caller_number or None,
    }


def moments_of(question: Question, zone: ZoneInfo) -> dict[str, Any]:
    return {"at": moment_in(question.at, zone), "known_at": moment_in(question.known_at, zone)}


def moment_in(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None


def explanation_of(code: Code) -> dict[str, str]:
    language = (get_language() or "en")[:2]
    explained = explain(code, language)
    return {
        "language": language,
        "label": explained.label,
        "sentence": explained.sentence,
        "article": explained.article,
    }


def as_json(told: dict[str, Any]) -> HttpResponse:
    return HttpResponse(orjson.dumps(told), content_type="application/json")
