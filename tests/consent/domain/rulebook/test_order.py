"""The order of the rules: which row gives the code, and what stands beside it (rules, "Order")."""

from dataclasses import replace

import pytest

from consent.domain.rulebook.codes import Code, Obligation
from consent.domain.rulebook.deciding import decide, deny_unreadable
from consent.domain.rulebook.decision import Basis, Rest
from consent.domain.rulebook.facts import (
    Age,
    Belongs,
    Block,
    ConsentState,
    Facts,
    Policy,
)
from tests.consent.domain.rulebook.asking import (
    CONSENT,
    MAY_2026,
    NOBODY,
    case,
    consent,
    person,
    reasons,
    related,
    relation,
)

WITHDRAWN = consent(ConsentState.WITHDRAWN)
REFUSED = consent(ConsentState.REFUSED)


def test_d_unavailable_comes_with_the_duties_of_the_channel() -> None:
    decision = deny_unreadable(case=case("SMS"))

    assert (decision.code, decision.reasons, decision.pack) == (
        Code.D_UNAVAILABLE,
        (Code.D_UNAVAILABLE,),
        "",
    )
    assert decision.obligations == decide(case=case("SMS"), facts=NOBODY).obligations


def test_d_unavailable_by_post_comes_with_no_duties() -> None:
    assert deny_unreadable(case=case("POST")).obligations == ()


def test_d_no_pack_says_nothing_else() -> None:
    old = case("EMAIL", at=MAY_2026.replace(year=2021))
    facts = replace(person(CONSENT), restricted=True)

    decision = decide(case=old, facts=facts)

    assert (decision.code, decision.reasons, decision.pack) == (Code.D_NO_PACK, (Code.D_NO_PACK,), "")
    assert decision.obligations[-1] == Obligation.O_LIST_UNSUBSCRIBE


def test_every_stop_stands_before_the_next_and_all_are_named() -> None:
    facts = Facts(
        address_usable=False,
        restricted=True,
        block=Block.BLOCKED,
        objected=True,
        age=Age.UNDER_16,
        consents=(WITHDRAWN,),
    )
    forbidden = case("EMAIL", policy=Policy.EVERYTHING)
    stops = (
        Code.D_ADDRESS_INVALID,
        Code.D_RESTRICTED,
        Code.D_SUPPRESSED,
        Code.D_OBJECTION,
        Code.D_WITHDRAWN,
        Code.D_MINOR,
        Code.D_POLICY,
    )
    assert reasons(forbidden, facts) == stops
    facts = replace(facts, address_usable=True)
    assert reasons(forbidden, facts) == stops[1:]
    facts = replace(facts, restricted=False)
    assert reasons(forbidden, facts) == stops[2:]
    facts = replace(facts, block=Block.NONE)
    assert reasons(forbidden, facts) == stops[3:]
    facts = replace(facts, objected=False)
    assert reasons(forbidden, facts) == stops[4:]
    facts = replace(facts, consents=())
    assert reasons(forbidden, facts) == stops[5:]
    facts = replace(facts, age=Age.FROM_16)
    assert reasons(forbidden, facts) == stops[6:]
    assert reasons(case("EMAIL"), facts) == (Code.D_NO_BASIS,)


@pytest.mark.parametrize(
    ("facts", "rest"),
    [
        (Facts(address_usable=False), ()),
        (Facts(restricted=True), (Rest(Basis.RESTRICTION),)),
        (Facts(block=Block.BLOCKED), (Rest(Basis.SUPPRESSION),)),
        (Facts(objected=True), (Rest(Basis.OBJECTION),)),
        (person(consent(belongs=Belongs.ELSEWHERE), WITHDRAWN), (Rest(Basis.WITHDRAWAL, 1),)),
        (Facts(represented=True), (Rest(Basis.AGE),)),
        (NOBODY, ()),
        (person(consent(ConsentState.REQUESTED)), (Rest(Basis.REQUEST),)),
        (person(REFUSED), (Rest(Basis.REFUSAL),)),
        (person(replace(CONSENT, expired=True)), (Rest(Basis.CONSENT),)),
        (
            person(consent(belongs=Belongs.ELSEWHERE), replace(CONSENT, expired=True)),
            (Rest(Basis.CONSENT, 1),),
        ),
        (person(consent(belongs=Belongs.OTHER_PURPOSE)), (Rest(Basis.OTHER_CONSENT),)),
        (
            person(consent(belongs=Belongs.ELSEWHERE), consent(belongs=Belongs.OTHER_PURPOSE)),
            (Rest(Basis.OTHER_CONSENT, 1),),
        ),
    ],
)
def test_what_a_denial_rests_on(facts: Facts, rest: tuple[Rest, ...]) -> None:
    assert decide(case=case("EMAIL"), facts=facts).rests_on == rest


def test_d_policy_rests_on_the_policy() -> None:
    decision = decide(case=case("EMAIL", policy=Policy.EVERYTHING), facts=person(CONSENT))

    assert (decision.code, decision.rests_on) == (Code.D_POLICY, (Rest(Basis.POLICY),))


def test_reasons_of_an_allowed_contact_name_what_fails() -> None:
    facts = related(relation(), relation(with_legal_entity=False, similar=False))
    facts = replace(facts, consents=(REFUSED,))

    assert reasons(case("EMAIL"), facts) == (
        Code.A_SOFT_OPTIN,
        Code.D_REFUSED,
        Code.D_REL_OTHER_ENTITY,
        Code.D_REL_NOT_SIMILAR,
    )
