"""The grounds per channel in Belgium, and elsewhere in Europe (rules, "Grounds per channel")."""

from dataclasses import replace

import pytest

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.deciding import decide
from consent.domain.rulebook.decision import Basis, Rest
from consent.domain.rulebook.facts import (
    Block,
    Collected,
    ConsentFacts,
    ConsentState,
    Facts,
    Jurisdiction,
    Kind,
    Listing,
    RelationFacts,
)
from tests.consent.domain.rulebook.asking import (
    CHANNELS,
    CONSENT,
    SENDERS,
    case,
    code,
    consent,
    organisation,
    person,
    reasons,
    related,
    relation,
)

BE = Jurisdiction.BE
NOT_LISTED = Facts(jurisdiction=BE, listing=Listing.NOT_LISTED)
LISTED = Facts(jurisdiction=BE, listing=Listing.LISTED)
LATER = replace(CONSENT, after_listing=True)
LEGAL_PERSONS = ("BV", "NV", "CV", "VOF", "COMMV", "VZW", "STICHTING", "PUBLIC_BODY")


@pytest.mark.parametrize("facts", [person(LATER), organisation("BV"), related(relation())])
def test_d_dncm_stale_before_any_ground(facts: Facts) -> None:
    decision = decide(case=case("CALL", balancing_test=True), facts=replace(facts, jurisdiction=BE))

    assert (decision.reasons, decision.rests_on) == ((Code.D_DNCM_STALE,), (Rest(Basis.LIST),))


def test_d_dncm_listed() -> None:
    decision = decide(case=case("CALL", balancing_test=True), facts=LISTED)

    assert (decision.reasons, decision.rests_on) == ((Code.D_DNCM_LISTED,), (Rest(Basis.LIST),))


def test_a_consent_after_dncm_rests_on_permission_and_list() -> None:
    facts = replace(LISTED, consents=(replace(CONSENT, state=ConsentState.NONE), LATER))

    decision = decide(case=case("CALL"), facts=facts)

    assert decision.reasons == (Code.A_CONSENT_AFTER_DNCM,)
    assert decision.rests_on == (Rest(Basis.CONSENT, 1), Rest(Basis.LIST))


@pytest.mark.parametrize(
    ("flawed", "failing"),
    [
        (replace(LATER, after_listing=False), ()),
        (replace(LATER, verified=False), ()),
        (replace(LATER, proven=False), ()),
        (replace(LATER, expired=True), (Code.D_EXPIRED,)),
    ],
)
def test_d_dncm_listed_unless_a_verified_permission_came_later(
    flawed: ConsentFacts, failing: tuple[Code, ...]
) -> None:
    assert reasons(case("CALL"), replace(LISTED, consents=(flawed,))) == (Code.D_DNCM_LISTED, *failing)


def test_d_dncm_stands_beside_a_stop_and_beside_service() -> None:
    assert reasons(case("CALL"), replace(LISTED, objected=True)) == (Code.D_OBJECTION, Code.D_DNCM_LISTED)
    service = case("CALL", content="SERVICE", service_test_passed=True)
    assert reasons(service, replace(LISTED, known=True, served=True)) == (Code.A_SERVICE, Code.D_DNCM_LISTED)


def test_a_consent_not_listed() -> None:
    unverified = replace(CONSENT, verified=False, first_contact_passed=True)

    decision = decide(
        case=case("CALL", balancing_test=True), facts=replace(NOT_LISTED, consents=(unverified,))
    )

    assert decision.reasons == (Code.A_CONSENT,)
    assert decision.rests_on == (Rest(Basis.CONSENT), Rest(Basis.LIST))


def test_a_be_not_listed_with_a_balancing_test() -> None:
    decision = decide(case=case("CALL", balancing_test=True), facts=NOT_LISTED)

    assert decision.reasons == (Code.A_BE_NOT_LISTED,)
    assert decision.rests_on == (Rest(Basis.BALANCING_TEST), Rest(Basis.LIST))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (NOT_LISTED, Code.D_NO_BASIS),
        (replace(NOT_LISTED, organisation=True, legal_form="BV"), Code.D_NO_BASIS),
        (replace(NOT_LISTED, published=True, legal_form="MAATSCHAP"), Code.D_NO_BASIS),
        (replace(NOT_LISTED, relations=(relation(),)), Code.D_NO_BASIS),
        (replace(NOT_LISTED, consents=(replace(CONSENT, expired=True),)), Code.D_EXPIRED),
    ],
)
def test_call_without_permission_or_balancing_test(facts: Facts, expected: Code) -> None:
    assert reasons(case("CALL"), facts) == (expected,)


def test_block_is_lifted_in_belgium_too() -> None:
    facts = replace(NOT_LISTED, block=Block.BLOCKED, consents=(replace(CONSENT, after_block=True),))

    decision = decide(case=case("CALL"), facts=facts)

    assert decision.rests_on == (Rest(Basis.CONSENT), Rest(Basis.LIST))


@pytest.mark.parametrize("sender", SENDERS)
def test_a_soft_optin_be(sender: str) -> None:
    asked = case("EMAIL", sender=sender, content="COMMERCIAL")

    decision = decide(case=asked, facts=related(relation(), jurisdiction=BE))

    assert (decision.reasons, decision.rests_on) == ((Code.A_SOFT_OPTIN_BE,), (Rest(Basis.RELATION),))


@pytest.mark.parametrize(
    ("flawed", "failing"),
    [
        (relation(with_legal_entity=False), (Code.D_REL_OTHER_ENTITY,)),
        (relation(Kind.SYMPATHY), (Code.D_NO_REL_KIND,)),
        (relation(Kind.DONATION), (Code.D_NO_REL_KIND,)),
        (relation(Kind.VOLUNTEER), (Code.D_NO_REL_KIND,)),
        (relation(similar=False), (Code.D_REL_NOT_SIMILAR,)),
        (
            relation(collected=Collected.NOT_TOLD),
            (Code.D_REL_NOT_INFORMED, Code.D_REL_NO_OPTOUT_AT_COLLECTION),
        ),
        # Art. 20.7 Tw is Dutch: in Belgium an old sale needs its opt-out too.
        (
            relation(collected=Collected.NO_OPTOUT, collected_before_20210701=True),
            (Code.D_REL_NO_OPTOUT_AT_COLLECTION,),
        ),
    ],
)
def test_soft_optin_be_fails(flawed: RelationFacts, failing: tuple[Code, ...]) -> None:
    assert reasons(case("EMAIL"), related(flawed, jurisdiction=BE)) == failing


@pytest.mark.parametrize("legal_form", LEGAL_PERSONS)
def test_a_be_impersonal(legal_form: str) -> None:
    facts = replace(organisation(legal_form, jurisdiction=BE), impersonal=True)

    decision = decide(case=case("EMAIL"), facts=facts)

    assert (decision.reasons, decision.rests_on) == ((Code.A_BE_IMPERSONAL,), (Rest(Basis.PUBLICATION),))
    assert code(case("EMAIL"), replace(facts, impersonal=False)) == Code.D_NO_BASIS
    assert code(case("SMS"), facts) == Code.D_NO_BASIS


@pytest.mark.parametrize("legal_form", ["EENMANSZAAK", "MAATSCHAP", ""])
def test_a_be_impersonal_not_for_people(legal_form: str) -> None:
    facts = replace(organisation(legal_form, jurisdiction=BE), impersonal=True, published=True)

    assert code(case("EMAIL"), facts) == Code.D_NO_BASIS


def test_email_in_belgium_in_the_order_of_the_table() -> None:
    facts = replace(organisation("BV", jurisdiction=BE), impersonal=True, relations=(relation(),))

    assert code(case("EMAIL"), replace(facts, consents=(CONSENT,))) == Code.A_CONSENT
    assert code(case("EMAIL"), facts) == Code.A_SOFT_OPTIN_BE
    assert code(case("EMAIL"), replace(facts, relations=())) == Code.A_BE_IMPERSONAL


@pytest.mark.parametrize(
    ("channel", "otherwise"),
    [
        ("SMS", Code.D_NO_BASIS),
        ("MESSAGING", Code.D_NO_BASIS),
        ("AUTOMATED_CALL", Code.D_AUTOMATED_CALL),
        ("NONE", Code.D_NO_BASIS),
    ],
)
def test_only_permission_in_belgium(channel: str, otherwise: Code) -> None:
    facts = replace(
        organisation("BV", jurisdiction=BE), impersonal=True, published=True, relations=(relation(),)
    )

    assert reasons(case(channel, balancing_test=True), facts) == (otherwise,)
    assert reasons(case(channel), replace(facts, consents=(CONSENT,))) == (Code.A_CONSENT,)


@pytest.mark.parametrize("channel", CHANNELS)
def test_only_permission_or_service_in_any_other_country(channel: str) -> None:
    facts = replace(
        organisation("BV", jurisdiction=Jurisdiction.EU),
        impersonal=True,
        published=True,
        listing=Listing.NOT_LISTED,
        relations=(relation(),),
    )
    otherwise = Code.D_AUTOMATED_CALL if channel == "AUTOMATED_CALL" else Code.D_NO_BASIS
    service = case(channel, content="SERVICE", service_test_passed=True)

    assert reasons(case(channel, balancing_test=True), facts) == (otherwise,)
    assert reasons(case(channel), replace(facts, consents=(consent(),))) == (Code.A_CONSENT,)
    assert code(service, replace(facts, served=True)).allows == (channel != "NONE")
