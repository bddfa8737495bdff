import datetime
import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from consent.domain import arrivals, outbox
from consent.domain.arrivals import Arrival
from consent.domain.ledger.recording import NewEvent, Wordings, record
from consent.domain.outbox import NewMessage, TooManyMessagesError
from consent.domain.privacy.editions import statement_shown
from consent.domain.standing_stops import ever_stopped
from consent.domain.terms import term_end
from consent.domain.visits import Visit
from consent.models import (
    Act,
    Actor,
    Channel,
    CollectionChoice,
    CollectionPoint,
    ConsentEvent,
    Grade,
    Method,
    NoticeVersion,
    OutboxMessage,
    ShownForm,
    Source,
    in_language,
)
from customers.domain import contacts
from customers.domain.addresses import Address
from customers.domain.contacts import PersonDetails
from customers.models import Contact, ContactPoint

CONFIRM_WITHIN = datetime.timedelta(days=7)


class AlreadySubmittedError(Exception):
    """This same sending of the form, with the same answers, was recorded before."""


class NoAddressForChoiceError(ValueError):
    """A permission was ticked for a channel on which no address was given."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a person filled in: addresses by kind, who they are, and the choices they made."""

    addresses: Mapping[str, Address]
    details: PersonDetails
    chosen: frozenset[int]
    as_typed: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Asking:
    """The form as this person saw it, where and when."""

    collection_point: CollectionPoint
    shown_form: ShownForm
    language: str
    visit: Visit
    submission_id: uuid.UUID
    shown_at: datetime.datetime
    submitted_at: datetime.datetime
    # The code of the link by which they came here, where somebody passed one on.
    came_by: str = ""

    @property
    def seconds_to_fill(self) -> int:
        return int((self.submitted_at - self.shown_at).total_seconds())


class BirthDate(enum.Enum):
    """How the birth date on a form stands to the one we know of this contact."""

    AS_KNOWN = enum.auto()
    NEW = enum.auto()
    DIFFERS = enum.auto()


@dataclass(frozen=True, kw_only=True)
class OptIn:
    """What came of a form: the contact, the events in the ledger, and the message that goes out."""

    contact: Contact
    events: list[ConsentEvent]
    message: OutboxMessage | None


@transaction.atomic
def opt_in(*, answers: Answers, asking: Asking) -> OptIn:
    """Record each permission a person gave on a form, with the wording and form shown, and mail it to them.

    Where the purpose asks for double opt-in, the person stopped this before, or tells a birth date that we
    do not have of them, the permission is only requested until they press the button behind the mailed link.
    What somebody already told us about themselves is never overwritten by a form: anybody could have typed
    the address. Another birth date than the known one is noted as missing proof of who gave the permission.
    Raises NoAddressForChoiceError, AlreadySubmittedError.
    """
    contact, points = identify(answers=answers, asking=asking)
    choices = _chosen(answers, asking)
    if ConsentEvent.objects.filter(
        pk__in=[_event_id(choice, answers, asking) for choice in choices]
    ).exists():
        raise AlreadySubmittedError
    events = [_permission(choice, contact, points, answers, asking) for choice in choices]
    recorded = record(events=events, recorded_at=asking.submitted_at)
    if asking.came_by and recorded:
        arrivals.tell(
            arrival=Arrival(
                contact=contact,
                collection_point=asking.collection_point,
                code=asking.came_by,
                came_at=asking.submitted_at,
            )
        )
    message = _confirm_by_mail(choices, recorded, points, answers, asking) if recorded else None
    return OptIn(contact=contact, events=recorded, message=message)


@transaction.atomic
def identify(*, answers: Answers, asking: Asking) -> tuple[Contact, dict[str, ContactPoint]]:
    """Find the contact who holds the e-mail address that was typed, or make one; add what it lacks."""
    organisation = asking.collection_point.legal_entity.organisation
    email = answers.addresses.get(ContactPoint.Kind.EMAIL) or next(iter(answers.addresses.values()))
    contacts.hold_address(organisation=organisation, address=email)
    contact = contacts.find_and_hold(organisation=organisation, address=email) or contacts.add_contact(
        organisation=organisation, details=answers.details, known_at=asking.submitted_at
    )
    points = {
        kind: contacts.add_point(
            contact=contact, address=address, known_at=asking.submitted_at, claimed=address != email
        )
        for kind, address in answers.addresses.items()
    }
    return contact, points


def proof_of(*, answers: Answers, asking: Asking) -> dict[str, object]:
    """Gather the personal part of the proof: what was typed and ticked, on which page, and how."""
    return {
        "form": asking.collection_point.code,
        "typed": dict(answers.as_typed),
        "seconds_to_fill": asking.seconds_to_fill,
        **({"came_by": asking.came_by} if asking.came_by else {}),
        **asking.visit.as_proof(),
    }


def wordings_of(*, asking: Asking, notice_version: NoticeVersion | None) -> Wordings:
    """Name the versions a person was shown, with their hashes.

    The statement is the one in force as the form was shown: another may begin while it is filled in.
    """
    statement = statement_shown(collection_point=asking.collection_point, at=asking.shown_at)
    return Wordings(
        language=asking.language,
        notice_version_id=notice_version.pk if notice_version else None,
        notice_hash=notice_version.content_hash if notice_version else "",
        privacy_statement_id=statement.pk if statement else None,
        privacy_statement_hash=statement.content_hash if statement else "",
        shown_form_hash=asking.shown_form.content_hash,
    )


def _chosen(answers: Answers, asking: Asking) -> list[CollectionChoice]:
    choices = asking.collection_point.choices.select_related(
        "notice_version__notice__purpose", "notice_version__notice__legal_entity"
    ).order_by("position", "pk")
    return [choice for choice in choices if choice.pk in answers.chosen or _captioned(choice, answers)]


def _captioned(choice: CollectionChoice, answers: Answers) -> bool:
    kind = Channel(choice.notice_version.notice.channel).point_kind
    return choice.mechanism == CollectionChoice.Mechanism.CAPTION and kind in answers.addresses


def _permission(
    choice: CollectionChoice,
    contact: Contact,
    points: dict[str, ContactPoint],
    answers: Answers,
    asking: Asking,
) -> NewEvent:
    notice = choice.notice_version.notice
    purpose, entity = notice.purpose, notice.legal_entity
    caption = choice.mechanism == CollectionChoice.Mechanism.CAPTION
    point = _point_for(notice.channel, points)
    typed = _birth_date(contact, answers)
    to_confirm = (
        purpose.double_opt_in
        or typed is not BirthDate.AS_KNOWN
        or ever_stopped(contact=contact, point=point, notice=notice)
    )
    missing = {
        "caption_approval": caption and choice.approved_at is None,
        "birth_date": typed is BirthDate.DIFFERS,
    }
    return NewEvent(
        organisation_id=contact.organisation_id,
        act=Act.REQUESTED if to_confirm else Act.GIVEN,
        subject_id=contact.pk,
        occurred_at=asking.submitted_at,
        actor=Actor.SUBJECT,
        source=Source.WEB_FORM,
        method=Method.CAPTION if caption else Method.CHECKBOX,
        legal_entity_id=entity.pk,
        purpose_id=purpose.pk,
        channel=notice.channel,
        contact_point_id=point.pk if point else None,
        collection_point_id=asking.collection_point.pk,
        shown=wordings_of(asking=asking, notice_version=choice.notice_version),
        valid_until=_until(asking.submitted_at, purpose.term_months, entity.time_zone),
        uses=purpose.uses,
        first_contact_due_at=_first_call(
            notice.channel, asking, purpose.first_contact_months, entity.time_zone
        ),
        grade=Grade.C if caption else Grade.B,
        lacks=[name for name, is_missing in missing.items() if is_missing],
        proof={**proof_of(answers=answers, asking=asking), "wording": _wording(choice, asking.language)},
        id=_event_id(choice, answers, asking),
    )


def _birth_date(contact: Contact, answers: Answers) -> BirthDate:
    typed = answers.details.birth_date
    if typed in (None, contact.birth_date):
        return BirthDate.AS_KNOWN
    return BirthDate.NEW if contact.birth_date is None else BirthDate.DIFFERS


def submission_key(*, answers: Answers, asking: Asking) -> uuid.UUID:
    """Name one sending of a form with these answers: sent twice, it has the same name twice."""
    typed = repr((sorted(answers.as_typed.items()), sorted(answers.chosen)))
    return uuid.uuid5(asking.submission_id, typed)


def _event_id(choice: CollectionChoice, answers: Answers, asking: Asking) -> uuid.UUID:
    return uuid.uuid5(submission_key(answers=answers, asking=asking), str(choice.pk))


def _point_for(channel: str, points: dict[str, ContactPoint]) -> ContactPoint | None:
    kind = Channel(channel).point_kind
    if not kind:
        return None
    if kind not in points:
        raise NoAddressForChoiceError(channel)
    return points[kind]


def _until(start: datetime.datetime, months: int | None, zone: str) -> datetime.datetime | None:
    return term_end(start=start, months=months, zone=zone) if months else None


def _first_call(channel: str, asking: Asking, months: int, zone: str) -> datetime.datetime | None:
    return _until(asking.submitted_at, months, zone) if channel == Channel.CALL else None


def _wording(choice: CollectionChoice, language: str) -> str:
    return in_language(choice.notice_version.wording, language)


def _confirm_by_mail(
    choices: list[CollectionChoice],
    events: list[ConsentEvent],
    points: dict[str, ContactPoint],
    answers: Answers,
    asking: Asking,
) -> OutboxMessage | None:
    email = points.get(ContactPoint.Kind.EMAIL)
    if email is None:
        return None
    requests = [event for event in events if event.act == Act.REQUESTED]
    message = NewMessage(
        kind=OutboxMessage.Kind.CONFIRM_REQUEST if requests else OutboxMessage.Kind.CONFIRMATION,
        legal_entity=asking.collection_point.legal_entity,
        contact_point=email,
        language=asking.language,
        content=agreed(choices=choices, events=events, asking=asking) | _to_be_confirmed(answers),
        event_id=(requests or events)[0].pk,
        link_lasts=CONFIRM_WITHIN if requests else None,
    )
    try:
        return outbox.write_for_stranger(message=message, written_at=asking.submitted_at)
    except TooManyMessagesError:
        return None


def _to_be_confirmed(answers: Answers) -> dict[str, object]:
    """What counts only once the reader of the mail has confirmed it."""
    born = answers.details.birth_date
    return {"birth_date": born.isoformat()} if born else {}


def agreed(
    *, choices: list[CollectionChoice], events: list[ConsentEvent], asking: Asking
) -> dict[str, object]:
    """Say in a message's terms what was agreed: the exact wording, how to withdraw, when, where."""
    return {
        "form": in_language(asking.collection_point.title, asking.language),
        "agreed_at": asking.submitted_at.isoformat(),
        "permissions": [
            outbox.tell_permission(event=event, version=choice.notice_version, language=asking.language)
            for choice, event in zip(choices, events, strict=True)
        ],
    }
