"""The people of the sample who support HartHulp and Bos en Vogels."""

import datetime

from consent.domain import attempts, relations, suppressions, withdrawals
from consent.domain.attempts import NewAttempt
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.suppressions import Block
from consent.domain.withdrawals import Scope
from consent.management.sample_data.acts import (
    Known,
    Person,
    fill_in,
    get_to_know,
    press_confirm,
    verify_phone,
)
from consent.management.sample_data.by_code import (
    find_agent,
    find_collection_point,
    find_entity,
    find_purpose,
)
from consent.management.sample_data.deals import Deal, first_agree
from consent.management.sample_data.moments import JUST_BEFORE, noon
from consent.management.sample_data.people_shoppers import by_link
from consent.models import Act, Actor, Channel, ContactAttempt, Grade, Method, Source, Suppression
from customers.models import LegalEntity, RelationKind

NEWSLETTER = "newsletter-email"
CALL_FOR_GIFTS = "fundraising-call"


def load_supporters() -> None:
    """Record what the supporters of the two charities did."""
    hearts, birds = find_entity(code="harthulp"), find_entity(code="bosvogels")
    first_agree(person=Person(name="bram", phone="+31200000102"), deal=_gift(hearts))
    _volunteer(Person(name="carla", phone="+31200000103"), hearts)
    _ask_guide(Person(name="fatima", phone="+31200000106"), birds)
    _talk(_ask_guide(Person(name="bea", phone="+31200000130"), birds), birds)
    _ask_newsletter(Person(name="ilse", phone="+31200000109"), noon(day="2026-10-01", entity=hearts))
    _confirm_newsletter(Person(name="joost", phone="0612345678"), hearts, "2026-10-05", CALL_FOR_GIFTS)
    _confirm_newsletter(MILAN, hearts, "2026-09-15")
    first_agree(person=Person(name="rosa", phone="+31200000119"), deal=_signature(birds))
    first_agree(person=Person(name="ruben", phone="+31200000120"), deal=_visit(birds))
    _leave_only_the_block(Person(name="umut", phone="+31200000123"), hearts)
    _come_back(Person(name="vera", phone="+31200000124"), hearts)
    _import_claim(Person(name="eva", phone="+31200000133"), hearts)


MILAN = Person(name="milan", phone="+31200000114", birth_date=datetime.date(2012, 3, 3))


def _gift(entity: LegalEntity) -> Deal:
    return Deal(
        entity=entity,
        kind=RelationKind.DONATION,
        place="harthulp-kassa",
        agreed_at=noon(day="2025-11-02", entity=entity),
    )


def _signature(entity: LegalEntity) -> Deal:
    return Deal(
        entity=entity,
        kind=RelationKind.SYMPATHY,
        place="bosvogels-petitie",
        agreed_at=noon(day="2025-05-01", entity=entity),
    )


def _visit(entity: LegalEntity) -> Deal:
    return Deal(
        entity=entity,
        kind=RelationKind.ATTENDANCE,
        place="bosvogels-bosdag",
        agreed_at=noon(day="2025-09-20", entity=entity),
    )


def _volunteer(person: Person, entity: LegalEntity) -> None:
    deal = Deal(
        entity=entity,
        kind=RelationKind.VOLUNTEER,
        place="harthulp-vrijwilligers",
        agreed_at=noon(day="2024-02-01", entity=entity),
        runs_on=True,
    )
    _known, work = first_agree(person=person, deal=deal)
    relations.end_contract(transaction_id=work.pk, ended_at=noon(day="2025-06-15", entity=entity))


def _ask_guide(person: Person, entity: LegalEntity) -> Known:
    asked_at = noon(day="2026-09-20", entity=entity)
    known, _opted_in = fill_in(form="vogelgids", person=person, submitted_at=asked_at)
    verify_phone(known=known, entity=entity, verified_at=asked_at)
    return known


def _talk(known: Known, entity: LegalEntity) -> None:
    talked_at = noon(day="2026-10-02", entity=entity)
    attempt = NewAttempt(
        contact_point=known.phone,
        legal_entity=entity,
        purpose=find_purpose(entity=entity, code="membership-call"),
        attempted_at=talked_at,
        outcome=ContactAttempt.Outcome.CONVERSATION,
        agent=find_agent(entity=entity),
        number_shown=entity.caller_numbers.get(),
        objection_offered=True,
    )
    attempts.log_attempt(attempt=attempt, recorded_at=talked_at)


def _ask_newsletter(person: Person, asked_at: datetime.datetime) -> None:
    fill_in(form="receptenboekje", person=person, ticked=[NEWSLETTER], submitted_at=asked_at)


def _confirm_newsletter(person: Person, entity: LegalEntity, day: str, *also: str) -> Known:
    confirmed_at = noon(day=day, entity=entity)
    known, opted_in = fill_in(
        form="receptenboekje",
        person=person,
        ticked=[NEWSLETTER, *also],
        submitted_at=confirmed_at - JUST_BEFORE,
    )
    press_confirm(opted_in=opted_in, confirmed_at=confirmed_at)
    return known


def _leave_only_the_block(person: Person, entity: LegalEntity) -> None:
    """Who asked to be erased: nothing is left but the block on both addresses."""
    erased_at = noon(day="2026-03-01", entity=entity)
    how = Circumstances(actor=Actor.SUBJECT, source=Source.DIRECT_MESSAGE, method=Method.REPLY)
    for address in person.addresses.values():
        suppressions.suppress_address(
            block=Block(organisation=entity.organisation, address=address),
            reason=Suppression.Reason.ERASURE,
            how=how,
            suppressed_at=erased_at,
            recorded_at=erased_at,
        )


def _come_back(person: Person, entity: LegalEntity) -> None:
    known = _confirm_newsletter(person, entity, "2024-01-10")
    purpose = find_purpose(entity=entity, code="newsletter")
    withdrawals.stop(
        point=known.email,
        scope=Scope(legal_entity_id=entity.pk, purpose_id=purpose.pk, channel=Channel.EMAIL),
        how=by_link(known=known),
        occurred_at=noon(day="2025-02-01", entity=entity),
    )
    _confirm_newsletter(person, entity, "2026-10-10")


def _import_claim(person: Person, entity: LegalEntity) -> None:
    """A permission from an old list: a date is claimed, and nobody knows what was shown."""
    imported_at = noon(day="2025-01-15", entity=entity)
    known = get_to_know(person=person, organisation=entity.organisation, known_at=imported_at)
    claim = NewEvent(
        organisation_id=entity.organisation_id,
        legal_entity_id=entity.pk,
        purpose_id=find_purpose(entity=entity, code="newsletter").pk,
        channel=Channel.EMAIL,
        act=Act.GIVEN,
        subject_id=known.contact.pk,
        contact_point_id=known.email.pk,
        occurred_at=noon(day="2024-11-01", entity=entity),
        proven=False,
        actor=Actor.SUBJECT,
        source=Source.IMPORT,
        method=Method.RECORD,
        collection_point_id=find_collection_point(code="harthulp-oude-lijst").pk,
        grade=Grade.D,
        lacks=("wording",),
        proof={"address": known.email.value, "list": "Lijst uit het oude systeem, kolom “nieuwsbrief: ja”"},
    )
    record(events=[claim], recorded_at=imported_at)
