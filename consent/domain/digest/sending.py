"""Mailing the digests: one to each department about each month, whenever it is looked for."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from consent.domain import outbox
from consent.domain.digest.writing import Month, Written, month_before, write_digest
from consent.domain.outbox import Letter
from consent.models import Digest, Figure, OutboxMessage
from customers.models import Department, LegalEntity


@transaction.atomic
def write_next(*, now: datetime.datetime) -> bool:
    """Mail the digest of last month to the next department that had none; say whether there was one.

    The month is that of the zone of `now`. Nothing is mailed before the figures were counted after its end,
    so that they are whole. After a standstill the last month is made up for; older ones are no news.
    """
    month = month_before(at=now)
    held = _due(month, now).select_for_update(skip_locked=True, of=("self",), no_key=True)
    department = held.order_by("organisation", "name", "pk").first()
    if department is None:
        return False
    written = write_digest(department=department, month=month, last=subject_before(department, month), at=now)
    letter = letter_of(department=department, written=written)
    message = outbox.write_letter(letter=letter, written_at=now)
    Digest.objects.create(
        department=department,
        month_date=month.first,
        subject=written.subject.code,
        message_id=message.pk,
        written_at=now,
    )
    return True


def subject_before(department: Department, month: Month) -> str:
    """The subject that a department was last asked to discuss before a month; empty when there was none."""
    earlier = Digest.objects.filter(department=department, month_date__lt=month.first)
    return earlier.order_by("-month_date").values_list("subject", flat=True).first() or ""


def letter_of(*, department: Department, written: Written) -> Letter:
    """The mail of a digest, in the name of the first legal entity the department works for."""
    return Letter(
        kind=OutboxMessage.Kind.DIGEST,
        legal_entity=_sender(department),
        to=department.email,
        language=department.language,
        content=written.content,
    )


def _due(month: Month, now: datetime.datetime) -> QuerySet[Department]:
    this_month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    counted = Figure.objects.filter(
        organisation=OuterRef("organisation"), name=Figure.Name.COUNTED, counted_at__gte=this_month
    )
    had = Digest.objects.filter(department=OuterRef("pk"), month_date=month.first)
    wants = Department.objects.filter(gets_digest=True, organisation__legal_entities__isnull=False)
    return Department.objects.filter(
        Exists(counted), ~Exists(had), pk__in=wants.exclude(email="").values("pk")
    )


def _sender(department: Department) -> LegalEntity:
    entities = LegalEntity.objects.filter(organisation=department.organisation_id).order_by("code", "pk")
    own = entities.filter(Q(departments=department) | Q(purposes__department=department)).first()
    return own or entities[0]
