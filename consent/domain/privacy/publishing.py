import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from consent.domain import notices
from consent.domain.form_rules.catalogue import Finding
from consent.domain.privacy.checking import check_statement
from consent.models import CollectionPoint, PrivacyStatementVersion, Wording
from customers.models import LegalEntity


class StatementRefusedError(ValueError):
    """The statement leaves out what art. 13 or 14 GDPR asks; `findings` says what."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(finding.sentence for finding in findings))
        self.findings = list(findings)


class OvertakenError(ValueError):
    """A later version of this statement is in force, or this one would begin before it."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What the officer says of a new version: what changes for people, and whether they are to be told."""

    summary: Wording
    is_material: bool


@transaction.atomic
def publish_privacy_statement(
    *, version: PrivacyStatementVersion, published_at: datetime.datetime, change: Change | None = None
) -> PrivacyStatementVersion:
    """Put a statement in force from this moment on, until the next one; from now on it never changes.

    Forms on the web name the statement in force, so they follow; whoever is filling one in is shown it again.
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
    published = notices.fix_texts(version=stored, published_at=published_at)
    forms_to_follow(version=published).update(privacy_statement=published)
    return published


def forms_to_follow(*, version: PrivacyStatementVersion) -> QuerySet[CollectionPoint]:
    """Find the forms on the web that name an earlier version; what is printed or read out stays as it is."""
    return CollectionPoint.objects.filter(
        legal_entity=version.legal_entity_id,
        place=CollectionPoint.Place.WEB_FORM,
        privacy_statement__legal_entity=version.legal_entity_id,
        privacy_statement__published_at__isnull=False,
        privacy_statement__number__lt=version.number,
    )


def _refuse_overtaken(version: PrivacyStatementVersion, published_at: datetime.datetime) -> None:
    later = Q(number__gt=version.number) | Q(published_at__gte=published_at)
    siblings = PrivacyStatementVersion.objects.filter(legal_entity=version.legal_entity_id)
    if siblings.filter(later, published_at__isnull=False).exists():
        raise OvertakenError(str(version))
