"""What holds for every question and every set of facts."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.deciding import decide, ground_beneath, law_changes_answer_at
from consent.domain.rulebook.decision import Basis, Decision
from consent.domain.rulebook.facts import (
    Belongs,
    Block,
    Case,
    Collected,
    ConsentFacts,
    ConsentState,
    Facts,
    Jurisdiction,
    Listing,
    Policy,
    read_facts,
)
from consent.domain.rulebook.packs import PACKS, find_pack, law_holds_since
from tests.consent.domain.rulebook.asking import INSTANT
from tests.consent.domain.rulebook.every_fact import CASES, FACTS, for_every
from tests.consent.domain.rulebook.test_facts import letters

LIFTABLE: Final = {Code.D_SUPPRESSED, Code.D_OBJECTION, Code.D_WITHDRAWN, Code.D_MINOR}
OF_CONSENTS: Final = {Basis.CONSENT, Basis.OTHER_CONSENT}
# What stands in the key where nothing is known.
UNKNOWN_OF_PERSON: Final[dict[str, Any]] = {
    "known": False,
    "address_usable": False,
    "organisation": False,
    "legal_form": "",
    "served": False,
    "published": False,
    "impersonal": False,
    "listing": Listing.STALE,
    "consents": (),
    "relations": (),
}
UNKNOWN_OF_CONSENT: Final[dict[str, Any]] = {
    "belongs": Belongs.ELSEWHERE,
    "state": ConsentState.REQUESTED,
    "expired": True,
    "used_up": True,
    "complete": False,
    "names_legal_entity": False,
    "verified": False,
    "first_contact_passed": True,
    "by_representative": False,
    "proven": False,
    "was_withdrawn": True,
    "after_objection": False,
    "after_block": False,
    "after_listing": False,
}
UNKNOWN_OF_RELATION: Final[dict[str, Any]] = {
    "with_legal_entity": False,
    "similar": False,
    "collected": Collected.NOT_SUPPLIED,
    "collected_before_20210701": False,
    "term_passed": True,
}


def allowed(case: Case, facts: Facts) -> bool:
    return decide(case=case, facts=facts).allowed


@for_every(CASES, FACTS)
def test_every_answer_begins_with_its_code_and_names_denials_in_order(case: Case, facts: Facts) -> None:
    decision = decide(case=case, facts=facts)
    main, *others = decision.reasons

    assert main == decision.code
    assert others == sorted(set(others) - {main}, key=lambda code: code.place)
    assert not any(code.allows for code in others)


@for_every(CASES, FACTS)
def test_every_allowance_stands_in_a_table(case: Case, facts: Facts) -> None:
    decision = decide(case=case, facts=facts)
    if not decision.allowed:
        return
    (pack,) = (pack for pack in PACKS if pack.code == decision.pack)
    in_table = {ground.code for ground in pack.tables[case.channel]}
    of_list = {Code.A_CONSENT_AFTER_DNCM} if case.channel in pack.gates else set()
    of_service = {Code.A_SERVICE} if case.content == "SERVICE" else set()

    assert decision.code in in_table | of_list | of_service


@for_every(CASES, FACTS)
def test_ground_beneath_is_that_of_every_allowance_and_no_stop_changes_it(case: Case, facts: Facts) -> None:
    decision, beneath = decide(case=case, facts=facts), ground_beneath(case=case, facts=facts)
    stopped = replace(facts, restricted=True, objected=True, block=Block.ERASED)

    assert beneath == decision.code or not decision.allowed or decision.code == Code.A_SERVICE
    assert ground_beneath(case=replace(case, policy=Policy.EVERYTHING), facts=stopped) == beneath


@for_every(CASES, FACTS)
def test_processing_without_contact_has_one_ground(case: Case, facts: Facts) -> None:
    code = decide(case=replace(case, channel="NONE"), facts=facts).code

    assert code == Code.A_CONSENT or not code.allows


@for_every(CASES, FACTS)
def test_restriction_stops_everything(case: Case, facts: Facts) -> None:
    assert not allowed(case, replace(facts, restricted=True))


@for_every(CASES, FACTS)
def test_objection_leaves_only_service_or_a_later_valid_permission(case: Case, facts: Facts) -> None:
    before = decide(case=case, facts=replace(facts, objected=False))
    after = decide(case=case, facts=replace(facts, objected=True))

    assert before.allowed or not after.allowed
    if after.allowed and after.code != Code.A_SERVICE:
        assert Code.D_OBJECTION not in after.reasons
        assert [one.after_objection for one in rested_on(after, facts) if one.belongs == Belongs.HERE] == [
            True
        ]


@for_every(CASES, FACTS, st.sampled_from([Block.BLOCKED, Block.ERASED]))
def test_block_leaves_only_service_or_a_later_valid_permission(
    case: Case, facts: Facts, block: Block
) -> None:
    before = decide(case=case, facts=replace(facts, block=Block.NONE))
    after = decide(case=case, facts=replace(facts, block=block))

    assert before.allowed or not after.allowed
    if after.allowed and (after.code != Code.A_SERVICE or block == Block.ERASED):
        assert Code.D_SUPPRESSED not in after.reasons
        assert any(one.after_block for one in rested_on(after, facts))


@for_every(CASES, FACTS)
def test_withdrawal_leaves_only_service(case: Case, facts: Facts) -> None:
    own = [
        replace(one, state=ConsentState.WITHDRAWN) for one in facts.consents if one.belongs == Belongs.HERE
    ]
    after = decide(case=case, facts=replace(facts, consents=(*own, *others_of(facts))))

    if own:
        assert after.code == Code.A_SERVICE or not after.allowed


@for_every(CASES, FACTS)
def test_taking_a_permission_away_never_allows(case: Case, facts: Facts) -> None:
    """As if it had never been given; a stop is no permission, and what it lifted stands again."""
    for place, one in enumerate(facts.consents):
        if one.state == ConsentState.GIVEN and not one.was_withdrawn:
            without = replace(facts, consents=facts.consents[:place] + facts.consents[place + 1 :])

            assert allowed(case, facts) or not allowed(case, without)


@for_every(CASES, FACTS)
def test_a_house_policy_only_tightens(case: Case, facts: Facts) -> None:
    free, consent_only, nothing = (
        allowed(replace(case, policy=policy), facts)
        for policy in (Policy.NONE, Policy.WITHOUT_CONSENT, Policy.EVERYTHING)
    )

    assert free >= consent_only >= nothing


@for_every(CASES, FACTS)
def test_several_relations_never_add_up(case: Case, facts: Facts) -> None:
    one_by_one = [allowed(case, replace(facts, relations=(one,))) for one in facts.relations]

    assert allowed(case, facts) == any([allowed(case, replace(facts, relations=())), *one_by_one])


@for_every(CASES, FACTS)
def test_a_purchase_lifts_nothing(case: Case, facts: Facts) -> None:
    before = decide(case=case, facts=replace(facts, relations=()))
    after = decide(case=case, facts=facts)

    if before.code in LIFTABLE:
        assert after.code == before.code


@for_every(CASES, FACTS, st.randoms(use_true_random=False))
def test_order_of_records_does_not_matter(case: Case, facts: Facts, shuffler: Random) -> None:
    consents, relations = list(facts.consents), list(facts.relations)
    shuffler.shuffle(consents)
    shuffler.shuffle(relations)
    shuffled = replace(facts, consents=tuple(consents), relations=tuple(relations))

    first, second = decide(case=case, facts=facts), decide(case=case, facts=shuffled)

    assert (first.reasons, first.obligations) == (second.reasons, second.obligations)


@for_every(CASES, FACTS, st.data())
def test_what_is_unknown_never_allows_what_is_known_to_deny(
    case: Case, facts: Facts, data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(sorted(UNKNOWN_OF_PERSON)))
    stopping = [one for one in facts.consents if one.was_withdrawn or one.state == ConsentState.WITHDRAWN]
    # Permissions that hold a stop are not unknown: the stop is known.
    unknown: Any = tuple(stopping) if field == "consents" else UNKNOWN_OF_PERSON[field]

    assert allowed(case, facts) or not allowed(case, replace(facts, **{field: unknown}))


@for_every(CASES, FACTS, st.data())
def test_what_is_unknown_of_a_permission_never_allows(case: Case, facts: Facts, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(UNKNOWN_OF_CONSENT)))
    for place, one in enumerate(facts.consents):
        stops = one.was_withdrawn or one.state == ConsentState.WITHDRAWN
        if field in {"belongs", "state"} and stops:
            continue
        changed = replace(one, **{field: UNKNOWN_OF_CONSENT[field]})
        consents = (*facts.consents[:place], changed, *facts.consents[place + 1 :])

        assert allowed(case, facts) or not allowed(case, replace(facts, consents=consents))


@for_every(CASES, FACTS, st.sampled_from(sorted(UNKNOWN_OF_RELATION)))
def test_what_is_unknown_of_a_relation_never_allows(case: Case, facts: Facts, field: str) -> None:
    for place, one in enumerate(facts.relations):
        changed = replace(one, **{field: UNKNOWN_OF_RELATION[field]})
        relations = (*facts.relations[:place], changed, *facts.relations[place + 1 :])

        assert allowed(case, facts) or not allowed(case, replace(facts, relations=relations))


@for_every(CASES, FACTS)
def test_an_allowance_stands_on_what_it_names_and_nothing_else(case: Case, facts: Facts) -> None:
    """Everything the answer does not rest on may end, and the answer stays."""
    decision = decide(case=case, facts=facts)
    if not decision.allowed:
        return
    consents = {rest.place for rest in decision.rests_on if rest.basis in OF_CONSENTS}
    relations = {rest.place for rest in decision.rests_on if rest.basis == Basis.RELATION}
    ended = replace(
        facts,
        consents=tuple(
            one if place in consents else replace(one, expired=True)
            for place, one in enumerate(facts.consents)
        ),
        relations=tuple(
            one if place in relations else replace(one, term_passed=True)
            for place, one in enumerate(facts.relations)
        ),
    )

    assert decision.rests_on
    assert decide(case=case, facts=ended).code == decision.code


@for_every(CASES, FACTS)
def test_law_changes_an_answer_at_the_first_moment_it_differs(case: Case, facts: Facts) -> None:
    reasons = decide(case=case, facts=facts).reasons
    change = law_changes_answer_at(case=case, facts=facts)
    last = replace(case, at=case.at.replace(year=2100) if change is None else change - INSTANT)

    assert decide(case=last, facts=facts).reasons == reasons
    if change is not None:
        assert change > case.at
        assert decide(case=replace(case, at=change), facts=facts).reasons != reasons


@for_every(st.sampled_from(Jurisdiction), st.datetimes(timezones=st.just(UTC)))
def test_one_pack_at_most_is_in_force_and_once_begun_always_one(
    jurisdiction: Jurisdiction, at: datetime
) -> None:
    begun = [pack for pack in PACKS if pack.jurisdiction == jurisdiction and pack.starts_at <= at]

    assert find_pack(jurisdiction=jurisdiction, at=at) == (begun[-1] if begun else None)


@for_every(FACTS)
def test_facts_are_read_as_they_were_written(facts: Facts) -> None:
    assert read_facts(key=letters(facts)) == facts


@for_every(st.text(alphabet="NLBEU|,tfuycnahgqrwibepxsdv1 ", max_size=80))
def test_any_other_text_is_refused_with_a_value_error(key: str) -> None:
    try:
        facts = read_facts(key=key)
    except ValueError:
        return
    assert letters(facts) == key


def others_of(facts: Facts) -> list[ConsentFacts]:
    return [one for one in facts.consents if one.belongs != Belongs.HERE]


def rested_on(decision: Decision, facts: Facts) -> list[ConsentFacts]:
    return [facts.consents[rest.place] for rest in decision.rests_on if rest.basis in OF_CONSENTS]


@for_every(CASES, FACTS)
def test_between_two_changes_of_law_every_moment_gets_the_same_answer(case: Case, facts: Facts) -> None:
    first = replace(case, at=law_holds_since(at=case.at))

    assert decide(case=first, facts=facts) == decide(case=case, facts=facts)
    assert law_changes_answer_at(case=first, facts=facts) == law_changes_answer_at(case=case, facts=facts)
    assert ground_beneath(case=first, facts=facts) == ground_beneath(case=case, facts=facts)
