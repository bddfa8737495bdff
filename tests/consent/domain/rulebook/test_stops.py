"""What stops contact before any ground is looked at, and what lifts it: rows 6 to 10 (rules, "Order")."""

from dataclasses import replace

import pytest

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.deciding import decide, ground_beneath
from consent.domain.rulebook.decision import Basis, Rest
from consent.domain.rulebook.facts import (
    Age,
    Belongs,
    Block,
    ConsentFacts,
    ConsentState,
    Facts,
    Jurisdiction,
    Policy,
)
from tests.consent.domain.rulebook.asking import (
    CONSENT,
    MAY_2024,
    case,
    code,
    consent,
    organisation,
    person,
    reasons,
    related,
    relation,
)

CUSTOMER = related(relation())
WITHDRAWN = consent(ConsentState.WITHDRAWN)
REFUSED = consent(ConsentState.REFUSED)


# Row 6: suppression.


@pytest.mark.parametrize("block", [Block.BLOCKED, Block.ERASED])
@pytest.mark.parametrize("belongs", list(Belongs))
def test_d_suppressed_is_lifted_by_any_valid_later_permission(block: Block, belongs: Belongs) -> None:
    later = replace(consent(belongs=belongs), after_block=True)
    facts = replace(person(later), block=block)

    assert Code.D_SUPPRESSED not in reasons(case("EMAIL"), facts)
    assert (
        code(case("EMAIL"), replace(facts, consents=(replace(later, after_block=False),)))
        == Code.D_SUPPRESSED
    )


@pytest.mark.parametrize(
    "flaw",
    [
        {"state": ConsentState.REQUESTED},
        {"state": ConsentState.INVALIDATED},
        {"expired": True},
        {"used_up": True},
        {"complete": False},
        {"names_legal_entity": False},
        {"proven": False},
        {"age_when_given": Age.UNDER_16},
    ],
)
def test_no_stop_is_lifted_by_a_permission_that_is_not_valid(flaw: dict[str, object]) -> None:
    flawed = ConsentFacts(
        **{
            "belongs": Belongs.HERE,
            "state": ConsentState.GIVEN,
            "after_block": True,
            "after_objection": True,
            "was_withdrawn": True,
            **flaw,
        }  # type: ignore[arg-type]  # one flaw at a time
    )
    facts = replace(person(flawed), block=Block.BLOCKED, objected=True)

    assert reasons(case("EMAIL"), facts)[:3] == (
        Code.D_SUPPRESSED,
        Code.D_OBJECTION,
        Code.D_WITHDRAWN,
    )


def test_a_ground_beside_a_lifted_block_rests_on_the_permission_too() -> None:
    elsewhere = replace(consent(belongs=Belongs.ELSEWHERE), after_block=True)
    facts = replace(organisation("BV"), block=Block.BLOCKED, consents=(elsewhere,))

    decision = decide(case=case("CALL"), facts=facts)

    assert decision.code == Code.A_LEGAL_PERSON
    assert decision.rests_on == (Rest(Basis.LEGAL_FORM), Rest(Basis.OTHER_CONSENT))


def test_permissions_are_rested_on_by_their_place() -> None:
    lifting = replace(consent(belongs=Belongs.OTHER_PURPOSE), after_block=True)
    own = replace(CONSENT, after_objection=True)
    facts = replace(
        organisation("BV"),
        block=Block.BLOCKED,
        objected=True,
        consents=(consent(belongs=Belongs.ELSEWHERE), lifting, own),
    )

    assert decide(case=case("CALL"), facts=facts).rests_on == (
        Rest(Basis.LEGAL_FORM),
        Rest(Basis.OTHER_CONSENT, 1),
        Rest(Basis.CONSENT, 2),
    )


def test_a_ground_without_a_block_rests_on_itself_alone() -> None:
    later = replace(consent(belongs=Belongs.ELSEWHERE), after_block=True)

    decision = decide(case=case("CALL"), facts=replace(organisation("BV"), consents=(later,)))

    assert decision.rests_on == (Rest(Basis.LEGAL_FORM),)


# Rows 7 and 8: objection and withdrawal.


def test_d_objection_is_lifted_by_a_valid_later_permission_for_exactly_this() -> None:
    later = replace(CONSENT, after_objection=True)
    facts = replace(person(later), objected=True)

    assert reasons(case("EMAIL"), facts) == (Code.A_CONSENT,)
    elsewhere = replace(later, belongs=Belongs.OTHER_PURPOSE)
    assert reasons(case("EMAIL"), replace(facts, consents=(elsewhere,))) == (
        Code.D_OBJECTION,
        Code.D_CONSENT_OTHER_PURPOSE,
    )
    assert code(case("EMAIL"), replace(facts, consents=(CONSENT,))) == Code.D_OBJECTION


def test_d_objection_is_not_lifted_by_a_purchase() -> None:
    assert reasons(case("EMAIL"), replace(CUSTOMER, objected=True)) == (Code.D_OBJECTION,)


def test_d_objection_stops_processing_without_contact() -> None:
    assert code(case("NONE"), replace(person(CONSENT), objected=True)) == Code.D_OBJECTION


def test_a_ground_beside_a_lifted_objection_rests_on_the_permission_too() -> None:
    later = replace(CONSENT, after_objection=True)
    facts = replace(organisation("BV"), objected=True, consents=(later,))

    decision = decide(case=case("CALL"), facts=facts)

    assert decision.rests_on == (Rest(Basis.LEGAL_FORM), Rest(Basis.CONSENT))


def test_a_ground_without_any_stop_rests_on_itself_alone() -> None:
    facts = replace(organisation("BV"), consents=(CONSENT,))

    assert decide(case=case("CALL"), facts=facts).rests_on == (Rest(Basis.LEGAL_FORM),)


def test_d_withdrawn_falls_back_on_no_other_ground() -> None:
    facts = replace(CUSTOMER, consents=(WITHDRAWN,))

    assert reasons(case("EMAIL"), facts) == (Code.D_WITHDRAWN,)


def test_d_withdrawn_stands_until_it_is_validly_given_again() -> None:
    again = replace(CONSENT, was_withdrawn=True)

    decision = decide(case=case("EMAIL"), facts=person(again))

    assert (decision.reasons, decision.rests_on) == ((Code.A_CONSENT,), (Rest(Basis.CONSENT),))
    expired = replace(again, expired=True)
    assert reasons(case("EMAIL"), replace(CUSTOMER, consents=(expired,))) == (
        Code.D_WITHDRAWN,
        Code.D_EXPIRED,
    )


def test_a_ground_beside_a_permission_given_again_rests_on_it_too() -> None:
    facts = replace(organisation("BV"), consents=(replace(CONSENT, was_withdrawn=True),))

    assert decide(case=case("CALL"), facts=facts).rests_on == (
        Rest(Basis.LEGAL_FORM),
        Rest(Basis.CONSENT),
    )


def test_d_withdrawn_elsewhere_or_for_another_purpose_stops_nothing() -> None:
    others = tuple(consent(ConsentState.WITHDRAWN, belongs=belongs) for belongs in list(Belongs)[1:])

    assert reasons(case("EMAIL"), replace(CUSTOMER, consents=others)) == (Code.A_SOFT_OPTIN,)


def test_d_refused_blocks_the_permission_alone() -> None:
    assert reasons(case("EMAIL"), replace(CUSTOMER, consents=(REFUSED,))) == (
        Code.A_SOFT_OPTIN,
        Code.D_REFUSED,
    )


# Row 9: minors and people who are represented.


@pytest.mark.parametrize(
    ("jurisdiction", "age", "expected"),
    [
        (Jurisdiction.NL, Age.UNDER_13, Code.D_MINOR),
        (Jurisdiction.NL, Age.UNDER_16, Code.D_MINOR),
        (Jurisdiction.NL, Age.FROM_16, Code.A_CONSENT),
        (Jurisdiction.NL, Age.UNKNOWN, Code.A_CONSENT),
        (Jurisdiction.BE, Age.UNDER_13, Code.D_MINOR),
        (Jurisdiction.BE, Age.UNDER_16, Code.A_CONSENT),
        (Jurisdiction.EU, Age.UNDER_13, Code.D_MINOR),
        (Jurisdiction.EU, Age.UNDER_16, Code.D_MINOR),
        (Jurisdiction.EU, Age.FROM_16, Code.A_CONSENT),
    ],
)
def test_d_minor_by_country(jurisdiction: Jurisdiction, age: Age, expected: Code) -> None:
    facts = replace(person(CONSENT, jurisdiction=jurisdiction), age=age)
    by_parent = replace(facts, consents=(replace(CONSENT, by_representative=True, age_when_given=age),))

    assert reasons(case("EMAIL"), facts) == (expected,)
    assert reasons(case("EMAIL"), by_parent) == (Code.A_CONSENT,)


@pytest.mark.parametrize("flaw", [{"expired": True}, {"state": ConsentState.REFUSED}])
def test_d_minor_needs_a_valid_permission_of_the_representative(flaw: dict[str, object]) -> None:
    flawed = ConsentFacts(
        **{"belongs": Belongs.HERE, "state": ConsentState.GIVEN, "by_representative": True, **flaw}  # type: ignore[arg-type]  # one flaw at a time
    )
    facts = replace(CUSTOMER, age=Age.UNDER_13, consents=(flawed,))

    assert code(case("EMAIL"), facts) == Code.D_MINOR


def test_d_minor_holds_for_who_is_represented_and_for_a_customer() -> None:
    assert reasons(case("EMAIL"), replace(CUSTOMER, represented=True)) == (Code.D_MINOR,)
    assert reasons(case("EMAIL"), replace(CUSTOMER, age=Age.UNDER_16)) == (Code.D_MINOR,)


@pytest.mark.parametrize("of_person", [Facts(represented=True), Facts(age=Age.UNDER_13)])
def test_a_ground_of_who_is_represented_rests_on_that_permission_too(of_person: Facts) -> None:
    facts = replace(
        organisation("BV"),
        represented=of_person.represented,
        age=of_person.age,
        consents=(replace(CONSENT, by_representative=True),),
    )

    assert decide(case=case("CALL"), facts=facts).rests_on == (
        Rest(Basis.LEGAL_FORM),
        Rest(Basis.CONSENT),
    )


def test_d_minor_a_permission_given_under_age_does_not_become_valid_by_age() -> None:
    young = replace(CONSENT, age_when_given=Age.UNDER_16, expired=True)
    facts = replace(person(young), age=Age.FROM_16)

    assert reasons(case("EMAIL"), facts) == (Code.D_MINOR, Code.D_EXPIRED)
    assert reasons(case("EMAIL"), replace(facts, relations=(relation(),))) == (
        Code.A_SOFT_OPTIN,
        Code.D_MINOR,
        Code.D_EXPIRED,
    )


# Row 10: house policy.


def test_d_policy_everything_is_forbidden() -> None:
    assert reasons(case("EMAIL", policy=Policy.EVERYTHING), person(CONSENT)) == (Code.D_POLICY,)


def test_d_policy_only_with_permission() -> None:
    asked = case("CALL", policy=Policy.WITHOUT_CONSENT)

    assert reasons(asked, organisation("BV")) == (Code.D_POLICY,)
    assert reasons(asked, replace(organisation("BV"), consents=(replace(CONSENT, expired=True),))) == (
        Code.D_POLICY,
        Code.D_EXPIRED,
    )
    decision = decide(case=asked, facts=replace(organisation("BV"), consents=(CONSENT,)))
    assert (decision.code, decision.rests_on) == (
        Code.A_LEGAL_PERSON,
        (Rest(Basis.LEGAL_FORM), Rest(Basis.CONSENT)),
    )


# What lies beneath a stop.


@pytest.mark.parametrize(
    "stop",
    [
        {},
        {"restricted": True},
        {"objected": True},
        {"block": Block.ERASED},
        {"age": Age.UNDER_13},
        {"consents": (WITHDRAWN,)},
        {"address_usable": False},
    ],
)
def test_ground_beneath_a_stop_is_that_of_the_table(stop: dict[str, object]) -> None:
    facts = replace(CUSTOMER, **stop)  # type: ignore[arg-type]  # one stop at a time

    assert ground_beneath(case=case("EMAIL", policy=Policy.EVERYTHING), facts=facts) == Code.A_SOFT_OPTIN
    assert ground_beneath(case=case("EMAIL"), facts=replace(facts, relations=())) is None


def test_nothing_lies_beneath_a_no_of_the_list_or_before_the_first_law() -> None:
    belgian = person(CONSENT, jurisdiction=Jurisdiction.BE)

    assert ground_beneath(case=case("CALL"), facts=belgian) is None
    assert ground_beneath(case=case("EMAIL"), facts=belgian) == Code.A_CONSENT
    before = case("EMAIL", at=MAY_2024.replace(year=2010))
    assert ground_beneath(case=before, facts=belgian) is None
