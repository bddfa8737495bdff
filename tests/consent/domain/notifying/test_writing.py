from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from consent.domain.corrections import Correction, correct
from consent.domain.notifying import payloads
from consent.domain.withdrawals import Scope, object_to
from consent.models import Endpoint, Notification, SubjectKey, Topic
from customers.domain import addresses
from tests import make
from tests.consent.domain.notifying.scene import BY_FORM, Outside, later, outside, signing, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Outside:
    return outside()


def payload_of(notification: Notification) -> dict[str, Any]:
    fresh = Notification.objects.select_related("endpoint__processor", "legal_entity", "purpose").get(
        pk=notification.pk
    )
    return payloads.compose(notification=fresh, at=make.NOW)


def told() -> list[tuple[str, str]]:
    rows = Notification.objects.order_by("endpoint__name", "occurred_at", "pk")
    return [(row.endpoint.name, row.topic) for row in rows.select_related("endpoint")]


def test_withdrawal_says_whom_to_stop_and_for_what(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])
    scene.permit()

    scene.withdraw()

    assert payload_of(Notification.objects.get()) == {
        "type": "permission.withdrawn",
        "timestamp": make.NOW.isoformat(),
        "data": {
            "contact": str(scene.alice.pk),
            "legal_entity": "harthulp",
            "purpose": "offers",
            "channel": "EMAIL",
            "addresses": [{"kind": "EMAIL", "value": "alice@example.org"}],
        },
    }


def test_nothing_is_kept_of_what_is_said_but_the_bare_key(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])
    scene.permit()

    scene.withdraw()

    row = Notification.objects.values().get()
    assert "alice" not in str(row).lower()
    assert row["ciphertext"] is None


def test_who_gives_permission_is_told_to_nobody(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])

    scene.permit()

    assert told() == []


def test_each_endpoint_hears_what_it_asked_for(scene: Outside) -> None:
    sister = make.legal_entity(organisation=scene.entity.organisation, code="zuster", name="Zuster")
    other = make.purpose(organisation=scene.entity.organisation, legal_entities=[scene.entity], code="ander")
    make.endpoint(legal_entities=[scene.entity], name="alles")
    make.endpoint(legal_entities=[sister], name="zuster")
    make.endpoint(legal_entities=[scene.entity], name="ander doel", purposes=[other])
    make.endpoint(legal_entities=[scene.entity], name="dit doel", purposes=[scene.purpose, other])
    make.endpoint(legal_entities=[scene.entity], name="wissen", topics=[Topic.ERASED])
    off = make.endpoint(legal_entities=[scene.entity], name="uit")
    Endpoint.objects.filter(pk=off.pk).update(disabled_at=make.NOW, disabled_because="STAFF")
    stranger = outside(code="elders")
    make.endpoint(legal_entities=[stranger.entity], name="elders")
    scene.permit()

    scene.withdraw()

    assert told() == [("alles", Topic.WITHDRAWN), ("dit doel", Topic.WITHDRAWN)]


def test_what_is_said_to_all_legal_entities_is_told_for_each(scene: Outside) -> None:
    sister = make.legal_entity(organisation=scene.entity.organisation, code="zuster", name="Zuster")
    make.endpoint(legal_entities=[sister], name="zuster", purposes=[scene.purpose])

    scene.object()

    assert told() == [("zuster", Topic.OBJECTED)]


def test_endpoint_that_fails_is_still_written_for(scene: Outside) -> None:
    failing = make.endpoint(legal_entities=[scene.entity])
    Endpoint.objects.filter(pk=failing.pk).update(disabled_at=make.NOW, disabled_because="FAILING")

    scene.object()

    assert told() == [("Maillijst", Topic.OBJECTED)]


def test_nothing_is_told_of_what_was_rolled_back(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])

    with pytest.raises(RuntimeError):
        object_and_break(scene)

    assert told() == []


@transaction.atomic
def object_and_break(scene: Outside) -> None:
    scene.object()
    raise RuntimeError


def test_processor_is_told_no_address_that_it_should_not_have(scene: Outside) -> None:
    mailer = make.processor(legal_entities=[scene.entity], data=["EMAIL"])
    make.endpoint(legal_entities=[scene.entity], processor=mailer)

    scene.object()

    [address] = payload_of(Notification.objects.get())["data"]["addresses"]
    assert address == {"kind": "EMAIL", "value": "alice@example.org"}


def test_objection_by_channel_names_only_its_addresses(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])

    scene.object(channel="CALL")

    [address] = payload_of(Notification.objects.get())["data"]["addresses"]
    assert address["kind"] == "PHONE"


def test_hash_is_one_that_the_receiver_computes_with_its_secret(scene: Outside) -> None:
    endpoint = make.endpoint(legal_entities=[scene.entity], identify_by=Endpoint.Identify.HASH)
    signing(endpoint)

    scene.object(channel="EMAIL")

    [address] = payload_of(Notification.objects.get())["data"]["addresses"]
    assert "alice" not in str(address)
    assert [len(hashed) for hashed in address["hmac_sha256"]] == [64]


def test_who_knows_our_reference_is_told_no_address(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity], identify_by=Endpoint.Identify.REFERENCE)

    scene.erase()

    notification = Notification.objects.get(topic=Topic.ERASED)
    assert "addresses" not in payload_of(notification)["data"]
    assert notification.ciphertext is None


def test_restriction_and_its_lifting_are_told(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])

    scene.restrict()
    scene.lift(at=later(hours=1))

    assert told() == [("Maillijst", Topic.RESTRICTED), ("Maillijst", Topic.UNRESTRICTED)]


def corrected(scene: Outside, *, name: str = "Alice", email: str = "alice@example.org") -> None:
    wanted = Correction(given_name=name, family_name="Jansen", addresses=[addresses.read_email(text=email)])
    scene.alice.refresh_from_db()
    correct(contact=scene.alice, correction=wanted, how=BY_FORM, occurred_at=make.NOW)


def test_correction_tells_the_new_details_to_who_has_the_old(scene: Outside) -> None:
    mailer = make.processor(legal_entities=[scene.entity], name="Mailer", data=["EMAIL"])
    caller = make.processor(legal_entities=[scene.entity], name="Beller", data=["PHONE"])
    make.endpoint(legal_entities=[scene.entity], name="mailer", processor=mailer)
    make.endpoint(legal_entities=[scene.entity], name="beller", processor=caller)

    corrected(scene, name="Alicia", email="nieuw@example.org")

    assert told() == [("mailer", Topic.RECTIFIED)]
    data = payload_of(Notification.objects.get())["data"]
    assert data["corrected"] == {"EMAIL": ["nieuw@example.org"]}
    assert [one["value"] for one in data["addresses"]] == ["alice@example.org", "nieuw@example.org"]


def test_correction_of_a_name_goes_to_who_has_names(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])

    corrected(scene, name="Alicia")

    data = payload_of(Notification.objects.get())["data"]
    assert data["corrected"] == {"NAMES": {"given_name": "Alicia", "family_name": "Jansen"}}


def test_correction_that_corrects_nothing_is_told_to_nobody(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])

    corrected(scene)

    assert told() == []


def test_erasure_still_says_whom_to_erase_and_overtakes_what_waited(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])
    scene.object()

    scene.erase(at=later(hours=1))

    objection, erasure = Notification.objects.order_by("created_at")
    assert states() == ["OVERTAKEN", "WAITING"]
    values = [one["value"] for one in payload_of(erasure)["data"]["addresses"]]
    assert values == sorted([scene.email.value, scene.phone.value])
    with pytest.raises(payloads.PersonErasedError):
        payload_of(objection)
    assert b"alice" not in bytes(erasure.ciphertext or b"")
    assert SubjectKey.objects.filter(subject_id=erasure.pk).exists()


def test_another_s_number_is_not_told(scene: Outside) -> None:
    make.endpoint(legal_entities=[scene.entity])
    scene.phone.invalid_at, scene.phone.invalid_reason = make.NOW, "WRONG_NUMBER"
    scene.phone.save(update_fields=["invalid_at", "invalid_reason"])

    scene.erase()

    values = [one["value"] for one in payload_of(Notification.objects.get())["data"]["addresses"]]
    assert values == ["alice@example.org"]


@pytest.mark.parametrize("endpoints", [1, 3])
def test_telling_takes_two_queries_whatever_the_number(
    scene: Outside, endpoints: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def object_at(hours: int) -> None:
        object_to(contact=scene.alice, scope=Scope(), how=BY_FORM, occurred_at=later(hours=hours))

    object_at(1)
    with django_assert_num_queries(13):
        object_at(2)
    for number in range(endpoints):
        make.endpoint(legal_entities=[scene.entity], name=str(number))
    with django_assert_num_queries(14):
        object_at(3)
