"""Every code and duty is explained in both languages, in words anybody understands."""

import re

import pytest

from consent.domain.rulebook.calling_hours import HoursCode
from consent.domain.rulebook.codes import Code, Obligation
from consent.domain.rulebook.explanations import TEXTS, Explanation, Ground, explain, ground_of

EVERYTHING = (*Code, *Obligation, *HoursCode)
JARGON = re.compile(
    r"\b(opt-?in|opt-?out|DNCM|CLI|AVG|GDPR|Tw|legal basis|grondslag|controller|data subject|"
    r"betrokkene|verwerking|processing|eindgebruiker|soft|suppress\w*)\b",
    re.IGNORECASE,
)


def test_every_code_and_duty_has_its_text() -> None:
    assert set(TEXTS) == set(EVERYTHING)


@pytest.mark.parametrize("code", EVERYTHING)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_label_is_two_to_five_words_or_one_name(code: Code | Obligation | HoursCode, language: str) -> None:
    label = explain(code, language).label

    assert 1 <= len(label.split()) <= 5
    assert len(label) <= 34


@pytest.mark.parametrize("code", EVERYTHING)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_sentence_is_one_plain_sentence(code: Code | Obligation | HoursCode, language: str) -> None:
    sentence = explain(code, language).sentence

    assert re.fullmatch(r"[A-Z][^.!?]*\.", sentence)
    assert JARGON.findall(sentence) == []
    assert len(sentence.split()) <= 32


@pytest.mark.parametrize("code", EVERYTHING)
def test_both_languages_differ_only_where_a_standard_is_named(code: Code | Obligation | HoursCode) -> None:
    dutch, english = explain(code, "nl"), explain(code, "en")

    assert dutch.sentence != english.sentence
    assert dutch.label != english.label
    assert (dutch.article == english.article) == (code == Obligation.O_LIST_UNSUBSCRIBE)


def test_labels_tell_the_codes_apart() -> None:
    for language in ("nl", "en"):
        labels = [explain(code, language).label for code in EVERYTHING]

        assert len(set(labels)) == len(labels)


def test_dutch_for_nl() -> None:
    assert explain(Code.A_SOFT_OPTIN, "nl") == Explanation(
        article="art. 11.7 lid 4 Tw",
        label="Klant, soortgelijk product",
        sentence="Deze persoon is klant, wist ervan, kon nee zeggen, en het gaat over soortgelijke "
        "producten.",
    )


@pytest.mark.parametrize("language", ["en", "fr", "", "NL"])
def test_english_for_any_other_language(language: str) -> None:
    assert explain(Code.A_SOFT_OPTIN, language) == Explanation(
        article="art. 11.7(4) Tw (Dutch Telecommunications Act)",
        label="Customer, similar product",
        sentence="This person is a customer, was told, could say no, and it is about similar products.",
    )


def test_every_allowing_code_has_a_ground_and_no_denial_has() -> None:
    assert {code: bool(ground_of(code)) for code in Code} == {code: code.allows for code in Code}


@pytest.mark.parametrize(
    ("code", "ground"),
    [
        (Code.A_CONSENT, Ground.CONSENT),
        (Code.A_CONSENT_AFTER_DNCM, Ground.CONSENT),
        (Code.A_REL_VOLUNTEER, Ground.CUSTOMER_RELATION),
        (Code.A_SOFT_OPTIN_BE, Ground.CUSTOMER_RELATION),
        (Code.A_PUBLISHED, Ground.PUBLISHED),
        (Code.A_LEGITIMATE_INTEREST, Ground.LEGITIMATE_INTEREST),
        (Code.A_BE_NOT_LISTED, Ground.LEGITIMATE_INTEREST),
        (Code.A_LEGAL_PERSON, Ground.NO_CONSENT_NEEDED),
        (Code.A_BE_IMPERSONAL, Ground.NO_CONSENT_NEEDED),
        (Code.A_SERVICE, Ground.SERVICE),
        (Code.D_NO_BASIS, ""),
    ],
)
def test_ground_of(code: Code, ground: str) -> None:
    assert ground_of(code) == ground
