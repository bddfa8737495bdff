"""The look of a legal entity on public pages: one accent colour, corrected until it can be read."""

import re
from typing import Final

# The tinted panels of static/public/public.css. They are the hardest of each theme's surfaces to
# stand out from: what reads on these reads better still on white, on paper and on the dark page.
LIGHT_SURFACE: Final = "#f5f1e8"
DARK_SURFACE: Final = "#2a2722"
MINIMUM_CONTRAST: Final = 4.5

_WHITE: Final = "#ffffff"
_BLACK: Final = "#000000"
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_STEPS: Final = 100
_LINEAR_BELOW: Final = 0.04045


class InvalidColourError(ValueError):
    """The text is not a colour written as #rrggbb."""


def compute_contrast(*, one: str, other: str) -> float:
    """Return how far two colours stand apart, from 1 to 21.

    Raises InvalidColourError. Source: WCAG 2.2, definition of "contrast ratio".
    """
    darker, lighter = sorted((_compute_luminance(colour=one), _compute_luminance(colour=other)))
    return (lighter + 0.05) / (darker + 0.05)


def correct_accent(*, accent: str, surface: str) -> str:
    """Return the colour nearest to the accent that can be read on the surface.

    The hue stays; a light surface darkens the accent, a dark one lightens it. Raises InvalidColourError.
    Source: WCAG 2.2, success criterion 1.4.3, level AA.
    """
    target = choose_text_colour(background=surface)
    candidates = (_mix(colour=accent, other=target, step=step) for step in range(_STEPS + 1))
    return next(
        colour for colour in candidates if compute_contrast(one=colour, other=surface) >= MINIMUM_CONTRAST
    )


def choose_text_colour(*, background: str) -> str:
    """Return black or white, whichever reads better on the background.

    One of the two always reaches the minimum, because the square root of 21 is above 4.5.
    Raises InvalidColourError.
    """
    return max(
        (_WHITE, _BLACK),
        key=lambda text: compute_contrast(one=text, other=background),
    )


def build_stylesheet(*, accent: str) -> str:
    """Return the style sheet that gives public pages this accent, in light and in dark.

    The accent comes from a settings page and ends up in a style sheet, so anything but a colour
    raises InvalidColourError.
    """
    light = _declare(accent=correct_accent(accent=accent, surface=LIGHT_SURFACE))
    dark = _declare(accent=correct_accent(accent=accent, surface=DARK_SURFACE))
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def _declare(*, accent: str) -> str:
    return f"--accent:{accent};--on-accent:{choose_text_colour(background=accent)}"


def _read_channels(*, colour: str) -> tuple[int, int, int]:
    if not _COLOUR.fullmatch(colour.lower()):
        raise InvalidColourError(colour)
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _mix(*, colour: str, other: str, step: int) -> str:
    pairs = zip(_read_channels(colour=colour), _read_channels(colour=other), strict=True)
    return "#" + "".join(f"{round(own + (to - own) * step / _STEPS):02x}" for own, to in pairs)


def _compute_luminance(*, colour: str) -> float:
    red, green, blue = (_linearise(channel=channel) for channel in _read_channels(colour=colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linearise(*, channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= _LINEAR_BELOW else float(((share + 0.055) / 1.055) ** 2.4)
