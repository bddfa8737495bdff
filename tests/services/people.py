"""People who opt in, without a browser: the same domain function as behind the form."""

import uuid
from dataclasses import dataclass

from django.utils import timezone

from consent.domain import opt_in, shown_forms
from consent.domain.opt_in import Answers, Asking
from consent.domain.visits import describe_visit
from consent.models import OutboxMessage, ShownForm
from customers.domain.addresses import read_email
from customers.domain.contacts import PersonDetails
from customers.models import ContactPoint
from tests.scenes import RecipeBook


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """One form, and everybody who fills it in."""

    scene: RecipeBook
    shown: ShownForm

    def opt_in(self, *, name: str) -> OutboxMessage:
        email = f"{name}@example.org"
        outcome = opt_in.opt_in(
            answers=Answers(
                addresses={ContactPoint.Kind.EMAIL: read_email(text=email)},
                details=PersonDetails(),
                chosen=frozenset([self.scene.newsletter.pk]),
                as_typed={"EMAIL": email},
            ),
            asking=Asking(
                collection_point=self.scene.point,
                shown_form=self.shown,
                language="nl",
                visit=describe_visit(page="/forms/receptenboekje/", client_address="", user_agent=""),
                submission_id=uuid.uuid4(),
                shown_at=self.shown.first_shown_at,
                submitted_at=timezone.now(),
            ),
        )
        assert outcome.message is not None
        return outcome.message


def crowd_at(*, scene: RecipeBook) -> Crowd:
    shown = shown_forms.keep_shown_form(
        collection_point=scene.point, language="nl", content="Receptenboekje", shown_at=timezone.now()
    )
    return Crowd(scene=scene, shown=shown)
