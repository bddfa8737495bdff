import uuid
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from consent.domain import suppressions
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.suppressions import Block
from consent.models import Act, Actor, ConsentEvent, Method, Source, Suppression
from customers.domain.addresses import read_email, read_phone
from customers.models import Organisation
from tests import make

pytestmark = pytest.mark.django_db

BY_PAGE = Circumstances(actor=Actor.SUBJECT, source=Source.BLOCK_PAGE, method=Method.BUTTON)
ALICE = read_email(text="alice@example.org")
NUMBER = read_phone(text="020 000 0101", country="NL")
LATER = make.NOW + timedelta(days=1)


def suppress(*, block: Block, at: datetime = make.NOW) -> Suppression:
    return suppressions.suppress_address(
        block=block, reason=Suppression.Reason.BLOCKED, how=BY_PAGE, suppressed_at=at, recorded_at=LATER
    )


def lift(*, block: Block, at: datetime = make.NOW) -> None:
    suppressions.lift_suppression(block=block, how=BY_PAGE, lifted_at=at, recorded_at=LATER)


def is_suppressed(*, organisation: Organisation) -> bool:
    return bool(suppressions.find_suppressions(organisation=organisation, addresses=[ALICE]))


def test_unknown_address_is_blocked_by_its_hash_alone() -> None:
    huisgroep = make.organisation()

    row = suppress(block=Block(organisation=huisgroep, address=NUMBER, channel="CALL"))

    event = ConsentEvent.objects.get()
    assert (event.act, event.channel, event.address_hash) == (
        Act.SUPPRESSED,
        "CALL",
        bytes(row.address_hash).hex(),
    )
    assert (row.event_id, row.reason, row.suppressed_at) == (event.pk, "BLOCKED", make.NOW)
    assert event.subject_id.version == 4
    assert event.evidence_digest == ""


def test_erased_contact_stays_the_subject_of_the_block() -> None:
    huisgroep = make.organisation()
    contact_id = uuid.uuid4()

    suppressions.suppress_address(
        block=Block(organisation=huisgroep, address=ALICE),
        reason=Suppression.Reason.ERASURE,
        how=BY_PAGE,
        suppressed_at=make.NOW,
        recorded_at=make.NOW,
        contact_id=contact_id,
    )

    assert ConsentEvent.objects.get().subject_id == contact_id


def test_blocks_are_found_by_address_within_their_organisation() -> None:
    huisgroep = make.organisation()
    harthulp = make.organisation(code="harthulp", name="HartHulp")
    everything = suppress(block=Block(organisation=huisgroep, address=ALICE))
    calls = suppress(block=Block(organisation=huisgroep, address=NUMBER, channel="CALL"))
    suppress(block=Block(organisation=harthulp, address=NUMBER, channel="CALL"))
    typed_otherwise = [read_email(text=" Alice@EXAMPLE.org"), read_phone(text="+31 20 0000101", country="BE")]
    unknown = read_email(text="bob@example.org")

    found = suppressions.find_suppressions(organisation=huisgroep, addresses=[*typed_otherwise, unknown])

    assert found == {"alice@example.org": [everything], "+31200000101": [calls]}


def test_block_made_with_an_old_key_is_found_lifted_and_made_again(settings: Settings) -> None:
    huisgroep = make.organisation()
    block = Block(organisation=huisgroep, address=ALICE)
    settings.SUPPRESSION_KEYS = {1: b"1" * 32}
    old = suppress(block=block)

    settings.SUPPRESSION_KEYS = {1: b"1" * 32, 2: b"2" * 32}
    found = suppressions.find_suppressions(organisation=huisgroep, addresses=[ALICE])
    new = suppress(block=block)
    found_twice = suppressions.find_suppressions(organisation=huisgroep, addresses=[ALICE])
    lift(block=block, at=make.NOW + timedelta(seconds=1))

    assert (found, found_twice) == ({ALICE.value: [old]}, {ALICE.value: [old, new]})
    assert (old.hash_key_version, new.hash_key_version) == (1, 2)
    assert is_suppressed(organisation=huisgroep) is False


@pytest.mark.parametrize(
    ("acts", "suppressed"),
    [
        pytest.param([("block", 0)], True, id="blocked"),
        pytest.param([("block", 0), ("lift", 1)], False, id="lifted"),
        pytest.param([("block", 0), ("lift", 1), ("block", 2)], True, id="blocked-again"),
        pytest.param([("block", 0), ("lift", 2), ("block", 1)], False, id="older-block-arrives-late"),
        pytest.param([("block", 0), ("lift", 2), ("block", 2)], True, id="of-equals-the-block"),
        pytest.param([("block", 2), ("block", 0)], True, id="older-block-after-newer"),
    ],
)
def test_last_act_counts_whatever_the_order_of_arrival(
    acts: list[tuple[str, int]], suppressed: object
) -> None:
    huisgroep = make.organisation()
    block = Block(organisation=huisgroep, address=ALICE)

    for act, minutes in acts:
        at = make.NOW + timedelta(minutes=minutes)
        if act == "block":
            suppress(block=block, at=at)
        else:
            lift(block=block, at=at)

    assert is_suppressed(organisation=huisgroep) is suppressed
    assert ConsentEvent.objects.count() == len(acts)
    assert Suppression.objects.get().suppressed_at == max(
        make.NOW + timedelta(minutes=minutes) for act, minutes in acts if act == "block"
    )


def test_lift_refers_to_the_block_and_its_subject() -> None:
    huisgroep = make.organisation()
    block = Block(organisation=huisgroep, address=ALICE)
    row = suppress(block=block)

    lift(block=block, at=LATER)

    blocked, lifted = ConsentEvent.objects.order_by("sequence")
    assert (lifted.act, lifted.refers_to_id) == (Act.SUPPRESSION_LIFTED, row.event_id)
    assert (lifted.subject_id, lifted.address_hash) == (blocked.subject_id, blocked.address_hash)


@pytest.mark.parametrize("minutes", [0, -1])
def test_lift_that_is_not_later_than_the_block_is_refused(minutes: int) -> None:
    block = Block(organisation=make.organisation(), address=ALICE)
    suppress(block=block)

    with pytest.raises(suppressions.NotSuppressedError):
        lift(block=block, at=make.NOW + timedelta(minutes=minutes))


def test_lift_of_another_channel_is_refused() -> None:
    huisgroep = make.organisation()
    suppress(block=Block(organisation=huisgroep, address=ALICE))

    with pytest.raises(suppressions.NotSuppressedError):
        lift(block=Block(organisation=huisgroep, address=ALICE, channel="EMAIL"), at=LATER)


def test_channel_that_does_not_use_the_address_is_refused() -> None:
    with pytest.raises(suppressions.ChannelNotForAddressError):
        suppress(block=Block(organisation=make.organisation(), address=ALICE, channel="CALL"))

    assert ConsentEvent.objects.count() == 0
