import uuid
from datetime import timedelta

import pytest

from consent.domain import preference_changes, preference_receipts, preference_undo, withdrawals
from consent.domain.ledger.evidence import open_evidence
from consent.domain.outbox import read_content
from consent.domain.preference_changes import Wish
from consent.domain.preferences import Key, read_preferences
from consent.domain.withdrawals import NothingToUndoError, Scope
from consent.models import Act, Channel, ConsentEvent, ConsentRecord, Grade, Method, Objection, Source
from customers.models import ContactPoint
from tests import make, preference_scenes
from tests.preference_scenes import NOON, House

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=1)
A_YEAR_AGO = NOON - timedelta(days=365)


def key(house: House, channel: Channel) -> Key:
    point = house.email if channel == Channel.EMAIL else house.phone
    return Key(house.shop.pk, house.offers.pk, channel.value, point.pk)


def turn_on(house: House, channel: Channel) -> Wish:
    notice = house.by_email if channel == Channel.EMAIL else house.by_call
    return Wish(key=key(house, channel), turn_on=True, notice_version_id=str(notice.pk))


def turn_off(house: House, channel: Channel) -> Wish:
    return Wish(key=key(house, channel), turn_on=False, notice_version_id="")


def acts() -> list[str]:
    return list(ConsentEvent.objects.order_by("sequence").values_list("act", flat=True))


def is_on(house: House, channel: Channel) -> bool:
    found = read_preferences(contact=house.alice, opened_with=house.email, now=LATER)
    return next(row.standing.is_on for row in found.rows if row.channel == channel)


def test_turning_on_records_the_wording_and_proves_the_address() -> None:
    house = preference_scenes.house()

    preference_changes.save_choices(
        visitor=preference_scenes.visitor(house=house),
        wishes=[turn_on(house, Channel.EMAIL)],
        occurred_at=NOON,
    )

    assert acts() == [Act.ADDRESS_VERIFIED, Act.GIVEN]
    event = ConsentEvent.objects.get(act=Act.GIVEN)
    assert (event.source, event.method, event.grade, event.complete) == (
        Source.PREFERENCES,
        Method.CHECKBOX,
        Grade.A,
        True,
    )
    assert (event.notice_version_id, event.notice_hash) == (house.by_email.pk, house.by_email.content_hash)
    assert event.privacy_statement_hash == house.statement.content_hash
    assert open_evidence(event=event)["wording"] == "Ja, Lampenwinkel B.V. mag mij aanbiedingen mailen."
    house.email.refresh_from_db()
    assert (house.email.verified_at, house.email.verified_method) == (NOON, "EMAIL_LINK")


def test_number_that_is_not_verified_gives_proof_of_grade_b_and_a_date_to_call_before() -> None:
    house = preference_scenes.house()

    preference_changes.save_choices(
        visitor=preference_scenes.visitor(house=house),
        wishes=[turn_on(house, Channel.CALL)],
        occurred_at=NOON,
    )

    event = ConsentEvent.objects.get(act=Act.GIVEN)
    assert event.grade == Grade.B
    assert str(event.first_contact_due_at) == "2027-05-21 22:00:00+00:00"


def test_permission_given_before_is_renewed() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)
    visitor = preference_scenes.visitor(house=house)
    preference_changes.save_choices(
        visitor=visitor, wishes=[turn_off(house, Channel.EMAIL)], occurred_at=NOON
    )

    preference_changes.save_choices(
        visitor=visitor, wishes=[turn_on(house, Channel.EMAIL)], occurred_at=LATER
    )

    assert acts()[-1] == Act.RENEWED
    assert is_on(house, Channel.EMAIL)


def test_turning_off_a_permission_withdraws_it() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)

    preference_changes.save_choices(
        visitor=preference_scenes.visitor(house=house),
        wishes=[turn_off(house, Channel.EMAIL)],
        occurred_at=NOON,
    )

    assert acts() == [Act.GIVEN, Act.ADDRESS_VERIFIED, Act.WITHDRAWN]
    assert not is_on(house, Channel.EMAIL)


def test_turning_off_what_a_sale_carries_is_an_objection() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)

    preference_changes.save_choices(
        visitor=preference_scenes.visitor(house=house),
        wishes=[turn_off(house, Channel.EMAIL)],
        occurred_at=NOON,
    )

    objection = Objection.objects.get()
    assert (objection.legal_entity, objection.purpose, objection.channel) == (
        house.shop,
        house.offers,
        "EMAIL",
    )
    assert not is_on(house, Channel.EMAIL)


def test_what_was_carried_without_a_notice_can_be_allowed_again() -> None:
    house = preference_scenes.house()
    texts = make.purpose(organisation=house.organisation, legal_entities=[house.shop], code="texts")
    preference_scenes.buy_lamp(house=house)
    place = Key(house.shop.pk, texts.pk, "EMAIL", house.email.pk)
    visitor = preference_scenes.visitor(house=house)
    off = Wish(key=place, turn_on=False, notice_version_id="")
    preference_changes.save_choices(visitor=visitor, wishes=[off], occurred_at=NOON)

    on = Wish(key=place, turn_on=True, notice_version_id="")
    preference_changes.save_choices(visitor=visitor, wishes=[on], occurred_at=LATER)

    assert acts()[-2:] == [Act.OBJECTED, Act.OBJECTION_RETRACTED]
    found = read_preferences(contact=house.alice, opened_with=house.email, now=LATER)
    assert [row.standing.is_on for row in found.rows if row.purpose == texts] == [True]


def test_choice_under_an_objection_lifts_it_for_that_choice_only() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    visitor = preference_scenes.visitor(house=house)
    preference_changes.stop_everything(visitor=visitor, occurred_at=NOON)

    preference_changes.save_choices(visitor=visitor, wishes=[turn_on(house, Channel.CALL)], occurred_at=LATER)

    assert (is_on(house, Channel.CALL), is_on(house, Channel.EMAIL)) == (True, False)


def test_wording_of_another_permission_gives_nothing() -> None:
    house = preference_scenes.house()
    wish = Wish(key=key(house, Channel.CALL), turn_on=True, notice_version_id=str(house.by_email.pk))

    saved = preference_changes.save_choices(
        visitor=preference_scenes.visitor(house=house), wishes=[wish], occurred_at=NOON
    )

    assert (saved.not_offered, acts()) == (1, [Act.ADDRESS_VERIFIED])


def test_stop_goes_through_beside_a_choice_that_is_gone() -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    gone = Wish(
        key=Key(house.sister.pk, house.offers.pk, "EMAIL", house.email.pk),
        turn_on=True,
        notice_version_id=str(uuid.uuid4()),
    )

    saved = preference_changes.save_choices(
        visitor=preference_scenes.visitor(house=house),
        wishes=[gone, turn_off(house, Channel.EMAIL)],
        occurred_at=NOON,
    )

    assert saved.not_offered == 1
    assert not is_on(house, Channel.EMAIL)


def test_two_tabs_both_stand_and_the_last_act_wins() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)
    visitor = preference_scenes.visitor(house=house)

    preference_changes.save_choices(
        visitor=visitor, wishes=[turn_off(house, Channel.EMAIL)], occurred_at=LATER
    )
    preference_changes.save_choices(visitor=visitor, wishes=[turn_on(house, Channel.EMAIL)], occurred_at=NOON)

    assert acts()[-2:] == [Act.WITHDRAWN, Act.RENEWED]
    assert not is_on(house, Channel.EMAIL)


def test_stop_everything_reaches_every_legal_entity_and_permission() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)
    preference_scenes.buy_lamp(house=house)

    preference_changes.stop_everything(visitor=preference_scenes.visitor(house=house), occurred_at=NOON)

    objection = Objection.objects.get()
    assert (objection.legal_entity, objection.purpose, objection.channel) == (None, None, "")
    assert set(acts()) >= {Act.OBJECTED, Act.WITHDRAWN}
    found = read_preferences(contact=house.alice, opened_with=house.email, now=LATER)
    assert [row.standing.is_on for row in found.rows] == [False, False]


def test_stop_everything_pressed_twice_stops_once() -> None:
    house = preference_scenes.house()
    visitor = preference_scenes.visitor(house=house)
    preference_changes.stop_everything(visitor=visitor, occurred_at=NOON)

    again = preference_changes.stop_everything(visitor=visitor, occurred_at=LATER)

    assert again == []
    assert acts().count(Act.OBJECTED) == 1


def test_undo_of_stop_everything_brings_back_what_stood() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email, occurred_at=A_YEAR_AGO)
    visitor = preference_scenes.visitor(house=house)
    preference_changes.stop_everything(visitor=visitor, occurred_at=NOON)
    before = acts()

    preference_undo.undo_change(visitor=visitor, changed_at=NOON, occurred_at=LATER)

    assert acts()[: len(before)] == before
    assert sorted(acts()[len(before) :]) == [Act.OBJECTION_RETRACTED, Act.RENEWED]
    assert is_on(house, Channel.EMAIL)


def test_undo_of_a_new_permission_withdraws_it() -> None:
    house = preference_scenes.house()
    visitor = preference_scenes.visitor(house=house)
    preference_changes.save_choices(visitor=visitor, wishes=[turn_on(house, Channel.EMAIL)], occurred_at=NOON)

    preference_undo.undo_change(visitor=visitor, changed_at=NOON, occurred_at=LATER)

    assert acts()[-1] == Act.WITHDRAWN
    assert not is_on(house, Channel.EMAIL)


def test_undo_after_a_later_act_undoes_nothing() -> None:
    house = preference_scenes.house()
    visitor = preference_scenes.visitor(house=house)
    preference_changes.save_choices(visitor=visitor, wishes=[turn_on(house, Channel.EMAIL)], occurred_at=NOON)
    preference_changes.save_choices(
        visitor=visitor, wishes=[turn_off(house, Channel.EMAIL)], occurred_at=LATER
    )

    with pytest.raises(NothingToUndoError):
        preference_undo.undo_change(
            visitor=visitor, changed_at=NOON, occurred_at=LATER + timedelta(seconds=1)
        )


def test_processing_is_turned_off_by_an_objection() -> None:
    house = preference_scenes.house()
    profiling = make.purpose(
        organisation=house.organisation, legal_entities=[house.shop], code="profiling", channels=["NONE"]
    )
    notice = make.notice_version(
        legal_entity=house.shop, purpose=profiling, channel=Channel.NONE, code="profiling"
    )
    place = Key(house.shop.pk, profiling.pk, "NONE", None)
    visitor = preference_scenes.visitor(house=house)
    on = Wish(key=place, turn_on=True, notice_version_id=str(notice.pk))
    preference_changes.save_choices(visitor=visitor, wishes=[on], occurred_at=NOON)
    assert ConsentRecord.objects.get(purpose=profiling).status == "ConsentGiven"

    off = Wish(key=place, turn_on=False, notice_version_id="")
    preference_changes.save_choices(visitor=visitor, wishes=[off], occurred_at=LATER)

    assert acts()[-2:] == [Act.OBJECTED, Act.WITHDRAWN]


def test_receipt_says_what_changed_and_what_holds() -> None:
    house = preference_scenes.house()
    visitor = preference_scenes.visitor(house=house)
    saved = preference_changes.save_choices(
        visitor=visitor, wishes=[turn_on(house, Channel.EMAIL)], occurred_at=NOON
    )

    message = preference_receipts.mail_receipt(
        visitor=visitor, legal_entity=house.shop, events=saved.events, written_at=NOON
    )

    assert message is not None
    assert message.contact_point == house.email
    content = read_content(message=message)
    assert [permission["wording"] for permission in content["permissions"]] == [  # type: ignore[attr-defined]
        "Ja, Lampenwinkel B.V. mag mij aanbiedingen mailen."
    ]
    assert len(content["changes"]) == 2  # type: ignore[arg-type]


def test_receipt_is_not_mailed_to_an_address_that_nobody_confirmed() -> None:
    house = preference_scenes.house()
    visitor = preference_scenes.visitor(house=house, opened_with=house.phone)
    events = preference_changes.stop_everything(visitor=visitor, occurred_at=NOON)

    message = preference_receipts.mail_receipt(
        visitor=visitor, legal_entity=house.shop, events=events, written_at=NOON
    )

    assert message is None
    house.phone.refresh_from_db()
    assert house.phone.verified_method == ContactPoint.Verification.SMS_CODE


def test_objection_by_staff_is_not_undone_by_the_page() -> None:
    house = preference_scenes.house()
    visitor = preference_scenes.visitor(house=house)
    how = preference_scenes.visitor(house=house).how
    staff = type(how)(actor=how.actor, source=Source.PHONE_CALL, method=Method.ORAL)
    withdrawals.object_to(contact=house.alice, scope=Scope(), how=staff, occurred_at=NOON)

    with pytest.raises(NothingToUndoError):
        preference_undo.undo_change(visitor=visitor, changed_at=NOON, occurred_at=LATER)
