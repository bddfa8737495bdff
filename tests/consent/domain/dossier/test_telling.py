"""A dossier says in words what an outsider asks: who, what, where and how, when, and what came of it."""

from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from consent.domain.dossier.account import read_accounts, read_library
from consent.domain.dossier.blocks import Block
from consent.domain.dossier.exporting import Format
from consent.domain.dossier.selection import Selection
from consent.domain.dossier.telling import Telling, tell_person
from consent.models import ConsentEvent, Evidence
from tests.consent.domain.dossier import scene
from tests.consent.domain.dossier.scene import Story, exported, files_in, seal, wanted

pytestmark = pytest.mark.django_db


def told_about(told: Story) -> list[Block]:
    seal()
    (account,) = read_accounts(contacts=[told.alice], selection=wanted(told).selection, tree_size=3)
    library = read_library(events=list(ConsentEvent.objects.all()))
    telling = Telling(language="en", zone=ZoneInfo("Europe/Amsterdam"), library=library, positions={})
    with override("en"):
        return list(tell_person(account=account, telling=telling))


def texts_of(blocks: list[Block]) -> str:
    return "\n".join(str(block) for block in blocks)


def test_dossier_tells_the_whole_story() -> None:
    told = scene.story()
    scene.call(told)

    text = texts_of(told_about(told))

    for said in (
        "Alice Voorbeeld #1 $x$ @y",
        "Stichting HartHulp: newsletter, E-mail",
        "12 November 2026 13:00: Permission given",
        "20 November 2026 13:00: Permission withdrawn",
        "alice@example.org (not verified)",
        "192.0.2.7",
        "Ja, Stichting HartHulp mag mij de nieuwsbrief mailen.",
        "Conversation",
    ):
        assert said in text
    assert "bob@example.org" not in text


def test_erased_part_is_named_as_erased() -> None:
    told = scene.story()
    Evidence.objects.all().delete()

    assert "Erased. The event and its digest stay." in texts_of(told_about(told))


def test_more_people_take_no_more_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    told = scene.story()
    everybody = Selection(organisation_id=told.alice.organisation_id)
    seal()

    for contacts in ([told.alice], [told.alice, told.bob]):
        with django_assert_num_queries(7):
            accounts = read_accounts(contacts=contacts, selection=everybody, tree_size=3)
    assert [len(account.events) for account in accounts] == [2, 1]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_dossier_is_a_tagged_pdf_in_either_language(language: str) -> None:
    told = scene.story()
    seal()

    pdf = files_in(exported(wanted(told, formats=(Format.PDF,), language=language))[0])["dossier.pdf"]

    assert pdf.startswith(b"%PDF-1.7")
    assert b"/MarkInfo" in pdf
    assert b"pdfuaid" in pdf
    assert f"/Lang({language}".encode() in pdf
