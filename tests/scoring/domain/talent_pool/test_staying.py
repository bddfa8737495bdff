from datetime import datetime, timedelta
from uuid import UUID

import pytest

from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import Wordings
from consent.domain.preference_changes import Visitor
from consent.models import Act, Actor, ConsentEvent, ConsentRecord, Method, OutboxMessage, Source, Status
from customers.models import ContactPoint
from scoring.domain.talent_pool import removing, staying, wishes
from scoring.domain.talent_pool.asking import ask_again
from scoring.domain.talent_pool.standing import people_in_parts
from scoring.models import ContactAttribute, Referral, ReferredCandidate, StayQuestion
from tests import make
from tests.scoring.pool_scene import A_SECOND, ENDS_AT, PoolHouse, candidate, permit, pool_house

pytestmark = pytest.mark.django_db
PRESSED_AT = ENDS_AT - timedelta(days=10)


def visitor(point: ContactPoint) -> Visitor:
    how = Circumstances(
        actor=Actor.SUBJECT,
        source=Source.CONFIRMATION_LINK,
        method=Method.CHECKBOX,
        shown=Wordings(language="nl"),
        proof={"page": "https://jawoord.example.org/stay/"},
    )
    return Visitor(contact=point.contact, opened_with=point, how=how)


def stay(house: PoolHouse, point: ContactPoint, at: datetime) -> list[ConsentEvent]:
    place = staying.find_place(pool=house.pool, contact_id=point.contact_id, now=at)
    assert place is not None
    return staying.stay(
        place=place, visitor=visitor(point), notice_version_id=str(house.notice.pk), occurred_at=at
    )


def people(house: PoolHouse, at: datetime) -> set[UUID]:
    return set().union(*people_in_parts(pool=house.pool, now=at, size=10))


def test_staying_is_a_new_act_with_its_wording_and_a_whole_term() -> None:
    house = pool_house()
    point = candidate(house=house)
    [first] = ConsentEvent.objects.all()

    events = stay(house, point, PRESSED_AT)

    renewed = events[-1]
    assert (renewed.act, renewed.source, renewed.method) == (Act.RENEWED, "CONFIRMATION_LINK", "BUTTON")
    assert (renewed.notice_version_id, renewed.complete) == (house.notice.pk, True)
    assert renewed.valid_until == datetime.fromisoformat("2027-11-22T23:00:00+00:00")
    assert ConsentEvent.objects.get(pk=first.pk).valid_until == ENDS_AT
    record = ConsentRecord.objects.get()
    assert (record.status, record.grant_event_id) == (Status.RENEWED, renewed.pk)
    assert OutboxMessage.objects.filter(kind=OutboxMessage.Kind.RECEIPT).count() == 1


def second_address(house: PoolHouse, point: ContactPoint) -> ContactPoint:
    other = make.email_point(contact=point.contact, text="alice.work@example.org")
    permit(house=house, point=other, ends_at=ENDS_AT + timedelta(days=60))
    return other


def ends() -> dict[str, datetime | None]:
    rows = ConsentRecord.objects.values_list("contact_point__value", "valid_until")
    return dict(rows)


def test_a_mail_extends_the_permission_it_asked_about_and_no_other() -> None:
    house = pool_house()
    point = candidate(house=house)
    second_address(house, point)
    assert sum(ask_again(now=PRESSED_AT)) == 1
    message, pool = staying.find_question(message_id=OutboxMessage.objects.get().pk)

    place = staying.find_asked_place(pool=pool, message=message, now=PRESSED_AT)
    assert place is not None
    staying.stay(
        place=place, visitor=visitor(point), notice_version_id=str(house.notice.pk), occurred_at=PRESSED_AT
    )

    assert ends() == {
        "alice@example.org": datetime.fromisoformat("2027-11-22T23:00:00+00:00"),
        "alice.work@example.org": ENDS_AT + timedelta(days=60),
    }


def test_staying_by_choice_extends_each_address_that_the_wording_is_for() -> None:
    house = pool_house()
    point = candidate(house=house)
    second_address(house, point)

    stay(house, point, PRESSED_AT)

    assert set(ends().values()) == {datetime.fromisoformat("2027-11-22T23:00:00+00:00")}


def test_the_permission_stands_until_the_last_second_of_its_term() -> None:
    house = pool_house()
    point = candidate(house=house)

    assert people(house, ENDS_AT - A_SECOND) == {point.contact_id}
    assert people(house, ENDS_AT) == set()


def test_who_is_out_cannot_extend_what_ended() -> None:
    house = pool_house()
    point = candidate(house=house)
    place = staying.find_place(pool=house.pool, contact_id=point.contact_id, now=ENDS_AT - A_SECOND)
    assert place is not None

    with pytest.raises(staying.NotInPoolError):
        staying.stay(
            place=place, visitor=visitor(point), notice_version_id=str(house.notice.pk), occurred_at=ENDS_AT
        )

    assert ConsentEvent.objects.filter(act=Act.RENEWED).count() == 0


def test_a_wording_that_changed_meanwhile_agrees_to_nothing() -> None:
    house = pool_house()
    point = candidate(house=house)
    newer = {"nl": "Ja, Werkplaats B.V. mag mij twee jaar lang mailen.", "en": "Yes, for two years."}
    make.notice_version(
        legal_entity=house.entity,
        purpose=house.purpose,
        code="talent-pool-email",
        number=2,
        wording=newer,
        published_at=PRESSED_AT - A_SECOND,
    )

    with pytest.raises(staying.WordingChangedError):
        stay(house, point, PRESSED_AT)

    assert ConsentEvent.objects.filter(act=Act.RENEWED).count() == 0


def test_stopping_withdraws_at_once() -> None:
    house = pool_house()
    point = candidate(house=house)
    place = staying.find_place(pool=house.pool, contact_id=point.contact_id, now=PRESSED_AT)
    assert place is not None

    staying.stop(place=place, visitor=visitor(point), occurred_at=PRESSED_AT)

    assert people(house, PRESSED_AT) == set()
    assert ConsentRecord.objects.get().status == Status.WITHDRAWN


def keep_things(house: PoolHouse, point: ContactPoint) -> None:
    wishes.tell_wishes(
        pool=house.pool, contact=point.contact, wishes={wishes.WORK: "lasser"}, told_at=PRESSED_AT
    )
    Referral.objects.create(
        pool=house.pool, contact=point.contact, code=point.pk.hex[-22:], made_at=PRESSED_AT
    )
    ReferredCandidate.objects.create(pool=house.pool, contact=point.contact, came_at=PRESSED_AT)


def kept_of(point: ContactPoint) -> set[str]:
    models = (ContactAttribute, Referral, ReferredCandidate, StayQuestion)
    return {model.__name__ for model in models if model.objects.filter(contact=point.contact).exists()}


def test_what_was_kept_goes_when_the_term_is_over_and_no_second_earlier() -> None:
    house = pool_house()
    alice, bob = candidate(house=house), candidate(house=house, name="Bob", ends_at=None)
    for point in (alice, bob):
        keep_things(house, point)
    sum(ask_again(now=PRESSED_AT))

    assert sum(removing.remove_left(now=ENDS_AT - A_SECOND)) == 0
    assert sum(removing.remove_left(now=ENDS_AT, chunk=1)) == 4
    assert kept_of(alice) == set()
    assert kept_of(bob) == {"ContactAttribute", "Referral", "ReferredCandidate"}
    assert ConsentEvent.objects.filter(subject_id=alice.contact_id).exists()


def test_what_was_kept_goes_after_a_stop() -> None:
    house = pool_house()
    point = candidate(house=house)
    keep_things(house, point)
    place = staying.find_place(pool=house.pool, contact_id=point.contact_id, now=PRESSED_AT)
    assert place is not None
    staying.stop(place=place, visitor=visitor(point), occurred_at=PRESSED_AT)

    assert sum(removing.remove_left(now=PRESSED_AT)) == 3
    assert kept_of(point) == set()


def test_who_signed_up_and_did_not_confirm_yet_keeps_the_source() -> None:
    house = pool_house()
    contact = make.contact(organisation=house.entity.organisation)
    point = make.email_point(contact=contact)
    make.permission_event(
        contact_point=point, notice_version=house.notice, act=Act.REQUESTED, occurred_at=PRESSED_AT
    )
    keep_things(house, point)

    assert sum(removing.remove_left(now=PRESSED_AT)) == 0
