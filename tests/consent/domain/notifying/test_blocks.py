"""A block of an address that nobody here holds: whoever outside may hold it is told, and then it is gone."""

import datetime
from typing import Any

import pytest

from consent.domain import number_blocks, suppressions
from consent.domain.ledger.circumstances import BY_SCHEDULE
from consent.domain.notifying import delivering, payloads, secrets, signing
from consent.domain.number_blocks import block_number
from consent.domain.rate_limits import Limit
from consent.domain.retention import applying
from consent.models import DataKind, Endpoint, Notification, SubjectKey, Suppression, Topic
from customers.domain.addresses import Address, read_email
from tests import make
from tests.consent.domain.notifying.scene import BY_FORM, Outside, deliver_all, later, outside
from tests.consent.domain.notifying.scene import signing as give_secret

pytestmark = pytest.mark.django_db
NUMBER = "+31200009999"
Identify = Endpoint.Identify


@pytest.fixture
def scene() -> Outside:
    return outside()


def block(
    scene: Outside, *, at: datetime.datetime = make.NOW, number: str = NUMBER, visitor: str = ""
) -> None:
    address = Address(kind="PHONE", value=number, raw_input=number)
    block_number(
        organisation=scene.entity.organisation, address=address, how=BY_FORM, blocked_at=at, visitor=visitor
    )


def strange(last: int) -> str:
    return f"+3120000{last:04}"


def limit(monkeypatch: pytest.MonkeyPatch, name: str, *, at_most: int) -> None:
    own = Limit(action=name, at_most=at_most, window=datetime.timedelta(hours=1))
    monkeypatch.setattr(number_blocks, name, own)


def payload_of(notification: Notification) -> dict[str, Any]:
    return payloads.compose(notification=notification, at=make.NOW)


def test_block_of_an_unknown_number_is_told_with_the_number(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity], identify_by=Identify.ADDRESS)

    block(scene)

    notification = Notification.objects.get()
    assert payload_of(notification) == {
        "type": "objection.made",
        "timestamp": make.NOW.isoformat(),
        "data": {
            "contact": None,
            "legal_entity": None,
            "purpose": None,
            "channel": None,
            "addresses": [{"kind": "PHONE", "value": NUMBER}],
        },
    }
    assert NUMBER.encode() not in bytes(notification.ciphertext or b"")
    assert (notification.event_id, notification.contact_id) == (Suppression.objects.get().event_id, None)


def test_endpoint_that_computes_hashes_gets_the_hash(scene: Outside) -> None:
    endpoint = make.endpoint(legal_entities=[scene.entity], identify_by=Identify.HASH)
    give_secret(endpoint)

    block(scene)

    [secret] = secrets.read_secrets(endpoint=endpoint, at=make.NOW)
    [address] = payload_of(Notification.objects.get())["data"]["addresses"]
    assert address == {
        "kind": "PHONE",
        "hmac_sha256": [signing.hash_of_address(secret=secret, value=NUMBER)],
    }


def test_who_knows_our_reference_or_has_no_numbers_or_hears_no_objections_hears_nothing(
    scene: Outside,
) -> None:
    entities = [scene.entity]
    processor = make.processor(legal_entities=entities, data=[DataKind.EMAIL])
    make.endpoint(legal_entities=entities, name="reference", identify_by=Identify.REFERENCE)
    make.endpoint(legal_entities=entities, name="mailer", processor=processor)
    make.endpoint(legal_entities=entities, name="erasures", topics=[Topic.ERASED])

    block(scene)

    assert Notification.objects.count() == 0


def test_number_is_gone_once_it_was_told_and_the_log_stays(scene: Outside) -> None:
    processor = make.processor(legal_entities=[scene.entity], data=[DataKind.PHONE])
    make.endpoint(legal_entities=[scene.entity], method=Endpoint.Method.MAIL, processor=processor)
    block(scene)

    deliver_all(now=make.NOW)

    notification = Notification.objects.get()
    assert notification.state == Notification.State.MAILED
    payloads.forget_addresses(notification_ids=[notification.pk])
    notification.refresh_from_db()
    assert (notification.ciphertext, notification.nonce) == (None, None)
    assert not SubjectKey.objects.filter(subject_id=notification.pk).exists()


def test_number_that_could_not_be_told_goes_with_its_term(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])
    block(scene)
    Notification.objects.update(state=Notification.State.DEAD)

    applying._forget_undelivered(later(days=0) + applying.KEEP_UNDELIVERED)  # noqa: SLF001 (one of its parts)

    notification = Notification.objects.get()
    assert (notification.ciphertext, notification.state) == (None, "DEAD")
    assert delivering.replay(notification=notification, now=later(days=90)) is False


def test_number_that_somebody_holds_is_told_as_that_persons_objection(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])

    block(scene, number=scene.phone.value)

    told = Notification.objects.all()
    assert {(one.contact_id, one.ciphertext) for one in told} == {(scene.alice.pk, None)}


def test_address_of_a_contact_that_staff_block_is_told_with_our_reference(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity], identify_by=Identify.REFERENCE)
    make.endpoint(legal_entities=[scene.entity], name="by address")

    suppressions.suppress_address(
        block=suppressions.Block(
            organisation=scene.entity.organisation, address=read_email(text=scene.email.value)
        ),
        reason=Suppression.Reason.BLOCKED,
        how=BY_SCHEDULE,
        suppressed_at=make.NOW,
        recorded_at=make.NOW,
        contact_id=scene.alice.pk,
    )

    told = [payload_of(one)["data"] for one in Notification.objects.order_by("endpoint__name")]
    assert [data["contact"] for data in told] == [str(scene.alice.pk)] * 2
    assert [data.get("addresses") for data in told if "addresses" in data] == [
        [{"kind": "EMAIL", "value": scene.email.value}]
    ]


def test_number_that_is_blocked_twice_is_told_once(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])

    block(scene)
    block(scene, at=later(hours=1))

    assert Notification.objects.count() == 1


def test_visitor_who_types_number_after_number_blocks_them_all_and_few_are_told(
    scene: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, "TOLD_FOR_A_VISITOR", at_most=2)
    make.endpoint(legal_entities=[scene.entity])

    for last in range(5):
        block(scene, number=strange(last), visitor="192.0.2.1")
    told_for_one = Notification.objects.count()
    block(scene, number=strange(8), visitor="192.0.2.2")

    assert (told_for_one, Notification.objects.count()) == (2, 3)
    assert Suppression.objects.filter(lifted_at__isnull=True, reason="BLOCKED").count() == 6


def test_many_visitors_together_have_a_limit_too(scene: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, "TOLD_FOR_A_HOUSE", at_most=2)
    make.endpoint(legal_entities=[scene.entity])

    for last in range(4):
        block(scene, number=strange(last), visitor=f"192.0.2.{last}")
    block(scene, number=strange(8))

    assert Suppression.objects.count() == 5
    assert Notification.objects.count() == 3


def test_who_is_known_here_is_told_of_whatever_a_visitor_typed(
    scene: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, "TOLD_FOR_A_VISITOR", at_most=0)
    make.endpoint(legal_entities=[scene.entity])

    block(scene, number=scene.phone.value, visitor="192.0.2.1")

    assert {one.contact_id for one in Notification.objects.all()} == {scene.alice.pk}


def test_who_is_known_here_goes_before_numbers_of_strangers(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])
    for last in range(3):
        block(scene, number=strange(last))
    scene.object(at=later(minutes=1))

    claimed = [delivering.claim_next(now=later(minutes=2)) for _turn in range(4)]

    assert [one and one.contact_id for one in claimed] == [scene.alice.pk, None, None, None]
