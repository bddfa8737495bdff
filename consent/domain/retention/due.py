"""Which rows of each kind have had their term: one question for each, for deleting and for looking ahead."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce

from consent.domain.retention.terms import Kind, Terms
from consent.domain.withdrawals import STANDING
from consent.models import (
    Act,
    AddressVerification,
    CallListEntry,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    DeskLookup,
    Disclosure,
    Evidence,
    IncidentPerson,
    Notification,
    OutboxMessage,
    RetentionTerm,
    RightsRequest,
    ShownContact,
    Status,
)
from customers.models import Contact, CustomerRelation, Organisation, StaffAct, Transaction

# A person who ever said no stays known by it: forgotten, they would be asked again.
NO: Final = (Act.WITHDRAWN, Act.REFUSED, Act.OBJECTED, Act.RESTRICTED, Act.SUPPRESSED)
# When a permission ended: the term of its proof begins here. A stop is kept beside a later grant, and is the
# end only where it was the last word.
OVER_AT: Final = Case(
    When(status=Status.WITHDRAWN, then="withdrawn_at"),
    When(status=Status.REFUSED, then="refused_at"),
    default=Coalesce("invalidated_at", "valid_until", "last_act_at"),
)
ENDED_MESSAGES: Final = (
    OutboxMessage.State.SENT,
    OutboxMessage.State.REFUSED,
    OutboxMessage.State.GIVEN_UP,
    OutboxMessage.State.DROPPED,
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Of which organisation, as at which moment, and by which terms."""

    organisation: Organisation
    terms: Terms
    now: datetime.datetime

    def before(self, kind: RetentionTerm.Kind) -> datetime.datetime:
        return self.now - self.terms.of(kind)


def _proof(asked: Asked) -> QuerySet[Any]:
    """The proof of every act on a permission that ended longer ago than the term of its purpose."""
    over = Q(pk__in=[])
    for purpose_id, keep in asked.terms.of_purpose.items():
        over |= Q(purpose=purpose_id, over_at__lte=asked.now - keep)
    others = ~Q(purpose__in=list(asked.terms.of_purpose))
    over |= others & Q(over_at__lte=asked.before(Kind.PROOF))
    ended = (
        ConsentRecord.objects.filter(organisation=asked.organisation)
        .exclude(status=Status.REQUESTED)
        .annotate(over_at=OVER_AT)
        .filter(over, Q(valid_until__lte=asked.now) | ~Q(status__in=STANDING))
    )
    acts = ConsentEvent.objects.filter(
        Exists(
            ended.filter(
                contact_id=OuterRef("subject_id"),
                legal_entity_id=OuterRef("legal_entity_id"),
                purpose_id=OuterRef("purpose_id"),
                channel=OuterRef("channel"),
            ).filter(
                Q(contact_point_id=OuterRef("contact_point_id"))
                | Q(contact_point__isnull=True, contact__isnull=False)
            )
        ),
        organisation=asked.organisation,
        pk=OuterRef("event_id"),
    ).exclude(status="")
    return Evidence.objects.filter(Exists(acts))


def _mails(asked: Asked) -> QuerySet[Any]:
    before = asked.before(Kind.MAILS)
    return OutboxMessage.objects.filter(
        organisation=asked.organisation, state__in=ENDED_MESSAGES, created_at__lte=before
    )


def _verifications(asked: Asked) -> QuerySet[Any]:
    return AddressVerification.objects.filter(
        contact_point__organisation=asked.organisation, expires_at__lte=asked.before(Kind.VERIFICATIONS)
    )


def _attempts(asked: Asked) -> QuerySet[Any]:
    shown = ShownContact.objects.filter(attempt=OuterRef("pk"))
    return ContactAttempt.objects.filter(
        ~Exists(shown), organisation=asked.organisation, attempted_at__lte=asked.before(Kind.ATTEMPTS)
    )


def _shown(asked: Asked) -> QuerySet[Any]:
    return ShownContact.objects.filter(
        entry__call_list__organisation=asked.organisation, shown_at__lte=asked.before(Kind.SHOWN)
    )


def _lookups(asked: Asked) -> QuerySet[Any]:
    return DeskLookup.objects.filter(
        organisation=asked.organisation, looked_up_at__lte=asked.before(Kind.LOOKUPS)
    )


def _staff_acts(asked: Asked) -> QuerySet[Any]:
    return StaffAct.objects.filter(
        organisation=asked.organisation, done_at__lte=asked.before(Kind.STAFF_ACTS)
    )


def _call_lists(asked: Asked) -> QuerySet[Any]:
    over = Coalesce("call_list__closed_at", "call_list__expires_at")
    shown = ShownContact.objects.filter(entry=OuterRef("pk"))
    entries = CallListEntry.objects.filter(~Exists(shown), call_list__organisation=asked.organisation)
    return entries.alias(over_at=over).filter(over_at__lte=asked.before(Kind.CALL_LISTS))


def _requests(asked: Asked) -> QuerySet[Any]:
    return RightsRequest.objects.filter(
        organisation=asked.organisation, closed_at__lte=asked.before(Kind.REQUESTS)
    )


def _told(asked: Asked) -> QuerySet[Any]:
    return Notification.objects.filter(
        organisation=asked.organisation, created_at__lte=asked.before(Kind.TOLD)
    )


def _disclosures(asked: Asked) -> QuerySet[Any]:
    return Disclosure.objects.filter(
        organisation=asked.organisation, disclosed_at__lte=asked.before(Kind.DISCLOSURES)
    )


def _incidents(asked: Asked) -> QuerySet[Any]:
    return IncidentPerson.objects.filter(
        incident__organisation=asked.organisation, incident__closed_at__lte=asked.before(Kind.INCIDENTS)
    )


def _dormant(asked: Asked) -> QuerySet[Any]:
    """Contacts whom nothing ties, of whom nothing was heard since the term began, and who never said no."""
    before = asked.before(Kind.DORMANT)
    events = ConsentEvent.objects.filter(organisation=OuterRef("organisation"), subject_id=OuterRef("pk"))
    heard = events.filter(Q(occurred_at__gt=before) | Q(recorded_at__gt=before) | Q(act__in=NO))
    return find_untied(asked=asked, before=before).filter(~Exists(heard))


def find_untied(*, asked: Asked, before: datetime.datetime) -> QuerySet[Contact]:
    """Find the contacts who permit, agreed and asked nothing since a moment, whatever they said before it.

    The proof of a call ties somebody until its own term is over. A message does not: what proves a permission
    is kept apart, and every applicant who was written to would else stay for years.
    """
    records = ConsentRecord.objects.filter(contact=OuterRef("pk"), status__in=STANDING)
    still_valid = records.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=before))
    relations = CustomerRelation.objects.filter(contact=OuterRef("pk"))
    return Contact.objects.filter(
        ~Exists(still_valid),
        ~Exists(relations.filter(Q(ended_at__isnull=True) | Q(last_agreement_at__gt=before))),
        ~Exists(Transaction.objects.filter(contact=OuterRef("pk"), occurred_at__gt=before)),
        ~Exists(RightsRequest.objects.filter(contact=OuterRef("pk"))),
        *_not_called(asked, before),
        *(~tie(before) for tie in TIES),
        ~Exists(Contact.objects.filter(representative=OuterRef("pk"), erased_at__isnull=True)),
        organisation=asked.organisation,
        erased_at__isnull=True,
        created_at__lte=before,
    )


def _not_called(asked: Asked, before: datetime.datetime) -> list[Q]:
    attempted, shown, chosen = (
        min(before, asked.before(kind)) for kind in (Kind.ATTEMPTS, Kind.SHOWN, Kind.CALL_LISTS)
    )
    listed = Q(call_list__closed_at__isnull=True) | Q(call_list__closed_at__gt=chosen)
    return [
        ~Q(Exists(ContactAttempt.objects.filter(contact=OuterRef("pk"), attempted_at__gt=attempted))),
        ~Q(Exists(ShownContact.objects.filter(entry__contact=OuterRef("pk"), shown_at__gt=shown))),
        ~Q(Exists(CallListEntry.objects.filter(listed, contact=OuterRef("pk")))),
    ]


# What of the apps above this one ties a contact since a moment.
Tie = Callable[[datetime.datetime], Q]
TIES: Final[list[Tie]] = []


def keep_known(*, tie: Tie) -> None:
    """Let an app above this one say what else ties a contact."""
    TIES.append(tie)


Question = Callable[[Asked], QuerySet[Any]]
FIND: Final[dict[RetentionTerm.Kind, Question]] = {
    # In this order: what hangs on something else goes before it.
    Kind.PROOF: _proof,
    Kind.MAILS: _mails,
    Kind.VERIFICATIONS: _verifications,
    Kind.SHOWN: _shown,
    Kind.ATTEMPTS: _attempts,
    Kind.LOOKUPS: _lookups,
    Kind.STAFF_ACTS: _staff_acts,
    Kind.CALL_LISTS: _call_lists,
    Kind.REQUESTS: _requests,
    Kind.TOLD: _told,
    Kind.DISCLOSURES: _disclosures,
    Kind.INCIDENTS: _incidents,
    Kind.DORMANT: _dormant,
}


def look_for(*, kind: RetentionTerm.Kind, question: Question) -> None:
    """Let an app above this one say which of its rows have had their term; `applying` deletes them."""
    FIND[kind] = question


def find_due(*, kind: RetentionTerm.Kind, asked: Asked) -> QuerySet[Any]:
    """Find the rows of a kind that have had their term, the oldest keys first."""
    return FIND[kind](asked).order_by(F("pk"))
