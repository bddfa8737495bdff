from datetime import timedelta
from typing import Any, get_args

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.api.schemas import ChannelCode, ManyAnswers, OneAnswer
from consent.domain.ready.making import take_up_changes
from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.explanations import explain
from consent.domain.withdrawals import Scope, object_to
from consent.models import ApiKey, Channel, Disclosure, HousePolicy
from tests import make
from tests.consent.admin_rows import BY_PHONE
from tests.consent.api.desk import ALICE, ASK, BATCH, Shop, open_shop, question, questions, send
from tests.statements import statements_sent

pytestmark = pytest.mark.django_db


def test_permission_gives_yes_with_its_proof(shop: Shop) -> None:
    answer = send(ASK, question(), token=shop.made.token)

    told = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert {name: told[name] for name in ("allowed", "code", "reasons", "ground", "rule_pack")} == {
        "allowed": True,
        "code": "A_CONSENT",
        "reasons": ["A_CONSENT"],
        "ground": "CONSENT",
        "rule_pack": "NL-2026-07-01",
    }
    assert told["obligations"] == [
        "O_SENDER_IDENTITY",
        "O_POSTAL_OR_NUMBER",
        "O_UNSUBSCRIBE_LINK",
        "O_LIST_UNSUBSCRIBE",
    ]
    assert {"kind": "event", "id": str(shop.given.pk)} in told["evidence"]
    assert (told["at"], told["known_at"]) == ("2026-11-21T13:00:00+01:00",) * 2
    assert OneAnswer.model_validate(told).model_dump().keys() == told.keys()


def test_stranger_gets_no(shop: Shop) -> None:
    told = send(ASK, question(address="nobody@example.org"), token=shop.made.token).json()

    assert (told["allowed"], told["code"], told["ground"], told["evidence"]) == (
        False,
        "D_NO_BASIS",
        None,
        [],
    )


@pytest.mark.parametrize(
    ("wanted", "language"), [("nl", "nl"), ("en-GB,en;q=0.9", "en"), ("", "nl"), ("fr", "nl")]
)
def test_explanation_is_in_the_language_that_was_asked_for(shop: Shop, wanted: str, language: str) -> None:
    headers = {"accept-language": wanted} if wanted else {}
    answer = send(ASK, question(), token=shop.made.token, **headers)

    explained = explain(Code.A_CONSENT, language)
    assert answer.json()["explanation"] == {
        "language": language,
        "label": explained.label,
        "sentence": explained.sentence,
        "article": explained.article,
    }
    assert answer["Content-Language"] == language


@pytest.mark.parametrize(
    "address",
    [
        "",
        " ",
        "geen adres",
        "alice@",
        "@",
        "020",
        "0612345678",
        "\0",
        "alice\0@example.org",
        "💥",
        "é" * 300,
        "a" * 60_000,
        f"{'a' * 20_000}@{'b' * 20_000}",
        "+" * 1000,
        "0" * 1000,
        "' OR 1=1 --",
        "\u202e\u200b",
    ],
)
def test_garbage_is_no_address_and_no_error(shop: Shop, address: str) -> None:
    for channel in ("EMAIL", "CALL"):
        answer = send(ASK, question(address=address, channel=channel), token=shop.made.token)

        assert (answer.status_code, answer.json()["code"]) == (200, "D_ADDRESS_INVALID")


def test_moments_are_read_in_the_zone_of_the_legal_entity(shop: Shop) -> None:
    moments = {
        "2026-07-01": "2026-07-01T12:00:00+02:00",
        "2026-07-01T09:30": "2026-07-01T09:30:00+02:00",
        "2026-07-01T09:30:00Z": "2026-07-01T11:30:00+02:00",
    }

    told = {at: send(ASK, question(at=at), token=shop.made.token).json()["at"] for at in moments}

    assert told == moments


def test_past_is_told_as_it_was_and_as_it_was_known(shop: Shop) -> None:
    object_to(contact=shop.alice, scope=Scope(), how=BY_PHONE, occurred_at=make.NOW)

    now = send(ASK, question(), token=shop.made.token).json()
    before = send(ASK, question(at="2026-11-20"), token=shop.made.token).json()
    unknown = send(ASK, question(known_at="2026-11-20"), token=shop.made.token).json()

    assert (now["code"], before["code"], unknown["code"]) == ("D_OBJECTION", "A_CONSENT", "A_CONSENT")


def test_key_of_one_legal_entity_knows_nothing_of_another(shop: Shop) -> None:
    sister = make.legal_entity(organisation=shop.entity.organisation, code="zuster", name="Zuster N.V.")
    make.purpose(organisation=shop.entity.organisation, legal_entities=[sister], code="sister-offers")
    make.purpose(organisation=shop.entity.organisation, legal_entities=[sister, shop.entity], code="both")
    token = make.api_key(legal_entity=sister).token

    own = send(ASK, question(purpose="both"), token=token).json()
    foreign = send(ASK, question(), token=token)
    named = send(ASK, question(legal_entity="lampenwinkel"), token=token)

    assert own["allowed"] is False
    assert (foreign.status_code, foreign.json()["errors"][0]["pointer"]) == (422, "#/purpose")
    assert named.status_code == 422


def test_key_of_another_organisation_finds_nobody_of_this_one(shop: Shop) -> None:
    other = open_shop(code="ander")
    object_to(contact=other.alice, scope=Scope(), how=BY_PHONE, occurred_at=make.NOW)

    here = send(ASK, question(), token=shop.made.token).json()
    named = send(ASK, question(contact=str(other.alice.pk)), token=shop.made.token).json()
    stranger = send(
        ASK, question(contact="01890000-0000-7000-8000-000000000000"), token=shop.made.token
    ).json()

    assert here["code"] == "A_CONSENT"
    assert named == stranger


def test_post_is_asked_by_contact_and_never_of_another_organisation(shop: Shop) -> None:
    make.purpose(
        organisation=shop.entity.organisation, legal_entities=[shop.entity], code="cards", channels=["POST"]
    )
    other = open_shop(code="ander")
    for contact in (shop.alice, other.alice):
        make.postal_point(contact=contact)

    def asked(contact: Any) -> Any:
        body = question(purpose="cards", channel="POST", address="", contact=contact)
        return send(ASK, body, token=shop.made.token).json()

    assert asked(str(shop.alice.pk))["code"] == "D_NO_BASIS"
    assert asked(None)["code"] == "D_ADDRESS_INVALID"
    assert asked(str(other.alice.pk))["allowed"] is False
    assert asked(str(other.alice.pk))["evidence"] == []


def test_batch_answers_in_order_also_for_the_same_address_twice(shop: Shop) -> None:
    addresses = [ALICE, "geen adres", "nobody@example.org", " ALICE@example.org ", ALICE]

    answer = send(BATCH, questions(*addresses), token=shop.made.token)

    told = answer.json()
    codes = ["A_CONSENT", "D_ADDRESS_INVALID", "D_NO_BASIS", "A_CONSENT", "A_CONSENT"]
    assert (answer.status_code, [one["code"] for one in told["answers"]]) == (200, codes)
    assert sorted(told["explanations"]) == ["A_CONSENT", "D_ADDRESS_INVALID", "D_NO_BASIS"]
    assert ManyAnswers.model_validate(told).model_dump().keys() == told.keys()


def test_batch_says_of_each_address_what_one_question_says(shop: Shop) -> None:
    addresses = [ALICE, "nobody@example.org", "geen adres"]
    alone = [send(ASK, question(address=one), token=shop.made.token).json() for one in addresses]

    together = send(BATCH, questions(*addresses), token=shop.made.token).json()

    shared = ("at", "known_at")
    assert together["answers"] == [
        {name: value for name, value in one.items() if name not in (*shared, "explanation")} for one in alone
    ]
    assert together["explanations"] == {one["code"]: one["explanation"] for one in alone}
    assert [together[name] for name in shared] == [alone[0][name] for name in shared]


def test_batch_names_contacts_beside_the_addresses(shop: Shop) -> None:
    bob = make.contact(organisation=shop.entity.organisation, given_name="Bob")
    make.email_point(contact=bob, text=ALICE)

    named = questions(ALICE, ALICE, ALICE, contacts=[str(shop.alice.pk), str(bob.pk), None])
    told = send(BATCH, named, token=shop.made.token).json()

    assert [one["allowed"] for one in told["answers"]] == [True, False, False]


def test_whom_a_batch_is_about_is_written_down(shop: Shop) -> None:
    send(BATCH, questions(ALICE, ALICE, "nobody@example.org"), token=shop.made.token)
    send(BATCH, questions("nobody@example.org"), token=shop.made.token)

    [part] = Disclosure.objects.all()
    assert (part.source, part.api_key, part.contact_ids) == ("API_BATCH", shop.made.key, [shop.alice.pk])


@pytest.mark.parametrize("length", [0, 10_000])
def test_batch_takes_none_and_ten_thousand(shop: Shop, length: int) -> None:
    addresses = [f"someone{number}@example.org" for number in range(length)]

    answer = send(BATCH, questions(*addresses), token=shop.made.token)

    assert (answer.status_code, len(answer.json()["answers"])) == (200, length)


def test_batch_of_more_is_refused(shop: Shop) -> None:
    addresses = ["a@b.nl"] * 10_001

    answer = send(BATCH, questions(*addresses), token=shop.made.token)

    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, ["#/addresses"])


def test_one_decision_takes_three_queries(shop: Shop) -> None:
    ApiKey.objects.update(last_used_at=make.NOW)
    for body, path, written in ((question(), ASK, 0), (questions(*[ALICE] * 50), BATCH, 1)):
        with CaptureQueriesContext(connection) as asked, statements_sent() as sent:
            send(path, body, token=shop.made.token)

        # That of the key, and the two of the engine; of a batch it is written down whom it was about.
        assert (len(asked), len(sent)) == (written, 3)


@pytest.mark.django_db(transaction=True)
def test_a_decision_asked_again_takes_one_query_beside_that_of_the_key(shop: Shop) -> None:
    send(ASK, question(), token=shop.made.token)
    with CaptureQueriesContext(connection) as asked, statements_sent() as sent:
        before = send(ASK, question(), token=shop.made.token)

    # Of the one: whoever is no longer as they were made ready takes a second.
    assert (len(asked), len(sent)) == (0, 3)
    while take_up_changes(now=make.NOW):
        pass
    with CaptureQueriesContext(connection) as asked, statements_sent() as sent:
        ready = send(ASK, question(), token=shop.made.token)
    assert (len(asked), len(sent)) == (0, 2)
    assert ready.json() == before.json()
    assert before.json()["allowed"]
    staff = make.staff_member(organisation=shop.entity.organisation)
    make.house_policy(legal_entity=shop.entity, decided_by=staff, forbids=HousePolicy.Forbids.EVERYTHING)
    after = send(ASK, question(), token=shop.made.token)
    assert (after.json()["allowed"], after.json()["code"]) == (False, "D_POLICY")


def test_asking_writes_the_last_use_and_nothing_else(shop: Shop) -> None:
    answer = send(ASK, question(), token=shop.made.token)
    with CaptureQueriesContext(connection) as again:
        send(ASK, question(), token=shop.made.token)

    assert ApiKey.objects.get().last_used_at == make.NOW
    assert not any(query["sql"].startswith(("UPDATE", "INSERT", "BEGIN", "SAVEPOINT")) for query in again)
    assert (len(answer.cookies), answer["Cache-Control"]) == (0, "no-store")
    assert "Cookie" not in answer["Vary"]


def test_channels_of_the_api_are_those_of_the_product() -> None:
    assert list(get_args(ChannelCode)) == Channel.values


def test_old_question_stays_within_reach_of_the_clock(shop: Shop) -> None:
    told = send(ASK, question(at=str((make.NOW - timedelta(days=40_000)).date())), token=shop.made.token)

    assert (told.status_code, told.json()["code"]) == (200, "D_NO_PACK")
    assert settings.API_REQUESTS_PER_MINUTE == 12_000
