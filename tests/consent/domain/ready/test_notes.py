"""Whatever changes about somebody is noted in the same transaction: nobody is answered by what was."""

import datetime
import threading
from collections.abc import Callable
from unittest import mock

import pytest
from django.db import connections, transaction
from pytest_django import Settings

from consent.domain import suppressions
from consent.domain.engine import ready
from consent.domain.erasing.erasure import erase
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.reconciling import list_ranges
from consent.domain.ready import making
from consent.domain.restrictions import lift_restriction, restrict
from consent.domain.suppressions import Block
from consent.domain.withdrawals import Scope, object_to
from consent.models import (
    Act,
    Actor,
    Channel,
    ConsentRecord,
    Method,
    NoticeVersion,
    ReadyAddress,
    ReadyChange,
    Source,
    Suppression,
)
from customers.domain.addresses import read_phone
from customers.models import Contact, ContactPoint, CustomerRelation
from tests import make
from tests.consent.asking_scene import buy
from tests.consent.domain.ready.scene import DAY, House, both_ways, make_all_ready

pytestmark = pytest.mark.django_db
WAY = Circumstances(actor=Actor.SUBJECT, source=Source.PREFERENCES, method=Method.BUTTON)
NUMBER = "+31200000101"
PHONE = read_phone(text=NUMBER, country="NL")


class Scene:
    """Alice, who permitted calls, bought a lamp, and stands ready."""

    def __init__(self) -> None:
        self.house = House()
        self.entity = self.house.shop
        self.alice = make.contact(organisation=self.entity.organisation)
        self.point = make.phone_point(contact=self.alice, text=NUMBER)
        self.version: NoticeVersion = make.notice_version(
            legal_entity=self.entity, purpose=self.house.offers, channel=Channel.CALL
        )
        make.permission_event(
            contact_point=self.point, notice_version=self.version, occurred_at=make.NOW - 9 * DAY
        )
        buy(contact=self.alice, entity=self.entity, group="lampen")
        make_all_ready()

    @property
    def block(self) -> Block:
        return Block(organisation=self.entity.organisation, address=PHONE)

    def stands_ready(self) -> bool:
        stood = set()
        for question in self.house.questions(at=make.NOW + DAY)[:2]:
            short, long, ready_now = both_ways(question=question, texts=[NUMBER])
            assert short == long
            stood.add(ready_now == 1)
        return stood.pop()


def test_somebody_plain_stands_ready_and_one_note_is_enough() -> None:
    scene = Scene()
    assert scene.stands_ready()
    assert not ReadyChange.objects.exists()
    assert making.take_up_changes(now=make.NOW) == 0

    Contact.objects.filter(pk=scene.alice.pk).update(given_name="Alida")

    assert not scene.stands_ready()
    assert making.take_up_changes(now=make.NOW) == 1
    assert scene.stands_ready()


def withdraw(scene: Scene) -> None:
    make.permission_event(
        contact_point=scene.point,
        notice_version=scene.version,
        act=Act.WITHDRAWN,
        occurred_at=make.NOW,
        method=Method.BUTTON,
    )


def object_all(scene: Scene) -> None:
    object_to(contact=scene.alice, scope=Scope(), how=WAY, occurred_at=make.NOW)


def block(scene: Scene) -> None:
    suppressions.suppress_address(
        block=scene.block,
        reason=Suppression.Reason.BLOCKED,
        how=WAY,
        suppressed_at=make.NOW,
        recorded_at=make.NOW,
    )


def hold_back(scene: Scene) -> None:
    restrict(contact=scene.alice, reason="betwist", how=WAY, restricted_at=make.NOW, recorded_at=make.NOW)


def find_wrong(scene: Scene) -> None:
    ContactPoint.objects.filter(pk=scene.point.pk).update(
        invalid_at=make.NOW, invalid_reason=ContactPoint.Invalidity.WRONG_NUMBER
    )


def share(scene: Scene) -> None:
    bob = make.contact(organisation=scene.entity.organisation)
    make.phone_point(contact=bob, text=NUMBER)
    make_all_ready()
    object_to(contact=bob, scope=Scope(), how=WAY, occurred_at=make.NOW)


def give_away(scene: Scene) -> None:
    bob = make.contact(organisation=scene.entity.organisation)
    ContactPoint.objects.filter(pk=scene.point.pk).update(contact=bob)


def end_relation(scene: Scene) -> None:
    CustomerRelation.objects.filter(contact=scene.alice).update(ends_at=make.NOW)


def turn_out_a_child(scene: Scene) -> None:
    Contact.objects.filter(pk=scene.alice.pk).update(birth_date=make.NOW.date() - 12 * 365 * DAY)


def move(scene: Scene) -> None:
    Contact.objects.filter(pk=scene.alice.pk).update(country="BE")


def publish(scene: Scene) -> None:
    ContactPoint.objects.filter(pk=scene.point.pk).update(published_from_date=make.NOW.date())


def travel(scene: Scene) -> None:
    scene.entity.time_zone = "Europe/Lisbon"
    scene.entity.save(update_fields=["time_zone"])


def forget_permission(scene: Scene) -> None:
    ConsentRecord.objects.filter(contact=scene.alice).delete()


# What somebody then stands ready again as: what is not plain is asked about the long way for good.
CHANGES: dict[Callable[[Scene], None], bool] = {
    withdraw: True,
    object_all: False,
    block: False,
    hold_back: False,
    find_wrong: True,
    share: False,
    give_away: True,
    end_relation: True,
    turn_out_a_child: False,
    move: True,
    publish: False,
    travel: True,
    forget_permission: True,
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_counts_at_once(change: Callable[[Scene], None]) -> None:
    scene = Scene()
    assert scene.stands_ready()

    change(scene)

    assert not scene.stands_ready()
    make_all_ready()
    assert scene.stands_ready() == CHANGES[change]


@pytest.mark.parametrize("lifted", ["block", "restriction"])
def test_what_is_lifted_makes_plain_again(lifted: str) -> None:
    scene = Scene()
    {"block": block, "restriction": hold_back}[lifted](scene)
    make_all_ready()
    later = make.NOW + datetime.timedelta(hours=1)

    if lifted == "block":
        suppressions.lift_suppression(block=scene.block, how=WAY, lifted_at=later, recorded_at=later)
    else:
        lift_restriction(contact=scene.alice, how=WAY, lifted_at=later, recorded_at=later)
    make_all_ready(now=later)

    assert scene.stands_ready()


def test_nobody_stands_ready_while_much_has_changed() -> None:
    scene = Scene()
    making.note_changes(contact_ids=[make.contact(organisation=scene.entity.organisation).pk])
    assert scene.stands_ready()

    with mock.patch.object(ready, "MUCH", 1):
        assert not scene.stands_ready()


def test_nobody_stands_ready_under_a_former_key(settings: Settings) -> None:
    scene = Scene()

    settings.SUPPRESSION_KEYS = {**settings.SUPPRESSION_KEYS, 2: b"2" * 32}

    assert not scene.stands_ready()
    (within,) = list_ranges()
    assert making.find_differences(within=within, now=make.NOW) == []
    making.note_changes(contact_ids=[scene.alice.pk])
    make_all_ready()
    assert not ReadyAddress.objects.exists()


def test_erased_people_leave_nothing_behind() -> None:
    scene = Scene()

    erase(contact=scene.alice, how=WAY, erased_at=make.NOW)

    assert not ReadyAddress.objects.exists()
    make_all_ready()
    assert not ReadyAddress.objects.exists()


def test_what_nobody_noted_is_found_and_mended() -> None:
    scene = Scene()
    (within,) = list_ranges()
    assert making.find_differences(within=within, now=make.NOW) == []
    ReadyAddress.objects.update(facts="NL|t|f||u|f|f|||")

    assert making.mend(within=within, now=make.NOW) == 1

    assert not scene.stands_ready()
    make_all_ready()
    assert scene.stands_ready()
    assert making.find_differences(within=within, now=make.NOW) == []
    ReadyAddress.objects.all().delete()
    assert making.find_differences(within=within, now=make.NOW) == [(scene.alice.pk, False)]
    assert making.mend(within=within, now=make.NOW) == 0
    make_all_ready()
    assert scene.stands_ready()


def test_nobody_is_called_wrong_while_changes_wait() -> None:
    scene = Scene()
    (within,) = list_ranges()
    Contact.objects.filter(pk=scene.alice.pk).update(country="BE")

    assert making.find_differences(within=within, now=make.NOW) == []


def test_who_comes_of_age_stands_ready_from_the_next_night_on() -> None:
    scene = Scene()
    Contact.objects.filter(pk=scene.alice.pk).update(birth_date=make.NOW.date() - 16 * 365 * DAY)
    make_all_ready()
    assert not scene.stands_ready()
    (within,), later = list_ranges(), make.NOW + 20 * DAY

    assert making.mend(within=within, now=later) == 0
    make_all_ready(now=later)

    assert ReadyAddress.objects.filter(contact=scene.alice).exists()


def test_facts_in_another_form_do_not_count() -> None:
    scene = Scene()
    (within,) = list_ranges()

    ReadyAddress.objects.update(form=0, facts="?")

    assert not scene.stands_ready()
    assert making.mend(within=within, now=make.NOW) == 0
    make_all_ready()
    assert scene.stands_ready()


@pytest.mark.django_db(transaction=True)
def test_who_changes_somebody_while_they_are_made_ready_is_not_overlooked() -> None:
    scene = Scene()
    making.note_changes(contact_ids=[scene.alice.pk])

    def work_beside() -> None:
        make_all_ready()
        connections.close_all()

    with transaction.atomic():
        object_all(scene)
        beside = threading.Thread(target=work_beside)
        beside.start()
        beside.join(timeout=30)
        assert not beside.is_alive()

    # The worker saw nothing of the objection, and made her ready without it: the note of it is still there.
    assert ReadyAddress.objects.exists()
    assert not scene.stands_ready()
    make_all_ready()
    assert not ReadyAddress.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_at_a_time() -> None:
    scene = Scene()
    making.note_changes(contact_ids=[scene.alice.pk])
    taken: list[int] = []

    def work_beside() -> None:
        taken.append(making.take_up_changes(now=make.NOW))
        connections.close_all()

    with transaction.atomic():
        taken.append(making.take_up_changes(now=make.NOW))
        beside = threading.Thread(target=work_beside)
        beside.start()
        beside.join(timeout=30)

    assert taken == [1, 0]
