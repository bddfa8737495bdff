"""Telling people of a data breach (art. 34 GDPR): one mail to each, never twice; the others by post."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain import jobs, outbox
from consent.domain.incidents import keeping
from consent.domain.jobs import Progress, WorkFailedError
from consent.domain.outbox import NewMessage
from consent.domain.told_by_law import (
    COUNTED_AT_ONCE,
    Addressee,
    Forecast,
    Outcome,
    as_duty,
    count_outcomes,
    find_addressees,
)
from consent.models import (
    Incident,
    IncidentLetter,
    IncidentNotice,
    IncidentPerson,
    Job,
    OutboxMessage,
    in_language,
)
from consent.models.wording import Wording
from customers.models import Contact, StaffMember

AT_MOST: Final = 500
# Art. 34(2) with 33(3)(c) and (d); what people can do themselves is recommended (recital 86).
REQUIRED: Final = ("what_happened", "consequences", "measures")
NOT_DELIVERED: Final = (
    OutboxMessage.State.REFUSED,
    OutboxMessage.State.GIVEN_UP,
    OutboxMessage.State.DROPPED,
)
NO_OFFICER: Final = _(
    "Who answers questions is missing: give the legal entity the address of its data protection officer "
    "(art. 33(3)(b))."
)
NOBODY: Final = _("Nobody is kept with this data breach: search for the people first.")
SEARCHING: Final = _("People are still being looked for.")
CLOSED: Final = _("This data breach is closed.")


class NotToTellError(ValueError):
    """The message is not whole, or there is nobody to tell."""


def what_is_missing(*, letter: IncidentLetter) -> list[StrPromise | str]:
    """List what the law asks for and the message does not say in the language of the legal entity."""
    entity = letter.incident.legal_entity
    lacking: list[StrPromise | str] = [
        gettext("“%(part)s” is not written in %(language)s (art. 34(2)).")
        % {"part": title, "language": entity.get_language_display()}
        for title, wording in _parts(letter)[: len(REQUIRED)]
        if not wording.get(entity.language)
    ]
    return lacking if entity.dpo_email else [*lacking, NO_OFFICER]


def forecast(*, letter: IncidentLetter, now: datetime.datetime) -> Forecast:
    """Say what telling would do, without doing it: by the same steps. Raises NotToTellError."""
    _demand(letter)
    people = people_concerned(incident=letter.incident)
    concerned = people.count()
    if concerned > COUNTED_AT_ONCE:
        return Forecast(concerned=concerned, counts=None)
    found = _look(letter.incident, list(people.order_by("pk")), now)
    return Forecast(concerned=concerned, counts=count_outcomes(people=found))


@transaction.atomic
def start_telling(*, incident: Incident, started_by: StaffMember, now: datetime.datetime) -> Job:
    """Write down that the people of a data breach are to be told; what goes on already is given back.

    From then on the message does not change. Raises NotToTellError.
    """
    Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    letter = _hold(incident.pk)
    _demand(letter)
    running = find_telling(incident=incident)
    if running is not None and running.is_unfinished:
        return running
    IncidentLetter.objects.filter(pk=letter.pk, started_at__isnull=True).update(started_at=now)
    return jobs.start_job(
        organisation=incident.organisation,
        legal_entity_id=incident.legal_entity_id,
        kind=Job.Kind.BREACH,
        total=people_concerned(incident=incident).count(),
        key_range={"incident": str(incident.pk)},
        started_by=started_by,
        now=now,
    )


def find_telling(*, incident: Incident) -> Job | None:
    """Find the newest job that tells the people of this data breach."""
    same = Job.objects.filter(
        legal_entity=incident.legal_entity_id,
        kind=Job.Kind.BREACH,
        key_range={"incident": str(incident.pk)},
    )
    return same.order_by("-created_at", "-pk").first()


def tell_chunk(job: Job, now: datetime.datetime) -> Progress:
    """Write to the next part of the people, and list who is to get a letter by post.

    The messages and the note of who was told are one transaction: a job taken up again tells nobody twice.
    """
    letter = _hold(uuid.UUID(job.key_range["incident"]))
    try:
        _demand(letter)
    except NotToTellError as error:
        raise WorkFailedError(str(error)) from error
    people = people_concerned(incident=letter.incident)
    if after := job.cursor.get("after"):
        people = people.filter(pk__gt=uuid.UUID(after))
    # Held, so that nobody is erased between the decision and the message.
    part = list(people.select_for_update(of=("self",), no_key=True).order_by("pk")[: AT_MOST + 1])
    found = _look(letter.incident, part[:AT_MOST], now)
    _tell(letter, found, now)
    finished = len(part) <= AT_MOST
    if finished:
        _note_told(letter.incident, now)
    cursor = {"after": str(found[-1].contact.pk)} if found else job.cursor
    return Progress(cursor=cursor, done=len(found), counts=count_outcomes(people=found), finished=finished)


def people_concerned(*, incident: Incident) -> QuerySet[Contact]:
    """Everybody kept with a data breach; an erased person is nobody any more."""
    kept = IncidentPerson.objects.filter(incident=incident).values("contact_id")
    return Contact.objects.filter(organisation=incident.organisation_id, erased_at__isnull=True, pk__in=kept)


def to_post(*, incident: Incident) -> QuerySet[IncidentNotice]:
    """Who is to get a letter: could not be mailed, or the mail was refused for good."""
    refused = OutboxMessage.objects.filter(pk=OuterRef("message_id"), state__in=NOT_DELIVERED)
    mailed = Q(outcome=IncidentNotice.Outcome.MAILED)
    return IncidentNotice.objects.filter(incident=incident).filter(
        ~mailed | Exists(refused) | Q(was_refused=True)
    )


def keep_refusals(*, message_ids: Collection[uuid.UUID]) -> None:
    """Note whose mail was refused, before it goes: that is counted as long as the breach is kept."""
    refused = OutboxMessage.objects.filter(
        pk__in=message_ids, kind=OutboxMessage.Kind.BREACH, state__in=NOT_DELIVERED
    )
    mailed = IncidentNotice.objects.filter(contact_id__in=refused.values("contact_id"))
    mailed.filter(message_id__in=refused.values("pk")).update(was_refused=True)


def note_posted(*, incident: Incident, posted_at: datetime.datetime) -> int:
    """Write down that the letters that were not posted before went; returns how many that were."""
    waiting = to_post(incident=incident).filter(posted_at__isnull=True)
    posted = IncidentNotice.objects.filter(pk__in=waiting.values("pk")).update(posted_at=posted_at)
    telling = find_telling(incident=incident)
    if telling is not None and telling.state == Job.State.DONE:
        _note_told(incident, posted_at)
    return posted


def _note_told(incident: Incident, at: datetime.datetime) -> None:
    """People are told when nobody waits for a letter any more."""
    if not to_post(incident=incident).filter(posted_at__isnull=True).exists():
        Incident.objects.filter(pk=incident.pk, told_at__isnull=True).update(told_at=at)


def write_content(*, letter: IncidentLetter, language: str) -> dict[str, object]:
    """Write what the mail says: a text in another language where the one asked for has none."""
    entity = letter.incident.legal_entity
    with override(language):
        parts = [(title, in_language(wording, language)) for title, wording in _parts(letter)]
        told = [(title, text) for title, text in parts if text]
        asked = (gettext("Questions? Ask"), " · ".join(filter(None, (entity.dpo_name, entity.dpo_email))))
        opening = gettext(
            "Something went wrong at %(name)s with data about you. We have to tell you "
            "(article 34 GDPR). There is no advertising in this message."
        )
        return {
            "subject": gettext("A data breach with your data at %(name)s") % {"name": entity.name},
            "paragraphs": [opening % {"name": entity.name}],
            "facts": [*told, asked],
        }


def _parts(letter: IncidentLetter) -> list[tuple[str, Wording]]:
    return [
        (gettext("What happened"), letter.what_happened),
        (gettext("What it can mean for you"), letter.consequences),
        (gettext("What we did"), letter.measures),
        (gettext("What you can do"), letter.advice),
    ]


def _hold(incident_id: uuid.UUID) -> IncidentLetter:
    """One writer per data breach: a job that was taken up again cannot race another one."""
    held = IncidentLetter.objects.select_for_update(of=("self",))
    letter = held.select_related("incident__legal_entity").filter(incident=incident_id).first()
    if letter is None:
        raise NotToTellError(str(incident_id))
    return letter


def _demand(letter: IncidentLetter) -> None:
    incident = letter.incident
    if lacking := what_is_missing(letter=letter):
        raise NotToTellError(str(lacking[0]))
    if incident.closed_at is not None:
        raise NotToTellError(str(CLOSED))
    search = keeping.find_keeping(incident=incident)
    if search is not None and search.is_unfinished:
        raise NotToTellError(str(SEARCHING))
    if not people_concerned(incident=incident).exists():
        raise NotToTellError(str(NOBODY))


def _look(incident: Incident, contacts: Sequence[Contact], now: datetime.datetime) -> list[Addressee]:
    told = IncidentNotice.objects.filter(
        incident=incident, contact_id__in=[contact.pk for contact in contacts]
    )
    return find_addressees(
        legal_entity=incident.legal_entity,
        contacts=contacts,
        told=set(told.values_list("contact_id", flat=True)),
        outcome_of=as_duty,
        now=now,
    )


def _tell(letter: IncidentLetter, people: Sequence[Addressee], now: datetime.datetime) -> None:
    contents = {
        language: write_content(letter=letter, language=language)
        for language in {person.contact.language for person in people}
    }
    messages = [
        NewMessage(
            kind=OutboxMessage.Kind.BREACH,
            legal_entity=letter.incident.legal_entity,
            contact_point=person.point,
            language=person.contact.language,
            content=contents[person.contact.language],
        )
        for person in people
        if person.point
    ]
    written = {row.subject_id: row.pk for row in outbox.write_many(messages=messages, written_at=now)}
    IncidentNotice.objects.bulk_create(
        [
            IncidentNotice(
                incident=letter.incident,
                contact_id=person.contact.pk,
                outcome=person.outcome.value,
                message_id=written.get(person.contact.pk),
                decided_at=now,
            )
            for person in people
            if person.outcome is not Outcome.ALREADY_TOLD
        ]
    )
