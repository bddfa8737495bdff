import pytest

from consent.domain.privacy.comparing import Edit, compare_texts, compare_versions
from tests import make

KEPT, REMOVED, ADDED = Edit.KEPT, Edit.REMOVED, Edit.ADDED


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("Two years.", "Two years.", [(KEPT, "Two years.")]),
        ("", "New.", [(ADDED, "New.")]),
        ("Gone.", "", [(REMOVED, "Gone.")]),
        (
            "Kept for two years.\nThen it goes.",
            "Kept for three years.\nThen it goes.",
            [
                (KEPT, "Kept for "),
                (REMOVED, "two "),
                (ADDED, "three "),
                (KEPT, "years.\nThen it goes."),
            ],
        ),
        ("Only us.", "Only us. And a team.", [(REMOVED, "us."), (ADDED, "us. And a team.")]),
    ],
)
def test_pieces_give_both_texts_back(before: str, after: str, pieces: list[tuple[Edit, str]]) -> None:
    found = list(compare_texts(before=before, after=after))

    assert "".join(piece.text for piece in found if piece.edit is not ADDED) == before
    assert "".join(piece.text for piece in found if piece.edit is not REMOVED) == after
    assert [(piece.edit, piece.text) for piece in found][-len(pieces) :] == pieces


@pytest.mark.django_db
def test_only_parts_that_differ_in_this_language_are_listed() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    before = make.privacy_statement(
        legal_entity=entity,
        parts={
            "TERMS": {"nl": "Een jaar.", "en": "One year."},
            "RIGHTS": {"nl": "Vraag het.", "en": "Ask."},
            "INTERESTS": {"nl": "Geen.", "en": "None."},
        },
    )
    after = make.privacy_statement(
        legal_entity=entity,
        number=2,
        parts={
            "TERMS": {"nl": "Een jaar.", "en": "Two years."},
            "RIGHTS": {"nl": "Vraag het.", "en": "Ask."},
            "SOURCE": {"nl": "Van een ander.", "en": "From another."},
        },
        published_at=None,
    )

    english = compare_versions(before=before, after=after, language="en")
    dutch = compare_versions(before=before, after=after, language="nl")

    assert [(change.part, change.is_gone, change.is_new) for change in english] == [
        ("INTERESTS", True, False),
        ("TERMS", False, False),
        ("SOURCE", False, True),
    ]
    assert [change.part for change in dutch] == ["INTERESTS", "SOURCE"]


@pytest.mark.django_db
def test_opening_is_compared_too() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    before = make.privacy_statement(legal_entity=entity, wording={"nl": "Kort.", "en": "Short."})
    after = make.privacy_statement(
        legal_entity=entity, number=2, wording={"nl": "Kort.", "en": "Shorter."}, published_at=None
    )

    [change] = compare_versions(before=before, after=after, language="en")

    assert (change.part, str(change.heading)) == ("OPENING", "In short")
