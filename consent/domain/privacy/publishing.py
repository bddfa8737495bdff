import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from consent.domain import notices
from consent.domain.form_rules.catalogue import Finding
from consent.domain.privacy.checking import check_statement
from consent.models import CollectionPoint, OutboxMessage, PrivacyStatementVersion, Wording
from customers.models import LegalEntity

NOT_BEGUN = (OutboxMessage.State.WAITING, OutboxMessage.State.HELD)


class StatementRefusedError(ValueError):
    """The statement leaves out what art. 13 or 14 GDPR asks; `findings` says what."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(finding.sentence for finding in findings))
        self.findings = list(findings)


class OvertakenError(ValueError):
    """A later version of this statement is in force or to come, or this one would begin before it."""


class TooLateToWithdrawError(ValueError):
    """Only a version that is still to come is withdrawn; what was in force once stays in the history."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What the officer says of a new version: what changes for people, and whether they are to be told."""

    summary: Wording
    is_material: bool


@transaction.atomic
def publish_privacy_statement(
    *, version: PrivacyStatementVersion, published_at: datetime.datetime, change: Change | None = None
) -> PrivacyStatementVersion:
    """Put a statement in force from a moment on, now or later, until the next one; its text is fixed at once.

    Forms on the web link the statement in force, so they follow at that moment.
    Raises StatementRefusedError with all that is missing, AlreadyPublishedError, OvertakenError.
    """
    # One writer per legal entity: two versions published at once are one after the other.
    LegalEntity.objects.select_for_update(of=("self",)).get(pk=version.legal_entity_id)
    stored = PrivacyStatementVersion.objects.select_related("legal_entity").get(pk=version.pk)
    if stored.published_at is not None:
        raise notices.AlreadyPublishedError(str(stored))
    if change is not None:
        stored.change_summary, stored.is_material = change.summary, change.is_material
    if faults := check_statement(version=stored, at=published_at).faults:
        raise StatementRefusedError(faults)
    _refuse_overtaken(stored, published_at)
    stored.save(update_fields=["change_summary", "is_material"])
    return notices.fix_texts(version=stored, published_at=_next_free(stored, published_at))


def begin_of_day(*, day: datetime.date, legal_entity: LegalEntity) -> datetime.datetime:
    """The moment a version that is planned for a day comes into force: midnight where the legal entity is."""
    zone = ZoneInfo(legal_entity.time_zone)
    return datetime.datetime.combine(day, datetime.time(), zone).astimezone(datetime.UTC)


@transaction.atomic
def withdraw_privacy_statement(
    *, version: PrivacyStatementVersion, withdrawn_at: datetime.datetime
) -> PrivacyStatementVersion:
    """Take back a version before its day: the one in force stays in force, and people can read that it does.

    Whose mail about it still waits is not told of it, and does not stand down as told.

    Raises TooLateToWithdrawError.
    """
    LegalEntity.objects.select_for_update(of=("self",)).get(pk=version.legal_entity_id)
    stored = PrivacyStatementVersion.objects.select_related("legal_entity").get(pk=version.pk)
    refuse_to_withdraw(version=stored, at=withdrawn_at)
    stored.withdrawn_at = withdrawn_at
    stored.save(update_fields=["withdrawn_at"])
    waiting = OutboxMessage.objects.filter(state__in=NOT_BEGUN)
    stored.announcements.filter(message_id__in=waiting.values("pk")).delete()
    return stored


def refuse_to_withdraw(*, version: PrivacyStatementVersion, at: datetime.datetime) -> None:
    """Raise TooLateToWithdrawError unless a version is still to come."""
    if version.withdrawn_at or version.published_at is None or version.published_at <= at:
        raise TooLateToWithdrawError(str(version))


def forms_to_follow(*, version: PrivacyStatementVersion) -> QuerySet[CollectionPoint]:
    """Find the forms on the web, which link the statement in force; what is printed or read out stays."""
    return CollectionPoint.objects.filter(
        legal_entity=version.legal_entity_id,
        place=CollectionPoint.Place.WEB_FORM,
        privacy_statement__legal_entity=version.legal_entity_id,
        privacy_statement__published_at__isnull=False,
    )


def _next_free(version: PrivacyStatementVersion, moment: datetime.datetime) -> datetime.datetime:
    """The moment itself, or just after it where it still is that of a version that was withdrawn."""
    withdrawn = PrivacyStatementVersion.objects.filter(
        legal_entity=version.legal_entity_id, withdrawn_at__isnull=False
    )
    taken = set(withdrawn.values_list("published_at", flat=True))
    while moment in taken:
        moment += datetime.timedelta(microseconds=1)
    return moment


def _refuse_overtaken(version: PrivacyStatementVersion, published_at: datetime.datetime) -> None:
    later = Q(number__gt=version.number) | Q(published_at__gte=published_at)
    siblings = PrivacyStatementVersion.objects.standing().filter(legal_entity=version.legal_entity_id)
    if siblings.filter(later).exists():
        raise OvertakenError(str(version))
