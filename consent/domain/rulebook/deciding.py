"""The order of the rules: the first row that matches gives the code, and every row that holds is a reason."""

import dataclasses
import datetime
from typing import Final

from consent.domain.rulebook.codes import Code, Obligation
from consent.domain.rulebook.conditions import (
    failing_of_consent,
    failing_of_relation,
    ground_for,
    is_valid,
    lifts_stops,
    own_consent,
)
from consent.domain.rulebook.decision import Basis, Decision, Rest
from consent.domain.rulebook.facts import Belongs, Block, Case, ConsentState, Facts, Policy
from consent.domain.rulebook.pack import Outcome, RelationGround, Situation
from consent.domain.rulebook.packs import find_pack, next_change_of_law

CALL_DUTIES: Final = (
    Obligation.O_SHOW_CLI,
    Obligation.O_IDENTIFY,
    Obligation.O_OFFER_OBJECTION,
    Obligation.O_WITHIN_HOURS,
    Obligation.O_LOG_CALL,
)
MESSAGE_DUTIES: Final = (
    Obligation.O_SENDER_IDENTITY,
    Obligation.O_POSTAL_OR_NUMBER,
    Obligation.O_UNSUBSCRIBE_LINK,
)
DUTIES: Final = {
    "CALL": CALL_DUTIES,
    "EMAIL": (*MESSAGE_DUTIES, Obligation.O_LIST_UNSUBSCRIBE),
    "SMS": MESSAGE_DUTIES,
    "MESSAGING": MESSAGE_DUTIES,
}


def decide(*, case: Case, facts: Facts) -> Decision:
    """Answer whether this contact is allowed, on what ground, and every reason against it.

    The first matching row of the order gives the code; after it comes every stop that holds and every failing
    condition of every permission and relation. Never raises: a situation no pack covers is a denial. Source:
    rules, "Order".
    """
    pack = find_pack(jurisdiction=facts.jurisdiction, at=case.at)
    if pack is None:
        return _denied_unjudged(Code.D_NO_PACK, case)
    situation = Situation(case=case, facts=facts, pack=pack)
    outcome = _first_match(situation)
    others = [code for code in _every_denial(situation) if code != outcome.code]
    return Decision(
        code=outcome.code,
        pack=pack.code,
        reasons=(outcome.code, *others),
        obligations=_duties(situation),
        rests_on=outcome.rests_on,
    )


def ground_beneath(*, case: Case, facts: Facts) -> Code | None:
    """Name the ground of the channel's table that holds, whatever stops contact; None when none does.

    A person who stopped something, and could allow it again, still has that before them.
    """
    pack = find_pack(jurisdiction=facts.jurisdiction, at=case.at)
    outcome = _ask_tables(Situation(case=case, facts=facts, pack=pack)) if pack else None
    return outcome.code if outcome is not None and outcome.code.allows else None


def deny_unreadable(*, case: Case) -> Decision:
    """Answer where the facts cannot be read: nobody is contacted on what is not known (rules, row 1)."""
    return _denied_unjudged(Code.D_UNAVAILABLE, case)


def _denied_unjudged(code: Code, case: Case) -> Decision:
    return Decision(code=code, reasons=(code,), obligations=DUTIES.get(case.channel, ()))


def law_changes_answer_at(*, case: Case, facts: Facts) -> datetime.datetime | None:
    """Find the first later moment at which the law itself changes this answer, the facts staying the same.

    A change of law that leaves this answer as it is does not count (rules, "With every answer").
    """
    reasons = decide(case=case, facts=facts).reasons
    moment = case.at
    while change := next_change_of_law(jurisdiction=facts.jurisdiction, channel=case.channel, at=moment):
        moment = change
        if decide(case=dataclasses.replace(case, at=moment), facts=facts).reasons != reasons:
            return moment
    return None


def _first_match(situation: Situation) -> Outcome:
    stops = _stops(situation)
    before_service = [stop for stop in stops if stop.code.place < Code.D_SUPPRESSED.place]
    if before_service:
        return before_service[0]
    if _is_service(situation):
        erasure = _lifting_block(situation) if situation.facts.block == Block.ERASED else []
        return Outcome(code=Code.A_SERVICE, rests_on=(Rest(Basis.SERVICE_TEST), *erasure))
    if stops:
        return stops[0]
    outcome = _ask_tables(situation) or _nearest(situation)
    rests_on = dict.fromkeys([*outcome.rests_on, *_holding_off_stops(situation)])
    return Outcome(code=outcome.code, rests_on=tuple(rests_on))


def _stops(situation: Situation) -> list[Outcome]:
    """Rows 3, 4 and 6 to 10: whatever stops contact before any ground is looked at."""
    facts, own = situation.facts, own_consent(situation)
    index, consent = own or (0, None)
    lifted = consent is not None and lifts_stops(situation, consent)
    answered_later = lifted and consent is not None and consent.after_objection
    withdrawn = consent is not None and (
        consent.state == ConsentState.WITHDRAWN or (consent.was_withdrawn and not lifted)
    )
    rows = (
        (Code.D_ADDRESS_INVALID, not facts.address_usable, ()),
        (Code.D_RESTRICTED, facts.restricted, (Rest(Basis.RESTRICTION),)),
        (Code.D_SUPPRESSED, _is_blocked(situation), (Rest(Basis.SUPPRESSION),)),
        (Code.D_OBJECTION, facts.objected and not answered_later, (Rest(Basis.OBJECTION),)),
        (Code.D_WITHDRAWN, withdrawn, (Rest(Basis.WITHDRAWAL, index),)),
        (Code.D_MINOR, _needs_representative(situation), (Rest(Basis.AGE),)),
        (Code.D_POLICY, _is_forbidden_by_policy(situation), (Rest(Basis.POLICY),)),
    )
    return [Outcome(code=code, rests_on=rests_on) for code, holds, rests_on in rows if holds]


def _is_blocked(situation: Situation) -> bool:
    return situation.facts.block != Block.NONE and not _lifting_block(situation)


def _lifting_block(situation: Situation) -> list[Rest]:
    """Any valid permission for this channel, given after the block, lifts it (rules, row 6)."""
    return [
        Rest(Basis.CONSENT if consent.belongs == Belongs.HERE else Basis.OTHER_CONSENT, index)
        for index, consent in enumerate(situation.consents)
        if consent.after_block and lifts_stops(situation, consent)
    ]


def _holding_off_stops(situation: Situation) -> list[Rest]:
    """The permissions without which a stop would stand: when one of them ends, so may this answer."""
    facts, own = situation.facts, own_consent(situation)
    lifting = _lifting_block(situation) if facts.block != Block.NONE else []
    under_care = situation.is_minor or facts.represented
    by_policy = situation.case.policy == Policy.WITHOUT_CONSENT
    if own is not None and (facts.objected or own[1].was_withdrawn or under_care or by_policy):
        return [*lifting, Rest(Basis.CONSENT, own[0])]
    return lifting


def _is_service(situation: Situation) -> bool:
    """Row 5. Processing without contact knows no service: its one ground is consent."""
    case, facts = situation.case, situation.facts
    erased = facts.block == Block.ERASED and _is_blocked(situation)
    asked = case.content == "SERVICE" and case.service_test_passed and case.channel != "NONE"
    return asked and facts.known and facts.served and not erased


def _needs_representative(situation: Situation) -> bool:
    if not situation.is_minor and not situation.facts.represented:
        return False
    own = own_consent(situation)
    return own is None or not (own[1].by_representative and is_valid(situation, own[1]))


def _is_forbidden_by_policy(situation: Situation) -> bool:
    policy, own = situation.case.policy, own_consent(situation)
    if policy == Policy.WITHOUT_CONSENT:
        return own is None or not is_valid(situation, own[1])
    return policy == Policy.EVERYTHING


def _ask_tables(situation: Situation) -> Outcome | None:
    """Row 11: the first ground of the channel's table that holds."""
    gate = situation.pack.gates.get(situation.case.channel)
    outcome = gate(situation) if gate else None
    if outcome is not None:
        return outcome
    for ground in situation.table:
        found = _carrying(situation, ground) if isinstance(ground, RelationGround) else ground.find(situation)
        if found is not None and ground.code is not None:
            gated = (Rest(Basis.LIST),) if gate else ()
            return Outcome(code=ground.code, rests_on=(found, *gated))
    return None


def _carrying(situation: Situation, ground: RelationGround) -> Rest | None:
    for index, relation in enumerate(situation.relations):
        its_ground = ground_for(situation, relation.kind)
        if its_ground is ground and not failing_of_relation(situation, relation):
            return Rest(Basis.RELATION, index)
    return None


def _nearest(situation: Situation) -> Outcome:
    """Row 12: the failing code of the ground that came nearest."""
    own = own_consent(situation)
    if own is not None and not is_valid(situation, own[1]):
        index, consent = own
        basis = {ConsentState.REQUESTED: Basis.REQUEST, ConsentState.REFUSED: Basis.REFUSAL}
        rest = Rest(basis.get(consent.state, Basis.CONSENT), index)
        return Outcome(code=failing_of_consent(situation, consent)[0], rests_on=(rest,))
    if situation.relations:
        failing = [failing_of_relation(situation, relation)[0] for relation in situation.relations]
        best = max(range(len(failing)), key=lambda index: failing[index].place)
        return Outcome(code=failing[best], rests_on=(Rest(Basis.RELATION, best),))
    other = _for_other_purpose(situation)
    if other is not None:
        return Outcome(code=Code.D_CONSENT_OTHER_PURPOSE, rests_on=(other,))
    return Outcome(code=_without_basis(situation.case))


def _for_other_purpose(situation: Situation) -> Rest | None:
    for index, consent in enumerate(situation.consents):
        if consent.belongs == Belongs.OTHER_PURPOSE and is_valid(situation, consent):
            return Rest(Basis.OTHER_CONSENT, index)
    return None


def _without_basis(case: Case) -> Code:
    if case.content == "CONSENT_REQUEST":
        return Code.D_CONSENT_REQUEST_IS_MARKETING
    return Code.D_AUTOMATED_CALL if case.channel == "AUTOMATED_CALL" else Code.D_NO_BASIS


def _every_denial(situation: Situation) -> list[Code]:
    """Every denial of rows 3 to 12 that holds, in the order of the tables, also when contact is allowed."""
    own, codes = own_consent(situation), {stop.code for stop in _stops(situation)}
    gate = situation.pack.gates.get(situation.case.channel)
    listed = gate(situation) if gate else None
    if listed is not None and not listed.code.allows:
        codes.add(listed.code)
    if own is not None:
        codes.update(failing_of_consent(situation, own[1]))
    for relation in situation.relations:
        codes.update(failing_of_relation(situation, relation))
    if _for_other_purpose(situation) is not None and (own is None or not is_valid(situation, own[1])):
        codes.add(Code.D_CONSENT_OTHER_PURPOSE)
    return sorted(codes, key=lambda code: code.place)


def _duties(situation: Situation) -> tuple[Obligation, ...]:
    duties = DUTIES.get(situation.case.channel, ())
    if situation.case.channel == "CALL" and situation.is_legal_person:
        return (*duties, Obligation.O_HONOUR_OBJECTION)
    return duties
