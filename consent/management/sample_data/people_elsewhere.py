"""The people of the sample who deal with the other organisations, or with all of them."""

import datetime
from collections.abc import Iterable

from consent.domain import attempts, do_not_call, relations
from consent.domain.attempts import NewAttempt
from consent.domain.do_not_call import Registration
from consent.management.sample_data.acts import (
    Known,
    Person,
    fill_in,
    get_to_know,
    press_confirm,
    say_by_phone,
    verify_phone,
)
from consent.management.sample_data.by_code import find_agent, find_entity, find_purpose
from consent.management.sample_data.deals import Deal, first_agree
from consent.management.sample_data.moments import BRUSSELS, JUST_BEFORE, LONG_AGO, noon
from consent.models import Act, ContactAttempt
from customers.domain import contacts
from customers.domain.addresses import read_postal
from customers.models import Contact, ContactPoint, LegalEntity, LegalForm, Organisation, RelationKind

Kind = ContactPoint.Kind
LOTTE = Person(name="lotte", phone="+3222000112", country="BE")
LUC = Person(name="luc", phone="+3222000113", country="BE")
LIST_TAKEN_AT = datetime.datetime(2026, 11, 1, 23, 55, tzinfo=BRUSSELS)
LISTED_FROM = datetime.date(2025, 5, 1)


def load_others() -> None:
    """Record what the rest did, and the Belgian do-not-call-me list that every organisation holds."""
    _add_everywhere(
        Person(name="gijs", phone="+31200000107", organisation_name="Gijs Voorbeeld Klussen"),
        LegalForm.EENMANSZAAK,
    )
    _add_everywhere(
        Person(name="bakkerij", phone="+31200000108", organisation_name="Bakkerij Voorbeeld B.V."),
        LegalForm.BV,
    )
    _end_trial(Person(name="karin", phone="+31200000111"), find_entity(code="dagpost"))
    _join_talent_pool(Person(name="tess", phone="+31200000122"), find_entity(code="werkplaats"))
    _buy(Person(name="wim", phone="+31200000125"), find_entity(code="geluksloterij"), "2025-12-24", "loten")
    _load_belgians(find_entity(code="belgaboek"))
    _hold_list([LOTTE, LUC])


def _add_everywhere(person: Person, legal_form: LegalForm) -> None:
    for organisation in Organisation.objects.order_by("code"):
        known = get_to_know(person=person, organisation=organisation, known_at=LONG_AGO)
        _give_form(known, legal_form)


def _give_form(known: Known, legal_form: LegalForm) -> None:
    Contact.objects.filter(pk=known.contact.pk).update(legal_form=legal_form)


def _end_trial(person: Person, entity: LegalEntity) -> None:
    began_at = noon(day="2026-02-01", entity=entity)
    home = read_postal(street="Voorbeeldstraat 1", postal_code="1000 AA", city="Amsterdam", country="NL")
    deal = Deal(
        entity=entity,
        kind=RelationKind.SALE,
        place="dagpost-kassa",
        agreed_at=began_at,
        group="krant",
        runs_on=True,
        supplied=(Kind.EMAIL, Kind.PHONE, Kind.POSTAL),
        proof={"home": home.raw_input},
    )
    known, trial = first_agree(person=person, deal=deal)
    contacts.add_point(contact=known.contact, address=home, known_at=began_at)
    relations.end_contract(transaction_id=trial.pk, ended_at=noon(day="2026-04-01", entity=entity))


def _join_talent_pool(person: Person, entity: LegalEntity) -> None:
    confirmed_at = noon(day="2025-12-01", entity=entity)
    _known, opted_in = fill_in(
        form="talent", person=person, ticked=["talent-pool-email"], submitted_at=confirmed_at - JUST_BEFORE
    )
    press_confirm(opted_in=opted_in, confirmed_at=confirmed_at)


def _buy(person: Person, entity: LegalEntity, day: str, group: str) -> None:
    deal = Deal(
        entity=entity,
        kind=RelationKind.SALE,
        place=f"{entity.code}-kassa",
        agreed_at=noon(day=day, entity=entity),
        group=group,
    )
    first_agree(person=person, deal=deal)


def _load_belgians(entity: LegalEntity) -> None:
    lotte = _allow_calls(LOTTE, entity, noon(day="2024-12-01", entity=entity))
    _talk(lotte, entity, noon(day="2025-01-10", entity=entity))
    _allow_calls(LUC, entity, noon(day="2026-09-15", entity=entity))
    _buy(Person(name="dirk", phone="+3222000132", country="BE"), entity, "2026-01-10", "boeken")
    info = Person(
        name="info",
        phone="+3222000134",
        country="BE",
        email="info@example.be",
        organisation_name="Voorbeeldbedrijf BV",
    )
    known = get_to_know(person=info, organisation=entity.organisation, known_at=LONG_AGO)
    _give_form(known, LegalForm.BV)
    ContactPoint.objects.filter(pk=known.email.pk).update(impersonal=True)


def _allow_calls(person: Person, entity: LegalEntity, given_at: datetime.datetime) -> Known:
    known = get_to_know(person=person, organisation=entity.organisation, known_at=given_at)
    say_by_phone(known=known, entity=entity, notice="offers-call", act=Act.GIVEN, said_at=given_at)
    verify_phone(known=known, entity=entity, verified_at=given_at)
    return known


def _talk(known: Known, entity: LegalEntity, called_at: datetime.datetime) -> None:
    attempt = NewAttempt(
        contact_point=known.phone,
        legal_entity=entity,
        purpose=find_purpose(entity=entity, code="offers"),
        attempted_at=called_at,
        outcome=ContactAttempt.Outcome.CONVERSATION,
        agent=find_agent(entity=entity),
        number_shown=entity.caller_numbers.get(),
        objection_offered=True,
    )
    attempts.log_attempt(attempt=attempt, recorded_at=called_at)


def _hold_list(people: Iterable[Person]) -> None:
    listed = [Registration(number=person.phone, registered_date=LISTED_FROM) for person in people]
    for organisation in Organisation.objects.order_by("code"):
        do_not_call.load_snapshot(
            organisation=organisation, registrations=listed, taken_at=LIST_TAKEN_AT, loaded_at=LIST_TAKEN_AT
        )
