"""The grounds per channel in the Netherlands, before and from 2026-07-01 (rules, "Grounds per channel")."""

import datetime
from dataclasses import replace

import pytest

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.deciding import decide
from consent.domain.rulebook.decision import Basis, Rest
from consent.domain.rulebook.facts import Facts, Jurisdiction, Kind
from tests.consent.domain.rulebook.asking import (
    CHANNELS,
    CONSENT,
    MAY_2026,
    MESSAGES,
    NOBODY,
    NOW,
    SENDERS,
    case,
    code,
    organisation,
    person,
    reasons,
    related,
    relation,
)

LEGAL_PERSONS = ("BV", "NV", "COOPERATIE", "VERENIGING", "STICHTING", "PUBLIC_BODY")
SOLE_BUSINESSES = ("EENMANSZAAK", "VOF", "MAATSCHAP", "CV")
BOTH = pytest.mark.parametrize("at", [MAY_2026, NOW])


@BOTH
@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("legal_form", LEGAL_PERSONS)
def test_a_legal_person_may_be_called_by_anyone(at: datetime.datetime, sender: str, legal_form: str) -> None:
    asked = replace(case("CALL", sender=sender), at=at)

    decision = decide(case=asked, facts=organisation(legal_form))

    assert (decision.reasons, decision.rests_on) == ((Code.A_LEGAL_PERSON,), (Rest(Basis.LEGAL_FORM),))


@pytest.mark.parametrize("legal_form", [*SOLE_BUSINESSES, "", "COMMV", "VZW", "OTHER"])
def test_a_legal_person_is_none_of_the_others(legal_form: str) -> None:
    assert code(case("CALL"), organisation(legal_form)) == Code.D_NO_BASIS


def test_a_legal_person_is_no_person_with_a_legal_form() -> None:
    assert code(case("CALL"), replace(organisation("BV"), organisation=False)) == Code.D_NO_BASIS


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("EMAIL", Code.D_NO_BASIS),
        ("SMS", Code.D_NO_BASIS),
        ("MESSAGING", Code.D_NO_BASIS),
        ("AUTOMATED_CALL", Code.D_AUTOMATED_CALL),
        ("POST", Code.D_NO_BASIS),
        ("NONE", Code.D_NO_BASIS),
    ],
)
def test_a_legal_person_may_only_be_called(channel: str, expected: Code) -> None:
    assert code(case(channel), organisation("BV")) == expected


def test_a_legal_person_stands_before_a_permission() -> None:
    assert code(case("CALL"), replace(organisation("BV"), consents=(CONSENT,))) == Code.A_LEGAL_PERSON


@BOTH
@pytest.mark.parametrize("channel", ["CALL", *MESSAGES])
@pytest.mark.parametrize("legal_form", SOLE_BUSINESSES)
def test_a_published_for_a_sole_business(at: datetime.datetime, channel: str, legal_form: str) -> None:
    facts = replace(organisation(legal_form), published=True)

    decision = decide(case=replace(case(channel), at=at), facts=facts)

    assert (decision.reasons, decision.rests_on) == ((Code.A_PUBLISHED,), (Rest(Basis.PUBLICATION),))


@pytest.mark.parametrize("channel", MESSAGES)
@pytest.mark.parametrize("legal_form", LEGAL_PERSONS)
def test_a_published_by_message_for_a_legal_person(channel: str, legal_form: str) -> None:
    facts = organisation(legal_form)

    assert code(case(channel), replace(facts, published=True)) == Code.A_PUBLISHED
    assert code(case(channel), facts) == Code.D_NO_BASIS


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_published_not_for_a_person(channel: str) -> None:
    assert not code(case(channel), Facts(published=True)).allows


@pytest.mark.parametrize("channel", ["AUTOMATED_CALL", "POST", "NONE"])
def test_a_published_not_over_other_channels(channel: str) -> None:
    assert not code(case(channel), replace(organisation("EENMANSZAAK"), published=True)).allows


def test_a_consent_stands_before_published_and_published_before_a_sale() -> None:
    facts = replace(related(relation()), legal_form="VOF", published=True)

    for channel in ("CALL", *MESSAGES):
        asked = case(channel, at=MAY_2026)
        assert code(asked, replace(facts, consents=(CONSENT,))) == Code.A_CONSENT
        assert code(asked, facts) == Code.A_PUBLISHED


@pytest.mark.parametrize(
    ("sender", "content", "until_2026", "since_2026"),
    [
        ("COMMERCIAL", "COMMERCIAL", Code.A_REL_SALE, Code.D_REL_ENDED_20260701),
        ("CHARITY", "COMMERCIAL", Code.A_REL_SALE, Code.D_REL_ENDED_20260701),
        ("IDEAL", "COMMERCIAL", Code.A_REL_SALE, Code.D_REL_ENDED_20260701),
        ("PUBLISHER", "COMMERCIAL", Code.A_REL_PUBLISHER, Code.A_REL_PUBLISHER),
        ("LOTTERY", "COMMERCIAL", Code.A_REL_LOTTERY, Code.A_REL_LOTTERY),
        ("COMMERCIAL", "CHARITABLE", Code.D_NO_REL_KIND, Code.D_NO_REL_KIND),
        ("PUBLISHER", "IDEAL", Code.D_NO_REL_KIND, Code.D_NO_REL_KIND),
    ],
)
def test_a_sale_as_a_ground_to_call(sender: str, content: str, until_2026: Code, since_2026: Code) -> None:
    facts = related(relation())

    assert code(case("CALL", sender=sender, content=content, at=MAY_2026), facts) == until_2026
    assert code(case("CALL", sender=sender, content=content), facts) == since_2026


@BOTH
@pytest.mark.parametrize("sender", ["CHARITY", "IDEAL"])
@pytest.mark.parametrize("content", ["CHARITABLE", "IDEAL"])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.DONATION, Code.A_REL_DONOR),
        (Kind.VOLUNTEER, Code.A_REL_VOLUNTEER),
        (Kind.ATTENDANCE, Code.A_REL_ATTENDEE),
    ],
)
def test_support_as_a_ground_to_call(
    at: datetime.datetime, sender: str, content: str, kind: Kind, expected: Code
) -> None:
    asked = replace(case("CALL", sender=sender, content=content), at=at)

    decision = decide(case=asked, facts=related(relation(Kind.SYMPATHY), relation(kind)))

    assert (decision.code, decision.rests_on) == (expected, (Rest(Basis.RELATION, 1),))


@BOTH
@pytest.mark.parametrize("channel", MESSAGES)
@pytest.mark.parametrize("sender", SENDERS)
def test_a_soft_optin_for_every_sender(at: datetime.datetime, channel: str, sender: str) -> None:
    asked = replace(case(channel, sender=sender, content="COMMERCIAL"), at=at)

    assert reasons(asked, related(relation())) == (Code.A_SOFT_OPTIN,)


@BOTH
@pytest.mark.parametrize("channel", MESSAGES)
@pytest.mark.parametrize("sender", ["CHARITY", "IDEAL"])
def test_a_rel_donor_by_message(at: datetime.datetime, channel: str, sender: str) -> None:
    asked = replace(case(channel, sender=sender), at=at)

    assert reasons(asked, related(relation(Kind.DONATION))) == (Code.A_REL_DONOR,)


def test_relations_carry_in_the_order_of_the_table() -> None:
    fundraising = case("CALL", sender="CHARITY")
    facts = related(relation(Kind.ATTENDANCE), relation(Kind.VOLUNTEER), relation(Kind.DONATION))

    decision = decide(case=fundraising, facts=facts)

    assert (decision.code, decision.rests_on) == (Code.A_REL_DONOR, (Rest(Basis.RELATION, 2),))
    assert code(fundraising, replace(facts, relations=facts.relations[:2])) == Code.A_REL_VOLUNTEER


@BOTH
def test_automated_call_with_permission_only(at: datetime.datetime) -> None:
    asked = replace(case("AUTOMATED_CALL", balancing_test=True), at=at)
    facts = replace(organisation("BV"), published=True, relations=(relation(),))

    assert reasons(asked, facts) == (Code.D_AUTOMATED_CALL,)
    assert reasons(asked, person(CONSENT)) == (Code.A_CONSENT,)


@BOTH
@pytest.mark.parametrize("jurisdiction", [Jurisdiction.NL, Jurisdiction.BE])
def test_a_legitimate_interest_by_post(at: datetime.datetime, jurisdiction: Jurisdiction) -> None:
    asked = replace(case("POST", balancing_test=True), at=at)
    facts = replace(NOBODY, jurisdiction=jurisdiction)

    decision = decide(case=asked, facts=facts)

    assert (decision.reasons, decision.rests_on) == (
        (Code.A_LEGITIMATE_INTEREST,),
        (Rest(Basis.BALANCING_TEST),),
    )
    assert code(replace(asked, balancing_test=False), facts) == Code.D_NO_BASIS
    assert code(asked, replace(facts, consents=(CONSENT,))) == Code.A_CONSENT


@pytest.mark.parametrize("channel", [channel for channel in CHANNELS if channel != "POST"])
def test_a_legitimate_interest_by_post_only(channel: str) -> None:
    assert not code(case(channel, balancing_test=True), NOBODY).allows
