"""Questions and facts for the tests of the rulebook; every default is the plainest case."""

import datetime
from zoneinfo import ZoneInfo

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.deciding import decide
from consent.domain.rulebook.facts import (
    Belongs,
    Case,
    Collected,
    ConsentFacts,
    ConsentState,
    Facts,
    Jurisdiction,
    Kind,
    Policy,
    RelationFacts,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=AMSTERDAM)
MAY_2026 = datetime.datetime(2026, 5, 3, 12, 0, tzinfo=AMSTERDAM)
MAY_2024 = datetime.datetime(2024, 5, 3, 12, 0, tzinfo=AMSTERDAM)
INSTANT = datetime.timedelta(microseconds=1)
NOBODY = Facts()
CONSENT = ConsentFacts(belongs=Belongs.HERE, state=ConsentState.GIVEN)
CHANNELS = ("EMAIL", "SMS", "MESSAGING", "CALL", "AUTOMATED_CALL", "POST", "NONE")
MESSAGES = ("EMAIL", "SMS", "MESSAGING")
CONTENTS = ("COMMERCIAL", "IDEAL", "CHARITABLE", "SERVICE", "CONSENT_REQUEST")
SENDERS = ("COMMERCIAL", "CHARITY", "IDEAL", "PUBLISHER", "LOTTERY")
MARKETING_OF = {"CHARITY": "CHARITABLE", "IDEAL": "IDEAL"}


def case(
    channel: str = "CALL",
    *,
    sender: str = "COMMERCIAL",
    content: str = "",
    at: datetime.datetime = NOW,
    service_test_passed: bool = False,
    balancing_test: bool = False,
    policy: Policy = Policy.NONE,
) -> Case:
    """Ask for the sender's own kind of marketing, unless told otherwise."""
    return Case(
        channel=channel,
        content=content or MARKETING_OF.get(sender, "COMMERCIAL"),
        sender=sender,
        at=at,
        service_test_passed=service_test_passed,
        balancing_test=balancing_test,
        policy=policy,
    )


def person(
    *consents: ConsentFacts,
    relations: tuple[RelationFacts, ...] = (),
    jurisdiction: Jurisdiction = Jurisdiction.NL,
) -> Facts:
    """Somebody known, of whom nothing else is known than these permissions and relations."""
    return Facts(
        known=True,
        served=bool(consents or relations),
        jurisdiction=jurisdiction,
        consents=consents,
        relations=relations,
    )


def consent(state: ConsentState = ConsentState.GIVEN, *, belongs: Belongs = Belongs.HERE) -> ConsentFacts:
    return ConsentFacts(belongs=belongs, state=state)


def relation(
    kind: Kind = Kind.SALE,
    *,
    with_legal_entity: bool = True,
    similar: bool = True,
    collected: Collected = Collected.COMPLETE,
    collected_before_20210701: bool = False,
    term_passed: bool = False,
) -> RelationFacts:
    return RelationFacts(
        kind=kind,
        with_legal_entity=with_legal_entity,
        similar=similar,
        collected=collected,
        collected_before_20210701=collected_before_20210701,
        term_passed=term_passed,
    )


def related(*relations: RelationFacts, jurisdiction: Jurisdiction = Jurisdiction.NL) -> Facts:
    return person(relations=relations, jurisdiction=jurisdiction)


def organisation(legal_form: str, *, jurisdiction: Jurisdiction = Jurisdiction.NL) -> Facts:
    return Facts(known=True, organisation=True, legal_form=legal_form, jurisdiction=jurisdiction)


def code(asked: Case, facts: Facts) -> Code:
    return decide(case=asked, facts=facts).code


def reasons(asked: Case, facts: Facts) -> tuple[Code, ...]:
    return decide(case=asked, facts=facts).reasons
