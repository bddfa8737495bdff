import re

import pytest

from consent.models import Act, Channel, ConsentEvent, ConsentRecord, Objection, Status
from customers.models import Contact, ContactPoint
from tests import make, preference_scenes
from tests.browser.fixtures import PostOffice, Visitor, link_in, text_of
from tests.preference_scenes import House

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MAILING = "Yes, Lampenwinkel B.V. may e-mail me offers."
CALLING = "Yes, Lampenwinkel B.V. may call me with offers."
NEWS = "Yes, Stroomkring N.V. may e-mail me the newsletter."


def open_choices(visitor: Visitor, post_office: PostOffice) -> None:
    visitor.open("/preferences/")
    visitor.write("Your e-mail address or phone number", "alice@example.org")
    visitor.press("Send me a link")
    visitor.open(link_in(post_office.collect()[-1], "preferences"))


def permitted_house() -> House:
    """Alice permits offers of the shop and the newsletter of its sister."""
    house = preference_scenes.house()
    newsletter = make.purpose(
        organisation=house.organisation,
        legal_entities=[house.sister],
        code="newsletter",
        name={"nl": "nieuwsbrief", "en": "newsletter"},
        channels=[Channel.EMAIL],
    )
    news = make.notice_version(
        legal_entity=house.sister,
        purpose=newsletter,
        code="newsletter",
        wording={"nl": "Ja, Stroomkring N.V. mag mij de nieuwsbrief mailen.", "en": NEWS},
    )
    for notice in (house.by_email, news):
        make.permission_event(contact_point=house.email, notice_version=notice)
    return house


def test_page_shows_per_legal_entity_what_is_permitted(visitor: Visitor, post_office: PostOffice) -> None:
    permitted_house()

    open_choices(visitor, post_office)

    assert visitor.path == "/preferences/choices/"
    assert visitor.page.locator(".standing p").all_inner_texts() == [
        "Lampenwinkel B.V. may e-mail you; Lampenwinkel B.V. may not call you.",
        "Stroomkring N.V. may e-mail you; Stroomkring N.V. may not call you.",
    ]
    assert visitor.page.locator(".card h2").all_inner_texts() == ["Lampenwinkel B.V.", "Stroomkring N.V."]
    row = " ".join(visitor.page.locator(".permission").first.inner_text().split())
    assert row == (
        f"{MAILING} What for offers How E-mail: alice@example.org Ground You gave permission "
        "Since 1 January 2020"
    )
    ticked = {box: visitor.page.get_by_label(box).is_checked() for box in (MAILING, CALLING, NEWS)}
    assert ticked == {MAILING: True, CALLING: False, NEWS: True}


def test_each_permission_goes_off_and_on_with_receipt_and_undo(
    visitor: Visitor, post_office: PostOffice
) -> None:
    permitted_house()
    open_choices(visitor, post_office)

    visitor.page.get_by_label(MAILING).uncheck()
    visitor.tick(CALLING)
    visitor.press("Save my choices")

    told = visitor.page.locator(".notification").inner_text()
    assert "You stopped: Lampenwinkel B.V., offers, E-mail" in told
    assert "You gave permission: Lampenwinkel B.V., offers, Phone call" in told
    assert "This counts from 21 November 2026" in told
    receipt = text_of(post_office.collect_one())
    assert CALLING in receipt
    assert "You stopped: Lampenwinkel B.V., offers, E-mail" in receipt
    visitor.press("Undo this change")
    assert visitor.page.get_by_label(MAILING).is_checked()
    assert not visitor.page.get_by_label(CALLING).is_checked()
    acts = ConsentEvent.objects.order_by("sequence").values_list("act", flat=True)
    assert list(acts)[2:] == [Act.ADDRESS_VERIFIED, Act.WITHDRAWN, Act.GIVEN, Act.RENEWED, Act.WITHDRAWN]


def test_stop_everything_names_every_legal_entity_before_it_is_pressed(
    visitor: Visitor, post_office: PostOffice
) -> None:
    permitted_house()
    open_choices(visitor, post_office)
    scope = visitor.page.locator("#stop-scope").inner_text()
    buttons = [
        visitor.page.get_by_role("button", name=name) for name in ("Save my choices", "Stop everything")
    ]
    save, stop = (button.bounding_box() for button in buttons)

    visitor.press("Stop everything")

    assert "Lampenwinkel B.V. and Stroomkring N.V." in scope
    assert save
    assert stop
    assert stop["width"] * stop["height"] >= save["width"] * save["height"]
    assert set(ConsentRecord.objects.values_list("status", flat=True)) == {Status.WITHDRAWN}
    assert Objection.objects.get(standing=True).legal_entity is None
    assert not any(box.is_checked() for box in visitor.page.locator("[type=checkbox]").all())


def test_details_are_corrected_and_a_new_address_starts_without_permission(
    visitor: Visitor, post_office: PostOffice
) -> None:
    permitted_house()
    open_choices(visitor, post_office)
    visitor.press("Correct your name or address")

    visitor.write("First name", "Aleida")
    visitor.write("New e-mail address", "aleida@example.org")
    visitor.press("Save my details")

    assert visitor.heading == "Your details are saved"
    assert Contact.objects.get().given_name == "Aleida"
    mail = post_office.collect_one()
    assert mail["To"] == "aleida@example.org"
    visitor.open(link_in(mail, "preferences"))
    assert not visitor.page.get_by_label(MAILING).is_checked()
    visitor.tick(MAILING)
    visitor.press("Save my choices")
    new = ContactPoint.objects.get(value="aleida@example.org")
    assert new.verified_method == ContactPoint.Verification.EMAIL_LINK
    permitted = ConsentRecord.objects.filter(status__in=[Status.GIVEN, Status.RENEWED])
    assert [record.contact_point for record in permitted] == [new]


def test_everything_works_by_keyboard_alone(visitor: Visitor, post_office: PostOffice) -> None:
    permitted_house()
    open_choices(visitor, post_office)
    keyboard = visitor.page.keyboard

    for _step in range(30):
        keyboard.press("Tab")
        if visitor.page.locator(":focus").get_attribute("type") == "checkbox":
            break
    keyboard.press("Space")
    visitor.clock.shift(20)
    keyboard.press("Enter")
    visitor.page.wait_for_selector(".notification")

    assert visitor.page.locator(".notification").is_visible()
    assert ConsentRecord.objects.get(channel="EMAIL", legal_entity__code="lampenwinkel").status == (
        Status.WITHDRAWN
    )


def test_choices_are_read_in_dutch_and_in_english(visitor: Visitor, post_office: PostOffice) -> None:
    permitted_house()
    open_choices(visitor, post_office)

    visitor.press("Nederlands")

    assert visitor.path == "/preferences/choices/"
    assert visitor.page.locator("html").get_attribute("lang") == "nl"
    assert visitor.page.get_by_label("Ja, Lampenwinkel B.V. mag mij aanbiedingen mailen.").is_checked()


def test_history_and_proof_are_there_to_keep(visitor: Visitor, post_office: PostOffice) -> None:
    permitted_house()
    open_choices(visitor, post_office)
    visitor.press("See what happened, and get proof of it")

    rows = visitor.page.locator(".history tbody tr").count()
    with visitor.page.expect_download() as download:
        visitor.press("Download this as text")
    visitor.press("Mail me what holds now")

    assert rows == ConsentEvent.objects.exclude(act=Act.ADDRESS_VERIFIED).count() == 2
    text = download.value.path().read_text()
    assert MAILING in text
    assert re.search("As they were on 21 November 2026", text)
    assert "Lampenwinkel B.V. may e-mail you" in text_of(post_office.collect_one())


def test_leaving_shuts_the_page_for_the_next_person(visitor: Visitor, post_office: PostOffice) -> None:
    permitted_house()
    open_choices(visitor, post_office)

    visitor.press("I am done")

    assert visitor.open("/preferences/choices/").status == 410
    assert visitor.heading == "This link does not work (any more)"
