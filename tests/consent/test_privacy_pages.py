import re

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consent.domain.notices import new_version
from consent.models import StatementPart
from customers.models import LegalEntity
from tests import make, scenes
from tests.browser.fixtures import PostOffice
from tests.browser.states import keep_statements
from tests.security.visits import correspond

pytestmark = pytest.mark.django_db
PAGE = "/privacy/harthulp/"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def entity(clock: time_machine.Traveller) -> LegalEntity:
    entity = scenes.recipe_book().entity
    keep_statements(entity)
    return entity


def read(client: Client, path: str, language: str = "en") -> str:
    return client.get(path, headers={"Accept-Language": language}).content.decode()


def test_page_shows_the_version_in_force_with_its_parts_and_contents(
    entity: LegalEntity, client: Client
) -> None:
    page = read(client, PAGE)

    parts = re.findall(r'<h2 id="(\w+)">', page)
    contents = re.findall(r'<li><a href="#(\w+)">', page)
    assert "version 3, in force since 20 November 2026" in page
    assert "and to our call team." in page
    written = entity.privacy_statements.get(number=3).parts
    assert contents == [part.lower() for part in StatementPart.values if part in written]
    assert parts == ["contents", *contents, "versions"]


def test_page_is_in_the_language_of_the_visitor(entity: LegalEntity, client: Client) -> None:
    assert "en aan ons belteam." in read(client, PAGE, "nl")
    assert "en aan ons belteam." not in read(client, PAGE, "en")


def test_text_that_is_in_one_language_only_says_which(client: Client) -> None:
    entity = make.legal_entity(organisation=make.organisation())
    parts = {"TERMS": {"nl": "Een jaar."}}
    make.privacy_statement(legal_entity=entity, wording={"nl": "Kort.", "en": "Short."}, parts=parts)

    page = read(client, "/privacy/lampenwinkel/")

    assert '<div lang="nl"><p>Een jaar.</p></div>' in page
    assert 'lang="nl"><p>Short.' not in page


def test_statement_from_before_there_were_parts_stays_readable(entity: LegalEntity, client: Client) -> None:
    page = read(client, f"{PAGE}1/")

    assert "<p>How we handle your data.</p>" in page
    assert "You are reading version 1, which was in force from 1 January 2020 to 23 August 2026." in page
    assert f'<a href="{PAGE}">Read the version in force</a>' in page


def test_history_says_from_when_to_when_and_what_changed(entity: LegalEntity, client: Client) -> None:
    page = read(client, PAGE)

    history = page[page.index('<h2 id="versions">') :]
    assert re.findall(r"<p>(In force [^<]+)</p>", history) == [
        "In force since 20 November 2026",
        "In force from 23 August 2026 to 20 November 2026",
        "In force from 1 January 2020 to 23 August 2026",
    ]
    assert "<p>We have a call team.</p>" in history
    assert re.findall(r'href="(/privacy/[^"]+)"', history)[:4] == [
        f"{PAGE}3/changes/",
        f"{PAGE}2/",
        f"{PAGE}2/changes/",
        f"{PAGE}1/",
    ]


def test_changes_are_told_by_words_and_not_by_colour(entity: LegalEntity, client: Client) -> None:
    page = read(client, f"{PAGE}3/changes/")

    assert "What changed in the privacy statement" in page
    added = re.findall(r'<ins><span class="visually-hidden">Added: </span>([^<]+)</ins>', page)
    assert (added[0], added[-1]) == ("company ", "e-mail and to our call team.")
    assert page.count('<del><span class="visually-hidden">Taken away: </span>') == page.count("<del>") > 0
    assert "This part was taken away." in page
    headings = re.findall(r"<h2>([^<]+)</h2>", page)
    assert headings == ["Who receives your data", "Profiles and automated decisions"]


@pytest.mark.parametrize(
    "path",
    [
        f"{PAGE}4/",  # a draft
        f"{PAGE}9/",
        f"{PAGE}1/changes/",  # the first one
        f"{PAGE}4/changes/",
        "/privacy/nobody/",
        "/privacy/nobody/1/",
    ],
)
def test_drafts_and_what_never_was_are_not_found(path: str, entity: LegalEntity, client: Client) -> None:
    draft = new_version(version=entity.privacy_statements.get(number=3))
    draft.parts[StatementPart.TERMS] = {"nl": "Geheim.", "en": "Secret."}
    draft.save(update_fields=["parts"])

    assert client.get(path).status_code == 404
    assert "Secret" not in read(client, PAGE)


def test_markup_in_a_text_is_shown_as_it_was_typed(client: Client) -> None:
    entity = make.legal_entity(organisation=make.organisation())
    parts = {"TERMS": {"nl": "<script>x</script>", "en": "<b>x</b> https://example.org/ fg@example.org"}}
    make.privacy_statement(legal_entity=entity, parts=parts)

    page = read(client, "/privacy/lampenwinkel/")

    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert '<a href="https://example.org/" rel="nofollow">' in page
    assert '<a href="mailto:fg@example.org">' in page


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}2/", f"{PAGE}3/changes/"])
def test_pages_are_only_read_and_ask_the_database_twice(
    path: str, entity: LegalEntity, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        statuses = [client.head(path).status_code]
    statuses += [client.post(path).status_code, client.delete(path).status_code]

    assert statuses == [200, 405, 405]


def test_only_the_version_in_force_is_for_search_engines(entity: LegalEntity, client: Client) -> None:
    found = [
        re.findall(r'name="robots" content="(\w+)"', read(client, path))
        for path in (PAGE, f"{PAGE}2/", f"{PAGE}3/changes/")
    ]

    assert found == [["index"], ["noindex"], ["noindex"]]


def test_every_mail_links_the_statement(
    client: Client, clock: time_machine.Traveller, post_office: PostOffice
) -> None:
    mails = correspond(client, clock, post_office)

    for mail in mails.mails:
        for kind in ("plain", "html"):
            body = mail.get_body((kind,))
            assert body is not None
            assert re.search(r"https?://[^/]+/privacy/harthulp/", body.get_content()), mail["Subject"]


@pytest.mark.parametrize(
    "path",
    [
        "/forms/receptenboekje/",
        "/forms/receptenboekje/thanks/",
        "/caller-numbers/harthulp/",
        "/preferences/block/harthulp/",
        PAGE,
        f"{PAGE}1/",
        f"{PAGE}3/changes/",
    ],
)
def test_every_page_of_a_legal_entity_links_its_statement(
    path: str, entity: LegalEntity, client: Client
) -> None:
    page = read(client, path)

    foot = page[page.index('<footer class="foot">') :]
    assert f'<a href="{PAGE}">Privacy statement</a>' in foot
