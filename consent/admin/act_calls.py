"""The one domain call that each act of staff makes."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent.domain import relations, restrictions, suppressions, verification, withdrawals
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.rights.receiving import NewRequest, receive
from consent.domain.staff_entry import METHOD_OF_SOURCE, Entry, record_permission
from consent.domain.withdrawals import Scope
from consent.models import Act, Actor, Method, RightsRequest, Source, Suppression
from customers.domain import contacts
from customers.domain.addresses import Address, read_address
from customers.domain.relations import LongerTerm
from customers.models import Contact, RelationKind, StaffMember


@dataclass(frozen=True, kw_only=True)
class Given:
    """Who does the act, for whom, what the form says, and when."""

    contact: Contact
    staff: StaffMember
    said: Mapping[str, Any]
    now: datetime.datetime


def told_to(given: Given) -> Circumstances:
    """The person acted; a member of staff wrote it down."""
    source = Source(given.said["source"])
    note = given.said.get("note") or given.said.get("proof_reference")
    return Circumstances(
        actor=Actor.SUBJECT,
        source=source,
        method=METHOD_OF_SOURCE[source],
        staff_id=given.staff.pk,
        proof={"note": note} if note else {},
    )


def by_staff(given: Given, **proof: object) -> Circumstances:
    return Circumstances(
        actor=Actor.STAFF,
        source=Source.STAFF_ENTRY,
        method=Method.RECORD,
        staff_id=given.staff.pk,
        proof=proof,
    )


def object_(given: Given) -> object:
    said = given.said
    scope = Scope(
        legal_entity_id=said["legal_entity"].pk if said["legal_entity"] else None,
        purpose_id=said["purpose"].pk if said["purpose"] else None,
        channel=said["channel"],
    )
    return withdrawals.object_to(
        contact=given.contact, scope=scope, how=told_to(given), occurred_at=given.now
    )


def withdraw(given: Given) -> object:
    record = given.said["permission"]
    scope = Scope(
        legal_entity_id=record.legal_entity_id, purpose_id=record.purpose_id, channel=record.channel
    )
    how = told_to(given)
    if record.contact_point is None:
        return withdrawals.object_to(contact=given.contact, scope=scope, how=how, occurred_at=given.now)
    return withdrawals.stop(point=record.contact_point, scope=scope, how=how, occurred_at=given.now)


def block_address(given: Given) -> object:
    point = given.said["point"]
    address = Address(kind=point.kind, value=point.value, raw_input=point.raw_input)
    return suppressions.suppress_address(
        block=suppressions.Block(organisation=given.contact.organisation, address=address),
        reason=Suppression.Reason.BLOCKED,
        how=by_staff(given, reason=given.said["reason"]),
        suppressed_at=given.now,
        recorded_at=given.now,
        contact_id=given.contact.pk,
    )


def restrict(given: Given) -> object:
    reason = given.said["reason"]
    return restrictions.restrict(
        contact=given.contact,
        reason=reason,
        how=by_staff(given, reason=reason),
        restricted_at=given.now,
        recorded_at=given.now,
    )


def lift_restriction(given: Given) -> object:
    how = by_staff(given, told=given.said["note"])
    return restrictions.lift_restriction(
        contact=given.contact, how=how, lifted_at=given.now, recorded_at=given.now
    )


def verify_number(given: Given) -> object:
    return verification.confirm_call_back(
        verification_id=given.said["verification"].pk,
        typed=given.said["code"],
        agent=given.staff,
        checked_at=given.now,
    )


def add_address(given: Given) -> object:
    address = read_address(text=given.said["address"], country=given.contact.country or "NL")
    return contacts.add_point(contact=given.contact, address=address, known_at=given.now)


def enter_permission(given: Given) -> object:
    said = given.said
    entry = Entry(
        contact=given.contact,
        contact_point=said["contact_point"],
        notice=said["notice"],
        notice_version=said["notice_version"],
        act=Act(said["act"]),
        source=Source(said["source"]),
        occurred_at=said["occurred_at"],
        place=said["place"],
        proof_reference=said["proof_reference"],
        staff_id=given.staff.pk,
        actor=Actor(said["actor"]),
        representative=said["representative"],
        language=given.contact.language,
        collection_point=said["collection_point"],
    )
    return record_permission(entry=entry, recorded_at=given.now)


def enter_transaction(given: Given) -> object:
    said = given.said
    agreed = relations.NewTransaction(
        contact=given.contact,
        legal_entity=said["legal_entity"],
        kind=RelationKind(said["kind"]),
        occurred_at=said["occurred_at"],
        how=told_to(given),
        obligation_to_pay=said["obligation_to_pay"],
        product_group=said["product_group"],
        reference=said["reference"],
        runs_on=said["runs_on"],
        supplied_kinds=said["supplied_kinds"],
        told_at_collection=said["told_at_collection"],
        optout_offered=said["optout_offered"],
        answer=relations.Answer.NO_CONTACT if said["said_no"] else relations.Answer.NOTHING_SAID,
    )
    return relations.record_transaction(agreed=agreed, recorded_at=given.now)


def end_contract(given: Given) -> object:
    return relations.end_contract(
        transaction_id=given.said["transaction"].pk, ended_at=given.said["ended_at"]
    )


def extend_term(given: Given) -> object:
    said = given.said
    term = LongerTerm(
        term_months=said["term_months"],
        balancing_test=said["balancing_test"],
        opinion_reference=said["opinion_reference"],
        opinion=said["opinion"],
    )
    return relations.extend_term(
        relation=said["relation"], term=term, decided_at=given.now, decided_by_id=given.staff.pk
    )


def enter_request(given: Given) -> object:
    said = given.said
    identity = said["identity"]
    asked = NewRequest(
        legal_entity=said["legal_entity"],
        kind=RightsRequest.Kind(said["kind"]),
        source=Source(said["source"]),
        language=given.contact.language,
        contact=given.contact,
        words=said["words"],
        identity=RightsRequest.Identity(identity) if identity else None,
        staff_id=given.staff.pk,
    )
    return receive(asked=asked, received_at=said["received_at"], recorded_at=given.now)
