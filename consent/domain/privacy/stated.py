"""What a text of a privacy statement says: the terms, rights and authority that can be read in it."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from customers.models import Country, Language

NUMBERS: Final[Mapping[str, Mapping[str, int]]] = {
    Language.NL: {
        "een": 1,
        "één": 1,
        "twee": 2,
        "drie": 3,
        "vier": 4,
        "vijf": 5,
        "zes": 6,
        "zeven": 7,
        "acht": 8,
        "negen": 9,
        "tien": 10,
        "elf": 11,
        "twaalf": 12,
        "achttien": 18,
        "vierentwintig": 24,
    },
    Language.EN: {
        "a": 1,
        "one": 1,
        "two": 2,
        "three": 3,
        "four": 4,
        "five": 5,
        "six": 6,
        "seven": 7,
        "eight": 8,
        "nine": 9,
        "ten": 10,
        "eleven": 11,
        "twelve": 12,
        "eighteen": 18,
        "twenty-four": 24,
    },
}
# Any word before the unit is looked up, so that a number we cannot read counts as none.
TERM: Final = re.compile(
    r"([\w-]+)\s+(?:(maand|maanden|month|months)|(jaar|jaren|year|years))\b", re.IGNORECASE
)


class Right(NamedTuple):
    """One right of the person, and the beginnings of words by which a text names it."""

    name: StrPromise
    article: str
    words: Mapping[str, tuple[str, ...]]


RIGHTS: Final = (
    Right(_("access"), "15", {"nl": ("inzage", "inzien", "bekijk"), "en": ("access", "see", "inspect")}),
    Right(
        _("rectification"),
        "16",
        {"nl": ("verbeter", "rectific", "corrig", "aanpassen"), "en": ("correct", "rectif", "change")},
    ),
    Right(_("erasure"), "17", {"nl": ("wis", "verwijder"), "en": ("eras", "delet", "remove")}),
    Right(_("restriction"), "18", {"nl": ("beperk",), "en": ("restrict", "limit")}),
    Right(
        _("portability"),
        "20",
        {"nl": ("meenemen", "overdra", "overdraag", "mee te nemen"), "en": ("portab", "take", "transfer")},
    ),
    Right(_("objection"), "21", {"nl": ("bezwaar", "verzet"), "en": ("object",)}),
)


class Authority(NamedTuple):
    """The authority of a country: its name in each language, its site, and the short names people use."""

    names: Mapping[str, str]
    site: str
    short_names: tuple[str, ...]


AUTHORITIES: Final[Mapping[str, Authority]] = {
    Country.NL: Authority(
        {
            "nl": "Autoriteit Persoonsgegevens",
            "en": "Dutch Data Protection Authority (Autoriteit Persoonsgegevens)",
        },
        "autoriteitpersoonsgegevens.nl",
        ("Autoriteit Persoonsgegevens",),
    ),
    Country.BE: Authority(
        {
            "nl": "Gegevensbeschermingsautoriteit (GBA)",
            "en": "Belgian Data Protection Authority (GBA/APD)",
        },
        "gegevensbeschermingsautoriteit.be",
        ("Gegevensbeschermingsautoriteit", "Autorité de protection des données", "GBA", "APD"),
    ),
}


def months_stated(*, text: str, language: str) -> set[int]:
    """Read every term that a text states, in months; a number in words up to twelve counts too."""
    return {
        number * (1 if in_months else 12)
        for word, in_months, _in_years in TERM.findall(text)
        if (number := _number(word, language))
    }


def rights_not_named(*, text: str, language: str) -> list[Right]:
    """List the rights of art. 15 to 21 GDPR that a text does not name in any of the usual words."""
    return [right for right in RIGHTS if not _has_word(text, right.words.get(language, ()))]


def names_authority(*, text: str, country: str) -> bool:
    """Say whether a text names the authority of a country, by its name, a short name or its site."""
    authority = AUTHORITIES[country]
    return any(name.lower() in text.lower() for name in (*authority.short_names, authority.site))


def _number(word: str, language: str) -> int:
    return int(word) if word.isdecimal() else NUMBERS.get(language, {}).get(word.lower(), 0)


def _has_word(text: str, beginnings: tuple[str, ...]) -> bool:
    return any(re.search(rf"\b{re.escape(start)}", text, re.IGNORECASE) for start in beginnings)
