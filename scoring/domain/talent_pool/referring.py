"""Referrals: who tips somebody passes on a link, and nothing is known of the other until they sign up.

The best candidates come by people who know them, but a name or address given by another is data that was not
got from the person: they would have to be told within a month at most (art. 14(3) GDPR), a mail to them would
be unasked (art. 11.7 Tw), and nobody can permit anything in another's place (art. 4(11) GDPR). So nothing
about the other is asked, and no mail is sent in anybody's name. The link has a code that says who tips; who
follows it and fills in the form does so by themselves, is told everything there (art. 13 GDPR), and then has
that link as the source. Who tips never hears whether somebody signed up.
"""

import datetime
import secrets

from django.db import transaction
from django.db.models import Q

from consent.domain.arrivals import Arrival
from consent.models import Status
from customers.domain import contacts
from customers.models import Contact, StaffMember
from scoring.domain.talent_pool.standing import permissions
from scoring.models import Referral, ReferredCandidate, TalentPool


class NoFormError(ValueError):
    """The pool has no published form, so nobody could sign up by a link."""


@transaction.atomic
def link_of_candidate(*, pool: TalentPool, contact: Contact, made_at: datetime.datetime) -> Referral:
    """Give a candidate the one link they can pass on; raises NoFormError."""
    _check_form(pool)
    contacts.hold_contact(contact_id=contact.pk)
    referral, _made = Referral.objects.get_or_create(
        pool=pool, contact=contact, defaults={"code": _code(), "made_at": made_at}
    )
    return referral


@transaction.atomic
def link_of_colleague(*, pool: TalentPool, staff: StaffMember, made_at: datetime.datetime) -> Referral:
    """Give a colleague the one link they can pass on; raises NoFormError."""
    _check_form(pool)
    referral, _made = Referral.objects.get_or_create(
        pool=pool, staff=staff, defaults={"code": _code(), "made_at": made_at}
    )
    return referral


def find_referral(*, code: str) -> Referral | None:
    """Find the link with a code, while the form it leads to is online."""
    found = Referral.objects.select_related("pool__legal_entity", "pool__form")
    return found.filter(code=code, pool__form__published_at__isnull=False).first()


def hear_arrival(arrival: Arrival) -> None:
    """Note by which link somebody came who signed up by themselves; the first one stays.

    A code that is not known, one of another form, and one's own link say nothing. Nor does an arrival of who
    is in the pool already: anybody could have typed their address.
    """
    referral = find_referral(code=arrival.code)
    if referral is None or referral.pool.form_id != arrival.collection_point.pk:
        return
    if referral.contact_id == arrival.contact.pk or _was_in(referral.pool, arrival):
        return
    ReferredCandidate.objects.get_or_create(
        pool=referral.pool,
        contact=arrival.contact,
        defaults={"referral": referral, "came_at": arrival.came_at},
    )


def _was_in(pool: TalentPool, arrival: Arrival) -> bool:
    """Where nothing is to be confirmed, the permission of this very form stands already."""
    inside = permissions(pool=pool, now=arrival.came_at).filter(contact=arrival.contact)
    return inside.filter(Q(granted_at__lt=arrival.came_at) | Q(status=Status.RENEWED)).exists()


def _check_form(pool: TalentPool) -> None:
    if pool.form is None or pool.form.published_at is None:
        raise NoFormError


def _code() -> str:
    # It opens nothing and shows nothing: long enough that nobody guesses somebody else's.
    return secrets.token_urlsafe(16)
