import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.domain import appearance

STYLESHEET = Path(__file__).parents[3] / "static" / "public" / "public.css"

colours = st.integers(min_value=0, max_value=0xFFFFFF).map("#{:06x}".format)
surfaces = st.sampled_from([appearance.LIGHT_SURFACE, appearance.DARK_SURFACE, "#ffffff"])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#FFFFFF", 4.0),
        ("#123456", "#123456", 1.0),
    ],
)
def test_contrast_equals_published_ratios(one: str, other: str, expected: float) -> None:
    assert appearance.compute_contrast(one=one, other=other) == pytest.approx(expected, abs=0.01)


@given(one=colours, other=colours)
def test_contrast_has_no_direction_and_stays_in_range(one: str, other: str) -> None:
    contrast = appearance.compute_contrast(one=one, other=other)
    assert contrast == appearance.compute_contrast(one=other, other=one)
    assert 1 <= contrast <= 21


@given(accent=colours, surface=surfaces)
def test_every_corrected_accent_can_be_read(accent: str, surface: str) -> None:
    corrected = appearance.correct_accent(accent=accent, surface=surface)
    assert appearance.compute_contrast(one=corrected, other=surface) >= 4.5


@given(accent=colours)
def test_light_accent_can_be_read_on_white_too(accent: str) -> None:
    corrected = appearance.correct_accent(accent=accent, surface=appearance.LIGHT_SURFACE)
    assert appearance.compute_contrast(one=corrected, other="#ffffff") >= 4.5


@given(accent=colours, surface=surfaces)
def test_readable_accent_is_left_alone(accent: str, surface: str) -> None:
    corrected = appearance.correct_accent(accent=accent, surface=surface)
    assert appearance.correct_accent(accent=corrected, surface=surface) == corrected


@given(background=colours)
def test_text_on_any_colour_can_be_read(background: str) -> None:
    text = appearance.choose_text_colour(background=background)
    assert appearance.compute_contrast(one=text, other=background) >= 4.5


@given(accent=colours)
def test_stylesheet_is_readable_in_both_themes(accent: str) -> None:
    pairs = re.findall(r"--accent:(#\w{6});--on-accent:(#\w{6})", appearance.build_stylesheet(accent=accent))
    surfaces_in_order = (appearance.LIGHT_SURFACE, appearance.DARK_SURFACE)
    for (shown, text), surface in zip(pairs, surfaces_in_order, strict=True):
        assert appearance.compute_contrast(one=shown, other=surface) >= 4.5
        assert appearance.compute_contrast(one=text, other=shown) >= 4.5


def test_yellow_is_darkened_on_light_and_kept_on_dark() -> None:
    sheet = appearance.build_stylesheet(accent="#FFD400")
    light, dark = sheet.split("@media")
    assert "--accent:#ffd400;--on-accent:#000000" in dark
    assert "#ffd400" not in light
    assert "--on-accent:#ffffff" in light


@pytest.mark.parametrize(
    "text", ["", "red", "#fff", "#12345g", "#123456;}", "#123456\n", "#12345\uff16", "123456"]
)
def test_anything_but_a_colour_is_refused(text: str) -> None:
    with pytest.raises(appearance.InvalidColourError):
        appearance.build_stylesheet(accent=text)


def test_surfaces_are_those_of_the_public_style_sheet() -> None:
    panels = re.findall(r"--panel:\s*(#\w{6})", STYLESHEET.read_text())
    assert panels == [appearance.LIGHT_SURFACE, appearance.DARK_SURFACE]


def test_default_accents_can_be_read() -> None:
    accents = re.findall(r"--accent:\s*(#\w{6})", STYLESHEET.read_text())
    surfaces_in_order = (appearance.LIGHT_SURFACE, appearance.DARK_SURFACE)
    for accent, surface in zip(accents, surfaces_in_order, strict=True):
        assert appearance.compute_contrast(one=accent, other=surface) >= 4.5
