"""A legal entity that looks at people, with its sister, and people who may be looked at."""

from dataclasses import dataclass
from datetime import datetime

from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, Wordings, record
from consent.models import Act, Actor, Channel, ConsentEvent, Method, Purpose, Source
from customers.models import Contact, LegalEntity, uuid7
from tests import make

WAY = Circumstances(actor=Actor.SUBJECT, source=Source.PREFERENCES, method=Method.BUTTON)


@dataclass(frozen=True, kw_only=True)
class House:
    """A legal entity with a sister, and the purposes of both."""

    entity: LegalEntity
    sister: LegalEntity
    profiling: Purpose
    measuring: Purpose


def house() -> House:
    organisation = make.organisation()
    entity = make.legal_entity(organisation=organisation)
    sister = make.legal_entity(organisation=organisation, code="stroomkring", name="Stroomkring N.V.")
    return House(
        entity=entity,
        sister=sister,
        profiling=processing("profiling", entity, sister),
        measuring=processing("behaviour", entity, sister),
    )


def processing(code: str, *entities: LegalEntity) -> Purpose:
    return make.purpose(
        organisation=entities[0].organisation, legal_entities=entities, code=code, channels=[Channel.NONE]
    )


def permit(
    *,
    contact: Contact,
    entity: LegalEntity,
    purpose: Purpose,
    act: Act = Act.GIVEN,
    at: datetime = make.LONG_AGO,
    known_at: datetime | None = None,
) -> ConsentEvent:
    """A whole permission for processing, or another act on it."""
    event = NewEvent(
        organisation_id=contact.organisation_id,
        act=act,
        subject_id=contact.pk,
        occurred_at=at,
        legal_entity_id=entity.pk,
        purpose_id=purpose.pk,
        channel=Channel.NONE,
        actor=Actor.SUBJECT,
        source=Source.PREFERENCES,
        method=Method.BUTTON,
        shown=Wordings(language="nl", notice_version_id=uuid7(), notice_hash="0" * 64),
        proof={"typed": "alice@example.org"},
    )
    [recorded] = record(events=[event], recorded_at=known_at or at)
    return recorded
