"""What comes with every answer, the codes themselves, and which of several answers counts."""

from dataclasses import replace

import pytest

from consent.domain.rulebook.codes import Code, Obligation
from consent.domain.rulebook.deciding import decide
from consent.domain.rulebook.decision import Decision, restrictiveness
from consent.domain.rulebook.facts import Facts, Jurisdiction, Listing
from tests.consent.domain.rulebook.asking import (
    CONSENT,
    NOBODY,
    case,
    organisation,
    person,
    related,
    relation,
)

CALL = (
    Obligation.O_SHOW_CLI,
    Obligation.O_IDENTIFY,
    Obligation.O_OFFER_OBJECTION,
    Obligation.O_WITHIN_HOURS,
    Obligation.O_LOG_CALL,
)
MESSAGE = (Obligation.O_SENDER_IDENTITY, Obligation.O_POSTAL_OR_NUMBER, Obligation.O_UNSUBSCRIBE_LINK)


@pytest.mark.parametrize("facts", [person(CONSENT), NOBODY, Facts(restricted=True)])
@pytest.mark.parametrize(
    ("channel", "duties"),
    [
        ("CALL", CALL),
        ("EMAIL", (*MESSAGE, Obligation.O_LIST_UNSUBSCRIBE)),
        ("SMS", MESSAGE),
        ("MESSAGING", MESSAGE),
        ("AUTOMATED_CALL", ()),
        ("POST", ()),
        ("NONE", ()),
    ],
)
def test_obligations_come_with_every_answer(
    facts: Facts, channel: str, duties: tuple[Obligation, ...]
) -> None:
    assert decide(case=case(channel), facts=facts).obligations == duties


@pytest.mark.parametrize("jurisdiction", [Jurisdiction.NL, Jurisdiction.BE])
def test_o_honour_objection_when_calling_a_legal_person(jurisdiction: Jurisdiction) -> None:
    facts = organisation("BV", jurisdiction=jurisdiction)

    assert decide(case=case("CALL"), facts=facts).obligations == (*CALL, Obligation.O_HONOUR_OBJECTION)
    assert decide(case=case("SMS"), facts=facts).obligations == MESSAGE


def test_codes_keep_their_names_as_values() -> None:
    assert [str(code) for code in (*Code, *Obligation)] == [code.name for code in (*Code, *Obligation)]
    assert [code for code in Code if code.allows] == [code for code in Code if code.name.startswith("A_")]


def test_codes_keep_the_order_of_the_rules() -> None:
    assert [code.name for code in Code] == [
        "D_UNAVAILABLE",
        "D_NO_PACK",
        "D_ADDRESS_INVALID",
        "D_RESTRICTED",
        "D_SUPPRESSED",
        "D_OBJECTION",
        "D_WITHDRAWN",
        "D_MINOR",
        "D_POLICY",
        "D_DNCM_STALE",
        "D_DNCM_LISTED",
        "D_NOT_CONFIRMED",
        "D_REFUSED",
        "D_INVALIDATED",
        "D_EXPIRED",
        "D_USED_UP",
        "D_EVIDENCE_INCOMPLETE",
        "D_THIRD_PARTY_LIST",
        "D_UNVERIFIED",
        "D_FIRST_CONTACT_TERM",
        "D_CONSENT_OTHER_PURPOSE",
        "D_REL_OTHER_ENTITY",
        "D_NO_REL_KIND",
        "D_REL_CALL_ONLY",
        "D_REL_ENDED_20260701",
        "D_PURPOSE_MISMATCH",
        "D_REL_NOT_SIMILAR",
        "D_REL_NOT_INFORMED",
        "D_REL_NO_OPTOUT_AT_COLLECTION",
        "D_REL_TERM_3Y",
        "D_CONSENT_REQUEST_IS_MARKETING",
        "D_AUTOMATED_CALL",
        "D_NO_BASIS",
        "A_SERVICE",
        "A_CONSENT",
        "A_CONSENT_AFTER_DNCM",
        "A_LEGAL_PERSON",
        "A_BE_IMPERSONAL",
        "A_PUBLISHED",
        "A_REL_SALE",
        "A_REL_PUBLISHER",
        "A_REL_LOTTERY",
        "A_SOFT_OPTIN",
        "A_SOFT_OPTIN_BE",
        "A_REL_DONOR",
        "A_REL_VOLUNTEER",
        "A_REL_ATTENDEE",
        "A_LEGITIMATE_INTEREST",
        "A_BE_NOT_LISTED",
    ]
    assert [code.place for code in Code] == list(range(len(Code)))


def test_answer_says_whether_it_allows() -> None:
    assert decide(case=case("EMAIL"), facts=person(CONSENT)).allowed
    assert not decide(case=case("EMAIL"), facts=NOBODY).allowed


def test_the_most_restrictive_of_several_answers_comes_first() -> None:
    facts = [
        person(CONSENT),
        related(relation()),
        NOBODY,
        Facts(address_usable=False, objected=True),
        replace(person(CONSENT), objected=True),
        Facts(jurisdiction=Jurisdiction.BE, listing=Listing.LISTED),
    ]
    answers = [decide(case=case("EMAIL"), facts=each) for each in facts]
    answers.append(Decision(code=Code.D_UNAVAILABLE, reasons=(Code.D_UNAVAILABLE,)))

    assert [answer.code for answer in sorted(answers, key=restrictiveness)] == [
        Code.D_UNAVAILABLE,
        Code.D_ADDRESS_INVALID,
        Code.D_OBJECTION,
        Code.D_NO_BASIS,
        Code.D_NO_BASIS,
        Code.A_CONSENT,
        Code.A_SOFT_OPTIN,
    ]
