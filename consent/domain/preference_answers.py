"""What the engine answers about the choices of a person: their page and the staff's answer never differ."""

import uuid

from consent.domain.contact_answers import Spot, question_about
from consent.domain.engine.answering import Answer
from consent.domain.engine.known_points import explain_about
from consent.domain.engine.question import UnknownCodeError
from consent.domain.preference_holdings import Holdings
from consent.models import Channel

Answers = dict[uuid.UUID | None, Answer]


def ask_spot(*, spot: Spot, held: Holdings) -> Answers:
    """Ask once for each address of the contact that the channel can use; for processing, under None.

    Two statements, however many addresses, permissions and relations there are. Of a purpose that no longer
    serves the legal entity there is no answer: nothing is permitted.
    """
    points = held.points_to_ask(spot)
    if not points:
        return {}
    try:
        question = question_about(spot=spot, now=held.now)
    except UnknownCodeError:
        return {}
    keys = [None if spot.channel == Channel.NONE else point.pk for point in points]
    return dict(zip(keys, explain_about(question=question, points=points), strict=True))
