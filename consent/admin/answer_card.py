"""An answer as staff read it: yes or no, why, what else was found, the duties, and the way to the proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from consent.domain.engine import telling
from consent.domain.engine.answering import Answer
from consent.domain.engine.backing import EvidenceItem
from consent.domain.engine.question import Question
from consent.domain.engine.telling import Told
from consent.models import BalancingTest, ConsentEvent, DoNotCallSnapshot, NoticeVersion, ServiceTest
from customers.models import Contact, ContactPoint, CustomerRelation, LegalEntity, Transaction

# What each kind of evidence is a row of; its page opens for whoever may view such rows.
MODELS: Final[Mapping[str, type[Model]]] = MappingProxyType(
    {
        "event": ConsentEvent,
        "transaction": Transaction,
        "relation": CustomerRelation,
        "notice": NoticeVersion,
        "list": DoNotCallSnapshot,
        "service test": ServiceTest,
        "balancing test": BalancingTest,
        "contact": Contact,
        "contact point": ContactPoint,
    }
)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """One thing the answer rests on, and the page behind it where this member may open that."""

    label: str
    key: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """One answer in the words of a page."""

    answer: Answer
    verdict: str
    main: Told
    others: list[Told]
    duties: list[Told]
    proofs: list[Proof]
    until_title: str
    until: str
    hours: str
    number: str
    at: str
    known_at: str


def card_of(*, answer: Answer, question: Question, entity: LegalEntity, request: HttpRequest) -> Card:
    language, zone = get_language() or "", question.zone
    main, *others = telling.tell_reasons(answer=answer, language=language)
    return Card(
        answer=answer,
        verdict=telling.tell_verdict(
            allowed=answer.decision.allowed, channel=question.channel, name=str(entity)
        ),
        main=main,
        others=others,
        duties=telling.tell_duties(answer=answer, language=language),
        proofs=[_proof(item, request) for item in answer.evidence],
        until_title=telling.title_of_until(answer=answer),
        until=telling.tell_until(answer=answer, zone=zone),
        hours=telling.tell_hours(answer=answer, zone=zone),
        number=telling.tell_number(answer=answer),
        at=telling.tell_moment(moment=question.at, zone=zone),
        known_at=telling.tell_moment(moment=question.known_at, zone=zone),
    )


def _proof(item: EvidenceItem, request: HttpRequest) -> Proof:
    model = MODELS.get(item.kind)
    may_open = model is not None and admin.site.get_model_admin(model).has_view_permission(request)
    url = _page_of(model, item.id) if model is not None and may_open else ""
    return Proof(label=telling.tell_evidence(kind=item.kind), key=item.id, url=url)


def _page_of(model: type[Model], key: str) -> str:
    options = model._meta  # noqa: SLF001  (the documented way to a model's name)
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[key])
