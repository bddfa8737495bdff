"""The person's page says what the engine answers to staff, whatever the choice was."""

from datetime import timedelta

import pytest

from consent.domain.contact_answers import Spot, answer_spot
from consent.domain.preference_carriers import Ground
from consent.domain.preference_grounds import Note, Standing
from consent.domain.preferences import Row, read_preferences
from consent.models import Act, DoNotCallSnapshot, HousePolicy
from customers.domain import contacts
from customers.models import Contact, ContactPoint
from tests import make, preference_scenes
from tests.preference_scenes import NOON, House

pytestmark = pytest.mark.django_db

A_YEAR_AGO = NOON - timedelta(days=365)


def rows(house: House) -> dict[str, Row]:
    alice = Contact.objects.get(pk=house.alice.pk)
    found = read_preferences(contact=alice, opened_with=house.email, now=NOON)
    return {row.channel.value: row for row in found.rows}


def told_to_staff(house: House, row: Row) -> bool:
    spot = Spot(row.legal_entity, row.purpose, row.channel, None)
    answers = answer_spot(contact=house.alice, spot=spot, now=NOON)
    return any(answer.decision.allowed for answer in answers)


def verify_phone(house: House) -> None:
    contacts.mark_verified(
        point=house.phone, method=ContactPoint.Verification.SMS_CODE, verified_at=A_YEAR_AGO
    )


def forbid(house: House) -> None:
    officer = make.staff_member(organisation=house.organisation)
    make.house_policy(
        legal_entity=house.shop, decided_by=officer, channel="EMAIL", forbids=HousePolicy.Forbids.EVERYTHING
    )


def test_call_that_was_never_made_within_six_months_has_ended() -> None:
    house = preference_scenes.house()
    verify_phone(house)
    make.permission_event(contact_point=house.phone, notice_version=house.by_call, occurred_at=A_YEAR_AGO)

    row = rows(house)["CALL"]

    assert row.standing == Standing(is_on=False, note=Note.ENDED)
    assert row.can_change


def test_policy_of_the_house_is_told_and_leaves_the_choice() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)
    forbid(house)

    assert rows(house)["EMAIL"].standing == Standing(
        is_on=True, authorises=False, ground=Ground.CONSENT, since=A_YEAR_AGO, note=Note.NOT_NOW
    )


def test_belgian_number_that_is_not_listed_is_told_to_be_called() -> None:
    house = preference_scenes.house()
    Contact.objects.filter(pk=house.alice.pk).update(country="BE")
    house.shop.balancing_tests.create(
        purpose=house.offers, channel="CALL", interest="…", weighing="…", concluded_at=A_YEAR_AGO
    )
    yesterday = NOON - timedelta(days=1)
    DoNotCallSnapshot.objects.create(
        organisation=house.organisation, taken_at=yesterday, loaded_at=yesterday, numbers=1
    )

    row = rows(house)["CALL"]

    assert (row.standing.is_on, row.standing.authorises, row.standing.ground) == (True, True, Ground.INTEREST)
    assert told_to_staff(house, row)


@pytest.mark.parametrize("act", [Act.REQUESTED, Act.GIVEN, Act.REFUSED, Act.WITHDRAWN, Act.INVALIDATED])
@pytest.mark.parametrize("verified", [True, False])
@pytest.mark.parametrize("forbidden", [True, False])
@pytest.mark.parametrize("customer", [True, False])
def test_page_and_staff_get_the_same_answer(
    act: Act, *, verified: bool, forbidden: bool, customer: bool
) -> None:
    house = preference_scenes.house()
    for point, notice in ((house.email, house.by_email), (house.phone, house.by_call)):
        make.permission_event(contact_point=point, notice_version=notice, act=act, occurred_at=A_YEAR_AGO)
    for happens, happen in ((verified, verify_phone), (forbidden, forbid)):
        if happens:
            happen(house)
    if customer:
        preference_scenes.buy_lamp(house=house)

    shown = {channel: row.standing.authorises for channel, row in rows(house).items()}

    assert shown == {channel: told_to_staff(house, row) for channel, row in rows(house).items()}
