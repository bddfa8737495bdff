"""The command that answers one question: its text, its JSON, its exit codes, and its refusals."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command

from config.mail import LOOPBACK, free_port
from consent.models import Purpose
from customers.domain import relations
from customers.models import Contact, LegalEntity, ProductGroup, Transaction
from tests import make

pytestmark = pytest.mark.django_db
DAY_BEFORE, DAY_AFTER = "2026-06-30T23:59", "2026-07-01T00:01"
BOUGHT = datetime(2025, 3, 10, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def shop() -> LegalEntity:
    shop = make.legal_entity(organisation=make.organisation())
    make.product_group(legal_entity=shop)
    make.caller_number(legal_entity=shop)
    make.purpose(organisation=shop.organisation, legal_entities=[shop])
    return shop


@pytest.fixture
def anna(shop: LegalEntity) -> Contact:
    anna = make.contact(organisation=shop.organisation, given_name="Anna")
    make.phone_point(contact=anna)
    make.email_point(contact=anna, text="anna@example.org")
    sale = make.transaction(
        contact=anna, legal_entity=shop, product_group=ProductGroup.objects.get(), occurred_at=BOUGHT
    )
    relations.keep_relations(transaction_ids=[sale.pk])
    return anna


def may_contact(
    capsys: pytest.CaptureFixture[str],
    *more: str,
    address: str = "+31200000101",
    entity: str = "lampenwinkel",
    channel: str = "CALL",
) -> tuple[int, str]:
    question = ("--legal-entity", entity, "--purpose", "offers", "--channel", channel)
    try:
        call_command("may_contact", address, *question, "--product-group", "lampen", *more)
    except SystemExit as end:
        return int(str(end.code)), capsys.readouterr().out
    return 0, capsys.readouterr().out


def lines_of(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


@pytest.mark.usefixtures("anna")
def test_a_no_says_until_when_without_holding(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = may_contact(capsys, "--language", "en")

    assert (code, "Until when: " in text, "Holds until" in text) == (1, True, False)


@pytest.mark.usefixtures("anna")
def test_a_yes_says_why_what_to_do_and_until_when(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = may_contact(capsys, "--at", DAY_BEFORE, "--language", "en")

    lines = lines_of(text)
    assert code == 0
    assert lines[0] == "Yes, Lampenwinkel B.V. may call."
    assert lines[1].startswith("Why: ")
    assert lines[2].endswith("(A_REL_SALE)")
    assert [line.partition(":")[0] for line in text.splitlines() if line[:1].strip() and ": " in line] == [
        "Why",
        "You must",
        "Rests on",
        "Holds until",
        "Hours",
        "Number to show",
        "Asked as at",
        "With what was known",
        "Rules",
    ]
    assert "Holds until: June 30, 2026, 11:59 p.m." in lines
    assert lines[-1] == "Rules: NL-2021-07-01"


@pytest.mark.usefixtures("anna")
def test_a_no_is_told_in_dutch_unless_asked_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = may_contact(capsys, "--at", DAY_AFTER)

    lines = lines_of(text)
    assert code == 1
    assert lines[2].endswith("(D_REL_ENDED_20260701)")
    assert "sinds 1 juli 2026" in text


@pytest.mark.usefixtures("anna")
def test_json_holds_all_that_other_programs_need(capsys: pytest.CaptureFixture[str], anna: Contact) -> None:
    code, text = may_contact(capsys, "--at", DAY_BEFORE, "--known-at", "2026-11-20", "--json")

    said = json.loads(text)
    sale, relation = Transaction.objects.get(), anna.relations.get()
    texts = {name: said.pop(name) for name in ("label", "sentence", "article")}
    assert code == 0
    assert all(texts.values())
    assert said == {
        "allowed": True,
        "code": "A_REL_SALE",
        "reasons": ["A_REL_SALE"],
        "obligations": ["O_SHOW_CLI", "O_IDENTIFY", "O_OFFER_OBJECTION", "O_WITHIN_HOURS", "O_LOG_CALL"],
        "rule_pack": "NL-2021-07-01",
        "evidence": [
            {"kind": "transaction", "id": str(sale.pk)},
            {"kind": "relation", "id": str(relation.pk)},
        ],
        "valid_until": "2026-07-01T00:00:00+02:00",
        "within_hours": False,
        "next_allowed_at": "2026-07-01T09:00:00+02:00",
        "caller_number": "+31200000002",
        "at": "2026-06-30T23:59:00+02:00",
        "known_at": "2026-11-20T12:00:00+01:00",
    }


@pytest.mark.usefixtures("anna")
def test_json_of_a_no(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = may_contact(capsys, "--json")

    said = json.loads(text)
    assert (code, said["allowed"], said["code"]) == (1, False, "D_REL_ENDED_20260701")
    assert (said["at"], said["known_at"]) == ("2026-11-21T13:00:00+01:00",) * 2


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "address", ["", " ", "geen adres", "anna@", "0612345678", "anna@example.org", "'; --", "\udcff", "é", "+"]
)
def test_any_address_gets_an_answer(capsys: pytest.CaptureFixture[str], address: str) -> None:
    code, text = may_contact(capsys, "--json", address=address)

    assert (code, json.loads(text)["code"]) == (1, "D_ADDRESS_INVALID")


@pytest.mark.usefixtures("shop")
def test_an_unknown_address_gets_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = may_contact(capsys, "--json", address="020-000 01 99")

    assert (code, json.loads(text)["code"]) == (1, "D_NO_BASIS")


def test_of_one_number_the_contact_named_is_asked_about(
    capsys: pytest.CaptureFixture[str], anna: Contact
) -> None:
    other = make.contact(organisation=anna.organisation, given_name="Bob")
    make.phone_point(contact=other)

    anybody = may_contact(capsys, "--at", DAY_BEFORE)
    named = may_contact(capsys, "--at", DAY_BEFORE, "--contact", str(anna.pk))

    assert [code for code, _text in (anybody, named)] == [1, 0]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"entity": "nergens"}, "The legal entity “nergens” is unknown."),
        ({"channel": "FAX"}, "The channel “FAX” is unknown."),
        ({"channel": ""}, "The channel “” is unknown."),
    ],
)
def test_an_unknown_code_is_refused(
    capsys: pytest.CaptureFixture[str], said: dict[str, str], sentence: str
) -> None:
    with pytest.raises(CommandError) as refused:
        may_contact(capsys, **said)

    assert (refused.value.returncode, str(refused.value)) == (2, sentence)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (["--purpose", "x"], "The purpose “x” is unknown."),
        (["--product-group", "x"], "The product group “x” is unknown."),
        (["--contact", "x"], "The contact “x” is unknown."),
        (
            ["--at", "gisteren", "--language", "en"],
            "“gisteren” is no moment: write a date such as 2026-06-30, with or without a time such as "
            "2026-06-30T23:59.",
        ),
    ],
)
def test_an_unusable_option_is_refused(
    capsys: pytest.CaptureFixture[str], said: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError) as refused:
        may_contact(capsys, *said)

    assert (refused.value.returncode, str(refused.value)) == (2, sentence)


def test_purpose_of_another_legal_entity_is_unknown(
    capsys: pytest.CaptureFixture[str], shop: LegalEntity
) -> None:
    other = make.legal_entity(organisation=shop.organisation, code="stroomkring", name="Stroomkring N.V.")
    make.product_group(legal_entity=other)

    with pytest.raises(CommandError, match="The purpose “offers” is unknown"):
        may_contact(capsys, entity="stroomkring")

    assert Purpose.objects.count() == 1


def test_with_the_database_away_the_answer_is_no() -> None:
    question = ("--legal-entity", "lampenwinkel", "--purpose", "offers", "--channel", "CALL")
    environment = {
        "PATH": os.environ["PATH"],
        "JAWOORD_STATE_DIR": str(settings.STATE_DIR),
        "DATABASE_URL": f"postgres://jawoord_app@{LOOPBACK}:{free_port()}/jawoord",
    }

    ends = [
        subprocess.run(
            [sys.executable, "manage.py", "may_contact", "020-0000101", *question, *more],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(settings.BASE_DIR),
            env=environment,
        )
        for more in (["--json"], ["--language", "en"], ["--at", "gisteren", "--language", "en"])
    ]

    said = json.loads(ends[0].stdout)
    assert [end.returncode for end in ends] == [1, 1, 2]
    assert (said["allowed"], said["code"], said["reasons"]) == (False, "D_UNAVAILABLE", ["D_UNAVAILABLE"])
    assert ends[1].stdout.startswith("NO. The facts cannot be read now, so nobody may be contacted.")
    assert [len(end.stderr.splitlines()) for end in ends] == [0, 0, 1]
