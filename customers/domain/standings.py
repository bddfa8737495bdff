"""What decides the rules about a contact, over time: kind, legal form, country, age and representation."""

import datetime
import uuid
from typing import Final

from django.db import transaction

from customers.models import Contact, FormerStanding

DECIDING: Final = ("kind", "legal_form", "country", "birth_date", "representative")


@transaction.atomic
def keep_standing(
    *, contact_id: uuid.UUID, replaced_at: datetime.datetime, held_until_at: datetime.datetime | None = None
) -> FormerStanding:
    """Keep what decided the rules about a contact, just before it is changed.

    A question about a moment before `held_until_at` is then answered as it held (by default until it is
    replaced), and one as it was known before `replaced_at` as it was known. A birth date has no period: a
    corrected one counts for every moment, once it is known. Raises Contact.DoesNotExist.
    """
    former = Contact.objects.select_for_update(of=("self",), no_key=True).get(pk=contact_id)
    return FormerStanding.objects.create(
        contact=former,
        kind=former.kind,
        legal_form=former.legal_form,
        country=former.country,
        birth_date=former.birth_date,
        represented=former.representative_id is not None,
        held_until_at=held_until_at or replaced_at,
        replaced_at=replaced_at,
    )
