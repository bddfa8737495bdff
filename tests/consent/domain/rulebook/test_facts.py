"""The key the database writes is read letter by letter, or not at all."""

import dataclasses
from collections.abc import Iterator
from typing import TypeVar

import pytest

from consent.domain.rulebook.facts import (
    Age,
    Belongs,
    Block,
    Collected,
    ConsentFacts,
    ConsentState,
    Facts,
    Jurisdiction,
    Kind,
    Listing,
    RelationFacts,
    read_facts,
)

Thing = TypeVar("Thing", Facts, ConsentFacts, RelationFacts)
KEY = "BE|t|f|t|BV|y|t|f|t|f|e|t|f|l|hgftfttftfctftf,xqtftffftfuftft|sttcft,vffnff"
READ = Facts(
    jurisdiction=Jurisdiction.BE,
    known=True,
    address_usable=False,
    organisation=True,
    legal_form="BV",
    age=Age.UNDER_16,
    represented=True,
    restricted=False,
    served=True,
    objected=False,
    block=Block.ERASED,
    published=True,
    impersonal=False,
    listing=Listing.LISTED,
    consents=(
        ConsentFacts(
            belongs=Belongs.HERE,
            state=ConsentState.GIVEN,
            expired=False,
            used_up=True,
            complete=False,
            names_legal_entity=True,
            verified=True,
            first_contact_passed=False,
            by_representative=True,
            proven=False,
            age_when_given=Age.UNDER_13,
            was_withdrawn=True,
            after_objection=False,
            after_block=True,
            after_listing=False,
        ),
        ConsentFacts(
            belongs=Belongs.ELSEWHERE,
            state=ConsentState.REQUESTED,
            expired=True,
            used_up=False,
            complete=True,
            names_legal_entity=False,
            verified=False,
            first_contact_passed=False,
            by_representative=True,
            proven=False,
            age_when_given=Age.UNKNOWN,
            was_withdrawn=False,
            after_objection=True,
            after_block=False,
            after_listing=True,
        ),
    ),
    relations=(
        RelationFacts(
            kind=Kind.SALE,
            with_legal_entity=True,
            similar=True,
            collected=Collected.COMPLETE,
            collected_before_20210701=False,
            term_passed=True,
        ),
        RelationFacts(
            kind=Kind.VOLUNTEER,
            with_legal_entity=False,
            similar=False,
            collected=Collected.NOT_SUPPLIED,
            collected_before_20210701=False,
            term_passed=False,
        ),
    ),
)


def turned(facts: Thing) -> Iterator[Thing]:
    for field in dataclasses.fields(facts):
        value = getattr(facts, field.name)
        if isinstance(value, bool):
            yield dataclasses.replace(facts, **{field.name: not value})  # type: ignore[arg-type]  # a bool


def letters(facts: object) -> str:
    """Write what `read_facts` reads, field by field, in the order of the fields."""
    marks = {True: "t", False: "f"}
    values = [getattr(facts, field.name) for field in dataclasses.fields(facts)]  # type: ignore[arg-type]  # always ours
    written = [
        ",".join(letters(one) for one in value) if isinstance(value, tuple) else marks.get(value, str(value))
        for value in values
    ]
    return ("|" if isinstance(facts, Facts) else "").join(written)


def test_read_facts() -> None:
    assert read_facts(key=KEY) == READ


def test_read_facts_each_field_has_a_place_of_its_own() -> None:
    """Turn each yes or no around, one at a time: only that field may change."""
    consent, relation = READ.consents[0], READ.relations[0]
    for facts in turned(READ):
        assert read_facts(key=letters(facts)) == facts
    for one in turned(consent):
        assert read_facts(key=letters(Facts(consents=(one, consent)))).consents == (one, consent)
    for other in turned(relation):
        assert read_facts(key=letters(Facts(relations=(other, relation)))).relations == (other, relation)


def test_read_facts_of_nobody() -> None:
    assert read_facts(key="NL|f|t|f||u|f|f|f|f|n|f|f|s||") == Facts()


@pytest.mark.parametrize(
    "key",
    [
        "",
        "NL",
        KEY + "|",
        KEY.rpartition("|")[0],
        KEY.replace("BE", "DE"),
        KEY.replace("BE|t", "BE|1"),
        KEY.replace("BE|t", "BE|"),
        KEY.replace("BE|t", "BE|tt"),
        KEY.replace("|y|", "|z|"),
        KEY.replace("|e|", "|z|"),
        KEY.replace("|l|", "|z|"),
        KEY.replace("|hg", "|zg"),
        KEY.replace("|hg", "|hz"),
        KEY.replace("hgf", "hgx"),
        KEY.replace("hgft", "hgfft"),
        KEY.replace("hgft", "hgt"),
        KEY.replace("|stt", "|ztt"),
        KEY.replace("sttc", "sttz"),
        KEY.replace("sttc", "sttcc"),
        KEY.replace("sttc", "stc"),
    ],
)
def test_read_facts_refuses_what_is_no_key(key: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whichever letter stumbled
        read_facts(key=key)


@pytest.mark.parametrize(
    ("key", "named"),
    [("NL|t", r"^NL\|t$"), (KEY.replace("BE|t", "BE|1"), "^1$"), (KEY.replace("hgf", "hg?"), r"^\?$")],
)
def test_read_facts_names_what_it_stumbles_over(key: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        read_facts(key=key)
