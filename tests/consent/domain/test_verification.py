import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import Settings

from consent.domain import delivery, messages, outbox, verification
from consent.domain.ledger import evidence
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.messages import WorkingLinks
from consent.domain.verification import Asking
from consent.models import Act, Actor, AddressVerification, ConsentEvent, Method, OutboxMessage, Source
from customers.domain import contacts
from customers.models import ContactPoint, LegalEntity, StaffMember
from tests import make

pytestmark = pytest.mark.django_db

BY_PAGE = Circumstances(
    actor=Actor.SUBJECT, source=Source.PREFERENCES, method=Method.CODE, proof={"page": "/preferences/"}
)
SOON = make.NOW + timedelta(minutes=1)
LINKS = WorkingLinks(public_url="https://example.org")


@dataclass(frozen=True, kw_only=True)
class Case:
    legal_entity: LegalEntity
    phone: ContactPoint
    agent: StaffMember


def make_case() -> Case:
    """Petra, whose number nobody has verified yet."""
    lampenwinkel = make.legal_entity(organisation=make.organisation())
    petra = make.contact(organisation=lampenwinkel.organisation, given_name="Petra")
    return Case(
        legal_entity=lampenwinkel,
        phone=make.phone_point(contact=petra),
        agent=make.staff_member(organisation=lampenwinkel.organisation),
    )


def asking(*, case: Case, asked_at: datetime = make.NOW, point: ContactPoint | None = None) -> Asking:
    return Asking(point=point or case.phone, legal_entity=case.legal_entity, language="nl", asked_at=asked_at)


def check(*, asked: AddressVerification, typed: str, at: datetime = SOON) -> ContactPoint:
    return verification.check_code(verification_id=asked.pk, typed=typed, how=BY_PAGE, checked_at=at)


def wrong_code(*, asked: AddressVerification) -> str:
    return f"{(int(verification.code_for(verification=asked)) + 1) % 10**6:06}"


def is_verified(*, point: ContactPoint) -> bool:
    return ContactPoint.objects.get(pk=point.pk).verified_at is not None


def test_right_code_verifies_the_number_with_proof() -> None:
    case = make_case()
    asked = verification.ask_code(asking=asking(case=case))
    code = verification.code_for(verification=asked)

    check(asked=asked, typed=f" {code[:3]} {code[3:]}")

    point = ContactPoint.objects.get()
    event = ConsentEvent.objects.get()
    assert (point.verified_at, point.verified_method) == (SOON, ContactPoint.Verification.SMS_CODE)
    assert (event.act, event.contact_point_id, event.subject_id) == (
        Act.ADDRESS_VERIFIED,
        case.phone.pk,
        case.phone.contact_id,
    )
    assert (event.occurred_at, event.source, event.method) == (SOON, Source.PREFERENCES, Method.CODE)
    assert evidence.open_evidence(event=event) == {
        "address": "+31200000101",
        "asked_at": make.NOW.isoformat(),
        "method": "SMS_CODE",
        "page": "/preferences/",
        "verification": str(asked.pk),
    }


def test_code_goes_to_the_number_itself_and_stands_nowhere_else(settings: Settings, tmp_path: Path) -> None:
    settings.SMS_GATEWAY = f"file:{tmp_path}"
    case = make_case()
    asked = verification.ask_code(asking=asking(case=case))
    code = verification.code_for(verification=asked)
    message = OutboxMessage.objects.get()

    content = outbox.read_content(message=message)
    seen_by_staff = messages.preview(message=message, public_url="https://example.org").text
    delivery.deliver(message=message, links=LINKS, now=make.NOW)

    (sent,) = tmp_path.iterdir()
    to, _blank, text = sent.read_text(encoding="utf-8").strip().partition("\n\n")
    assert (to, text.count(f" {code}. ")) == ("To: +31200000101", 1)
    assert content == {"verification_id": str(asked.pk)}
    assert code not in seen_by_staff
    assert (message.kind, message.channel) == ("PHONE_CODE", "SMS")
    assert OutboxMessage.objects.get().state == OutboxMessage.State.SENT
    assert code.encode() not in bytes(asked.code_hash)


def test_codes_are_six_digits_and_differ_by_verification() -> None:
    case = make_case()

    codes = {
        verification.code_for(
            verification=verification.ask_call_back(
                asking=asking(case=case, asked_at=make.NOW + timedelta(days=2 * day))
            )
        )
        for day in range(20)
    }

    assert {len(code) for code in codes} == {6}
    assert len(codes) > 18


def test_code_outlives_a_change_of_keys(settings: Settings) -> None:
    case = make_case()
    settings.LINK_KEYS = {1: b"1" * 32}
    asked = verification.ask_code(asking=asking(case=case))
    code = verification.code_for(verification=asked)

    settings.LINK_KEYS = {1: b"1" * 32, 2: b"2" * 32}

    assert verification.code_for(verification=asked) == code
    assert check(asked=asked, typed=code).verified_at == SOON


@pytest.mark.parametrize(
    "typed",
    ["", "12345", "1234567", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "\ud800", "0" * 10_000],
)
def test_anything_but_the_code_is_wrong(typed: str) -> None:
    case = make_case()
    asked = verification.ask_code(asking=asking(case=case))

    with pytest.raises(verification.CodeWrongError):
        check(asked=asked, typed=typed)

    assert AddressVerification.objects.get().tries == 1
    assert is_verified(point=case.phone) is False


def test_code_of_another_verification_is_wrong() -> None:
    case = make_case()
    first, second = (verification.ask_code(asking=asking(case=case)) for _ask in range(2))

    with pytest.raises(verification.CodeWrongError):
        check(asked=second, typed=verification.code_for(verification=first))


def test_after_five_wrong_tries_the_right_code_is_too_late() -> None:
    case = make_case()
    asked = verification.ask_code(asking=asking(case=case))
    for _try in range(5):
        with pytest.raises(verification.CodeWrongError):
            check(asked=asked, typed=wrong_code(asked=asked))

    with pytest.raises(verification.TooManyTriesError):
        check(asked=asked, typed=verification.code_for(verification=asked))

    assert is_verified(point=case.phone) is False


def test_fifth_try_may_be_right() -> None:
    case = make_case()
    asked = verification.ask_code(asking=asking(case=case))
    for _try in range(4):
        with pytest.raises(verification.CodeWrongError):
            check(asked=asked, typed=wrong_code(asked=asked))

    check(asked=asked, typed=verification.code_for(verification=asked))

    assert is_verified(point=case.phone) is True


def test_code_ends_after_ten_minutes() -> None:
    case = make_case()
    asked = verification.ask_code(asking=asking(case=case))
    code = verification.code_for(verification=asked)

    with pytest.raises(verification.CodeExpiredError):
        check(asked=asked, typed=code, at=make.NOW + timedelta(minutes=10))
    check(asked=asked, typed=code, at=make.NOW + timedelta(minutes=10) - timedelta(microseconds=1))

    assert is_verified(point=case.phone) is True


def test_code_works_once() -> None:
    case = make_case()
    asked = verification.ask_code(asking=asking(case=case))
    code = verification.code_for(verification=asked)
    check(asked=asked, typed=code)

    with pytest.raises(verification.CodeUsedError):
        check(asked=asked, typed=code)

    assert ConsentEvent.objects.count() == 1


def test_number_gets_three_codes_a_day_whoever_asks() -> None:
    case = make_case()
    housemate = make.contact(organisation=case.legal_entity.organisation, given_name="Quinten")
    shared = make.phone_point(contact=housemate)
    verification.ask_code(asking=asking(case=case))
    verification.ask_call_back(asking=asking(case=case))
    verification.ask_code(asking=asking(case=case, point=shared))

    with pytest.raises(verification.TooManyAsksError):
        verification.ask_code(asking=asking(case=case, asked_at=make.NOW + timedelta(hours=23)))
    verification.ask_code(asking=asking(case=case, asked_at=make.NOW + timedelta(hours=24)))

    assert AddressVerification.objects.count() == 4
    assert OutboxMessage.objects.count() == 3


def email_of(*, case: Case) -> ContactPoint:
    return make.email_point(contact=case.phone.contact)


def placeholder_of(*, case: Case) -> ContactPoint:
    return make.phone_point(contact=case.phone.contact, text="0612345678")


def invalid_of(*, case: Case) -> ContactPoint:
    return contacts.mark_invalid(
        point=case.phone, reason=ContactPoint.Invalidity.WRONG_NUMBER, invalid_at=make.NOW
    )


@pytest.mark.parametrize("point_of", [email_of, placeholder_of, invalid_of])
def test_only_a_number_that_may_reach_the_person_gets_a_code(point_of: Callable[..., ContactPoint]) -> None:
    case = make_case()

    with pytest.raises(verification.NoPhoneNumberError):
        verification.ask_code(asking=asking(case=case, point=point_of(case=case)))

    assert (AddressVerification.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_agent_who_called_types_what_the_person_read_aloud() -> None:
    case = make_case()
    asked = verification.ask_call_back(asking=asking(case=case))
    waiting = list(verification.open_call_backs(organisation=case.legal_entity.organisation, now=SOON))

    verification.confirm_call_back(
        verification_id=asked.pk,
        typed=verification.code_for(verification=asked),
        agent=case.agent,
        checked_at=SOON,
    )

    point = ContactPoint.objects.get()
    event = ConsentEvent.objects.get()
    assert (waiting, OutboxMessage.objects.count()) == ([asked], 0)
    assert (point.verified_method, point.verified_by) == (ContactPoint.Verification.CALL_BACK, case.agent)
    assert (event.staff_id, event.source, event.method) == (case.agent.pk, Source.PHONE_CALL, Method.CODE)
    assert evidence.open_evidence(event=event)["agent"] == "agent"
    assert AddressVerification.objects.get().agent == case.agent
    assert list(verification.open_call_backs(organisation=case.legal_entity.organisation, now=SOON)) == []


def test_code_of_one_method_or_organisation_is_nothing_to_another() -> None:
    case = make_case()
    harthulp = make.organisation(code="harthulp", name="HartHulp")
    stranger = make.staff_member(organisation=harthulp, username="vreemd")
    by_sms = verification.ask_code(asking=asking(case=case))
    by_call = verification.ask_call_back(asking=asking(case=case))

    with pytest.raises(verification.NotAskedThisWayError):
        check(asked=by_call, typed=verification.code_for(verification=by_call))
    for asked, agent in ((by_sms, case.agent), (by_call, stranger)):
        with pytest.raises(verification.NotAskedThisWayError):
            verification.confirm_call_back(
                verification_id=asked.pk,
                typed=verification.code_for(verification=asked),
                agent=agent,
                checked_at=SOON,
            )

    assert is_verified(point=case.phone) is False


@pytest.mark.django_db(transaction=True)
def test_right_code_typed_twice_at_once_is_taken_once() -> None:
    case = make_case()
    asked = verification.ask_code(asking=asking(case=case))
    code = verification.code_for(verification=asked)
    together = threading.Barrier(4)
    outcomes: list[str] = []

    def submit() -> None:
        together.wait(timeout=10)
        try:
            check(asked=asked, typed=code)
            outcomes.append("taken")
        except verification.CodeUsedError:
            outcomes.append("used")
        finally:
            connections.close_all()

    tabs = [threading.Thread(target=submit) for _tab in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join(timeout=10)

    assert sorted(outcomes) == ["taken", "used", "used", "used"]
    assert ConsentEvent.objects.count() == 1
    assert AddressVerification.objects.get().tries == 1


@pytest.mark.django_db(transaction=True)
def test_wrong_tries_at_once_are_all_counted() -> None:
    case = make_case()
    asked = verification.ask_code(asking=asking(case=case))
    wrong = wrong_code(asked=asked)
    together = threading.Barrier(8)
    outcomes: list[type[Exception]] = []

    def guess() -> None:
        together.wait(timeout=10)
        try:
            check(asked=asked, typed=wrong)
        except (verification.CodeWrongError, verification.TooManyTriesError) as error:
            outcomes.append(type(error))
        finally:
            connections.close_all()

    guessers = [threading.Thread(target=guess) for _guesser in range(8)]
    for guesser in guessers:
        guesser.start()
    for guesser in guessers:
        guesser.join(timeout=10)

    assert outcomes.count(verification.CodeWrongError) == 5
    assert outcomes.count(verification.TooManyTriesError) == 3
