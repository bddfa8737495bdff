"""What the people of the sample do, each through the function of the product that records it."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation

from consent.domain import confirmations, opt_in, outbox, shown_forms, staff_entry
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.opt_in import Answers, Asking, OptIn
from consent.domain.staff_entry import Entry
from consent.domain.visits import Visit
from consent.forms.collection import CollectionForm
from consent.management.sample_data.by_code import find_agent, find_collection_point, find_notice
from consent.models import (
    Act,
    Actor,
    Channel,
    CollectionPoint,
    ConsentEvent,
    Method,
    NoticeVersion,
    OutboxMessage,
    ShownForm,
    Source,
    in_language,
)
from customers.domain import contacts
from customers.domain.addresses import Address, read_email, read_phone
from customers.domain.contacts import PersonDetails
from customers.models import Contact, ContactPoint, LegalEntity, Organisation

Kind = ContactPoint.Kind
LANGUAGE = "nl"
TIME_TO_FILL = datetime.timedelta(seconds=48)
MAIL_SERVER_TOOK_IT = "250 2.0.0 Ok"


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person or organisation of the sample's list."""

    name: str
    phone: str
    email: str = ""
    country: str = "NL"
    birth_date: datetime.date | None = None
    organisation_name: str = ""

    @property
    def details(self) -> PersonDetails:
        return PersonDetails(
            given_name="" if self.organisation_name else self.name.capitalize(),
            family_name="" if self.organisation_name else "Voorbeeld",
            organisation_name=self.organisation_name,
            birth_date=self.birth_date,
            country=self.country,
        )

    @property
    def addresses(self) -> dict[str, Address]:
        return {
            Kind.EMAIL: read_email(text=self.email or f"{self.name}@example.org"),
            Kind.PHONE: read_phone(text=self.phone, country=self.country),
        }


@dataclass(frozen=True, kw_only=True)
class Known:
    """A person of the list within one organisation."""

    contact: Contact
    points: Mapping[str, ContactPoint]

    @property
    def email(self) -> ContactPoint:
        return self.points[Kind.EMAIL]

    @property
    def phone(self) -> ContactPoint:
        return self.points[Kind.PHONE]


def get_to_know(*, person: Person, organisation: Organisation, known_at: datetime.datetime) -> Known:
    """Make the contact of a person whom no hosted form brings in."""
    contact = contacts.add_contact(organisation=organisation, details=person.details, known_at=known_at)
    points = {
        kind: contacts.add_point(contact=contact, address=address, known_at=known_at)
        for kind, address in person.addresses.items()
    }
    return Known(contact=contact, points=points)


def fill_in(
    *, form: str, person: Person, ticked: Sequence[str] = (), submitted_at: datetime.datetime
) -> tuple[Known, OptIn]:
    """Send a hosted form, with the boxes of these notices ticked."""
    point = find_collection_point(code=form)
    boxes = point.choices.filter(notice_version__notice__code__in=ticked)
    choices = dict(boxes.values_list("notice_version__notice__code", "pk"))
    typed = {str(kind): address.raw_input for kind, address in person.addresses.items()}
    answers = Answers(
        addresses=person.addresses,
        details=PersonDetails(given_name=person.details.given_name),
        chosen=frozenset(choices[code] for code in ticked),
        as_typed=typed | {f"choice_{pk}": "on" for pk in choices.values()},
    )
    asked = asking(point=point, submitted_at=submitted_at, submission=f"{form} {person.name}")
    opted_in = opt_in.opt_in(answers=answers, asking=asked)
    _complete(opted_in.contact, person)
    points = {row.kind: row for row in opted_in.contact.points.all()}
    return Known(contact=opted_in.contact, points=points), opted_in


def _complete(contact: Contact, person: Person) -> None:
    """Note what no form asks: the rules look at country and age, however they became known."""
    contact.family_name, contact.country = person.details.family_name, person.country
    contact.birth_date = person.birth_date
    contact.save(update_fields=["family_name", "country", "birth_date"])


def asking(*, point: CollectionPoint, submitted_at: datetime.datetime, submission: str) -> Asking:
    return Asking(
        collection_point=point,
        shown_form=show(point=point, shown_at=submitted_at),
        language=LANGUAGE,
        visit=visit(page=point.location),
        submission_id=uuid.uuid5(uuid.NAMESPACE_URL, f"{submission} {submitted_at.isoformat()}"),
        shown_at=submitted_at - TIME_TO_FILL,
        submitted_at=submitted_at,
    )


def visit(*, page: str) -> Visit:
    # A network kept for examples (RFC 5737).
    return Visit(page=page, network="192.0.2.0/24", browser="Firefox")


def show(*, point: CollectionPoint, shown_at: datetime.datetime) -> ShownForm:
    """Keep the form as its page shows it."""
    told = point.soft_optin_notice
    with translation.override(LANGUAGE):
        context = {
            "entity": point.legal_entity,
            "form": CollectionForm(collection_point=point, language=LANGUAGE),
            "page_title": in_language(point.title, LANGUAGE),
            "introduction": in_language(point.introduction, LANGUAGE),
            "told": in_language(told.wording, LANGUAGE) if told else "",
            "told_withdrawal": in_language(told.withdrawal, LANGUAGE) if told else "",
            "privacy_url": f"/privacy/{point.legal_entity.code}/",
        }
        content = render_to_string("consent/forms/_asked.html", context)
    return shown_forms.keep_shown_form(
        collection_point=point, language=LANGUAGE, content=content, shown_at=shown_at
    )


def press_confirm(*, opted_in: OptIn, confirmed_at: datetime.datetime) -> list[ConsentEvent]:
    """Press the button behind the mailed link, in a mail that was sent when it was written."""
    if opted_in.message is None:
        raise LookupError
    return confirm_mail(message=opted_in.message, confirmed_at=confirmed_at)


def confirm_mail(*, message: OutboxMessage, confirmed_at: datetime.datetime) -> list[ConsentEvent]:
    outbox.mark_sent(message=message, sent_at=message.created_at, answer=MAIL_SERVER_TOOK_IT)
    page = visit(page=f"{message.legal_entity.website}confirm/")
    return confirmations.confirm(message_id=message.pk, visit=page, confirmed_at=confirmed_at)


def verify_phone(*, known: Known, entity: LegalEntity, verified_at: datetime.datetime) -> None:
    """Give back the code that came by SMS.

    Written down as the check of a code does, which itself commits each try and so fits in no larger load.
    """
    contacts.mark_verified(
        point=known.phone, method=ContactPoint.Verification.SMS_CODE, verified_at=verified_at
    )
    verified = NewEvent(
        organisation_id=known.contact.organisation_id,
        legal_entity_id=entity.pk,
        act=Act.ADDRESS_VERIFIED,
        subject_id=known.contact.pk,
        contact_point_id=known.phone.pk,
        occurred_at=verified_at,
        actor=Actor.SUBJECT,
        source=Source.WEB_FORM,
        method=Method.CODE,
        proof={"address": known.phone.value},
    )
    record(events=[verified], recorded_at=verified_at)


def say_by_phone(
    *, known: Known, entity: LegalEntity, notice: str, act: Act, said_at: datetime.datetime
) -> ConsentEvent:
    """Say yes or no in a recorded call."""
    version = find_notice(entity=entity, code=notice)
    entry = Entry(
        contact=known.contact,
        contact_point=known.points[_kind_of(version)],
        notice=version.notice,
        notice_version=version,
        act=act,
        source=Source.PHONE_CALL,
        occurred_at=said_at,
        place=f"Klantenservice van {entity.name}",
        proof_reference=f"opname-{said_at:%Y%m%d}-{known.contact.given_name.lower()}",
        staff_id=find_agent(entity=entity).pk,
        language=LANGUAGE,
        collection_point=find_collection_point(code=f"{entity.code}-telefoon"),
    )
    return staff_entry.record_permission(entry=entry, recorded_at=said_at)


def _kind_of(version: NoticeVersion) -> str:
    return Channel(version.notice.channel).point_kind
