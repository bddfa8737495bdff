"""The person's page says what the engine answers to staff, whatever the choice was."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from consent.domain import restrictions, withdrawals
from consent.domain.contact_answers import answer_spot, find_spots
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.preference_changes import Wish, save_choices
from consent.domain.preference_grounds import GROUNDS, Ground, Note, Products, Standing
from consent.domain.preference_words import written_last_day
from consent.domain.preferences import Key, Row, read_preferences
from consent.domain.rulebook.codes import Code
from consent.domain.suppressions import Block, suppress_address
from consent.domain.withdrawals import Scope
from consent.models import (
    Act,
    Actor,
    Channel,
    ContentKind,
    DoNotCallSnapshot,
    HousePolicy,
    Method,
    Purpose,
    ServiceTest,
    Source,
    Suppression,
)
from customers.domain import contacts
from customers.domain.addresses import Address
from customers.domain.relations import keep_relations
from customers.models import Contact, ContactPoint, LegalEntity, LegalForm, ProductGroup, RelationKind
from tests import make, preference_scenes
from tests.preference_scenes import A_MONTH_AGO, NOON, House

pytestmark = pytest.mark.django_db

A_YEAR_AGO = NOON - timedelta(days=365)
BY_STAFF = Circumstances(actor=Actor.STAFF, source=Source.STAFF_ENTRY, method=Method.RECORD)


def all_rows(house: House) -> tuple[Row, ...]:
    alice = Contact.objects.get(pk=house.alice.pk)
    return read_preferences(contact=alice, opened_with=house.email, now=NOON).rows


def rows(house: House) -> dict[str, Row]:
    return {row.channel.value: row for row in all_rows(house)}


def told_to_staff(house: House, purpose: Purpose | None = None) -> dict[str, Ground | None]:
    """What staff are told of each channel: the ground, or None where there may be no contact."""
    alice = Contact.objects.get(pk=house.alice.pk)
    found: dict[str, Ground | None] = {}
    for spot in find_spots(contact=alice, legal_entities=[house.shop]):
        if spot.purpose != (purpose or house.offers):
            continue
        answers = answer_spot(contact=alice, spot=spot, now=NOON)
        codes = [answer.decision.code for answer in answers if answer.decision.allowed]
        found[spot.channel.value] = GROUNDS[codes[0]] if codes else found.get(spot.channel.value)
    return found


def told_to_person(house: House) -> dict[str, Ground | None]:
    """What the page says of each channel; of one without a row it says that there may be no contact."""
    found: dict[str, Ground | None] = dict.fromkeys(house.offers.channels)
    for row in all_rows(house):
        if row.standing.authorises:
            found[row.channel.value] = row.standing.ground
    return found


def every_channel(house: House) -> None:
    """Offers over every channel, by post on a balancing test; Alice has a postal address too."""
    house.offers.channels = list(Channel.values)
    house.offers.save(update_fields=["channels"])
    make.postal_point(contact=house.alice)
    weigh(house, "POST")


def weigh(house: House, channel: str) -> None:
    house.shop.balancing_tests.create(
        purpose=house.offers, channel=channel, interest="…", weighing="…", concluded_at=A_YEAR_AGO
    )


def to_belgium(house: House) -> None:
    """Alice lives in Belgium, whose list of yesterday does not have her number."""
    Contact.objects.filter(pk=house.alice.pk).update(country="BE")
    yesterday = NOON - timedelta(days=1)
    DoNotCallSnapshot.objects.create(
        organisation=house.organisation, taken_at=yesterday, loaded_at=yesterday, numbers=1
    )
    weigh(house, "CALL")


def to_germany(house: House) -> None:
    Contact.objects.filter(pk=house.alice.pk).update(country="DE")


def to_charity(house: House) -> None:
    LegalEntity.objects.filter(pk=house.shop.pk).update(kind="CHARITY", kind_proof="RSIN 000000000")
    Purpose.objects.filter(pk=house.offers.pk).update(content=ContentKind.CHARITABLE)


def verify_phone(house: House) -> None:
    contacts.mark_verified(
        point=house.phone, method=ContactPoint.Verification.SMS_CODE, verified_at=A_YEAR_AGO
    )


def restrict(house: House) -> None:
    restrictions.restrict(
        contact=house.alice, reason="art. 18(1)(a)", how=BY_STAFF, restricted_at=NOON, recorded_at=NOON
    )


def object_to(house: House) -> None:
    withdrawals.object_to(contact=house.alice, scope=Scope(), how=BY_STAFF, occurred_at=A_MONTH_AGO)


def block(house: House) -> None:
    for point in (house.email, house.phone):
        suppress_address(
            block=Block(organisation=house.organisation, address=address_of(point)),
            reason=Suppression.Reason.LIST,
            how=BY_STAFF,
            suppressed_at=NOON,
            recorded_at=NOON,
        )


def address_of(point: ContactPoint) -> Address:
    return Address(kind=point.kind, value=point.value, raw_input=point.raw_input)


def grow_young(house: House) -> None:
    Contact.objects.filter(pk=house.alice.pk).update(birth_date=date(2012, 3, 3))


def become_a_company(house: House) -> None:
    kind = Contact.Kind.ORGANISATION
    Contact.objects.filter(pk=house.alice.pk).update(kind=kind, legal_form=LegalForm.BV)


def lose_mail(house: House) -> None:
    ContactPoint.objects.filter(pk=house.email.pk).update(invalid_at=NOON, invalid_reason="HARD_BOUNCE")


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
    to_belgium(house)

    row = rows(house)["CALL"]

    assert (row.standing.is_on, row.standing.authorises, row.standing.ground) == (True, True, Ground.INTEREST)


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

    assert told_to_person(house) == told_to_staff(house)


def agree(kind: RelationKind) -> Callable[[House], None]:
    def agreed(house: House) -> None:
        if kind not in {RelationKind.SALE, RelationKind.SYMPATHY}:
            to_charity(house)
        preference_scenes.buy_lamp(house=house, kind=kind)

    return agreed


def permit(house: House) -> None:
    verify_phone(house)
    for point, notice in ((house.email, house.by_email), (house.phone, house.by_call)):
        make.permission_event(contact_point=point, notice_version=notice, occurred_at=A_MONTH_AGO)


HAPPENINGS = [
    verify_phone,
    to_germany,
    restrict,
    object_to,
    block,
    grow_young,
    become_a_company,
    lose_mail,
    forbid,
]


@pytest.mark.parametrize(
    "begin", [*(agree(kind) for kind in RelationKind), permit], ids=[*RelationKind.values, "PERMISSION"]
)
@pytest.mark.parametrize("move", [None, to_belgium])
@pytest.mark.parametrize("happen", HAPPENINGS)
def test_page_and_staff_name_the_same_ground(
    begin: Callable[[House], None], move: Callable[[House], None] | None, happen: Callable[[House], None]
) -> None:
    house = preference_scenes.house()
    for done in (every_channel, begin, move, happen):
        if done:
            done(house)

    assert told_to_person(house) == told_to_staff(house)


def test_every_ground_of_the_rules_has_a_word() -> None:
    assert set(GROUNDS) == {code for code in Code if code.allows}


def buy(house: House, code: str, days: int, *, told: bool = True) -> ProductGroup:
    group = make.product_group(legal_entity=house.shop, code=code, name=code.title())
    sale = make.transaction(
        contact=house.alice,
        legal_entity=house.shop,
        product_group=group,
        occurred_at=NOON - timedelta(days=days),
        told_at_collection=told,
        optout_offered=told,
    )
    keep_relations(transaction_ids=[sale.pk])
    return group


def test_since_is_of_the_very_relation_that_carries() -> None:
    house = preference_scenes.house()
    buy(house, "lampen", 900)
    buy(house, "stoelen", 300)

    standing = rows(house)["EMAIL"].standing

    assert standing == Standing(
        is_on=True,
        authorises=True,
        ground=Ground.CUSTOMER,
        since=NOON - timedelta(days=300),
        products=(Products("Stoelen", None), Products("Lampen", None)),
    )


def test_older_products_carry_where_the_last_bought_do_not() -> None:
    house = preference_scenes.house()
    buy(house, "lampen", 900)
    buy(house, "stoelen", 300, told=False)

    standing = rows(house)["EMAIL"].standing

    assert (standing.authorises, standing.since) == (True, NOON - timedelta(days=900))
    assert standing.products == (Products("Lampen", None),)
    assert told_to_person(house) == told_to_staff(house)


def test_each_of_the_products_has_its_own_term() -> None:
    house = preference_scenes.house()
    LegalEntity.objects.filter(pk=house.shop.pk).update(kind="PUBLISHER", kind_proof="ISSN 0000-0000")
    verify_phone(house)
    for code, days in (("boeken", 1000), ("krant", 300), ("gids", 1200)):
        buy(house, code, days)

    found = rows(house)["CALL"].standing.products

    assert [(one.name, written_last_day(ends_at=one.until, zone="Europe/Amsterdam")) for one in found] == [
        ("Krant", "25 januari 2029"),
        ("Boeken", "25 februari 2027"),
    ]


def test_staff_are_told_of_each_of_the_products() -> None:
    house = preference_scenes.house()
    lamps, chairs = buy(house, "lampen", 900), buy(house, "stoelen", 300, told=False)

    spots = find_spots(contact=house.alice, legal_entities=[house.shop])

    answered = {
        spot.product_group: answer_spot(contact=house.alice, spot=spot, now=NOON)[0].decision.code
        for spot in spots
        if spot.channel == Channel.EMAIL
    }
    assert list(answered.items()) == [(chairs, Code.D_REL_NOT_INFORMED), (lamps, Code.A_SOFT_OPTIN)]


def test_permission_is_about_all_products_and_names_none() -> None:
    house = preference_scenes.house()
    buy(house, "lampen", 900)
    buy(house, "stoelen", 300)
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_MONTH_AGO)

    found = rows(house)["EMAIL"].standing

    assert found == Standing(is_on=True, authorises=True, ground=Ground.CONSENT, since=A_MONTH_AGO)


def test_restricted_customer_keeps_the_choice() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    restrict(house)

    assert rows(house)["EMAIL"].standing == Standing(is_on=True, ground=Ground.CUSTOMER, note=Note.RESTRICTED)


def test_child_that_bought_has_an_empty_box() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    grow_young(house)

    assert rows(house)["EMAIL"].standing == Standing(is_on=False, note=Note.MINOR)


def test_permission_given_too_young_can_be_given_again() -> None:
    house = preference_scenes.house()
    Contact.objects.filter(pk=house.alice.pk).update(birth_date=date(2010, 3, 3))
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)

    row = rows(house)["EMAIL"]

    assert (row.standing, row.can_change) == (Standing(is_on=False, note=Note.GIVEN_TOO_YOUNG), True)


def test_address_that_was_published_stands_apart_from_others() -> None:
    house = preference_scenes.house()
    become_a_company(house)
    other = make.email_point(contact=house.alice, text="sales@example.org")
    contacts.mark_verified(point=other, method=ContactPoint.Verification.EMAIL_LINK, verified_at=A_YEAR_AGO)
    ContactPoint.objects.filter(pk=other.pk).update(published_from_date=A_YEAR_AGO.date())

    found = {row.points: row.standing.ground for row in all_rows(house) if row.channel == Channel.EMAIL}

    assert found == {(other,): Ground.PUBLISHED, (house.email,): None}


def test_permission_for_a_purpose_that_serves_no_more_carries_nothing() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)
    house.offers.legal_entities.clear()

    assert rows(house)["EMAIL"].standing == Standing(
        is_on=True, ground=Ground.CONSENT, since=A_YEAR_AGO, note=Note.NOT_NOW
    )


def test_what_follows_from_an_agreement_goes_on_beneath_a_stop() -> None:
    house = preference_scenes.house()
    Purpose.objects.filter(pk=house.offers.pk).update(content=ContentKind.SERVICE)
    ServiceTest.objects.create(
        purpose=house.offers,
        only_informs=True,
        material_facts=True,
        only_relevant_people=True,
        nothing_promotional=True,
        reasoning="…",
        concluded_at=A_YEAR_AGO,
    )
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)
    before = rows(house)["EMAIL"].standing
    object_to(house)

    after = rows(house)["EMAIL"].standing

    assert before == Standing(is_on=True, authorises=True, ground=Ground.AGREEMENT)
    assert after == Standing(
        is_on=False, authorises=True, ground=Ground.AGREEMENT, since=A_MONTH_AGO, note=Note.WITHDRAWN
    )


def test_processing_is_asked_by_an_address_that_works() -> None:
    house = preference_scenes.house()
    profiling = make.purpose(
        organisation=house.organisation, legal_entities=[house.shop], code="profiling", channels=["NONE"]
    )
    notice = make.notice_version(
        legal_entity=house.shop, purpose=profiling, channel=Channel.NONE, code="profiling"
    )
    visitor = preference_scenes.visitor(house=house)
    place = Key(house.shop.pk, profiling.pk, "NONE", None)
    save_choices(
        visitor=visitor,
        wishes=[Wish(key=place, turn_on=True, notice_version_id=str(notice.pk))],
        occurred_at=A_MONTH_AGO,
    )
    lose_mail(house)

    row = rows(house)["NONE"]

    assert row.standing == Standing(is_on=True, authorises=True, ground=Ground.CONSENT, since=A_MONTH_AGO)
    assert told_to_staff(house, profiling)["NONE"] is Ground.CONSENT
