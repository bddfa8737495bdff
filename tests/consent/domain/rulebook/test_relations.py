"""The conditions of a relation, each by itself and in order (rules, "Relation as a ground")."""

from dataclasses import replace

import pytest

from consent.domain.rulebook.codes import Code
from consent.domain.rulebook.facts import Case, Collected, Kind
from consent.domain.rulebook.grounds import CHARITIES, OWN_CAUSE
from consent.domain.rulebook.pack import RelationGround
from tests.consent.domain.rulebook.asking import (
    MAY_2026,
    MESSAGES,
    SENDERS,
    case,
    code,
    reasons,
    related,
    relation,
)

OFFER = case("CALL", at=MAY_2026)
FUNDRAISING = case("CALL", sender="CHARITY")
SHOP_OF_CHARITY = case("CALL", sender="CHARITY", content="COMMERCIAL")
ONE_OF_TWO = r"^A relation in a table has either the code it allows with or the one it fails by\.$"
SUPPORT = (Kind.DONATION, Kind.VOLUNTEER, Kind.ATTENDANCE)


def test_all_failing_conditions_of_a_sale_are_named_in_order() -> None:
    worst = relation(with_legal_entity=False, similar=False, collected=Collected.NOT_TOLD, term_passed=True)

    assert reasons(case("CALL"), related(worst)) == (
        Code.D_REL_OTHER_ENTITY,
        Code.D_REL_ENDED_20260701,
        Code.D_REL_NOT_SIMILAR,
        Code.D_REL_NOT_INFORMED,
        Code.D_REL_NO_OPTOUT_AT_COLLECTION,
        Code.D_REL_TERM_3Y,
    )


def test_all_failing_conditions_of_a_volunteer_are_named_in_order() -> None:
    worst = relation(Kind.VOLUNTEER, with_legal_entity=False, collected=Collected.NOT_SUPPLIED)

    assert reasons(case("EMAIL", sender="CHARITY", content="COMMERCIAL"), related(worst)) == (
        Code.D_REL_OTHER_ENTITY,
        Code.D_REL_CALL_ONLY,
        Code.D_PURPOSE_MISMATCH,
        Code.D_REL_NOT_INFORMED,
        Code.D_REL_NO_OPTOUT_AT_COLLECTION,
    )


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (OFFER, Kind.SALE),
        (FUNDRAISING, Kind.DONATION),
        (FUNDRAISING, Kind.VOLUNTEER),
        (FUNDRAISING, Kind.ATTENDANCE),
    ],
)
def test_d_rel_other_entity(asked: Case, kind: Kind) -> None:
    assert reasons(asked, related(relation(kind, with_legal_entity=False))) == (Code.D_REL_OTHER_ENTITY,)


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("channel", ["CALL", *MESSAGES])
def test_d_no_rel_kind_sympathy_never_counts(sender: str, channel: str) -> None:
    facts = related(relation(Kind.SYMPATHY))

    assert reasons(case(channel, sender=sender), facts) == (Code.D_NO_REL_KIND,)


@pytest.mark.parametrize("channel", ["CALL", *MESSAGES])
@pytest.mark.parametrize("content", ["IDEAL", "CHARITABLE"])
@pytest.mark.parametrize("sender", SENDERS)
def test_d_no_rel_kind_a_sale_is_no_ground_for_a_cause(channel: str, content: str, sender: str) -> None:
    asked = case(channel, sender=sender, content=content, at=MAY_2026)

    assert reasons(asked, related(relation())) == (Code.D_NO_REL_KIND,)


def test_d_no_rel_kind_a_sale_for_a_cause_has_ended_as_well() -> None:
    assert reasons(FUNDRAISING, related(relation())) == (Code.D_NO_REL_KIND, Code.D_REL_ENDED_20260701)


@pytest.mark.parametrize("sender", ["COMMERCIAL", "PUBLISHER", "LOTTERY"])
@pytest.mark.parametrize("kind", SUPPORT)
@pytest.mark.parametrize("channel", ["CALL", *MESSAGES])
def test_d_no_rel_kind_support_is_no_ground_for_a_seller(sender: str, kind: Kind, channel: str) -> None:
    facts = related(relation(kind))

    assert reasons(case(channel, sender=sender), facts) == (Code.D_NO_REL_KIND, Code.D_PURPOSE_MISMATCH)
    assert reasons(case(channel, sender=sender, content="CHARITABLE"), facts) == (Code.D_NO_REL_KIND,)


@pytest.mark.parametrize("channel", MESSAGES)
@pytest.mark.parametrize("kind", [Kind.VOLUNTEER, Kind.ATTENDANCE])
@pytest.mark.parametrize("sender", sorted(CHARITIES))
def test_d_rel_call_only(channel: str, kind: Kind, sender: str) -> None:
    assert reasons(case(channel, sender=sender), related(relation(kind))) == (Code.D_REL_CALL_ONLY,)


@pytest.mark.parametrize(
    "asked", [case("CALL"), SHOP_OF_CHARITY, case("CALL", sender="IDEAL", content="COMMERCIAL")]
)
def test_d_rel_ended_20260701(asked: Case) -> None:
    assert reasons(asked, related(relation())) == (Code.D_REL_ENDED_20260701,)
    assert reasons(replace(asked, at=MAY_2026), related(relation())) == (Code.A_REL_SALE,)


@pytest.mark.parametrize("sender", ["PUBLISHER", "LOTTERY"])
def test_d_rel_ended_20260701_not_for_publishers_and_lotteries(sender: str) -> None:
    assert Code.D_REL_ENDED_20260701 not in reasons(case("CALL", sender=sender), related(relation()))
    failing = reasons(case("CALL", sender=sender), related(relation(similar=False)))
    assert failing == (Code.D_REL_NOT_SIMILAR,)


@pytest.mark.parametrize("kind", SUPPORT)
def test_d_purpose_mismatch(kind: Kind) -> None:
    assert reasons(SHOP_OF_CHARITY, related(relation(kind))) == (Code.D_PURPOSE_MISMATCH,)


def test_d_purpose_mismatch_by_email() -> None:
    asked = case("EMAIL", sender="IDEAL", content="COMMERCIAL")

    assert reasons(asked, related(relation(Kind.DONATION))) == (Code.D_PURPOSE_MISMATCH,)


def test_d_rel_not_similar() -> None:
    assert reasons(OFFER, related(relation(similar=False))) == (Code.D_REL_NOT_SIMILAR,)


@pytest.mark.parametrize("kind", SUPPORT)
def test_d_rel_not_similar_only_for_a_sale(kind: Kind) -> None:
    assert code(FUNDRAISING, related(relation(kind, similar=False))).allows


@pytest.mark.parametrize("collected", [Collected.NOT_TOLD, Collected.NOT_SUPPLIED])
@pytest.mark.parametrize(("asked", "kind"), [(OFFER, Kind.SALE), (FUNDRAISING, Kind.DONATION)])
def test_d_rel_not_informed(collected: Collected, asked: Case, kind: Kind) -> None:
    assert reasons(asked, related(relation(kind, collected=collected))) == (
        Code.D_REL_NOT_INFORMED,
        Code.D_REL_NO_OPTOUT_AT_COLLECTION,
    )


@pytest.mark.parametrize(("asked", "kind"), [(OFFER, Kind.SALE), (FUNDRAISING, Kind.DONATION)])
def test_d_rel_no_optout_at_collection(asked: Case, kind: Kind) -> None:
    facts = related(relation(kind, collected=Collected.NO_OPTOUT))

    assert reasons(asked, facts) == (Code.D_REL_NO_OPTOUT_AT_COLLECTION,)


def test_d_rel_no_optout_at_collection_is_waived_for_an_old_sale() -> None:
    old = relation(collected=Collected.NO_OPTOUT, collected_before_20210701=True)

    assert reasons(OFFER, related(old)) == (Code.A_REL_SALE,)
    assert reasons(case("EMAIL"), related(old)) == (Code.A_SOFT_OPTIN,)
    assert reasons(OFFER, related(replace(old, collected=Collected.NOT_TOLD))) == (Code.D_REL_NOT_INFORMED,)


@pytest.mark.parametrize("kind", SUPPORT)
def test_d_rel_no_optout_at_collection_is_not_waived_for_a_supporter(kind: Kind) -> None:
    old = relation(kind, collected=Collected.NO_OPTOUT, collected_before_20210701=True)

    assert reasons(FUNDRAISING, related(old)) == (Code.D_REL_NO_OPTOUT_AT_COLLECTION,)


@pytest.mark.parametrize(
    ("asked", "kind"),
    [(OFFER, Kind.SALE), *[(FUNDRAISING, kind) for kind in SUPPORT]],
)
def test_d_rel_term_3y(asked: Case, kind: Kind) -> None:
    assert reasons(asked, related(relation(kind, term_passed=True))) == (Code.D_REL_TERM_3Y,)


@pytest.mark.parametrize("channel", MESSAGES)
def test_d_rel_term_3y_not_for_messages(channel: str) -> None:
    assert reasons(case(channel), related(relation(term_passed=True))) == (Code.A_SOFT_OPTIN,)
    donor = related(relation(Kind.DONATION, term_passed=True))
    assert reasons(case(channel, sender="CHARITY"), donor) == (Code.A_REL_DONOR,)


@pytest.mark.parametrize("channel", ["AUTOMATED_CALL", "POST", "NONE"])
def test_relations_do_not_count_where_no_table_has_one(channel: str) -> None:
    assert Code.D_REL_OTHER_ENTITY not in reasons(case(channel), related(relation(with_legal_entity=False)))


def test_relations_do_not_add_up() -> None:
    facts = related(relation(similar=False), relation(collected=Collected.NO_OPTOUT))

    assert reasons(case("EMAIL"), facts) == (Code.D_REL_NO_OPTOUT_AT_COLLECTION, Code.D_REL_NOT_SIMILAR)


@pytest.mark.parametrize("codes", [{}, {"code": Code.A_REL_DONOR, "fails": Code.D_REL_CALL_ONLY}])
def test_relation_in_a_table_allows_or_fails(codes: dict[str, Code]) -> None:
    with pytest.raises(ValueError, match=ONE_OF_TWO):
        RelationGround(
            kind=Kind.DONATION,
            senders=CHARITIES,
            contents=OWN_CAUSE,
            code=codes.get("code"),
            fails=codes.get("fails"),
        )
