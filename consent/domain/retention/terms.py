"""How long each kind of data is kept, and why; an organisation may decide otherwise."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.models import RetentionTerm

Kind = RetentionTerm.Kind
FIVE_YEARS: Final = datetime.timedelta(days=5 * 366)


@dataclass(frozen=True, kw_only=True)
class Default:
    """A term that holds unless an organisation decided otherwise, and its reason."""

    keep: datetime.timedelta
    reason: StrPromise


DEFAULTS: Final[Mapping[RetentionTerm.Kind, Default]] = {
    Kind.PROOF: Default(
        keep=FIVE_YEARS,
        reason=_("A fine can come until five years later (art. 5:45 Awb); the proof is the defence."),
    ),
    Kind.MAILS: Default(
        keep=datetime.timedelta(days=2 * 366),
        reason=_("Long enough to show what somebody was told; the proof of what they agreed is kept apart."),
    ),
    Kind.VERIFICATIONS: Default(
        keep=datetime.timedelta(days=90),
        reason=_("That a number is verified, when and how stays with the number and in the ledger."),
    ),
    Kind.ATTEMPTS: Default(
        keep=FIVE_YEARS,
        reason=_(
            "Shows the number shown and that the right to object was offered, as long as a fine can come."
        ),
    ),
    Kind.SHOWN: Default(
        keep=FIVE_YEARS,
        reason=_("Says on which ground somebody was called: a fine can come until five years later."),
    ),
    Kind.LOOKUPS: Default(
        keep=datetime.timedelta(days=366),
        reason=_("Long enough for a yearly check of who looked whom up, and for a complaint about it."),
    ),
    Kind.STAFF_ACTS: Default(
        keep=datetime.timedelta(days=366),
        reason=_(
            "It is about staff as well: long enough for a yearly check, and for a complaint of a person."
        ),
    ),
    Kind.CALL_LISTS: Default(
        keep=FIVE_YEARS,
        reason=_("Who was chosen to be called belongs to the proof of those calls."),
    ),
    Kind.REQUESTS: Default(
        keep=FIVE_YEARS,
        reason=_("Shows that the request was answered in time, as long as a complaint or a fine can come."),
    ),
    Kind.TOLD: Default(
        keep=FIVE_YEARS,
        reason=_(
            "Shows that recipients were told (art. 19 GDPR), as long as a complaint or a fine can come."
        ),
    ),
    Kind.DISCLOSURES: Default(
        keep=datetime.timedelta(days=366),
        reason=_("Long enough to say who was on a list that turns up somewhere; the list itself is gone."),
    ),
    Kind.INCIDENTS: Default(
        keep=FIVE_YEARS,
        reason=_("Shows whom a data breach touched, as long as a complaint or a fine can come."),
    ),
    Kind.BEHAVIOUR: Default(
        keep=datetime.timedelta(days=2 * 366),
        reason=_("Says little about somebody after two years, and no score needs it any more."),
    ),
    Kind.RECIPIENTS: Default(
        keep=datetime.timedelta(days=2 * 366),
        reason=_("Shows who was sent what as long as the message itself is kept; the numbers stay."),
    ),
    Kind.JOURNEYS: Default(
        keep=datetime.timedelta(days=2 * 366),
        reason=_("Long enough to compare this year with the last; after that only counts are needed."),
    ),
    Kind.APPLICATIONS: Default(
        keep=datetime.timedelta(days=28),
        reason=_(
            "Four weeks after the procedure is usual; longer only as long as the person permits to stay in "
            "the talent pool."
        ),
    ),
    Kind.CANDIDATES: Default(
        keep=datetime.timedelta(0),
        reason=_(
            "They were known for the pool or a procedure alone, and permit, do and ask nothing any more; the "
            "proof of what they permitted stays for its own term."
        ),
    ),
    Kind.DORMANT: Default(
        keep=FIVE_YEARS,
        reason=_("Nothing is permitted, agreed or asked any more, and the proof of it has had its term."),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The terms of one organisation; proof may have one of its own per purpose."""

    of_kind: Mapping[str, datetime.timedelta]
    of_purpose: Mapping[uuid.UUID, datetime.timedelta]

    def of(self, kind: RetentionTerm.Kind) -> datetime.timedelta:
        return self.of_kind.get(kind, DEFAULTS[kind].keep)

    def of_proof(self, purpose_id: uuid.UUID) -> datetime.timedelta:
        return self.of_purpose.get(purpose_id, self.of(Kind.PROOF))


def read_terms(*, organisation_id: uuid.UUID, at: datetime.datetime) -> Terms:
    """Read which terms hold for an organisation: of each kind the last that was decided."""
    decided = RetentionTerm.objects.filter(organisation=organisation_id, decided_at__lte=at)
    rows = list(decided.order_by("decided_at", "pk"))
    return Terms(
        of_kind={row.kind: _days(row) for row in rows if row.purpose_id is None},
        of_purpose={row.purpose_id: _days(row) for row in rows if row.purpose_id is not None},
    )


def _days(row: RetentionTerm) -> datetime.timedelta:
    return datetime.timedelta(days=row.days)
