from itertools import pairwise

import pytest

from consent.domain.digest.subjects import GENERAL, candidate_of, choose_subject, title_of
from consent.domain.shortcomings import BY_CODE, SHORTCOMINGS


def chosen(*found: tuple[str, int], last: str = "", turn: int = 0) -> str:
    candidates = [candidate_of(shortcoming=BY_CODE[code], number=number) for code, number in found]
    return choose_subject(candidates=candidates, last=last, turn=turn).code


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([("lacks_proof", 900), ("requests_overdue", 1)], "requests_overdue"),
        ([("lacks_proof", 2), ("mail_failed", 3)], "mail_failed"),
        ([("relations_end_90", 500), ("mail_failed", 3)], "mail_failed"),
        ([("relations_end_90", 500)], "relations_end_90"),
    ],
)
def test_the_most_urgent_comes_first_and_then_what_is_most(found: list[tuple[str, int]], code: str) -> None:
    assert chosen(*found) == code


def test_the_subject_of_last_month_is_passed_over() -> None:
    assert chosen(("requests_overdue", 1), ("lacks_proof", 900), last="requests_overdue") == "lacks_proof"
    assert chosen(("lacks_proof", 900), last="lacks_proof") == GENERAL[0].code


def test_without_anything_that_falls_short_the_general_subjects_take_turns() -> None:
    year = [chosen(turn=turn) for turn in range(len(GENERAL) + 1)]

    assert set(year) == {subject.code for subject in GENERAL}
    assert all(one != other for one, other in pairwise(year))
    assert chosen(turn=1, last=GENERAL[1].code) == GENERAL[2].code


def test_every_subject_says_two_or_three_sentences_and_its_article() -> None:
    texts = {one.code: (str(one.discuss), str(one.article)) for one in SHORTCOMINGS}
    texts |= {one.code: (str(one.text), str(one.article)) for one in GENERAL}

    sentences = {code: text.count(". ") + text.count("? ") + 1 for code, (text, _article) in texts.items()}
    assert {code: number for code, number in sentences.items() if number not in {2, 3}} == {}
    assert {code for code, (_text, article) in texts.items() if not article.startswith("art. ")} == set()


def test_a_subject_is_named_by_its_heading_and_one_that_went_by_its_code() -> None:
    assert str(title_of(code="lacks_proof")) == str(BY_CODE["lacks_proof"].title)
    assert title_of(code="gone") == "gone"
