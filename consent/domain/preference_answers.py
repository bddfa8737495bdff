"""What the engine answers about the choices of a person: their page and the staff's answer never differ."""

import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from consent.domain.contact_answers import Spot, wanted_about
from consent.domain.engine.answering import Answer
from consent.domain.engine.known_points import explain_each
from consent.domain.engine.question import put_each
from consent.domain.preference_grounds import GROUNDS, Ground
from consent.domain.preference_holdings import Holdings
from consent.models import Channel
from customers.models import ProductGroup


class AnswerAbout(NamedTuple):
    """What may be done with one address, for one of the products that were bought."""

    product_group: ProductGroup | None
    answer: Answer


Answers = dict[uuid.UUID | None, list[AnswerAbout]]


def ask_spots(*, spots: Iterable[Spot], held: Holdings) -> dict[Spot, Answers]:
    """Ask once for each address of the contact that the channel can use; for processing, under None.

    Two statements, however many choices, products, addresses, permissions and relations there are. Of a
    purpose that no longer serves the legal entity there is no answer: nothing is permitted.
    """
    found = {spot: _nothing(spot, held) for spot in spots}
    spots_of_products = [
        spot._replace(product_group=group)
        for spot, answers in found.items()
        if answers
        for group in held.products_to_ask(spot)
    ]
    for spot, answers in zip(spots_of_products, _ask(spots_of_products, held), strict=True):
        for about, answer in zip(found[spot._replace(product_group=None)].values(), answers, strict=False):
            about.append(AnswerAbout(spot.product_group, answer))
    return {spot: _that_count(answers) for spot, answers in found.items()}


def _nothing(spot: Spot, held: Holdings) -> Answers:
    """The addresses asked about, without an answer yet."""
    points = held.points_to_ask(spot)
    return {None if spot.channel == Channel.NONE else point.pk: [] for point in points}


def _that_count(answers: Answers) -> Answers:
    """One product will do where the answers do not hang on products."""
    counting = zip(*answers.values(), strict=True) if answers else ()
    enough = next(
        (
            number
            for number, row in enumerate(counting, start=1)
            if not any(hangs_on_products(one.answer) for one in row)
        ),
        None,
    )
    return {key: about[:enough] for key, about in answers.items()}


def hangs_on_products(answer: Answer) -> bool:
    """Say whether the answer could be another for other products: any but a yes on another ground."""
    return not answer.decision.allowed or GROUNDS[answer.decision.code] is Ground.CUSTOMER


def _ask(spots: Sequence[Spot], held: Holdings) -> list[list[Answer]]:
    questions = put_each(wanted=[wanted_about(spot=spot) for spot in spots], now=held.now)
    about = [
        (question, held.points_to_ask(spot))
        for question, spot in zip(questions, spots, strict=True)
        if question
    ]
    answers = iter(explain_each(about=about))
    return [next(answers) if question else [] for question in questions]
