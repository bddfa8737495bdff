"""What a permission or a relation must meet; each failing condition is named, in the order of the rules."""

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.facts import Belongs, Collected, ConsentFacts, ConsentState, Kind, RelationFacts
from consent.domain.rulebook.pack import RelationGround, Situation

UNANSWERED = {
    ConsentState.REQUESTED: Code.D_NOT_CONFIRMED,
    ConsentState.REFUSED: Code.D_REFUSED,
    ConsentState.WITHDRAWN: Code.D_WITHDRAWN,
}


def own_consent(situation: Situation) -> tuple[int, ConsentFacts] | None:
    """Find the permission asked for exactly this purpose, channel and legal entity, and its place."""
    for index, consent in enumerate(situation.consents):
        if consent.belongs == Belongs.HERE and consent.state != ConsentState.NONE:
            return index, consent
    return None


def failing_of_consent(situation: Situation, consent: ConsentFacts) -> list[Code]:
    """Name the conditions of consent that fail (rules, "Consent as a ground"); none: it is valid."""
    if consent.state in UNANSWERED:
        return [UNANSWERED[consent.state]]
    strict = situation.calls_must_be_verified
    given_under_age = consent.age_when_given in situation.pack.minors and not consent.by_representative
    conditions = (
        # A permission given under age does not become valid by age.
        (Code.D_MINOR, given_under_age),
        (Code.D_INVALIDATED, consent.state == ConsentState.INVALIDATED),
        (Code.D_EXPIRED, consent.expired),
        (Code.D_USED_UP, consent.used_up),
        (Code.D_EVIDENCE_INCOMPLETE, not consent.complete),
        (Code.D_THIRD_PARTY_LIST, not consent.names_legal_entity),
        (Code.D_UNVERIFIED, strict and not consent.verified),
        (Code.D_FIRST_CONTACT_TERM, strict and consent.first_contact_passed),
    )
    return [code for code, fails in conditions if fails]


def is_valid(situation: Situation, consent: ConsentFacts) -> bool:
    return consent.state == ConsentState.GIVEN and not failing_of_consent(situation, consent)


def lifts_stops(situation: Situation, consent: ConsentFacts) -> bool:
    """A stop gives way only to a permission that is valid itself, and whose moment is proven."""
    return is_valid(situation, consent) and consent.proven


def failing_of_relation(situation: Situation, relation: RelationFacts) -> list[Code]:
    """Name the conditions of a relation that fail (rules, "Relation as a ground"); none: it is a ground."""
    rows = [row for row in situation.relation_grounds if row.kind == relation.kind]
    ended = {row.fails for row in rows if situation.case.sender in row.senders}
    sale = relation.kind == Kind.SALE
    waived = situation.pack.waives_old_optout and sale and relation.collected_before_20210701
    conditions = (
        (Code.D_REL_OTHER_ENTITY, not relation.with_legal_entity),
        (Code.D_NO_REL_KIND, ground_for(situation, relation.kind) is None),
        (Code.D_REL_CALL_ONLY, Code.D_REL_CALL_ONLY in ended),
        (Code.D_REL_ENDED_20260701, Code.D_REL_ENDED_20260701 in ended),
        (Code.D_PURPOSE_MISMATCH, not sale and any(situation.content not in row.contents for row in rows)),
        (Code.D_REL_NOT_SIMILAR, sale and not relation.similar),
        (Code.D_REL_NOT_INFORMED, relation.collected in {Collected.NOT_SUPPLIED, Collected.NOT_TOLD}),
        # Who was not told could not refuse either.
        (Code.D_REL_NO_OPTOUT_AT_COLLECTION, relation.collected != Collected.COMPLETE and not waived),
        (Code.D_REL_TERM_3Y, situation.case.channel == "CALL" and relation.term_passed),
    )
    return [code for code, fails in conditions if fails]


def ground_for(situation: Situation, kind: Kind) -> RelationGround | None:
    """Find what the channel's table says of this kind of relation for this sender.

    A sale gives no ground for ideal or charitable content; for the other kinds content is a condition of its
    own (a donor may not be called about the shop).
    """
    for ground in situation.relation_grounds:
        fits = kind != Kind.SALE or situation.content in ground.contents
        if ground.kind == kind and situation.case.sender in ground.senders and fits:
            return ground
    return None
