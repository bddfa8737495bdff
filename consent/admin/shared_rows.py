from typing import TypeVar

from django.db import models

from consent.models import Endpoint, Processor
from customers.admin.scope import entities_of, narrow
from customers.models import StaffMember

Shared = TypeVar("Shared", Processor, Endpoint)


def seen_by(queryset: models.QuerySet[Shared], staff: StaffMember) -> models.QuerySet[Shared]:
    """Rows of the member's organisation that concern one of their legal entities, each once."""
    own = narrow(queryset, staff=staff, organisation="organisation")
    entities = entities_of(staff)
    if not entities:
        return own
    return own.filter(pk__in=own.model._default_manager.filter(legal_entities__in=entities).values("pk"))  # noqa: SLF001  (Django's own name for it)


def is_theirs_alone(row: Processor | Endpoint, staff: StaffMember) -> bool:
    """Who is limited to some legal entities reads, but does not change, what others share."""
    entities = entities_of(staff)
    return not entities or not row.legal_entities.exclude(pk__in=entities).exists()
