"""The conditions of consent, each by itself and in order (rules, "Consent as a ground")."""

from dataclasses import replace

import pytest

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.deciding import decide
from consent.domain.rulebook.decision import Basis, Rest
from consent.domain.rulebook.facts import Age, Belongs, ConsentFacts, ConsentState, Jurisdiction
from tests.consent.domain.rulebook.asking import (
    CHANNELS,
    CONSENT,
    MAY_2024,
    case,
    consent,
    person,
    reasons,
)

WORST = ConsentFacts(
    belongs=Belongs.HERE,
    state=ConsentState.INVALIDATED,
    expired=True,
    used_up=True,
    complete=False,
    names_legal_entity=False,
    verified=False,
    first_contact_passed=True,
    age_when_given=Age.UNDER_13,
)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_consent_is_a_ground_over_every_channel(channel: str) -> None:
    decision = decide(case=case(channel), facts=person(consent(belongs=Belongs.ELSEWHERE), CONSENT))

    assert (decision.reasons, decision.rests_on) == ((Code.A_CONSENT,), (Rest(Basis.CONSENT, 1),))


def test_all_failing_conditions_are_named_in_order() -> None:
    assert reasons(case("CALL"), person(WORST)) == (
        Code.D_MINOR,
        Code.D_INVALIDATED,
        Code.D_EXPIRED,
        Code.D_USED_UP,
        Code.D_EVIDENCE_INCOMPLETE,
        Code.D_THIRD_PARTY_LIST,
        Code.D_UNVERIFIED,
        Code.D_FIRST_CONTACT_TERM,
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ConsentState.REQUESTED, Code.D_NOT_CONFIRMED),
        (ConsentState.REFUSED, Code.D_REFUSED),
        (ConsentState.WITHDRAWN, Code.D_WITHDRAWN),
    ],
)
def test_what_was_not_given_fails_by_that_alone(state: ConsentState, expected: Code) -> None:
    assert reasons(case("CALL"), person(replace(WORST, state=state))) == (expected,)


def test_d_not_confirmed() -> None:
    assert reasons(case("EMAIL"), person(consent(ConsentState.REQUESTED))) == (Code.D_NOT_CONFIRMED,)


def test_d_refused() -> None:
    assert reasons(case("EMAIL"), person(consent(ConsentState.REFUSED))) == (Code.D_REFUSED,)


def test_d_invalidated() -> None:
    assert reasons(case("EMAIL"), person(consent(ConsentState.INVALIDATED))) == (Code.D_INVALIDATED,)


def test_d_expired() -> None:
    assert reasons(case("EMAIL"), person(replace(CONSENT, expired=True))) == (Code.D_EXPIRED,)


def test_d_used_up() -> None:
    assert reasons(case("CALL"), person(replace(CONSENT, used_up=True))) == (Code.D_USED_UP,)


def test_d_evidence_incomplete() -> None:
    facts = person(replace(CONSENT, complete=False))

    assert reasons(case("EMAIL"), facts) == (Code.D_EVIDENCE_INCOMPLETE,)


def test_d_third_party_list() -> None:
    facts = person(replace(CONSENT, names_legal_entity=False))

    assert reasons(case("EMAIL"), facts) == (Code.D_THIRD_PARTY_LIST,)


@pytest.mark.parametrize(
    ("consent_facts", "expected"),
    [
        (replace(CONSENT, verified=False), Code.D_UNVERIFIED),
        (replace(CONSENT, first_contact_passed=True), Code.D_FIRST_CONTACT_TERM),
    ],
)
class TestCodeTelemarketing2024:
    def test_holds_for_calls_in_the_netherlands(self, consent_facts: ConsentFacts, expected: Code) -> None:
        assert reasons(case("CALL"), person(consent_facts)) == (expected,)

    @pytest.mark.parametrize("channel", [channel for channel in CHANNELS if channel != "CALL"])
    def test_holds_for_no_other_channel(
        self, consent_facts: ConsentFacts, expected: Code, channel: str
    ) -> None:
        assert expected not in reasons(case(channel), person(consent_facts))
        assert reasons(case(channel), person(consent_facts)) == (Code.A_CONSENT,)

    def test_does_not_hold_before_its_day(self, consent_facts: ConsentFacts, expected: Code) -> None:
        assert expected not in reasons(case("CALL", at=MAY_2024), person(consent_facts))
        assert reasons(case("CALL", at=MAY_2024), person(consent_facts)) == (Code.A_CONSENT,)

    def test_does_not_hold_elsewhere(self, consent_facts: ConsentFacts, expected: Code) -> None:
        facts = person(consent_facts, jurisdiction=Jurisdiction.EU)

        assert expected not in reasons(case("CALL"), facts)
        assert reasons(case("CALL"), facts) == (Code.A_CONSENT,)


def test_a_claimed_date_is_a_ground_where_nothing_was_stopped() -> None:
    assert reasons(case("EMAIL"), person(replace(CONSENT, proven=False))) == (Code.A_CONSENT,)


def test_d_consent_other_purpose() -> None:
    other = consent(belongs=Belongs.OTHER_PURPOSE)

    assert reasons(case("EMAIL"), person(other)) == (Code.D_CONSENT_OTHER_PURPOSE,)
    assert reasons(case("EMAIL"), person(replace(other, expired=True))) == (Code.D_NO_BASIS,)
    assert reasons(case("EMAIL"), person(consent(ConsentState.REQUESTED, belongs=other.belongs))) == (
        Code.D_NO_BASIS,
    )


def test_d_consent_other_purpose_does_not_come_from_another_legal_entity() -> None:
    assert reasons(case("EMAIL"), person(consent(belongs=Belongs.ELSEWHERE))) == (Code.D_NO_BASIS,)


def test_d_consent_other_purpose_stands_beside_a_failing_permission_only() -> None:
    other = consent(belongs=Belongs.OTHER_PURPOSE)

    assert reasons(case("EMAIL"), person(CONSENT, other)) == (Code.A_CONSENT,)
    assert reasons(case("EMAIL"), person(replace(CONSENT, expired=True), other)) == (
        Code.D_EXPIRED,
        Code.D_CONSENT_OTHER_PURPOSE,
    )


def test_never_asked_is_no_record() -> None:
    assert reasons(case("EMAIL"), person(consent(ConsentState.NONE))) == (Code.D_NO_BASIS,)
    assert reasons(case("EMAIL"), person(consent(ConsentState.NONE), CONSENT)) == (Code.A_CONSENT,)
