"""What may be done with a contact now: a row for each legal entity, purpose and products, a cell for each
channel."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import get_language

from consent.admin.badge import ALLOWED, STOPPED, Look, look
from consent.domain.contact_answers import Spot, answer_spot, find_spots
from consent.domain.engine import telling
from consent.domain.engine.answering import Answer
from consent.models import Channel, Purpose
from customers.models import Contact, LegalEntity, ProductGroup


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One answer in a cell: yes or no, the label of its code, and the page with all of it."""

    look: Look
    address: str
    url: str


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """One legal entity and purpose, and one of the products bought; a cell for each channel."""

    legal_entity: LegalEntity
    purpose: Purpose
    product_group: ProductGroup | None
    cells: list[tuple[str, list[Verdict]]]


@dataclass(frozen=True, kw_only=True)
class AnswerMatrix:
    """What may be done now, by legal entity, purpose and channel."""

    channels: list[str]
    rows: list[AnswerRow]


def ask_all(
    *, contact: Contact, legal_entities: Sequence[LegalEntity], now: datetime.datetime
) -> dict[Spot, list[Answer]]:
    prefetch_related_objects([contact], "points")
    spots = find_spots(contact=contact, legal_entities=legal_entities)
    return {spot: answer_spot(contact=contact, spot=spot, now=now) for spot in spots}


def matrix_of(*, contact: Contact, answers: Mapping[Spot, list[Answer]]) -> AnswerMatrix:
    channels = [channel for channel in Channel if any(spot.channel == channel for spot in answers)]
    rows: dict[tuple[object, ...], dict[Spot, list[Answer]]] = {}
    for spot, of_spot in answers.items():
        group = spot.product_group and spot.product_group.pk
        rows.setdefault((spot.legal_entity.pk, spot.purpose.pk, group), {})[spot] = of_spot
    return AnswerMatrix(
        channels=[str(channel.label) for channel in channels],
        rows=[_row(contact, of_row, channels) for of_row in rows.values()],
    )


def _row(contact: Contact, answers: Mapping[Spot, list[Answer]], channels: list[Channel]) -> AnswerRow:
    by_channel = {spot.channel: spot for spot in answers}
    spots = list(answers)
    first = spots[0]
    return AnswerRow(
        legal_entity=first.legal_entity,
        purpose=first.purpose,
        product_group=first.product_group,
        cells=[
            (
                str(channel.label),
                _verdicts(contact, spot, answers[spot]) if (spot := by_channel.get(channel)) else [],
            )
            for channel in channels
        ],
    )


def _verdicts(contact: Contact, spot: Spot, answers: Sequence[Answer]) -> list[Verdict]:
    return [
        Verdict(
            look=_look(answer),
            # One address needs no naming: it stands above, with who this is.
            address=answer.address if len(answers) > 1 else "",
            url=_page_of(contact, spot),
        )
        for answer in answers
    ]


def _look(answer: Answer) -> Look:
    told = telling.tell(code=answer.decision.code, language=get_language() or "")
    return look(ALLOWED if answer.decision.allowed else STOPPED, told.label)


def _page_of(contact: Contact, spot: Spot) -> str:
    said = {
        "contact": contact.pk,
        "legal_entity": spot.legal_entity.code,
        "purpose": spot.purpose.code,
        "channel": spot.channel.value,
        "product_group": spot.product_group.code if spot.product_group else "",
    }
    return f"{reverse('admin:may_we')}?{urlencode(said)}"
