"""Where no ground holds, the code of the nearest one: row 12 (rules, "Order")."""

from dataclasses import replace

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.deciding import decide
from consent.domain.rulebook.decision import Basis, Rest
from consent.domain.rulebook.facts import (
    Belongs,
)
from tests.consent.domain.rulebook.asking import (
    CHANNELS,
    CONSENT,
    MAY_2026,
    NOBODY,
    case,
    code,
    consent,
    person,
    reasons,
    related,
    relation,
)

CUSTOMER = related(relation())


def test_nearest_is_the_permission_before_any_relation() -> None:
    facts = replace(related(relation(term_passed=True)), consents=(replace(CONSENT, expired=True),))

    assert reasons(case("CALL", at=MAY_2026), facts) == (Code.D_EXPIRED, Code.D_REL_TERM_3Y)


def test_nearest_relation_is_the_one_that_fails_latest() -> None:
    facts = related(
        relation(with_legal_entity=False),
        relation(term_passed=True),
        relation(similar=False, term_passed=True),
    )

    decision = decide(case=case("CALL", at=MAY_2026), facts=facts)

    assert decision.reasons == (Code.D_REL_TERM_3Y, Code.D_REL_OTHER_ENTITY, Code.D_REL_NOT_SIMILAR)
    assert decision.rests_on == (Rest(Basis.RELATION, 1),)


def test_nearest_relation_comes_before_a_permission_for_another_purpose() -> None:
    facts = replace(related(relation(similar=False)), consents=(consent(belongs=Belongs.OTHER_PURPOSE),))

    assert reasons(case("EMAIL"), facts) == (Code.D_REL_NOT_SIMILAR, Code.D_CONSENT_OTHER_PURPOSE)


def test_no_basis_for_a_request_for_permission_or_an_automated_call() -> None:
    assert reasons(case("EMAIL"), NOBODY) == (Code.D_NO_BASIS,)
    assert reasons(case("AUTOMATED_CALL"), NOBODY) == (Code.D_AUTOMATED_CALL,)
    for channel in CHANNELS:
        asked = case(channel, content="CONSENT_REQUEST")
        assert reasons(asked, NOBODY) == (Code.D_CONSENT_REQUEST_IS_MARKETING,)


def test_request_for_permission_may_rest_on_a_ground_for_marketing() -> None:
    assert code(case("EMAIL", content="CONSENT_REQUEST"), CUSTOMER) == Code.A_SOFT_OPTIN
    assert code(case("EMAIL", content="CONSENT_REQUEST", sender="CHARITY"), CUSTOMER) == Code.D_NO_REL_KIND


def test_unknown_channel_is_no_ground_even_with_a_permission() -> None:
    assert code(case("FAX"), person(CONSENT)) == Code.D_NO_BASIS
