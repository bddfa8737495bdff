import pytest
from django.utils.translation import override

from consent.models.processor import EEA
from customers.domain.countries import NAMES, name_country


def test_every_country_of_the_economic_area_has_a_name() -> None:
    assert set(EEA) - set(NAMES) == set()


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [
        ("en", "US", "United States"),
        ("en", "BE", "Belgium"),
        ("nl", "BE", "België"),
        ("nl", "NL", "Nederland"),
    ],
)
def test_country_is_named_in_the_language_of_the_moment(language: str, code: str, name: str) -> None:
    with override(language):
        assert name_country(code=code) == name


@pytest.mark.parametrize("code", ["", "TL"])
def test_code_of_any_other_stays(code: str) -> None:
    assert name_country(code=code) == code
