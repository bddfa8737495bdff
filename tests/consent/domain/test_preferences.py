from datetime import date, timedelta

import pytest

from consent.domain import restrictions, withdrawals
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.preference_grounds import Ground, Note, Standing
from consent.domain.preferences import read_preferences
from consent.domain.suppressions import Block, suppress_address
from consent.domain.withdrawals import Scope
from consent.models import Act, Actor, Channel, ContentKind, Method, Source, Suppression
from customers.domain import addresses, contacts
from customers.models import Contact, ContactPoint, LegalEntity, LegalForm, RelationKind
from tests import make, preference_scenes
from tests.preference_scenes import A_MONTH_AGO, NOON, House

pytestmark = pytest.mark.django_db

A_YEAR_AGO = NOON - timedelta(days=365)
BY_STAFF = Circumstances(actor=Actor.STAFF, source=Source.STAFF_ENTRY, method=Method.RECORD)


def standings(house: House, *, opened_with: ContactPoint | None = None) -> dict[str, Standing]:
    """The truth about each permission of the shop, by channel."""
    found = read_preferences(contact=house.alice, opened_with=opened_with or house.email, now=NOON)
    return {row.channel.value: row.standing for row in found.rows}


def verify_phone(house: House) -> None:
    contacts.mark_verified(
        point=house.phone, method=ContactPoint.Verification.SMS_CODE, verified_at=A_YEAR_AGO
    )


def test_new_contact_has_nothing_ticked() -> None:
    house = preference_scenes.house()

    assert standings(house) == {"EMAIL": Standing(is_on=False), "CALL": Standing(is_on=False)}


def test_legal_entity_without_anything_to_offer_has_no_card() -> None:
    house = preference_scenes.house()

    found = read_preferences(contact=house.alice, opened_with=house.email, now=NOON)

    assert [card.legal_entity for card in found.cards] == [house.shop]
    assert list(found.legal_entities) == [house.shop, house.sister]


def test_permission_is_on_since_it_was_given_with_its_own_wording() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)
    newer = make.notice_version(legal_entity=house.shop, purpose=house.offers, number=2, published_at=NOON)

    found = read_preferences(contact=house.alice, opened_with=house.email, now=NOON)

    by_channel = {row.channel: row for row in found.rows}
    assert by_channel[Channel.EMAIL].standing == Standing(
        is_on=True, authorises=True, ground=Ground.CONSENT, since=A_YEAR_AGO
    )
    assert by_channel[Channel.EMAIL].notice == house.by_email
    assert newer not in [row.notice for row in found.rows]


def test_request_that_is_not_confirmed_is_off() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email, act=Act.REQUESTED)

    assert standings(house)["EMAIL"] == Standing(is_on=False, note=Note.NOT_CONFIRMED)


def test_call_to_an_unverified_number_is_chosen_but_not_allowed() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.phone, notice_version=house.by_call, occurred_at=A_MONTH_AGO)

    assert standings(house)["CALL"] == Standing(
        is_on=True, authorises=False, ground=Ground.CONSENT, since=A_MONTH_AGO, note=Note.NOT_VERIFIED
    )


def test_call_to_a_verified_number_is_allowed() -> None:
    house = preference_scenes.house()
    verify_phone(house)
    make.permission_event(contact_point=house.phone, notice_version=house.by_call, occurred_at=A_MONTH_AGO)

    assert standings(house)["CALL"].authorises


@pytest.mark.parametrize(
    ("kind", "entity_kind", "content", "channel", "ground"),
    [
        (RelationKind.SALE, "COMMERCIAL", ContentKind.COMMERCIAL, "EMAIL", Ground.CUSTOMER),
        (RelationKind.SALE, "COMMERCIAL", ContentKind.COMMERCIAL, "CALL", None),
        (RelationKind.SALE, "PUBLISHER", ContentKind.COMMERCIAL, "CALL", Ground.CUSTOMER),
        (RelationKind.SALE, "LOTTERY", ContentKind.COMMERCIAL, "CALL", Ground.CUSTOMER),
        (RelationKind.DONATION, "CHARITY", ContentKind.CHARITABLE, "EMAIL", Ground.DONOR),
        (RelationKind.DONATION, "CHARITY", ContentKind.CHARITABLE, "CALL", Ground.DONOR),
        (RelationKind.VOLUNTEER, "CHARITY", ContentKind.CHARITABLE, "CALL", Ground.VOLUNTEER),
        (RelationKind.VOLUNTEER, "CHARITY", ContentKind.CHARITABLE, "EMAIL", None),
        (RelationKind.ATTENDANCE, "CHARITY", ContentKind.CHARITABLE, "CALL", Ground.ATTENDEE),
        (RelationKind.SYMPATHY, "CHARITY", ContentKind.CHARITABLE, "CALL", None),
        (RelationKind.SALE, "CHARITY", ContentKind.CHARITABLE, "EMAIL", None),
    ],
)
def test_relation_carries_what_the_law_lets_it_carry(
    kind: RelationKind, entity_kind: str, content: ContentKind, channel: str, ground: Ground | None
) -> None:
    house = preference_scenes.house()
    LegalEntity.objects.filter(pk=house.shop.pk).update(kind=entity_kind, kind_proof="proof")
    type(house.offers).objects.filter(pk=house.offers.pk).update(content=content)
    preference_scenes.buy_lamp(house=house, kind=kind)

    standing = standings(house)[channel]

    assert (standing.is_on, standing.authorises, standing.ground) == (bool(ground), bool(ground), ground)


def test_relation_without_an_opt_out_at_collection_carries_nothing() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house, optout_offered=False)

    assert standings(house)["EMAIL"] == Standing(is_on=False)


def test_sale_of_five_years_ago_still_carries_mail() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house, at=NOON - timedelta(days=5 * 365))

    assert standings(house)["EMAIL"].ground is Ground.CUSTOMER


def test_publisher_may_not_call_a_customer_after_the_term() -> None:
    house = preference_scenes.house()
    LegalEntity.objects.filter(pk=house.shop.pk).update(kind="PUBLISHER", kind_proof="ISSN 0000-0000")
    preference_scenes.buy_lamp(house=house, at=NOON - timedelta(days=4 * 365))

    assert standings(house)["CALL"] == Standing(is_on=False)


def test_withdrawn_permission_does_not_fall_back_on_the_sale() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)
    make.permission_event(
        contact_point=house.email, notice_version=house.by_email, act=Act.WITHDRAWN, occurred_at=NOON
    )

    assert standings(house)["EMAIL"] == Standing(is_on=False, since=NOON, note=Note.WITHDRAWN)


def test_stop_stands_again_when_a_later_permission_has_ended() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    for days, act in ((300, Act.GIVEN), (200, Act.WITHDRAWN)):
        make.permission_event(
            contact_point=house.email,
            notice_version=house.by_email,
            act=act,
            occurred_at=NOON - timedelta(days=days),
        )
    make.permission_event(
        contact_point=house.email,
        notice_version=house.by_email,
        act=Act.RENEWED,
        occurred_at=NOON - timedelta(days=100),
        valid_until=NOON - timedelta(days=1),
    )

    found = standings(house)["EMAIL"]

    assert (found.is_on, found.note) == (False, Note.WITHDRAWN)


def test_refusal_blocks_the_consent_only() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    make.permission_event(contact_point=house.email, notice_version=house.by_email, act=Act.REFUSED)

    found = read_preferences(contact=house.alice, opened_with=house.email, now=NOON)

    by_channel = {row.channel: row for row in found.rows}
    assert by_channel[Channel.EMAIL].standing.ground is Ground.CUSTOMER
    assert by_channel[Channel.EMAIL].notice is None


@pytest.mark.parametrize(
    "scope_of",
    [
        lambda _house: Scope(),
        lambda house: Scope(legal_entity_id=house.shop.pk),
        lambda house: Scope(legal_entity_id=house.shop.pk, channel="EMAIL"),
        lambda house: Scope(legal_entity_id=house.shop.pk, purpose_id=house.offers.pk, channel="EMAIL"),
    ],
)
def test_objection_in_scope_shows_as_off(scope_of: object) -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    assert callable(scope_of)
    how = preference_scenes.visitor(house=house).how
    withdrawals.object_to(contact=house.alice, scope=scope_of(house), how=how, occurred_at=A_YEAR_AGO)

    assert standings(house)["EMAIL"] == Standing(is_on=False, since=A_YEAR_AGO, note=Note.OBJECTED)


def test_objection_elsewhere_changes_nothing_here() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    how = preference_scenes.visitor(house=house).how
    for scope in (Scope(legal_entity_id=house.sister.pk), Scope(channel="CALL")):
        withdrawals.object_to(contact=house.alice, scope=scope, how=how, occurred_at=A_YEAR_AGO)

    assert standings(house)["EMAIL"].is_on


def test_later_permission_lifts_an_objection_for_itself_only() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    verify_phone(house)
    how = preference_scenes.visitor(house=house).how
    withdrawals.object_to(contact=house.alice, scope=Scope(), how=how, occurred_at=A_YEAR_AGO)
    make.permission_event(contact_point=house.phone, notice_version=house.by_call, occurred_at=NOON)

    found = standings(house)

    assert (found["CALL"].is_on, found["EMAIL"].is_on) == (True, False)


def test_permission_with_a_claimed_date_lifts_nothing() -> None:
    house = preference_scenes.house()
    how = preference_scenes.visitor(house=house).how
    withdrawals.object_to(contact=house.alice, scope=Scope(), how=how, occurred_at=A_YEAR_AGO)
    make.permission_event(
        contact_point=house.email, notice_version=house.by_email, occurred_at=NOON, proven=False
    )

    assert standings(house)["EMAIL"] == Standing(is_on=False, since=A_YEAR_AGO, note=Note.OBJECTED)


def test_blocked_number_shows_as_off() -> None:
    house = preference_scenes.house()
    verify_phone(house)
    make.permission_event(contact_point=house.phone, notice_version=house.by_call, occurred_at=A_YEAR_AGO)
    address = addresses.read_phone(text=house.phone.value, country="NL")
    suppress_address(
        block=Block(organisation=house.organisation, address=address),
        reason=Suppression.Reason.LIST,
        how=BY_STAFF,
        suppressed_at=NOON,
        recorded_at=NOON,
    )

    assert standings(house)["CALL"] == Standing(is_on=False, since=NOON, note=Note.OBJECTED)


def test_restricted_person_may_be_contacted_by_nobody() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)
    restrictions.restrict(
        contact=house.alice, reason="art. 18(1)(a)", how=BY_STAFF, restricted_at=NOON, recorded_at=NOON
    )

    assert standings(house)["EMAIL"] == Standing(
        is_on=True, authorises=False, ground=Ground.CONSENT, since=A_YEAR_AGO, note=Note.RESTRICTED
    )


def test_child_may_be_contacted_only_with_the_representative() -> None:
    house = preference_scenes.house()
    house.alice.birth_date = date(2012, 3, 3)
    house.alice.save(update_fields=["birth_date"])
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)
    alone = standings(house)["EMAIL"]
    make.permission_event(
        contact_point=house.email,
        notice_version=house.by_email,
        occurred_at=NOON,
        actor=Actor.REPRESENTATIVE,
    )

    together = standings(house)["EMAIL"]

    assert (alone.authorises, alone.note) == (False, Note.MINOR)
    assert (together.authorises, together.note) == (True, None)


@pytest.mark.parametrize(
    ("field", "value", "note"),
    [
        ("valid_until", NOON, Note.ENDED),
        ("first_contact_due_at", NOON, Note.ENDED),
    ],
)
def test_permission_past_its_term_is_off(field: str, value: object, note: Note) -> None:
    house = preference_scenes.house()
    verify_phone(house)
    term = {field: value}
    make.permission_event(
        contact_point=house.phone,
        notice_version=house.by_call,
        occurred_at=A_YEAR_AGO,
        **term,  # type: ignore[arg-type]
    )

    assert standings(house)["CALL"] == Standing(is_on=False, note=note)


def test_company_may_be_called_and_a_sole_trader_not() -> None:
    house = preference_scenes.house()
    house.alice.kind, house.alice.legal_form = Contact.Kind.ORGANISATION, LegalForm.BV
    house.alice.save(update_fields=["kind", "legal_form"])
    company = standings(house)["CALL"].ground
    house.alice.legal_form = LegalForm.EENMANSZAAK
    house.alice.save(update_fields=["legal_form"])

    sole_trader = standings(house)["CALL"].ground

    assert (company, sole_trader) == (Ground.COMPANY, None)


def test_recorded_balancing_test_carries_post() -> None:
    house = preference_scenes.house()
    type(house.offers).objects.filter(pk=house.offers.pk).update(channels=["EMAIL", "POST"])
    make.postal_point(contact=house.alice)
    house.shop.balancing_tests.create(
        purpose=house.offers, channel=Channel.POST, interest="…", weighing="…", concluded_at=A_YEAR_AGO
    )

    assert standings(house)["POST"].ground is Ground.INTEREST


def test_other_unconfirmed_mail_address_cannot_be_turned_on_here() -> None:
    house = preference_scenes.house()
    other = make.email_point(contact=house.alice, text="other@example.org")
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)

    found = read_preferences(contact=house.alice, opened_with=house.email, now=NOON)

    rows = {row.points[0].pk: row for row in found.rows}
    assert rows[other.pk].can_change is False
    assert rows[other.pk].standing == Standing(is_on=False, note=Note.ADDRESS_NOT_CONFIRMED)


def test_page_takes_the_same_number_of_queries_whatever_it_shows(
    django_assert_num_queries: object,
) -> None:
    assert callable(django_assert_num_queries)
    house = preference_scenes.house()
    with django_assert_num_queries(9):
        read_preferences(contact=house.alice, opened_with=house.email, now=NOON)

    for number in range(3):
        purpose = make.purpose(
            organisation=house.organisation, legal_entities=[house.sister], code=f"purpose-{number}"
        )
        notice = make.notice_version(legal_entity=house.sister, purpose=purpose, code=f"notice-{number}")
        make.permission_event(contact_point=house.email, notice_version=notice)
    preference_scenes.buy_lamp(house=house)

    with django_assert_num_queries(9):
        read_preferences(contact=house.alice, opened_with=house.email, now=NOON)
