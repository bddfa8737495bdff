import datetime
from collections.abc import Sequence

from django.db import transaction

from consent.domain.form_linter import lint
from consent.domain.form_rules.catalogue import Finding
from consent.models import CollectionChoice, CollectionPoint
from customers.models import StaffMember


class FormRefusedError(ValueError):
    """The form breaks rules of consent; `findings` says which."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(finding.sentence for finding in findings))
        self.findings = list(findings)


class NotTheOfficerError(PermissionError):
    """Only a data protection officer of the organisation may approve a caption."""


@transaction.atomic
def publish_collection_point(
    *, collection_point: CollectionPoint, published_at: datetime.datetime
) -> CollectionPoint:
    """Put a form online, when it breaks no rule of consent; raises FormRefusedError with all it breaks."""
    point = _lock(collection_point)
    if findings := lint(collection_point=point):
        raise FormRefusedError(findings)
    return _stamp(point, published_at)


@transaction.atomic
def unpublish_collection_point(*, collection_point: CollectionPoint) -> CollectionPoint:
    """Take a form offline; what was recorded through it stays."""
    return _stamp(_lock(collection_point), None)


@transaction.atomic
def recheck_collection_point(*, collection_point: CollectionPoint) -> list[Finding]:
    """Look at a form again after an edit: a published one that now breaks a rule goes offline."""
    point = _lock(collection_point)
    findings = lint(collection_point=point)
    if findings and point.published_at is not None:
        _stamp(point, None)
    return findings


@transaction.atomic
def approve_caption(
    *, choice: CollectionChoice, approved_by: StaffMember, approved_at: datetime.datetime
) -> CollectionChoice:
    """Record that the data protection officer finds a caption clear enough to count as permission.

    Raises NotTheOfficerError.
    """
    choice = CollectionChoice.objects.select_related("collection_point__legal_entity").get(pk=choice.pk)
    organisation = choice.collection_point.legal_entity.organisation_id
    if approved_by.role != StaffMember.Role.DPO or approved_by.organisation_id != organisation:
        raise NotTheOfficerError(str(approved_by))
    choice.approved_by, choice.approved_at = approved_by, approved_at
    choice.save(update_fields=["approved_by", "approved_at"])
    return choice


def _lock(collection_point: CollectionPoint) -> CollectionPoint:
    return CollectionPoint.objects.select_for_update(of=("self",)).get(pk=collection_point.pk)


def _stamp(point: CollectionPoint, moment: datetime.datetime | None) -> CollectionPoint:
    point.published_at = moment
    point.save(update_fields=["published_at"])
    return point
