import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as jawoord
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consent.domain import messages
from consent.domain.links import LinkKind, message_token
from consent.domain.messages import WorkingLinks
from consent.domain.number_blocks import TOLD_FOR_A_VISITOR
from consent.domain.preferences import read_preferences
from consent.models import (
    Act,
    ConsentEvent,
    ConsentRecord,
    Notification,
    Objection,
    OutboxMessage,
    Source,
    Suppression,
)
from customers.domain.key_rings import link_keys
from customers.models import Contact, ContactPoint
from tests import make, preference_scenes
from tests.preference_scenes import A_MONTH_AGO, NOON, boxes, fixed, form_with, open_choices

pytestmark = pytest.mark.django_db

MAILING = "Ja, Lampenwinkel B.V. mag mij aanbiedingen mailen."
CALLING = "Ja, Lampenwinkel B.V. mag mij bellen met aanbiedingen."
CHOICES = "/preferences/choices/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as travelled:
        yield travelled


def acts() -> list[str]:
    return list(ConsentEvent.objects.order_by("sequence").values_list("act", flat=True))


def test_link_leads_to_a_clean_address_and_writes_nothing(client: Client) -> None:
    house = preference_scenes.house()
    address = preference_scenes.link_to(point=house.email, legal_entity=house.shop, asked_at=NOON)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        opened = client.get(address)
        shown = client.get(opened["Location"])

    assert (opened.status_code, opened["Location"]) == (302, CHOICES)
    assert (opened["Referrer-Policy"], shown["Referrer-Policy"]) == ("no-referrer", "same-origin")
    assert "no-store" in shown["Cache-Control"]
    assert all(query["sql"].startswith("SELECT") for query in queries)
    house.email.refresh_from_db()
    assert house.email.verified_at is None


def test_cookie_of_the_link_is_kept_from_scripts_and_other_sites(client: Client) -> None:
    house = preference_scenes.house()
    opened = client.get(preference_scenes.link_to(point=house.email, legal_entity=house.shop, asked_at=NOON))

    cookie = opened.cookies["preferences"]

    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 1800)


@pytest.mark.parametrize("number", [1, 3])
def test_choices_take_the_same_number_of_queries(client: Client, number: int) -> None:
    house = preference_scenes.house()
    for place in range(number):
        purpose = make.purpose(
            organisation=house.organisation, legal_entities=[house.sister], code=f"purpose-{place}"
        )
        notice = make.notice_version(legal_entity=house.sister, purpose=purpose, code=f"notice-{place}")
        make.permission_event(contact_point=house.email, notice_version=notice)
    open_choices(client, house=house)

    with CaptureQueriesContext(connection) as queries:
        client.get(CHOICES)

    # The last of them: whether any of what they permit is a talent pool.
    assert len(queries) == 11


@pytest.mark.parametrize(
    ("act", "ticked"),
    [
        (None, False),
        (Act.REQUESTED, False),
        (Act.REFUSED, False),
        (Act.GIVEN, True),
        (Act.WITHDRAWN, False),
        (Act.INVALIDATED, False),
    ],
)
def test_box_states_the_truth(client: Client, act: Act | None, *, ticked: bool) -> None:
    house = preference_scenes.house()
    if act:
        make.permission_event(contact_point=house.email, notice_version=house.by_email, act=act)

    page = open_choices(client, house=house)

    assert boxes(page) == {MAILING: ticked, CALLING: False}


def test_page_says_first_where_the_person_stands(client: Client) -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email)

    client.cookies["language"] = "en"

    page = open_choices(client, house=house)

    standing = re.search(r'<div class="standing">\s*<p>(.*?)</p>', page)
    assert standing
    assert standing.group(1) == ("Lampenwinkel B.V. may e-mail you; Lampenwinkel B.V. may not call you.")


def test_customer_reads_about_which_products(client: Client) -> None:
    house = preference_scenes.house()
    for name, days in (("Lampen", 900), ("Stoelen", 300)):
        group = make.product_group(legal_entity=house.shop, code=name.lower(), name=name)
        preference_scenes.buy_lamp(house=house, at=NOON - timedelta(days=days), product_group=group)
    client.cookies["language"] = "en"

    page = open_choices(client, house=house)

    assert "<dt>About which products</dt><dd>Stoelen</dd><dd>Lampen</dd>" in page


def test_save_changes_only_what_the_person_changed(client: Client) -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.phone, notice_version=house.by_call, occurred_at=A_MONTH_AGO)
    page = open_choices(client, house=house)

    answer = client.post(CHOICES, form_with(page, on=(MAILING,)))

    assert (answer.status_code, answer["Location"]) == (302, CHOICES)
    assert acts() == [Act.GIVEN, Act.ADDRESS_VERIFIED, Act.GIVEN]
    after = client.get(CHOICES).content.decode()
    assert boxes(after) == {MAILING: True, CALLING: True}


def test_choice_that_was_not_on_screen_cannot_change(client: Client) -> None:
    house = preference_scenes.house()
    page = open_choices(client, house=house)
    answers = form_with(page)

    client.post(CHOICES, answers | {"choice": ["7", "99"]})

    assert ConsentRecord.objects.count() == 0


def test_list_of_choices_signed_for_another_is_refused_in_words(client: Client) -> None:
    house = preference_scenes.house()
    page = open_choices(client, house=house)
    bob = make.contact(organisation=house.organisation, given_name="Bob")
    point = make.email_point(contact=bob, text="bob@example.org")
    client.get(preference_scenes.link_to(point=point, legal_entity=house.shop, asked_at=NOON))

    answer = client.post(CHOICES, form_with(page, on=(MAILING,)))

    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert acts() == []


@pytest.mark.parametrize("shown", ["", "rubbish", "é", "x" * 5000])
def test_broken_list_of_choices_is_refused_in_words(client: Client, shown: str) -> None:
    house = preference_scenes.house()
    open_choices(client, house=house)

    answer = client.post(CHOICES, {"action": "save", "shown": shown, "choice": ["0"]})

    assert "error-summary" in answer.content.decode()
    assert acts() == []


def test_stop_everything_needs_nothing_but_the_button(client: Client) -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    page = open_choices(client, house=house)

    client.post(CHOICES, {"action": "stop"})

    scope = re.search(r'<p id="stop-scope">(.*?)</p>', page)
    assert scope
    assert all(name in scope.group(1) for name in ("Lampenwinkel B.V.", "Stroomkring N.V."))
    objection = Objection.objects.get(standing=True)
    assert (objection.legal_entity, objection.channel) == (None, "")
    assert not any(boxes(client.get(CHOICES).content.decode()).values())


def test_page_after_saving_tells_what_changed_and_undoes_it(
    client: Client, clock: time_machine.Traveller
) -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email)
    page = open_choices(client, house=house)
    told = client.post(CHOICES, form_with(page, off=(MAILING,)), follow=True).content.decode()

    clock.shift(60)
    undone = client.post("/preferences/undo/", {"action": "undo"}, follow=True).content.decode()

    notification = re.search(r'<section class="notification".*?</section>', told, flags=re.DOTALL)
    assert notification
    assert "Lampenwinkel B.V., aanbiedingen" in notification.group(0)
    assert "21 november 2026" in notification.group(0)
    assert 'action="/preferences/undo/"' in notification.group(0)
    assert acts() == [Act.GIVEN, Act.ADDRESS_VERIFIED, Act.WITHDRAWN, Act.RENEWED]
    assert boxes(undone)[MAILING] is True
    assert 'action="/preferences/undo/"' not in undone


def test_what_was_stopped_on_an_old_address_is_not_undone(
    client: Client, clock: time_machine.Traveller
) -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email)
    page = open_choices(client, house=house)
    client.post(CHOICES, form_with(page, off=(MAILING,)))
    changed = client.cookies["preferences-changed"].value
    clock.shift(60)
    client.post("/preferences/details/", {"email": "new@example.org"})
    client.cookies["preferences-changed"] = changed
    before = acts()

    client.post("/preferences/undo/", {"action": "undo"})

    assert acts() == before


def test_every_change_is_followed_by_a_receipt(client: Client) -> None:
    house = preference_scenes.house()
    page = open_choices(client, house=house)

    client.post(CHOICES, form_with(page, on=(MAILING,)))

    message = OutboxMessage.objects.get(kind=OutboxMessage.Kind.RECEIPT)
    rendered = messages.render(message=message, links=WorkingLinks(public_url=jawoord.PUBLIC_URL))
    assert MAILING in rendered.text
    assert MAILING in rendered.html
    assert len(rendered.subject) <= 60


def test_nothing_saved_is_no_event_and_no_mail(client: Client) -> None:
    house = preference_scenes.house()
    house.email.verified_at, house.email.verified_method = NOON, ContactPoint.Verification.EMAIL_LINK
    house.email.save(update_fields=["verified_at", "verified_method"])
    page = open_choices(client, house=house)

    client.post(CHOICES, form_with(page))

    assert acts() == []
    assert not OutboxMessage.objects.filter(kind=OutboxMessage.Kind.RECEIPT).exists()


def test_row_that_cannot_be_turned_on_has_a_fixed_box(client: Client) -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email)
    make.email_point(contact=house.alice, text="second@example.org")

    page = open_choices(client, house=house)

    assert fixed(page) == [MAILING]
    assert "second@" not in page
    assert "s…@example.org" in page
    assert "niet bevestigd" in page or "not confirmed yet" in page


def test_number_that_was_turned_on_can_be_verified(client: Client) -> None:
    house = preference_scenes.house()
    page = open_choices(client, house=house, point=house.email)
    after = client.post(CHOICES, form_with(page, on=(CALLING,)), follow=True).content.decode()

    answer = client.post(f"/preferences/verify/{house.phone.pk}/")

    assert f'action="/preferences/verify/{house.phone.pk}/"' in after
    assert (answer.status_code, answer["Location"]) == (302, "/verify/")


def test_number_of_somebody_else_cannot_be_verified(client: Client) -> None:
    house = preference_scenes.house()
    bob = make.contact(organisation=house.organisation, given_name="Bob")
    point = make.phone_point(contact=bob, text="+31200000177")
    open_choices(client, house=house)

    assert client.post(f"/preferences/verify/{point.pk}/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/preferences/choices/",
        "/preferences/details/",
        "/preferences/details/saved/",
        "/preferences/history/",
        "/preferences/history/download/",
        "/preferences/receipt/",
    ],
)
def test_pages_without_a_link_offer_a_new_one(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 410
    assert 'href="/preferences/"' in answer.content.decode()


def test_wrong_and_old_links_get_one_calm_page(client: Client, clock: time_machine.Traveller) -> None:
    house = preference_scenes.house()
    old = preference_scenes.link_to(point=house.email, legal_entity=house.shop, asked_at=NOON)
    message = OutboxMessage.objects.get()
    foreign = message_token(kind=LinkKind.CONFIRM, message_id=message.pk, keys=link_keys())
    clock.shift(timedelta(minutes=31))

    answers = [
        client.get(path, follow=True)
        for path in (
            old,
            old[:-3] + "/",
            f"/preferences/{foreign}/",
            "/preferences/é/",
            "/preferences/" + "x" * 3000 + "/",
        )
    ]

    assert [answer.status_code for answer in answers] == [410] * 5
    assert len({_without_place(answer.content.decode()) for answer in answers}) == 1


def _without_place(page: str) -> str:
    """The page without what differs by nature: the address to come back to, and the token of its forms."""
    return re.sub(r'value="[^"]*"', "", page)


def test_choices_saved_too_late_change_nothing(client: Client, clock: time_machine.Traveller) -> None:
    house = preference_scenes.house()
    page = open_choices(client, house=house)
    clock.shift(timedelta(minutes=31))

    answer = client.post(CHOICES, form_with(page, on=(MAILING,)))

    assert answer.status_code == 410
    assert acts() == []


def test_link_opens_nothing_to_who_finds_it_after_the_person_left(client: Client) -> None:
    house = preference_scenes.house()
    link = preference_scenes.link_to(point=house.email, legal_entity=house.shop, asked_at=NOON)
    assert client.get(link, follow=True).status_code == 200
    assert client.get(link, follow=True).status_code == 200

    client.post("/preferences/leave/")

    assert Client().get(link, follow=True).status_code == 410


def test_leaving_closes_the_choices(client: Client) -> None:
    house = preference_scenes.house()
    open_choices(client, house=house)

    left = client.post("/preferences/leave/", follow=True)

    assert left.status_code == 200
    assert client.get(CHOICES).status_code == 410


def test_details_show_what_is_known_and_keep_what_was_typed(client: Client) -> None:
    house = preference_scenes.house()
    open_choices(client, house=house)
    shown = client.get("/preferences/details/").content.decode()

    answer = client.post("/preferences/details/", {"given_name": "Aleida", "email": "new@", "phone": "12"})

    assert "alice@example.org" in shown
    assert "…101" in shown
    assert "+31200000101" not in shown
    page = answer.content.decode()
    assert page.count('href="#id_') == 2
    assert 'value="Aleida"' in page
    assert Contact.objects.get().given_name == "Alice"


def test_new_mail_address_is_sent_a_link_of_its_own(client: Client) -> None:
    house = preference_scenes.house()
    open_choices(client, house=house)

    answer = client.post(
        "/preferences/details/",
        {"given_name": "Alice", "family_name": "Jansen", "email": "new@example.org"},
        follow=True,
    )

    assert "new@example.org" not in answer.content.decode()
    assert "n…@example.org" in answer.content.decode()
    message = OutboxMessage.objects.get(contact_point__value="new@example.org")
    assert message.kind == "PREFERENCE_LINK"


@pytest.mark.parametrize(
    ("field", "text"),
    [("phone", "0612345678"), ("phone", "call me"), ("email", "a@b\nBcc: c@d.example"), ("street", "Weg 1")],
)
def test_details_that_cannot_be_right_get_a_sentence(client: Client, field: str, text: str) -> None:
    house = preference_scenes.house()
    open_choices(client, house=house)

    page = client.post("/preferences/details/", {field: text}).content.decode()

    assert "error-summary" in page
    assert ContactPoint.objects.count() == 2


def test_history_equals_the_ledger(client: Client) -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email)
    page = open_choices(client, house=house)
    client.post(CHOICES, form_with(page, off=(MAILING,)))

    shown = client.get("/preferences/history/").content.decode()
    data = client.get("/preferences/history/download/").json()
    text = client.get("/preferences/receipt/")

    events = list(ConsentEvent.objects.order_by("-occurred_at", "-sequence"))
    assert shown.count('<th role="rowheader"') == len(events) == 3
    assert [entry["ledger"]["id"] for entry in data["events"]] == [str(event.pk) for event in events]
    assert [entry["ledger"]["act"] for entry in data["events"]] == [event.act for event in events]
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert all(str(event.pk) in text.content.decode() for event in events)
    assert MAILING in text.content.decode()


def test_proof_comes_by_mail_when_asked(client: Client) -> None:
    house = preference_scenes.house()
    page = open_choices(client, house=house)
    client.post(CHOICES, form_with(page, on=(MAILING,)))

    answer = client.post("/preferences/history/", follow=True)

    assert "notification" in answer.content.decode()
    assert OutboxMessage.objects.filter(kind=OutboxMessage.Kind.RECEIPT).count() == 2


def test_proof_is_not_mailed_where_no_address_is_confirmed(client: Client) -> None:
    house = preference_scenes.house()
    open_choices(client, house=house, point=house.phone)

    answer = client.post("/preferences/history/")

    assert answer["Location"] == "/preferences/history/?no-address"
    assert not OutboxMessage.objects.filter(kind=OutboxMessage.Kind.RECEIPT).exists()


@pytest.mark.parametrize("number", [1, 3])
def test_history_takes_the_same_number_of_queries(client: Client, number: int) -> None:
    house = preference_scenes.house()
    for _time in range(number):
        make.permission_event(contact_point=house.email, notice_version=house.by_email)
    open_choices(client, house=house)

    with CaptureQueriesContext(connection) as queries:
        client.get("/preferences/history/")

    assert len(queries) == 12


def test_asking_for_a_link_looks_the_same_for_everybody(client: Client) -> None:
    preference_scenes.house()

    with CaptureQueriesContext(connection) as for_known:
        known = client.post("/preferences/", {"address": "alice@example.org"})
    with CaptureQueriesContext(connection) as for_unknown:
        unknown = client.post("/preferences/", {"address": "other@example.org"})

    assert (known.status_code, unknown.status_code) == (200, 200)
    assert _without_place(known.content.decode()) == _without_place(unknown.content.decode())
    assert _statements(for_known) == _statements(for_unknown)


def _statements(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"].split(" VALUES ")[0] for query in queries]


@pytest.mark.parametrize("text", ["", "alice", "12"])
def test_asking_with_no_address_keeps_what_was_typed(client: Client, text: str) -> None:
    page = client.post("/preferences/", {"address": text}).content.decode()

    assert "error-summary" in page
    assert not text or f'value="{text}"' in page


def test_program_that_fills_in_every_field_is_asked_again(client: Client) -> None:
    preference_scenes.house()

    page = client.post("/preferences/", {"address": "alice@example.org", "fax_number": "1"}).content.decode()

    assert "error-summary" in page
    assert 'value="alice@example.org"' in page


def test_asking_too_often_from_one_place_is_slowed_down(client: Client) -> None:
    answers = [client.post("/preferences/", {"address": "other@example.org"}) for _time in range(21)]

    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_visitor_behind_a_link_goes_on_to_the_choices(client: Client) -> None:
    house = preference_scenes.house()
    open_choices(client, house=house)

    assert client.get("/preferences/")["Location"] == CHOICES


@pytest.mark.parametrize("number", ["020 000 0101", "+31 20 000 0199"])
def test_blocking_a_number_looks_the_same_for_everybody(client: Client, number: str) -> None:
    house = preference_scenes.house()
    asked = client.get(f"/preferences/block/{house.shop.code}/").content.decode()

    answer = client.post(f"/preferences/block/{house.shop.code}/", {"number": number})

    page = answer.content.decode()
    assert "Stroomkring N.V." in asked
    assert answer.status_code == 200
    assert "Lampenwinkel B.V." in page
    assert "Stroomkring N.V." in page
    assert "Alice" not in page
    assert ConsentEvent.objects.filter(source=Source.BLOCK_PAGE).exists()


def test_block_is_never_refused_by_a_limit_but_what_is_told_of_strangers_is(client: Client) -> None:
    house = preference_scenes.house()
    make.endpoint(legal_entities=[house.shop])

    answers = [
        client.post(f"/preferences/block/{house.shop.code}/", {"number": f"+3120000{number:04}"})
        for number in range(200, 240)
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert Suppression.objects.count() == 40
    assert Notification.objects.count() == TOLD_FOR_A_VISITOR.at_most


def test_scanner_that_opens_every_page_changes_nothing(client: Client) -> None:
    house = preference_scenes.house()
    make.permission_event(contact_point=house.email, notice_version=house.by_email)
    address = preference_scenes.link_to(point=house.email, legal_entity=house.shop, asked_at=NOON)
    before = (ConsentEvent.objects.count(), OutboxMessage.objects.count(), ContactPoint.objects.count())

    for _time in range(3):
        for path in (address, CHOICES, "/preferences/details/", "/preferences/history/", "/preferences/"):
            client.get(path)
            client.head(path)

    after = (ConsentEvent.objects.count(), OutboxMessage.objects.count(), ContactPoint.objects.count())
    assert after == before
    assert [
        row.standing.is_on
        for row in read_preferences(contact=house.alice, opened_with=house.email, now=NOON).rows
        if row.notice == house.by_email
    ] == [True]
