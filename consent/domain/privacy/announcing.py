"""Telling people of a material change (art. 13(3) GDPR): one mail to each, part by part, never twice."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consent.domain import jobs, outbox
from consent.domain.jobs import Progress, WorkFailedError
from consent.domain.outbox import NewMessage
from consent.domain.privacy.editions import read_history, read_text
from consent.domain.told_by_law import (
    COUNTED_AT_ONCE,
    Addressee,
    Forecast,
    as_service,
    count_outcomes,
    find_addressees,
    may_still_be_told,
)
from consent.models import (
    ConsentRecord,
    Job,
    OutboxMessage,
    PrivacyStatementVersion,
    StatementAnnouncement,
    Status,
)
from customers.models import Contact, ContactPoint, CustomerRelation, LegalEntity, StaffMember

# A part is a matter of seconds.
AT_MOST: Final = 500
LIVING: Final = (Status.GIVEN, Status.RENEWED)
NOT_TO_TELL: Final = _("This version was replaced or withdrawn: there is another one to tell of.")


class NotToAnnounceError(ValueError):
    """Only a material change is announced, and only while it is in force or still to come."""


def forecast(*, version: PrivacyStatementVersion, now: datetime.datetime) -> Forecast:
    """Say what an announcement would do, without doing it: by the same steps. Raises NotToAnnounceError."""
    _demand(version, now)
    people = people_concerned(version=version, now=now)
    concerned = people.count()
    if concerned > COUNTED_AT_ONCE:
        return Forecast(concerned=concerned, counts=None)
    found = _look(version, list(people.order_by("pk")), now)
    return Forecast(concerned=concerned, counts=count_outcomes(people=found))


@transaction.atomic
def start_announcement(
    *, version: PrivacyStatementVersion, started_by: StaffMember, now: datetime.datetime
) -> Job:
    """Write down that people are to be told of a version; one that goes on already is given back.

    Raises NotToAnnounceError.
    """
    entity = LegalEntity.objects.select_for_update(of=("self",)).get(pk=version.legal_entity_id)
    _demand(version, now)
    running = find_announcement(version=version)
    if running is not None and running.is_unfinished:
        return running
    return jobs.start_job(
        organisation=entity.organisation,
        legal_entity_id=entity.pk,
        kind=Job.Kind.ANNOUNCE,
        total=people_concerned(version=version, now=now).count(),
        key_range={"statement": str(version.pk)},
        started_by=started_by,
        now=now,
    )


def find_announcement(*, version: PrivacyStatementVersion) -> Job | None:
    """Find the newest job that tells people of this version."""
    same = Job.objects.filter(
        legal_entity=version.legal_entity_id,
        kind=Job.Kind.ANNOUNCE,
        key_range={"statement": str(version.pk)},
    )
    return same.order_by("-created_at", "-pk").first()


def announce_chunk(job: Job, now: datetime.datetime) -> Progress:
    """Write to the next part of the people concerned; of a version that was replaced: WorkFailedError.

    The messages and the note of who was told are one transaction: a job taken up again tells nobody twice.
    """
    # One writer per statement: a job that was taken up again cannot race another one.
    version = (
        PrivacyStatementVersion.objects.select_for_update(of=("self",))
        .select_related("legal_entity")
        .get(pk=job.key_range["statement"])
    )
    try:
        _demand(version, now)
    except NotToAnnounceError as error:
        raise WorkFailedError(str(NOT_TO_TELL)) from error
    people = people_concerned(version=version, now=now)
    if after := job.cursor.get("after"):
        people = people.filter(pk__gt=uuid.UUID(after))
    # Held, so that nobody is erased between the decision and the message.
    part = list(people.select_for_update(of=("self",), no_key=True).order_by("pk")[: AT_MOST + 1])
    found = _look(version, part[:AT_MOST], now)
    _tell(version, found, now)
    cursor = {"after": str(found[-1].contact.pk)} if found else job.cursor
    return Progress(
        cursor=cursor, done=len(found), counts=count_outcomes(people=found), finished=len(part) <= AT_MOST
    )


def people_concerned(*, version: PrivacyStatementVersion, now: datetime.datetime) -> QuerySet[Contact]:
    """Everybody with a living permission or relation with the legal entity from before the change.

    Of a change to come that is everybody up to its day: a later round reaches who came after the first.
    Whoever came later read the new version; an erased person is nobody any more.
    """
    mine = {"contact": OuterRef("pk"), "legal_entity": version.legal_entity_id}
    permissions = ConsentRecord.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=now),
        status__in=LIVING,
        granted_at__lt=version.published_at,
        **mine,
    )
    relations = CustomerRelation.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now),
        ended_at__isnull=True,
        started_at__lt=version.published_at,
        **mine,
    )
    everybody = Contact.objects.filter(
        organisation=version.legal_entity.organisation_id, erased_at__isnull=True
    )
    return everybody.filter(Exists(permissions) | Exists(relations))


def may_still_go(message: OutboxMessage, now: datetime.datetime) -> bool:
    """Ask once more when its turn comes: of a version that was withdrawn nobody is told any more."""
    standing = StatementAnnouncement.objects.filter(
        contact=message.contact_id, message_id=message.pk, statement__withdrawn_at__isnull=True
    )
    return standing.exists() and may_still_be_told(message, now)


def _demand(version: PrivacyStatementVersion, now: datetime.datetime) -> None:
    history = read_history(legal_entity=version.legal_entity, at=now)
    to_tell = {edition.version.pk for edition in (*history.editions[:1], *history.coming)}
    if not version.is_material or version.pk not in to_tell:
        raise NotToAnnounceError(str(version))


def _look(
    version: PrivacyStatementVersion, contacts: Sequence[Contact], now: datetime.datetime
) -> list[Addressee]:
    told = version.announcements.filter(contact__in=contacts).values_list("contact_id", flat=True)
    entity = version.legal_entity
    return find_addressees(
        legal_entity=entity, contacts=contacts, told=set(told), outcome_of=as_service, now=now
    )


def _tell(version: PrivacyStatementVersion, people: Sequence[Addressee], now: datetime.datetime) -> None:
    path = changes_path(version=version)
    messages = [_message(version, person.contact, person.point, path) for person in people if person.point]
    written = outbox.write_many(messages=messages, written_at=now)
    StatementAnnouncement.objects.bulk_create(
        [
            StatementAnnouncement(
                statement=version, contact_id=message.subject_id, message_id=message.pk, told_at=now
            )
            for message in written
        ]
    )


def _message(
    version: PrivacyStatementVersion, contact: Contact, point: ContactPoint, path: str
) -> NewMessage:
    summary = read_text(wording=version.change_summary, language=contact.language)
    since = version.published_at.isoformat() if version.published_at else ""
    return NewMessage(
        kind=OutboxMessage.Kind.PRIVACY_CHANGE,
        legal_entity=version.legal_entity,
        contact_point=point,
        language=contact.language,
        content={"summary": summary.text, "in_force_at": since, "changes_path": path},
    )


def changes_path(*, version: PrivacyStatementVersion) -> str:
    """The page that says what changed; of a first version, the statement itself."""
    earlier = PrivacyStatementVersion.objects.standing().filter(
        legal_entity=version.legal_entity_id, published_at__lt=version.published_at
    )
    page = f"/privacy/{version.legal_entity.code}/"
    return f"{page}{version.number}/changes/" if earlier.exists() else page
