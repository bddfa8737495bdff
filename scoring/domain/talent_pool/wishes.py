"""What a candidate tells about the work they look for: kept as things they told, and only what is asked."""

import datetime
from collections.abc import Mapping
from typing import Final

from django.db import transaction

from consent.models import Channel
from customers.domain import contacts
from customers.models import Contact
from scoring.models import ContactAttribute, TalentPool

WORK, REGION, CHANNEL = "talent-work", "talent-region", "talent-channel"
NAMES: Final = (WORK, REGION, CHANNEL)


class NotOfferedError(ValueError):
    """The answer is none of those that the pool offers."""


def offered(*, pool: TalentPool) -> dict[str, list[str]]:
    """What a pool asks, and the answers to choose from; what has no answers is not asked."""
    choices = {
        WORK: list(pool.disciplines),
        REGION: list(pool.regions),
        CHANNEL: [channel for channel in Channel.values if channel in pool.channels],
    }
    return {name: answers for name, answers in choices.items() if answers}


def read_wishes(*, pool: TalentPool, contact: Contact) -> dict[str, str]:
    """Read what a candidate told last."""
    rows = ContactAttribute.objects.filter(
        contact=contact, legal_entity=pool.legal_entity_id, name__in=NAMES, replaced_at__isnull=True
    )
    return dict(rows.values_list("name", "value"))


@transaction.atomic
def tell_wishes(
    *, pool: TalentPool, contact: Contact, wishes: Mapping[str, str], told_at: datetime.datetime
) -> bool:
    """Keep what a candidate told, in place of what they told before; an empty answer takes it away.

    A preference for a channel is no permission for it. Says whether anything changed; raises NotOfferedError.
    """
    choices = offered(pool=pool)
    if any(answer and answer not in choices.get(name, []) for name, answer in wishes.items()):
        raise NotOfferedError
    contacts.hold_contact(contact_id=contact.pk)
    before = read_wishes(pool=pool, contact=contact)
    changed = {name: answer for name, answer in wishes.items() if answer != before.get(name, "")}
    # Nobody needs to know what somebody wanted before: replaced is gone (art. 5(1)(c) GDPR).
    old = ContactAttribute.objects.filter(contact=contact, legal_entity=pool.legal_entity_id)
    old.filter(name__in=changed).delete()
    ContactAttribute.objects.bulk_create(
        [_attribute(pool, contact, name, answer, told_at) for name, answer in changed.items() if answer]
    )
    return bool(changed)


def _attribute(
    pool: TalentPool, contact: Contact, name: str, answer: str, told_at: datetime.datetime
) -> ContactAttribute:
    return ContactAttribute(
        organisation_id=pool.organisation_id,
        legal_entity_id=pool.legal_entity_id,
        contact=contact,
        name=name,
        value=answer,
        origin=ContactAttribute.Origin.OWN,
        acquired_at=told_at,
        recorded_at=told_at,
    )
