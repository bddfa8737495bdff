import pytest

from consent.domain.form_rules.catalogue import Finding
from consent.domain.privacy.checking import check_statement
from consent.models import Channel, CollectionPoint, PrivacyStatementVersion, StatementPart
from customers.models import LegalEntity
from tests import make
from tests.consent.domain.privacy.scene import purpose_of, rewrite, shop, whole_draft

pytestmark = pytest.mark.django_db
Part = StatementPart
# What a shop with permission, customers and an officer has to tell; each with its article.
REQUIRED = {
    Part.CONTROLLER: "Art. 13(1)(a) GDPR",
    Part.OFFICER: "Art. 13(1)(b) GDPR",
    Part.PURPOSES: "Art. 13(1)(c) GDPR",
    Part.INTERESTS: "Art. 13(1)(d) GDPR",
    Part.RECIPIENTS: "Art. 13(1)(e) GDPR",
    Part.TERMS: "Art. 13(2)(a) GDPR",
    Part.RIGHTS: "Art. 13(2)(b) GDPR",
    Part.WITHDRAWAL: "Art. 13(2)(c) GDPR",
    Part.COMPLAINT: "Art. 13(2)(d) GDPR",
    Part.OBLIGATION: "Art. 13(2)(e) GDPR",
}


def faults_of(version: PrivacyStatementVersion) -> list[str]:
    return codes(check_statement(version=version, at=make.NOW).faults)


def warnings_of(version: PrivacyStatementVersion) -> list[str]:
    return codes(check_statement(version=version, at=make.NOW).warnings)


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


@pytest.fixture
def entity() -> LegalEntity:
    return shop()


@pytest.fixture
def draft(entity: LegalEntity) -> PrivacyStatementVersion:
    return whole_draft(entity)


def test_whole_statement_has_no_faults_and_no_warnings(draft: PrivacyStatementVersion) -> None:
    check = check_statement(version=draft, at=make.NOW)

    assert (check.faults, check.warnings) == ([], [])


@pytest.mark.parametrize("country", ["NL", "BE"])
def test_suggestion_is_whole_in_each_country(country: str) -> None:
    check = check_statement(version=whole_draft(shop(country=country)), at=make.NOW)

    assert (check.faults, check.warnings) == ([], [])


@pytest.mark.parametrize(("part", "article"), REQUIRED.items())
def test_part_that_is_left_out_is_a_fault_in_each_language(
    part: Part, article: str, draft: PrivacyStatementVersion
) -> None:
    del draft.parts[part.value]

    faults = check_statement(version=draft, at=make.NOW).faults

    assert [(fault.code, fault.sentence, fault.article) for fault in faults] == [
        (f"NO_{part}", f"“{part.label}” is not written in {language}.", article)
        for language in ("Dutch", "English")
    ]


@pytest.mark.parametrize("part", [part for part in Part if part is not Part.SOURCE])
def test_part_that_lacks_one_language_is_a_fault_there(part: Part, draft: PrivacyStatementVersion) -> None:
    rewrite(draft, part, en="  ")

    sentences = [fault.sentence for fault in check_statement(version=draft, at=make.NOW).faults]

    assert sentences == [f"“{part.label}” is not written in English."]


def test_opening_is_written_in_every_language(draft: PrivacyStatementVersion) -> None:
    draft.wording = {"nl": "Zo doen wij het."}

    assert faults_of(draft) == ["NO_OPENING"]


def test_material_change_says_in_every_language_what_changes(draft: PrivacyStatementVersion) -> None:
    draft.is_material, draft.change_summary = True, {"nl": "Ons belteam is nieuw."}

    assert faults_of(draft) == ["NO_SUMMARY"]
    draft.change_summary["en"] = "Our call team is new."
    assert faults_of(draft) == []


def test_statement_from_before_there_were_parts_lacks_them_all(entity: LegalEntity) -> None:
    old = make.privacy_statement(legal_entity=entity)

    assert faults_of(old) == [f"NO_{part}" for part in REQUIRED] * 2


def test_officer_is_told_only_where_there_is_one(entity: LegalEntity, draft: PrivacyStatementVersion) -> None:
    del draft.parts[Part.OFFICER]
    entity.dpo_name = entity.dpo_email = ""
    entity.save(update_fields=["dpo_name", "dpo_email"])
    draft.legal_entity = entity

    assert faults_of(draft) == []


def test_interests_are_told_only_where_a_purpose_rests_on_them(
    entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    del draft.parts[Part.INTERESTS]
    CollectionPoint.objects.filter(legal_entity=entity).delete()

    assert faults_of(draft) == []


def test_profiles_are_told_where_they_are_made(entity: LegalEntity, draft: PrivacyStatementVersion) -> None:
    purpose_of(entity, code="profiling", name={"nl": "profiel", "en": "profile"}, channels=(Channel.NONE,))
    del draft.parts[Part.AUTOMATED]

    assert faults_of(draft) == ["NO_AUTOMATED", "NO_AUTOMATED"]


def test_source_is_told_where_data_comes_from_others(
    entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    make.collection_point(legal_entity=entity, code="lijst", place=CollectionPoint.Place.LIST_PURCHASE)

    faults = check_statement(version=draft, at=make.NOW).faults

    assert {(fault.code, fault.article) for fault in faults} == {
        ("NO_SOURCE", "Art. 14(1)(d) and 14(2)(f) GDPR")
    }


@pytest.mark.parametrize("part", [Part.TRANSFERS, Part.AUTOMATED])
def test_silence_on_what_may_not_happen_is_a_warning(part: Part, draft: PrivacyStatementVersion) -> None:
    del draft.parts[part.value]

    check = check_statement(version=draft, at=make.NOW)

    assert (codes(check.faults), codes(check.warnings)) == ([], [f"{part}_NOT_SAID"])


@pytest.mark.parametrize(
    ("part", "warnings"),
    [
        (Part.CONTROLLER, ["CONTROLLER_NOT_NAMED"]),
        (Part.OFFICER, ["OFFICER_NOT_REACHABLE"]),
        (Part.PURPOSES, ["PURPOSE_NOT_NAMED"] * 3),
        (Part.TERMS, ["RELATION_TERM_DIFFERS"]),
        (Part.RIGHTS, ["RIGHT_NOT_NAMED"] * 6),
        (Part.COMPLAINT, ["AUTHORITY_NOT_NAMED"]),
    ],
)
def test_text_that_names_nothing_is_a_warning(
    part: Part, warnings: list[str], draft: PrivacyStatementVersion
) -> None:
    rewrite(draft, part, nl="Bel ons.")

    assert warnings_of(draft) == warnings
    assert faults_of(draft) == []


def test_new_purpose_that_the_text_does_not_name_is_a_warning(
    entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    purpose_of(entity, code="survey", name={"nl": "onderzoek", "en": "survey"})

    found = [finding.sentence for finding in check_statement(version=draft, at=make.NOW).warnings]

    assert found == [
        "The purpose “onderzoek” is in use, but the Dutch text does not name it.",
        "The purpose “survey” is in use, but the English text does not name it.",
    ]


def test_term_that_differs_from_what_the_product_does_is_a_warning(draft: PrivacyStatementVersion) -> None:
    rewrite(draft, Part.PURPOSES, en="For light ideas (24 months), offers and messages about your order.")
    rewrite(draft, Part.TERMS, en="Light ideas: two years. Customers: three years.")

    found = [finding.sentence for finding in check_statement(version=draft, at=make.NOW).warnings]

    assert found == [
        "“light ideas” ends after 12 months here; the English text states another term, or none."
    ]


@pytest.mark.parametrize("words", ["one year", "12 months", "twelve months", "1 year"])
def test_term_may_be_written_in_words_or_digits(words: str, draft: PrivacyStatementVersion) -> None:
    rewrite(draft, Part.PURPOSES, en="For light ideas, offers and messages about your order.")
    rewrite(draft, Part.TERMS, en=f"Light ideas for {words}; customers for 36 months.")

    assert warnings_of(draft) == []


@pytest.mark.parametrize(
    ("country", "text", "warned"),
    [
        ("NL", "Klaag bij de Autoriteit Persoonsgegevens.", []),
        ("NL", "Klaag bij de GBA.", ["AUTHORITY_NOT_NAMED"]),
        ("BE", "Klaag bij de GBA.", []),
        ("BE", "Klaag bij de Autoriteit Persoonsgegevens.", ["AUTHORITY_NOT_NAMED"]),
    ],
)
def test_authority_is_that_of_the_country(country: str, text: str, warned: list[str]) -> None:
    draft = rewrite(whole_draft(shop(country=country)), Part.COMPLAINT, nl=text)

    assert warnings_of(draft) == warned
