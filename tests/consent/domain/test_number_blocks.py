import pytest

from consent.domain import number_blocks
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.suppressions import find_suppressions
from consent.models import (
    Act,
    Actor,
    ConsentEvent,
    ConsentRecord,
    Method,
    Objection,
    Source,
    Status,
    Suppression,
)
from customers.domain.addresses import read_phone
from tests import make, preference_scenes
from tests.preference_scenes import NOON, House

pytestmark = pytest.mark.django_db

HOW = Circumstances(
    actor=Actor.SUBJECT, source=Source.BLOCK_PAGE, method=Method.BUTTON, proof={"page": "/preferences/block/"}
)


def block(house: House, text: str) -> None:
    number_blocks.block_number(
        organisation=house.organisation, address=read_phone(text=text, country="NL"), how=HOW, blocked_at=NOON
    )


def test_number_of_a_contact_gives_an_objection_on_each_phone_channel() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.phone, notice_version=house.by_call)

    block(house, "020 000 0101")

    objections = Objection.objects.filter(contact=house.alice, standing=True, legal_entity=None, purpose=None)
    assert set(objections.values_list("channel", flat=True)) == {
        "SMS",
        "MESSAGING",
        "CALL",
        "AUTOMATED_CALL",
    }
    assert ConsentRecord.objects.get().status == Status.WITHDRAWN
    assert Suppression.objects.count() == 0


def test_unknown_number_is_suppressed_by_its_hash() -> None:
    house = preference_scenes.house()
    unknown = read_phone(text="+31200000199", country="NL")

    block(house, unknown.value)

    found = find_suppressions(organisation=house.organisation, addresses=[unknown])
    assert [row.reason for row in found[unknown.value]] == [Suppression.Reason.BLOCKED]
    event = ConsentEvent.objects.get()
    assert (event.act, event.source, event.channel) == (Act.SUPPRESSED, Source.BLOCK_PAGE, "")


@pytest.mark.parametrize("text", ["+31200000101", "+31200000199"])
def test_blocking_twice_blocks_once(text: str) -> None:
    house = preference_scenes.house()
    block(house, text)
    written = ConsentEvent.objects.count()

    block(house, text)

    assert ConsentEvent.objects.count() == written
