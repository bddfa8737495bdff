"""The people of the sample who deal with Lampenwinkel and Stroomkring."""

import datetime
from dataclasses import replace

from consent.domain import attempts, restrictions, withdrawals
from consent.domain.attempts import NewAttempt, Objected
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.withdrawals import Scope
from consent.management.sample_data.acts import (
    Known,
    Person,
    get_to_know,
    say_by_phone,
    verify_phone,
)
from consent.management.sample_data.asked_by_mail import ask_and_confirm
from consent.management.sample_data.by_code import find_agent, find_entity, find_purpose
from consent.management.sample_data.deals import Deal, first_agree
from consent.management.sample_data.moments import noon
from consent.models import Act, Actor, Channel, ContactAttempt, Method, Source
from customers.models import Contact, LegalEntity, LegalForm, RelationKind

OFFERS_BY_CALL = "offers-call"
OFFERS_BY_EMAIL = "offers-email"


def load_shoppers() -> None:
    """Record what the shoppers of the sample did, said and were asked."""
    lamps, power = find_entity(code="lampenwinkel"), find_entity(code="stroomkring")
    lamp = _sale(lamps, "lampen", "2025-03-10")
    _buy(Person(name="anna", phone="+31200000101"), lamp)
    _buy(Person(name="daan", phone="+31200000104"), _sale(lamps, "lampen", "2021-09-01"))
    _stop_everything(_buy(Person(name="els", phone="+31200000105"), lamp), lamps)
    _buy(Person(name="noor", phone="+31200000115"), replace(lamp, optout_offered=False))
    _buy(Person(name="omar", phone="+31200000116"), _sale(power, "stroom", "2025-05-01"))
    _allow_calls(lamps)
    _restrict(_buy(Person(name="sjoerd", phone="+31200000121"), lamp), lamps)
    _object_in_call(_buy(Person(name="xandra", phone="+31200000126"), lamp), lamps)
    _confirm_and_withdraw(_buy(Person(name="yusuf", phone="+31200000127"), lamp), lamps)
    _object_then_allow(_buy(Person(name="zoe", phone="+31200000128"), lamp), lamps)
    _refuse_email(_buy(Person(name="abel", phone="+31200000129"), lamp), lamps)
    _publish_number(Person(name="cas", phone="+31200000131"), lamps)


def _sale(entity: LegalEntity, group: str, day: str) -> Deal:
    return Deal(
        entity=entity,
        kind=RelationKind.SALE,
        place=f"{entity.code}-kassa",
        agreed_at=noon(day=day, entity=entity),
        group=group,
    )


def _buy(person: Person, deal: Deal) -> Known:
    known, _transaction = first_agree(person=person, deal=deal)
    return known


def _stop_everything(known: Known, entity: LegalEntity) -> None:
    how = Circumstances(
        actor=Actor.SUBJECT,
        source=Source.PREFERENCES,
        method=Method.BUTTON,
        proof={"address": known.email.value, "network": "192.0.2.0/24", "browser": "Firefox"},
    )
    withdrawals.object_to(
        contact=known.contact, scope=Scope(), how=how, occurred_at=noon(day="2025-08-01", entity=entity)
    )


def _allow_calls(entity: LegalEntity) -> None:
    given_at = noon(day="2026-08-01", entity=entity)
    for person in (Person(name="petra", phone="+31200000117"), Person(name="quinten", phone="+31200000118")):
        known = get_to_know(person=person, organisation=entity.organisation, known_at=given_at)
        say_by_phone(known=known, entity=entity, notice=OFFERS_BY_CALL, act=Act.GIVEN, said_at=given_at)
        if person.name == "petra":
            verify_phone(known=known, entity=entity, verified_at=noon(day="2026-08-02", entity=entity))


def _restrict(known: Known, entity: LegalEntity) -> None:
    restricted_at = noon(day="2026-01-15", entity=entity)
    how = Circumstances(
        actor=Actor.SUBJECT,
        source=Source.DIRECT_MESSAGE,
        method=Method.REPLY,
        proof={"address": known.email.value, "message": "Verzoek om beperking, e-mail van 15 januari 2026"},
    )
    restrictions.restrict(
        contact=known.contact,
        reason="Artikel 18, lid 1, onder a AVG: de juistheid van de gegevens wordt nagegaan.",
        how=how,
        restricted_at=restricted_at,
        recorded_at=restricted_at,
    )


def _object_in_call(known: Known, entity: LegalEntity) -> None:
    _log_call(known, entity, noon(day="2026-02-02", entity=entity), Objected.CHANNEL)


def _log_call(known: Known, entity: LegalEntity, called_at: datetime.datetime, objected: Objected) -> None:
    attempt = NewAttempt(
        contact_point=known.phone,
        legal_entity=entity,
        purpose=find_purpose(entity=entity, code="offers"),
        attempted_at=called_at,
        outcome=ContactAttempt.Outcome.CONVERSATION,
        agent=find_agent(entity=entity),
        number_shown=entity.caller_numbers.get(),
        objection_offered=True,
        objected=objected,
    )
    attempts.log_attempt(attempt=attempt, recorded_at=called_at)


def _confirm_and_withdraw(known: Known, entity: LegalEntity) -> None:
    ask_and_confirm(
        known=known,
        entity=entity,
        notice=OFFERS_BY_EMAIL,
        place="lampenwinkel-kassa",
        confirmed_at=noon(day="2025-04-01", entity=entity),
    )
    purpose = find_purpose(entity=entity, code="offers")
    withdrawals.stop(
        point=known.email,
        scope=Scope(legal_entity_id=entity.pk, purpose_id=purpose.pk, channel=Channel.EMAIL),
        how=by_link(known=known),
        occurred_at=noon(day="2025-09-01", entity=entity),
    )


def by_link(*, known: Known) -> Circumstances:
    """Stopped on the page behind the link in a mail."""
    return Circumstances(
        actor=Actor.SUBJECT,
        source=Source.WITHDRAWAL_LINK,
        method=Method.BUTTON,
        proof={"address": known.email.value, "network": "192.0.2.0/24", "browser": "Firefox"},
    )


def _object_then_allow(known: Known, entity: LegalEntity) -> None:
    how = Circumstances(
        actor=Actor.SUBJECT,
        source=Source.PHONE_CALL,
        method=Method.ORAL,
        staff_id=find_agent(entity=entity).pk,
        proof={"address": known.phone.value, "recording": "opname-20250501-zoe"},
    )
    withdrawals.object_to(
        contact=known.contact,
        scope=Scope(legal_entity_id=entity.pk),
        how=how,
        occurred_at=noon(day="2025-05-01", entity=entity),
    )
    given_at = noon(day="2026-09-01", entity=entity)
    say_by_phone(known=known, entity=entity, notice=OFFERS_BY_CALL, act=Act.GIVEN, said_at=given_at)
    verify_phone(known=known, entity=entity, verified_at=given_at)


def _refuse_email(known: Known, entity: LegalEntity) -> None:
    asked_at = noon(day="2025-06-01", entity=entity)
    _log_call(known, entity, asked_at, Objected.NOT)
    say_by_phone(known=known, entity=entity, notice=OFFERS_BY_EMAIL, act=Act.REFUSED, said_at=asked_at)


def _publish_number(person: Person, entity: LegalEntity) -> None:
    published_at = noon(day="2025-01-01", entity=entity)
    known = get_to_know(person=person, organisation=entity.organisation, known_at=published_at)
    Contact.objects.filter(pk=known.contact.pk).update(legal_form=LegalForm.EENMANSZAAK)
    known.phone.published_from_date = published_at.date()
    known.phone.published_evidence = (
        "https://cas.example.org/contact/, bewaard op 1 januari 2025: “Aanbiedingen? Bel dit nummer.”"
    )
    known.phone.save(update_fields=["published_from_date", "published_evidence"])
