import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consent.domain.rights import answering
from consent.models import ConsentEvent, Objection, OutboxMessage, RightsRequest, RightsStep
from customers.models import Contact, LegalEntity
from tests import make
from tests.browser.fixtures import PostOffice
from tests.consent.domain.rights.asking import BY_OFFICER, Kind, receive
from tests.preference_scenes import House, house, open_choices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
RIGHTS = "/preferences/rights/"


@pytest.fixture
def home() -> House:
    return house()


@pytest.fixture
def visitor(home: House) -> Client:
    """Alice, behind a link to her own address."""
    client = Client(headers={"accept-language": "en"})
    open_choices(client, house=home)
    return client


def ask(visitor: Client, kind: str, **more: str) -> Any:
    return visitor.post(RIGHTS, {"kind": kind, "words": "", "fax_number": "", **more}, follow=True)


def words_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_page_offers_every_right_and_shows_nothing_before_it_is_asked(visitor: Client) -> None:
    page = visitor.get(RIGHTS)

    assert {choice for choice, _label in page.context["form"].fields["kind"].choices} == set(Kind.values)
    assert page.context["requests"] == []
    assert not RightsRequest.objects.exists()


def test_page_is_linked_from_the_choices(visitor: Client) -> None:
    assert f'href="{RIGHTS}"' in visitor.get("/preferences/choices/").content.decode()


def test_erasure_waits_for_the_officer_and_shows_its_clock(
    visitor: Client, home: House, post_office: PostOffice
) -> None:
    post_office.collect()

    page = ask(visitor, "ERASURE", words="Ik ga weg.")

    request = RightsRequest.objects.get()
    assert (request.kind, request.state, request.identity, request.contact) == (
        "ERASURE",
        "OPEN",
        "LINK",
        home.alice,
    )
    assert "Your request is sent. You do not have to do anything now" in words_of(page)
    assert "You get an answer before 22 December 2026" in words_of(page)
    assert [mail["Subject"] for mail in post_office.collect()] == ["Your request to Lampenwinkel B.V."]
    assert Contact.objects.get(pk=home.alice.pk).erased_at is None


def test_copy_is_there_at_once_and_its_download_is_noted(visitor: Client) -> None:
    page = ask(visitor, "ACCESS")
    request = RightsRequest.objects.get()

    file = visitor.post(f"{RIGHTS}{request.pk}/copy/")

    assert "Your copy is ready below" in words_of(page)
    assert file["Content-Disposition"] == 'attachment; filename="jawoord.zip"'
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert "alice@example.org" in archive.read("jawoord.html").decode()
    assert RightsStep.objects.filter(what="COPY_GIVEN").count() == 1


def test_opening_the_address_of_a_copy_gives_nothing(visitor: Client) -> None:
    ask(visitor, "ACCESS")

    answer = visitor.get(f"{RIGHTS}{RightsRequest.objects.get().pk}/copy/")

    assert answer.status_code == 405
    assert not RightsStep.objects.filter(what="COPY_GIVEN").exists()


def test_copy_of_another_person_is_not_found(visitor: Client, home: House) -> None:
    bob = make.contact(organisation=home.organisation, given_name="Bob")
    make.email_point(contact=bob, text="bob@example.org")
    request = receive(house=home, contact=bob, kind=Kind.ACCESS)
    RightsRequest.objects.update(state="DONE", closed_at=make.NOW)

    answer = visitor.post(f"{RIGHTS}{request.pk}/copy/")

    assert answer.status_code == 404


def test_stop_of_all_marketing_counts_at_once(visitor: Client, home: House) -> None:
    page = ask(visitor, "MARKETING")

    assert "It is done, and counts from now" in words_of(page)
    assert Objection.objects.get(contact=home.alice).standing


def test_sent_twice_it_is_asked_once(visitor: Client) -> None:
    ask(visitor, "ERASURE")

    again = ask(visitor, "ERASURE")

    assert again.status_code == 200
    assert RightsRequest.objects.count() == 1


@pytest.mark.parametrize("kind", ["RECTIFICATION", "RESTRICTION"])
def test_what_cannot_be_done_without_words_asks_for_them(visitor: Client, kind: str) -> None:
    page = ask(visitor, kind)

    assert "words" in page.context["form"].errors
    assert not RightsRequest.objects.exists()


def test_nothing_chosen_is_told(visitor: Client) -> None:
    page = ask(visitor, "")

    assert page.context["form"].errors["kind"] == ["Choose what you want."]


def test_refused_request_tells_when(visitor: Client, home: House) -> None:
    ask(visitor, "ERASURE")
    answering.refuse(
        request=RightsRequest.objects.get(),
        ground=RightsRequest.Ground.EXEMPT,
        reason="De wet vraagt het.",
        staff_id=None,
        refused_at=make.NOW + timedelta(days=1),
    )

    page = visitor.get(RIGHTS)

    assert "Refused on 22 November 2026; the reason was mailed to you" in words_of(page)


def test_who_has_no_link_gets_the_calm_page(client: Client) -> None:
    assert client.get(RIGHTS).status_code == 410
    assert client.post(RIGHTS, {"kind": "ERASURE"}).status_code == 410
    assert not RightsRequest.objects.exists()


def test_page_is_gone_once_the_person_is_erased(visitor: Client, home: House) -> None:
    ask(visitor, "ERASURE")
    answering.fulfil(
        request=RightsRequest.objects.get(),
        done=answering.Fulfilment(how=BY_OFFICER),
        fulfilled_at=make.NOW + timedelta(minutes=5),
    )

    assert visitor.get(RIGHTS).status_code == 410


def test_too_many_requests_are_refused_for_a_while(visitor: Client) -> None:
    answers = [ask(visitor, "") for _time in range(21)]

    assert [answer.status_code for answer in answers[-2:]] == [200, 429]


def test_act_stands_in_the_ledger_as_the_persons_own(visitor: Client, home: House) -> None:
    ask(visitor, "MARKETING")

    event = ConsentEvent.objects.get(act="OBJECTED")
    assert (event.actor, event.source, event.staff_id) == ("SUBJECT", "PREFERENCES", None)


def test_page_asks_the_database_as_often_for_one_request_as_for_five(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ask(visitor, "ERASURE")
    with django_assert_num_queries(2):
        visitor.get(RIGHTS)
    for kind in ("ACCESS", "PROOF", "MARKETING", "PORTABILITY"):
        ask(visitor, kind)

    with django_assert_num_queries(2):
        visitor.get(RIGHTS)


def test_legal_entity_of_the_link_answers(visitor: Client, clock: time_machine.Traveller) -> None:
    ask(visitor, "ERASURE")

    assert RightsRequest.objects.get().legal_entity == LegalEntity.objects.get(code="lampenwinkel")
    assert OutboxMessage.objects.filter(kind="RIGHTS").count() == 1
