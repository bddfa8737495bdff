import datetime
import uuid
from collections.abc import Sequence

from django.db import transaction

from customers.models import Contact, ContactPoint, FormerStanding


@transaction.atomic
def empty_contacts(*, contact_ids: Sequence[uuid.UUID], erased_at: datetime.datetime) -> None:
    """Take everything personal out of contacts; what stays is a bare key that the ledger can point at.

    What hangs on their addresses must be gone before, or the database refuses (art. 17 GDPR).
    """
    ContactPoint.objects.filter(contact_id__in=contact_ids).delete()
    FormerStanding.objects.filter(contact_id__in=contact_ids).delete()
    Contact.objects.filter(pk__in=contact_ids).update(
        given_name="",
        family_name="",
        organisation_name="",
        birth_date=None,
        legal_form="",
        country="",
        representative=None,
        erased_at=erased_at,
    )
