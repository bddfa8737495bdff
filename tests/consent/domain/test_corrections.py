from dataclasses import replace
from datetime import datetime

import pytest

from consent.domain import corrections
from consent.domain.attempts import NewAttempt, log_attempt
from consent.domain.corrections import Corrected, Correction
from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import put_question
from consent.domain.ledger.reconciling import find_differences
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.rulebook.codes import Code
from consent.models import (
    Act,
    Actor,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    Method,
    Source,
    Status,
)
from customers.domain import contacts
from customers.domain.addresses import Address, read_email, read_phone, read_postal
from customers.models import ContactPoint
from tests import make, preference_scenes
from tests.preference_scenes import A_MONTH_AGO, NOON, House

pytestmark = pytest.mark.django_db


def correct(house: House, *addresses: Address) -> Corrected:
    return corrections.correct_details(
        visitor=preference_scenes.visitor(house=house),
        correction=Correction(given_name="Aleida", family_name="de Vries", addresses=addresses),
        occurred_at=NOON,
    )


def test_name_is_corrected() -> None:
    house = preference_scenes.house()

    correct(house)

    house.alice.refresh_from_db()
    assert str(house.alice) == "Aleida de Vries"


def test_new_address_is_unverified_and_the_permission_stays_behind() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email)

    corrected = correct(house, read_email(text="new@example.org"))

    (new,) = corrected.new_points
    assert (new.value, new.verified_at, new.invalid_at) == ("new@example.org", None, None)
    house.email.refresh_from_db()
    assert (house.email.invalid_at, house.email.invalid_reason) == (NOON, "REPLACED")
    (record,) = ConsentRecord.objects.all()
    assert (record.contact_point, record.status) == (house.email, Status.INVALIDATED)
    assert list(ConsentEvent.objects.order_by("sequence").values_list("act", flat=True)) == [
        Act.GIVEN,
        Act.ADDRESS_VERIFIED,
        Act.INVALIDATED,
        Act.ADDRESS_INVALIDATED,
    ]


def test_same_address_written_otherwise_changes_nothing() -> None:
    house = preference_scenes.house()

    corrected = correct(
        house, read_email(text="ALICE@example.org"), read_phone(text="0200000101", country="NL")
    )

    assert corrected.new_points == []
    assert ContactPoint.objects.filter(invalid_at__isnull=True).count() == 2


def test_number_and_postal_address_are_replaced_likewise() -> None:
    house = preference_scenes.house()
    old = make.postal_point(contact=house.alice)

    correct(
        house,
        read_phone(text="+31200000102", country="NL"),
        read_postal(street="Nieuwe weg 2", postal_code="1000 AB", city="Amsterdam", country="NL"),
    )

    now = ContactPoint.objects.filter(invalid_at__isnull=True).exclude(kind="EMAIL").order_by("kind")
    assert [point.value for point in now] == ["+31200000102", "NL 1000AB NIEUWE WEG 2"]
    old.refresh_from_db()
    assert old.invalid_reason == "REPLACED"


def test_address_taken_up_again_counts_as_new() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email)
    correct(house, read_email(text="new@example.org"))

    (back,) = correct(house, read_email(text="alice@example.org")).new_points

    assert (back.pk, back.invalid_at, back.verified_at) == (house.email.pk, None, None)
    assert ConsentRecord.objects.get().status == Status.INVALIDATED
    assert ConsentEvent.objects.filter(act=Act.ADDRESS_RESTORED).get().contact_point_id == house.email.pk


def test_ledger_and_records_agree_on_a_wrong_number_taken_up_again() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.phone, notice_version=house.by_call, occurred_at=A_MONTH_AGO)
    verify(house)
    assert codes(house) == [Code.A_CONSENT]
    call_wrong_number(house)
    assert codes(house)[0] == Code.D_ADDRESS_INVALID

    correct(house, read_phone(text="0200000101", country="NL"))

    house.phone.refresh_from_db()
    assert (house.phone.invalid_at, house.phone.verified_at) == (None, None)
    assert codes(house) == [Code.D_UNVERIFIED]
    assert list(find_differences()) == []


def test_address_proved_again_was_in_use_again_before_the_ledger_said_so() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.phone, notice_version=house.by_call, occurred_at=A_MONTH_AGO)
    verify(house)
    call_wrong_number(house)
    contacts.use_again(point=house.phone)

    verify(house, at=NOON)

    assert codes(house) == [Code.A_CONSENT]


def test_address_that_is_proved_while_it_is_invalid_stays_invalid() -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.phone, notice_version=house.by_call, occurred_at=A_MONTH_AGO)
    call_wrong_number(house)

    verify(house, at=NOON)

    assert codes(house)[0] == Code.D_ADDRESS_INVALID


def codes(house: House) -> list[Code]:
    """What is answered about the call, from the records; the fold of the ledger says the same."""
    question = put_question(legal_entity=house.shop.code, purpose=house.offers.code, channel="CALL", now=NOON)
    asked = Asked(text=house.phone.value, contact_id=house.alice.pk)
    by_records = ask_one(question=question, asked=asked).decision
    by_ledger = ask_one(question=replace(question, about_the_past=True), asked=asked).decision
    assert by_records == by_ledger
    return list(by_records.reasons)


def verify(house: House, *, at: datetime = A_MONTH_AGO) -> None:
    contacts.mark_verified(point=house.phone, method=ContactPoint.Verification.SMS_CODE, verified_at=at)
    shown = NewEvent(
        organisation_id=house.organisation.pk,
        act=Act.ADDRESS_VERIFIED,
        subject_id=house.alice.pk,
        contact_point_id=house.phone.pk,
        occurred_at=at,
        actor=Actor.SUBJECT,
        source=Source.PREFERENCES,
        method=Method.CODE,
    )
    record(events=[shown], recorded_at=at)


def call_wrong_number(house: House) -> None:
    attempt = NewAttempt(
        contact_point=house.phone,
        legal_entity=house.shop,
        purpose=house.offers,
        attempted_at=NOON,
        outcome=ContactAttempt.Outcome.WRONG_NUMBER,
        number_shown=make.caller_number(legal_entity=house.shop),
    )
    log_attempt(attempt=attempt, recorded_at=NOON)
