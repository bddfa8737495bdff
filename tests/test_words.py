"""The words of the product: none that steers, and every one in both languages."""

import ast
import gettext
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils.translation.template import templatize

from tests.browser.fixtures import PostOffice, text_of
from tests.security.visits import correspond

APPS = ("config", "customers", "consent", "scoring")
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}
PLURAL = ("ngettext", "ngettext_lazy")
# Who is asked to stay, made to feel sorry, hurried or asked why, is steered (EDPB 03/2022).
STEERING = {
    "en": [
        "are you sure",
        "miss out",
        "missing out",
        "miss you",
        "sorry to see",
        "sad to",
        "before you go",
        "don't go",
        "do not leave",
        "last chance",
        "hurry",
        "only today",
        "limited time",
        "no thanks",
        "unfortunately",
        "we regret",
        "come back to us",
        "by continuing",
        "why are you leaving",
        "tell us why",
        "your reason",
        "days to process",
        "don't you want",
        "exclusive",
        "benefits",
    ],
    "nl": [
        "weet u het zeker",
        "weet je het zeker",
        "jammer",
        "helaas",
        "u mist",
        "je mist",
        "mis niets",
        "mis het niet",
        "misloop",
        "zullen u missen",
        "laatste kans",
        "alleen vandaag",
        "haast u",
        "blijf bij ons",
        "ga niet weg",
        "voordat u gaat",
        "nee, ik wil geen",
        "door verder te gaan",
        "waarom gaat u",
        "waarom wilt u",
        "vertel ons waarom",
        "uw reden",
        "werkdagen",
        "wilt u echt",
        "exclusie",
        "voordelen",
    ],
}


class Text(NamedTuple):
    """One text of the product in English; a counted one has a second form."""

    text: str
    plural: str = ""


def texts_in_code(source: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (name := name_of(node.func)) in MARKS:
            parts = [part.value for part in node.args[:2] if isinstance(part, ast.Constant)]
            if parts:
                yield Text(*map(str, parts if name in PLURAL else parts[:1]))


def name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def texts_in_template(source: str) -> Iterator[Text]:
    """What Django's own reader of templates takes out, which it writes as calls of gettext."""
    literal = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    for pair in re.findall(rf"\b(?:n?gettext|_)\(\s*{literal}(?:\s*,\s*{literal})?", templatize(source)):
        yield Text(*(ast.literal_eval(part) for part in pair if part))


def texts() -> dict[Text, str]:
    """Every text of the product, and the file it stands in."""
    found: dict[Text, str] = {}
    for app in APPS:
        for place in (settings.BASE_DIR / app).rglob("*.py"):
            if "migrations" not in place.parts:
                found |= dict.fromkeys(texts_in_code(place.read_text()), shown(place))
    for place in (settings.BASE_DIR / "templates").rglob("*.*"):
        found |= dict.fromkeys(texts_in_template(place.read_text()), shown(place))
    return found


def shown(place: Path) -> str:
    return str(place.relative_to(settings.BASE_DIR))


def dutch() -> dict[str, str]:
    """What the compiled catalogue gives for each text; it leaves out what is untranslated or unsure."""
    catalogue = gettext.translation("django", settings.LOCALE_PATHS[0], ["nl"])
    pairs: dict[object, str] = vars(catalogue)["_catalog"]
    return {str(text[0] if isinstance(text, tuple) else text): said for text, said in pairs.items() if said}


def steering_in(text: str, language: str) -> list[str]:
    return [phrase for phrase in STEERING[language] if phrase in text.lower().replace("\u2019", "'")]


def test_no_english_text_steers() -> None:
    steering = {text: found for text in texts() if (found := steering_in(" ".join(text), "en"))}

    assert steering == {}


def test_no_dutch_text_steers() -> None:
    steering = {text: found for text in dutch().values() if (found := steering_in(text, "nl"))}

    assert steering == {}


def test_a_text_that_steers_would_be_found() -> None:
    assert steering_in("Are you sure you want to miss our offers?", "en") == ["are you sure"]
    assert steering_in("Wat jammer dat u gaat. Weet u het zeker?", "nl") == ["weet u het zeker", "jammer"]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('{% load i18n %}{% translate "Stop this" %}', Text("Stop this")),
        ("{% blocktranslate trimmed %}\n One\n two {{ y }}\n{% endblocktranslate %}", Text("One two %(y)s")),
        ('{% firstof a _("Save") %}', Text("Save")),
        (
            "{% blocktranslate count n=n %}{{ n }} minute{% plural %}{{ n }} minutes{% endblocktranslate %}",
            Text("%(n)s minute", "%(n)s minutes"),
        ),
    ],
)
def test_every_way_to_mark_a_text_is_read(template: str, expected: Text) -> None:
    assert list(texts_in_template(template)) == [expected]


def test_every_text_has_its_dutch() -> None:
    known = dutch()

    missing = {one.text: place for one, place in texts().items() if one.text not in known}

    assert missing == {}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["nl", "en"])
def test_mails_are_in_the_language_of_the_person(
    language: str, clock: time_machine.Traveller, post_office: PostOffice
) -> None:
    mails = correspond(Client(headers={"Accept-Language": language}), clock, post_office)

    for mail in mails.mails:
        assert mail["Content-Language"] == language
        assert html_of(mail).count(f'<html lang="{language}">') == 1
        subject_language = "en" if re.match("Please|What|Your", mail["Subject"]) else "nl"
        assert subject_language == language
        assert len(mail["Subject"]) <= 60
    known = dutch()
    english = {one.text for one in texts() if known.get(one.text, one.text) != one.text}
    lines = {line.strip() for mail in mails.mails for line in text_of(mail).splitlines()}
    assert bool(lines & english) == (language == "en")


def html_of(mail: EmailMessage) -> str:
    html = mail.get_body(("html",))
    assert html is not None
    return str(html.get_content())
