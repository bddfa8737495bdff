"""Switching endpoints on and off; when one goes off by itself, the officer hears it."""

import datetime

from django.db import transaction
from django.utils.translation import gettext, override

from consent.domain import outbox
from consent.domain.outbox import Letter
from consent.models import Endpoint, OutboxMessage
from customers.models import LegalEntity


@transaction.atomic
def disable(*, endpoint: Endpoint, because: Endpoint.Ending, disabled_at: datetime.datetime) -> None:
    """Tell an endpoint nothing more; what waits for it stays, and the officers hear why."""
    off = Endpoint.objects.filter(pk=endpoint.pk, disabled_at__isnull=True)
    if off.update(disabled_at=disabled_at, disabled_because=because) and because != Endpoint.Ending.STAFF:
        for entity in _one_per_officer(endpoint):
            outbox.write_letter(letter=_letter(endpoint, entity, because), written_at=disabled_at)


@transaction.atomic
def enable(*, endpoint: Endpoint) -> None:
    """Tell an endpoint again, beginning with what waited for it."""
    Endpoint.objects.filter(pk=endpoint.pk).update(
        disabled_at=None, disabled_because="", failures=0, failing_since_at=None, rests_until_at=None
    )


def _one_per_officer(endpoint: Endpoint) -> list[LegalEntity]:
    entities = endpoint.legal_entities.exclude(dpo_email="").order_by("name", "pk")
    return list({entity.dpo_email: entity for entity in entities}.values())


def _letter(endpoint: Endpoint, entity: LegalEntity, because: Endpoint.Ending) -> Letter:
    with override(entity.language):
        said = {
            Endpoint.Ending.GONE: gettext("It answered that it is gone (410)."),
            Endpoint.Ending.FAILING: gettext("It failed for five days."),
        }
        content: dict[str, object] = {
            "subject": gettext("An endpoint is no longer told"),
            "paragraphs": [
                gettext("%(name)s is told nothing more: %(why)s")
                % {"name": endpoint.name, "why": said[because]},
                gettext("Withdrawals and erasures do not reach it. Mend it, and switch it on again."),
            ],
            "page": f"/admin/consent/endpoint/{endpoint.pk}/change/",
        }
    return Letter(
        kind=OutboxMessage.Kind.OFFICER,
        legal_entity=entity,
        to=entity.dpo_email,
        language=entity.language,
        content=content,
    )
