"""What the engine answers about the choices of a person: their page and the staff's answer never differ."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from consent.domain.contact_answers import Spot, question_about
from consent.domain.engine.answering import Answer
from consent.domain.engine.known_points import explain_about
from consent.domain.engine.question import UnknownCodeError
from consent.domain.preference_grounds import GROUNDS, Ground
from consent.domain.preference_holdings import Holdings
from consent.models import Channel
from customers.models import ContactPoint, ProductGroup


class AnswerAbout(NamedTuple):
    """What may be done with one address, for one of the products that were bought."""

    product_group: ProductGroup | None
    answer: Answer


Answers = dict[uuid.UUID | None, list[AnswerAbout]]


def ask_spot(*, spot: Spot, held: Holdings) -> Answers:
    """Ask once for each address of the contact that the channel can use; for processing, under None.

    Two statements for each of the products bought, however many addresses, permissions and relations there
    are; one will do where the answer does not hang on products. Of a purpose that no longer serves the legal
    entity there is no answer: nothing is permitted.
    """
    points = held.points_to_ask(spot)
    found: Answers = {None if spot.channel == Channel.NONE else point.pk: [] for point in points}
    for group in held.products_to_ask(spot) if points else ():
        answers = _ask(spot._replace(product_group=group), points, held)
        for about, answer in zip(found.values(), answers, strict=False):
            about.append(AnswerAbout(group, answer))
        if not any(map(hangs_on_products, answers)):
            break
    return found


def hangs_on_products(answer: Answer) -> bool:
    """Say whether the answer could be another for other products: any but a yes on another ground."""
    return not answer.decision.allowed or GROUNDS[answer.decision.code] is Ground.CUSTOMER


def _ask(spot: Spot, points: Sequence[ContactPoint], held: Holdings) -> Sequence[Answer]:
    try:
        question = question_about(spot=spot, now=held.now)
    except UnknownCodeError:
        return []
    return explain_about(question=question, points=points)
