import datetime
import re

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consent.domain import outbox
from consent.models import (
    Act,
    ConsentEvent,
    ConsentRecord,
    Grade,
    Objection,
    OutboxMessage,
    ShownForm,
    Status,
)
from customers.models import Contact, ContactPoint, CustomerRelation
from tests import make, scenes

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.UTC)


def open_form(client: Client, code: str) -> dict[str, str]:
    page = client.get(f"/forms/{code}/").content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    return {"ticket": ticket.group(1)}


def fill_in(client: Client, code: str, **answers: str) -> HttpResponse:
    with time_machine.travel(NOON, tick=False) as clock:
        hidden = open_form(client, code)
        clock.shift(20)
        answer = client.post(f"/forms/{code}/", hidden | answers)
    assert isinstance(answer, HttpResponse)
    return answer


def test_form_shows_every_box_unticked_and_the_phone_optional(client: Client) -> None:
    scenes.recipe_book()

    page = client.get("/forms/receptenboekje/").content.decode()

    assert "checked" not in page
    assert re.search(r'<input[^>]+name="PHONE"[^>]+required', page) is None
    assert "Ja, Stichting HartHulp mag mij de nieuwsbrief mailen." in page
    assert "U kunt altijd stoppen met één klik." in page
    assert 'href="/privacy/harthulp/"' in page


def test_form_records_a_request_and_a_permission_with_their_proof(client: Client) -> None:
    scene = scenes.recipe_book()

    answer = fill_in(
        client,
        "receptenboekje",
        EMAIL="Alice+recept@Example.org",
        PHONE="020 000 01 01",
        **{f"choice_{scene.newsletter.pk}": "on", f"choice_{scene.calls.pk}": "on"},
    )

    assert (answer.status_code, answer["Location"]) == (302, "/forms/receptenboekje/thanks/")
    assert list(ContactPoint.objects.order_by("kind").values_list("value", flat=True)) == [
        "alice+recept@example.org",
        "+31200000101",
    ]
    events = ConsentEvent.objects.order_by("sequence").values_list("act", "status", "grade", "complete")
    assert list(events) == [
        (Act.REQUESTED, Status.REQUESTED, Grade.B, True),
        (Act.GIVEN, Status.GIVEN, Grade.B, True),
    ]
    shown = ShownForm.objects.get()
    assert "Ja, Stichting HartHulp mag mij bellen over giften." in shown.content
    assert "alice" not in shown.content
    assert set(ConsentEvent.objects.values_list("shown_form_hash", flat=True)) == {shown.content_hash}
    message = OutboxMessage.objects.get()
    assert message.kind == OutboxMessage.Kind.CONFIRM_REQUEST
    assert [row["to_confirm"] for row in outbox.read_permissions(message=message)] == [True, False]


def test_form_sent_twice_records_once(client: Client) -> None:
    scene = scenes.recipe_book()
    with time_machine.travel(NOON, tick=False) as clock:
        hidden = open_form(client, "receptenboekje")
        clock.shift(20)
        answers = hidden | {"EMAIL": "alice@example.org", f"choice_{scene.newsletter.pk}": "on"}
        client.post("/forms/receptenboekje/", answers)
        again = client.post("/forms/receptenboekje/", answers)

    assert again.status_code == 302
    assert ConsentEvent.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_form_asks_the_number_when_calls_are_ticked_and_keeps_the_input(client: Client) -> None:
    scene = scenes.recipe_book()

    answer = fill_in(
        client, "receptenboekje", EMAIL="alice@example.org", **{f"choice_{scene.calls.pk}": "on"}
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "alice@example.org" in page
    assert re.search(r"<title>\s*(Fout|Error):", page)
    assert ConsentEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("020-0000101", "+31200000101"),
        ("(020) 000 01 01", "+31200000101"),
        ("+31 20 000 0101", "+31200000101"),
        ("0031 20 0000101", "+31200000101"),
        ("+31 (0)20 000 01 01", "+31200000101"),
        ("0031(0)20-0000101", "+31200000101"),
        ("020.000.01.01", "+31200000101"),
        ("06 12345678", "+31612345678"),
        ("06-12 34 56 78", "+31612345678"),
        ("+32 2 200 01 12", "+3222000112"),
        ("0032 2/200.01.12", "+3222000112"),
    ],
)
def test_form_reads_every_usual_notation(client: Client, typed: str, meant: str) -> None:
    scene = scenes.recipe_book()

    fill_in(
        client,
        "receptenboekje",
        EMAIL="alice@example.org",
        PHONE=typed,
        **{f"choice_{scene.calls.pk}": "on"},
    )

    point = ContactPoint.objects.get(kind="PHONE")
    assert (point.value, point.raw_input) == (meant, typed)


@pytest.mark.parametrize(
    "typed",
    [
        "alice",
        "alice@",
        "@example.org",
        "alice@example",
        "alice@exa mple.org",
        "alice@example.org\nBcc: x@y.nl",
        "é@x",
    ],
)
def test_form_refuses_what_is_no_address_with_a_sentence(client: Client, typed: str) -> None:
    scene = scenes.recipe_book()

    answer = fill_in(client, "receptenboekje", EMAIL=typed, **{f"choice_{scene.newsletter.pk}": "on"})

    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert Contact.objects.count() == 0


def test_form_says_one_thing_about_an_address_it_cannot_read(client: Client) -> None:
    scene = scenes.recipe_book()

    answer = fill_in(
        client,
        "receptenboekje",
        EMAIL="alice@example.org",
        PHONE="12",
        **{f"choice_{scene.calls.pk}": "on"},
    )

    page = answer.content.decode()
    assert "Dit is geen telefoonnummer dat we kunnen lezen." in page
    assert "Vul uw nummer in, of haal dat vinkje weg." not in page


def test_form_never_overwrites_what_the_person_told_before(client: Client) -> None:
    scene = scenes.recipe_book()
    fill_in(client, "receptenboekje", EMAIL="alice@example.org", **{f"choice_{scene.newsletter.pk}": "on"})

    fill_in(
        client,
        "receptenboekje",
        EMAIL="ALICE@example.org",
        PHONE="0200000199",
        **{f"choice_{scene.newsletter.pk}": "on"},
    )

    assert Contact.objects.count() == 1
    assert ConsentRecord.objects.get().status == Status.REQUESTED


def test_one_address_gets_three_mails_a_day_from_strangers(client: Client) -> None:
    scene = scenes.recipe_book()

    for _turn in range(8):
        fill_in(
            client, "receptenboekje", EMAIL="alice@example.org", **{f"choice_{scene.newsletter.pk}": "on"}
        )

    assert OutboxMessage.objects.count() == 3


def test_robot_that_fills_the_hidden_field_records_nothing(client: Client) -> None:
    scene = scenes.recipe_book()

    answer = fill_in(
        client,
        "receptenboekje",
        EMAIL="alice@example.org",
        fax_number="123",
        **{f"choice_{scene.newsletter.pk}": "on"},
    )

    assert answer.status_code == 200
    assert ConsentEvent.objects.count() == 0


def test_form_answered_within_three_seconds_is_shown_again(client: Client) -> None:
    scene = scenes.recipe_book()
    with time_machine.travel(NOON, tick=False):
        hidden = open_form(client, "receptenboekje")
        answers = hidden | {"EMAIL": "alice@example.org", f"choice_{scene.newsletter.pk}": "on"}
        answer = client.post("/forms/receptenboekje/", answers)

    assert answer.status_code == 200
    assert ConsentEvent.objects.count() == 0


def test_form_that_changed_meanwhile_is_shown_again(client: Client) -> None:
    scene = scenes.recipe_book()
    with time_machine.travel(NOON, tick=False) as clock:
        hidden = open_form(client, "receptenboekje")
        scene.point.title = {"nl": "Een ander boekje", "en": "Another book"}
        scene.point.save(update_fields=["title"])
        clock.shift(20)
        answers = hidden | {"EMAIL": "alice@example.org", f"choice_{scene.newsletter.pk}": "on"}
        answer = client.post("/forms/receptenboekje/", answers)

    assert answer.status_code == 200
    assert "alice@example.org" in answer.content.decode()
    assert ConsentEvent.objects.count() == 0


def test_statement_that_began_while_the_form_was_open_was_not_shown(client: Client) -> None:
    scene = scenes.recipe_book()
    entity = scene.point.legal_entity
    begins = NOON + datetime.timedelta(minutes=2)
    first = scene.point.privacy_statement
    second = make.privacy_statement(legal_entity=entity, number=2, published_at=begins)
    answers = {"EMAIL": "alice@example.org", f"choice_{scene.newsletter.pk}": "on"}

    for minutes in (0, 2):
        with time_machine.travel(NOON + datetime.timedelta(minutes=minutes), tick=False) as clock:
            hidden = open_form(client, "receptenboekje")
            clock.shift(180)
            client.post("/forms/receptenboekje/", hidden | answers)

    assert first is not None
    shown = ConsentEvent.objects.order_by("sequence")
    assert [event.privacy_statement_id for event in shown] == [first.pk, second.pk]
    assert [event.privacy_statement_hash for event in shown] == [first.content_hash, second.content_hash]


def test_unpublished_form_is_not_there(client: Client) -> None:
    scene = scenes.recipe_book()
    scene.point.published_at = None
    scene.point.save(update_fields=["published_at"])

    assert client.get("/forms/receptenboekje/").status_code == 404


def test_order_form_records_a_transaction_and_never_a_consent(client: Client) -> None:
    scenes.paid_trial()

    fill_in(client, "proefabonnement", EMAIL="alice@example.org", PHONE="0200000101")

    relation = CustomerRelation.objects.get()
    assert (relation.kind, relation.email_collection, relation.phone_collection) == (
        "SALE",
        "COMPLETE",
        "COMPLETE",
    )
    assert relation.ends_at == datetime.datetime(2029, 11, 21, 23, 0, tzinfo=datetime.UTC)
    assert ConsentRecord.objects.count() == 0
    assert list(ConsentEvent.objects.values_list("act", flat=True)) == [Act.RELATION_STARTED]


def test_no_on_an_order_form_is_an_objection(client: Client) -> None:
    scenes.paid_trial()

    fill_in(client, "proefabonnement", EMAIL="alice@example.org", no_contact="on")

    objection = Objection.objects.get()
    assert objection.legal_entity is not None
    assert (objection.legal_entity.code, objection.purpose, objection.channel, objection.standing) == (
        "dagpost",
        None,
        "",
        True,
    )


def test_form_page_asks_the_database_a_fixed_number_of_questions(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scenes.recipe_book()

    with django_assert_num_queries(5):
        client.get("/forms/receptenboekje/")


def test_language_switch_keeps_what_was_typed(client: Client) -> None:
    scene = scenes.recipe_book()
    typed = {"EMAIL": "alice@example.org", f"choice_{scene.calls.pk}": "on", "switch_language": "en"}
    with time_machine.travel(NOON, tick=False) as clock:
        hidden = open_form(client, "receptenboekje")
        clock.shift(20)
        page = client.post("/forms/receptenboekje/", hidden | typed).content.decode()
        ticket = re.search(r'name="ticket" value="([^"]+)"', page)
        assert ticket
        sent = client.post(
            "/forms/receptenboekje/",
            {"ticket": ticket.group(1), "EMAIL": "alice@example.org", f"choice_{scene.newsletter.pk}": "on"},
        )

    assert '<html lang="en">' in page
    assert 'value="alice@example.org"' in page
    assert re.findall(r'name="(choice_\d+)"[^>]*checked', page) == [f"choice_{scene.calls.pk}"]
    assert "error-summary" not in page
    assert sent.status_code == 302
    assert ConsentEvent.objects.get().language == "en"
