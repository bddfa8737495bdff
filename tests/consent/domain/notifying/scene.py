"""A charity with one supporter and one system outside that is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from consent.domain import restrictions
from consent.domain.erasing.erasure import erase
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import NewEvent, Wordings, record
from consent.domain.notifying import delivering, secrets
from consent.domain.notifying.guarding import Guard
from consent.domain.withdrawals import Scope, object_to, stop
from consent.models import Act, Actor, Channel, Endpoint, Method, Notification, Purpose, Source
from customers.models import Contact, ContactPoint, LegalEntity
from tests import make

BY_FORM = Circumstances(actor=Actor.SUBJECT, source=Source.WEB_FORM, method=Method.CHECKBOX, proof={})
TRIAL = Guard(loopback=True, resolve=lambda host, _port: [host])


@dataclass(frozen=True, kw_only=True)
class Outside:
    """Who says something, about what, and who outside is told."""

    entity: LegalEntity
    purpose: Purpose
    alice: Contact
    email: ContactPoint
    phone: ContactPoint

    def permit(self, *, at: datetime = make.LONG_AGO) -> None:
        event = NewEvent(
            organisation_id=self.entity.organisation_id,
            act=Act.GIVEN,
            subject_id=self.alice.pk,
            occurred_at=at,
            legal_entity_id=self.entity.pk,
            purpose_id=self.purpose.pk,
            channel=Channel.EMAIL,
            contact_point_id=self.email.pk,
            shown=Wordings(language="nl"),
            actor=Actor.SUBJECT,
            source=Source.PAPER,
            method=Method.SIGNATURE,
            proof={"typed": {"address": self.email.value}},
        )
        record(events=[event], recorded_at=at)

    def withdraw(self, *, at: datetime = make.NOW) -> None:
        scope = Scope(legal_entity_id=self.entity.pk, purpose_id=self.purpose.pk, channel=Channel.EMAIL.value)
        stop(point=self.email, scope=scope, how=BY_FORM, occurred_at=at)

    def object(self, *, at: datetime = make.NOW, channel: str = "") -> None:
        object_to(contact=self.alice, scope=Scope(channel=channel), how=BY_FORM, occurred_at=at)

    def restrict(self, *, at: datetime = make.NOW) -> None:
        restrictions.restrict(
            contact=self.alice, reason="Betwist", how=BY_FORM, restricted_at=at, recorded_at=at
        )

    def lift(self, *, at: datetime) -> None:
        restrictions.lift_restriction(contact=self.alice, how=BY_FORM, lifted_at=at, recorded_at=at)

    def erase(self, *, at: datetime = make.NOW) -> None:
        erase(contact=self.alice, how=BY_FORM, erased_at=at)


def outside(*, code: str = "harthulp") -> Outside:
    organisation = make.organisation(code=code, name=code)
    entity = make.legal_entity(
        organisation=organisation, code=code, name=f"Stichting {code}", dpo_email=f"fg@{code}.example.org"
    )
    alice = make.contact(organisation=organisation)
    return Outside(
        entity=entity,
        purpose=make.purpose(organisation=organisation, legal_entities=[entity]),
        alice=alice,
        email=make.email_point(contact=alice, text="alice@example.org"),
        phone=make.phone_point(contact=alice),
    )


def signing(endpoint: Endpoint) -> str:
    """Give an endpoint its secret, as the program outside knows it."""
    _row, secret = secrets.make_secret(endpoint=endpoint, made_by=None, made_at=make.LONG_AGO)
    return secret


def deliver_all(*, now: datetime, guard: Guard = TRIAL) -> int:
    told = 0
    while found := delivering.claim_next(now=now):
        delivering.deliver(notification=found, guard=guard, now=now)
        told += 1
    return told


def states() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list("state", flat=True))


def later(**how_long: float) -> datetime:
    return make.NOW + timedelta(**how_long)
