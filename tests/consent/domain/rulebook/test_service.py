"""Service messages: what row 5 lets through and what stops them (rules, "Order")."""

from dataclasses import replace

import pytest

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.deciding import decide
from consent.domain.rulebook.decision import Basis, Rest
from consent.domain.rulebook.facts import (
    Age,
    Block,
    ConsentState,
    Facts,
)
from tests.consent.domain.rulebook.asking import (
    CHANNELS,
    CONSENT,
    case,
    code,
    consent,
    person,
    reasons,
    related,
    relation,
)

SERVICE = case("EMAIL", content="SERVICE", service_test_passed=True)
CUSTOMER = related(relation())
REFUSED = consent(ConsentState.REFUSED)


@pytest.mark.parametrize("channel", [channel for channel in CHANNELS if channel != "NONE"])
def test_a_service_over_every_channel(channel: str) -> None:
    asked = case(channel, content="SERVICE", service_test_passed=True)

    decision = decide(case=asked, facts=CUSTOMER)

    assert (decision.code, decision.rests_on) == (Code.A_SERVICE, (Rest(Basis.SERVICE_TEST),))


def test_a_service_is_no_ground_for_processing_without_contact() -> None:
    asked = case("NONE", content="SERVICE", service_test_passed=True)

    assert reasons(asked, CUSTOMER) == (Code.D_NO_BASIS,)


def test_a_service_is_not_stopped_by_objection_block_or_age_but_names_them() -> None:
    facts = replace(CUSTOMER, objected=True, block=Block.BLOCKED, age=Age.UNDER_13)

    assert reasons(SERVICE, facts) == (
        Code.A_SERVICE,
        Code.D_SUPPRESSED,
        Code.D_OBJECTION,
        Code.D_MINOR,
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(CUSTOMER, restricted=True), Code.D_RESTRICTED),
        (replace(CUSTOMER, address_usable=False), Code.D_ADDRESS_INVALID),
        (replace(CUSTOMER, block=Block.ERASED), Code.D_SUPPRESSED),
        (replace(CUSTOMER, known=False, objected=True), Code.D_OBJECTION),
        (replace(CUSTOMER, served=False, objected=True), Code.D_OBJECTION),
    ],
)
def test_a_service_is_stopped(facts: Facts, expected: Code) -> None:
    assert code(SERVICE, facts) == expected


def test_a_service_after_an_erasure_rests_on_the_later_permission() -> None:
    later = replace(CONSENT, after_block=True)

    decision = decide(case=SERVICE, facts=replace(person(later), block=Block.ERASED))

    assert decision.reasons == (Code.A_SERVICE,)
    assert decision.rests_on == (Rest(Basis.SERVICE_TEST), Rest(Basis.CONSENT))


def test_a_service_beside_a_lifted_block_rests_on_its_test_alone() -> None:
    later = replace(CONSENT, after_block=True)

    decision = decide(case=SERVICE, facts=replace(person(later), block=Block.BLOCKED))

    assert decision.rests_on == (Rest(Basis.SERVICE_TEST),)


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("COMMERCIAL", Code.A_SOFT_OPTIN),
        ("PUBLISHER", Code.A_SOFT_OPTIN),
        ("LOTTERY", Code.A_SOFT_OPTIN),
        ("CHARITY", Code.D_NO_REL_KIND),
        ("IDEAL", Code.D_NO_REL_KIND),
    ],
)
def test_service_without_its_test_is_the_senders_own_marketing(sender: str, expected: Code) -> None:
    assert code(case("EMAIL", content="SERVICE", sender=sender), CUSTOMER) == expected


def test_marketing_is_no_service_whatever_its_test_says() -> None:
    assert code(case("EMAIL", service_test_passed=True), person(REFUSED)) == Code.D_REFUSED
