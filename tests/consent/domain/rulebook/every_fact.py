"""Every question and every set of facts the rules can meet, for the property tests."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from consent.domain.rulebook.facts import (
    Age,
    Belongs,
    Block,
    Case,
    Collected,
    ConsentFacts,
    ConsentState,
    Facts,
    Jurisdiction,
    Kind,
    Listing,
    Policy,
    RelationFacts,
)
from consent.domain.rulebook.packs import PACKS
from tests.consent.domain.rulebook.asking import CHANNELS, CONTENTS, INSTANT, NOW, SENDERS

EXAMPLES: Final = int(os.environ.get("RULEBOOK_EXAMPLES", "100"))
LEGAL_FORMS = ("", "BV", "CV", "VOF", "COMMV", "VZW", "EENMANSZAAK", "MAATSCHAP", "STICHTING", "OTHER")
STARTS = [pack.starts_at for pack in PACKS] + [pack.verified_calls_from or NOW for pack in PACKS]
MOMENTS = st.sampled_from(STARTS).flatmap(
    lambda start: st.sampled_from([start - INSTANT, start, start + timedelta(days=1), NOW])
)
YES_OR_NO = st.booleans()
MOSTLY_NO = st.sampled_from([False, False, False, True])
MOSTLY_YES = st.sampled_from([True, True, True, False])


def consents(belongs: st.SearchStrategy[Belongs]) -> st.SearchStrategy[ConsentFacts]:
    return st.builds(
        ConsentFacts,
        belongs=belongs,
        state=st.sampled_from([*ConsentState, ConsentState.GIVEN, ConsentState.GIVEN]),
        expired=MOSTLY_NO,
        used_up=MOSTLY_NO,
        complete=MOSTLY_YES,
        names_legal_entity=MOSTLY_YES,
        verified=MOSTLY_YES,
        first_contact_passed=MOSTLY_NO,
        by_representative=YES_OR_NO,
        proven=MOSTLY_YES,
        age_when_given=st.sampled_from(Age),
        was_withdrawn=MOSTLY_NO,
        after_objection=YES_OR_NO,
        after_block=YES_OR_NO,
        after_listing=YES_OR_NO,
    )


# One permission for exactly this at most: the records have one per purpose, channel and address.
CONSENTS = st.tuples(
    st.lists(consents(st.just(Belongs.HERE)), max_size=1),
    st.lists(consents(st.sampled_from([Belongs.OTHER_PURPOSE, Belongs.ELSEWHERE])), max_size=2),
).flatmap(lambda lists: st.permutations([*lists[0], *lists[1]]).map(tuple))
RELATIONS = st.lists(
    st.builds(
        RelationFacts,
        kind=st.sampled_from(Kind),
        with_legal_entity=MOSTLY_YES,
        similar=MOSTLY_YES,
        collected=st.sampled_from([*Collected, Collected.COMPLETE, Collected.COMPLETE]),
        collected_before_20210701=YES_OR_NO,
        term_passed=MOSTLY_NO,
    ),
    max_size=3,
).map(tuple)
FACTS = st.builds(
    Facts,
    jurisdiction=st.sampled_from([Jurisdiction.NL, Jurisdiction.NL, Jurisdiction.BE, Jurisdiction.EU]),
    known=MOSTLY_YES,
    address_usable=MOSTLY_YES,
    organisation=YES_OR_NO,
    legal_form=st.sampled_from(LEGAL_FORMS),
    age=st.sampled_from([*Age, Age.UNKNOWN, Age.FROM_16]),
    represented=MOSTLY_NO,
    restricted=MOSTLY_NO,
    served=YES_OR_NO,
    objected=MOSTLY_NO,
    block=st.sampled_from([*Block, Block.NONE, Block.NONE]),
    published=YES_OR_NO,
    impersonal=YES_OR_NO,
    listing=st.sampled_from(Listing),
    consents=CONSENTS,
    relations=RELATIONS,
)
CASES = st.builds(
    Case,
    channel=st.sampled_from(CHANNELS),
    content=st.sampled_from(CONTENTS),
    sender=st.sampled_from(SENDERS),
    at=MOMENTS,
    service_test_passed=YES_OR_NO,
    balancing_test=YES_OR_NO,
    policy=st.sampled_from([Policy.NONE, Policy.NONE, *Policy]),
)


def for_every(*drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Hold a test to everything that can be drawn; a slow machine is no failure."""

    def hold(test: Callable[..., None]) -> Callable[..., None]:
        return settings(deadline=None, max_examples=EXAMPLES)(given(*drawn)(test))

    return hold
