"""Stops that were made, lifted and made again: the past is answered by what held and was known then."""

from datetime import datetime, timedelta

import pytest

from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import put_question
from consent.domain.restrictions import lift_restriction, restrict
from consent.domain.rulebook.codes import Code
from consent.domain.suppressions import Block, lift_suppression, suppress_address
from consent.models import Channel, Suppression
from customers.domain.addresses import read_email
from customers.models import ContactPoint
from tests import make
from tests.consent.admin_rows import BY_PHONE

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def alice() -> ContactPoint:
    """She gave permission before anything else happened."""
    entity = make.legal_entity(organisation=make.organisation())
    purpose = make.purpose(organisation=entity.organisation, legal_entities=[entity])
    notice = make.notice_version(legal_entity=entity, purpose=purpose, channel=Channel.EMAIL)
    point = make.email_point(contact=make.contact(organisation=entity.organisation))
    make.permission_event(contact_point=point, notice_version=notice, occurred_at=make.NOW)
    return point


def code(*, days: float, known: float = 30) -> Code:
    at, known_at = (make.NOW + one * DAY for one in (days, known))
    question = put_question(
        legal_entity="lampenwinkel",
        purpose="offers",
        channel="EMAIL",
        at=at,
        known_at=known_at,
        now=make.NOW + 30 * DAY,
    )
    return ask_one(question=question, asked=Asked(text="alice@example.org")).decision.code


def moment(days: float) -> datetime:
    return make.NOW + days * DAY


def block(point: ContactPoint, *, days: float, reason: Suppression.Reason) -> None:
    suppress_address(
        block=Block(organisation=point.organisation, address=read_email(text=point.value)),
        reason=reason,
        how=BY_PHONE,
        suppressed_at=moment(days),
        recorded_at=moment(days),
    )


def test_block_that_was_made_again_held_the_first_time_too(alice: ContactPoint) -> None:
    block(alice, days=1, reason=Suppression.Reason.LIST)
    block(alice, days=5, reason=Suppression.Reason.BLOCKED)

    assert [code(days=days) for days in (0.5, 2, 6, 30)] == [
        Code.A_CONSENT,
        Code.D_SUPPRESSED,
        Code.D_SUPPRESSED,
        Code.D_SUPPRESSED,
    ]


def test_block_that_was_lifted_and_made_again_held_twice(alice: ContactPoint) -> None:
    address = Block(organisation=alice.organisation, address=read_email(text=alice.value))
    block(alice, days=1, reason=Suppression.Reason.LIST)
    lift_suppression(block=address, how=BY_PHONE, lifted_at=moment(3), recorded_at=moment(4))
    block(alice, days=5, reason=Suppression.Reason.LIST)

    held = [code(days=days) for days in (2, 3.5, 6)]
    not_known_yet = code(days=3.5, known=3.5)

    assert held == [Code.D_SUPPRESSED, Code.A_CONSENT, Code.D_SUPPRESSED]
    assert not_known_yet == Code.D_SUPPRESSED


def test_lifting_of_a_restriction_counts_once_it_was_known(alice: ContactPoint) -> None:
    restrict(
        contact=alice.contact, reason="Art. 18", how=BY_PHONE, restricted_at=moment(1), recorded_at=moment(1)
    )
    lift_restriction(contact=alice.contact, how=BY_PHONE, lifted_at=moment(3), recorded_at=moment(5))

    assert (code(days=4, known=4), code(days=4)) == (Code.D_RESTRICTED, Code.A_CONSENT)
