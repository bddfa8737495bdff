"""What a person may expect of every form and of the page with their choices."""

import re

import pytest
from playwright.sync_api import Locator

from consent.models import Act, ConsentEvent, ConsentRecord, Status
from tests.browser.fixtures import PostOffice, Visitor, text_of
from tests.browser.states import (
    STATES,
    Stage,
    choices,
    choices_saved,
    choices_undone,
    confirm_expired,
    confirmed,
    form_with_errors,
    stopped,
    unsubscribe,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FORMS = ("form", "form, caption", "form, order")
FRIENDLY = {
    "already confirmed": confirmed,
    "already withdrawn": stopped,
    "expired": confirm_expired,
    "gone": STATES["confirm, gone"],
    "link gone": STATES["link, gone"],
    "withdrawal link not complete": STATES["unsubscribe, gone"],
}


@pytest.fixture
def stage(visitor: Visitor, post_office: PostOffice) -> Stage:
    return Stage(visitor=visitor, post_office=post_office)


@pytest.mark.parametrize("name", FORMS)
def test_nothing_is_ticked_for_somebody_new(stage: Stage, name: str) -> None:
    STATES[name](stage)

    assert stage.page.get_by_role("checkbox", checked=True).count() == 0
    assert stage.page.get_by_role("radio").count() == 0


@pytest.mark.parametrize("name", ["choices", "choices, saved", "choices, stopped", "choices, undone"])
def test_a_tick_is_what_the_register_says(stage: Stage, name: str) -> None:
    STATES[name](stage)

    shown = [box.is_checked() for box in stage.page.get_by_role("checkbox").all()]
    records = ConsentRecord.objects.order_by("channel")
    given = {record.channel: record.status in (Status.GIVEN, Status.RENEWED) for record in records}
    stopped_all = name == "choices, stopped"
    # A customer may also be mailed without permission, about similar products, until they say no.
    assert shown == ([False, False] if stopped_all else [given["EMAIL"], given["CALL"]])


def test_stopping_everything_stands_out_as_much_as_saving(stage: Stage) -> None:
    choices(stage)

    save = stage.page.locator("[value=save]")
    stop = stage.page.locator("[name=action][value=stop]")

    assert area(stop) >= area(save)
    assert contrast(stop) >= contrast(save) >= 4.5
    assert font_size(stop) == font_size(save)


@pytest.mark.parametrize("width", [360, 1280])
def test_stopping_on_the_page_behind_a_link_needs_no_scrolling(stage: Stage, width: int) -> None:
    unsubscribe(stage)

    stage.page.set_viewport_size({"width": width, "height": 640})

    for action in ("stop", "stop-all"):
        box = stage.page.locator(f"[value={action}]").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 640


def area(button: Locator) -> float:
    box = button.bounding_box()
    assert box is not None
    return box["width"] * box["height"]


def font_size(button: Locator) -> str:
    return str(button.evaluate("button => getComputedStyle(button).fontSize"))


def contrast(button: Locator) -> float:
    """The contrast of a button's text with its own ground (WCAG 2.2, 1.4.3)."""
    colours = ("color", "backgroundColor")
    found = [button.evaluate(f"button => getComputedStyle(button).{name}") for name in colours]
    lighter, darker = sorted((luminance(colour) for colour in found), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_each_row_names_who_what_how_and_since_when(stage: Stage) -> None:
    choices(stage)

    for row in stage.page.locator(".permission").all():
        said = row.inner_text()
        assert "Lampenwinkel B.V." in said
        for term in ("What for", "How", "Ground", "Since"):
            assert row.locator("dt", has_text=term).count() == 1


def test_mistakes_keep_what_was_typed_and_ticked(stage: Stage) -> None:
    form_with_errors(stage)

    assert stage.page.locator("[name=EMAIL]").input_value() == "alice"
    assert stage.page.locator("[name=PHONE]").input_value() == "12"
    assert stage.page.get_by_role("checkbox", checked=True).count() == 2
    stage.page.locator(".error-summary a").first.click()
    assert stage.page.evaluate("document.activeElement.name") == "EMAIL"


def test_saved_page_tells_what_the_register_holds_and_offers_undo(stage: Stage) -> None:
    choices_saved(stage)

    event = ConsentEvent.objects.get(act=Act.WITHDRAWN)
    told = stage.page.locator(".notification").inner_text()
    assert "You stopped: Lampenwinkel B.V., offers, E-mail" in told
    assert "This counts from 21 November 2026" in told
    assert stage.page.locator("[value=undo]").count() == 1
    assert "You stopped: Lampenwinkel B.V., offers, E-mail" in text_of(stage.post_office.collect_one())
    assert event.recorded_at == event.occurred_at


def test_undo_is_an_event_of_its_own(stage: Stage) -> None:
    choices_undone(stage)

    acts = list(ConsentEvent.objects.order_by("sequence").values_list("act", flat=True))[-2:]
    assert acts == [Act.WITHDRAWN, Act.RENEWED]
    assert ConsentRecord.objects.get(channel="EMAIL").status == Status.RENEWED


@pytest.mark.parametrize("name", FRIENDLY)
def test_a_link_that_is_done_with_leads_somewhere(stage: Stage, name: str) -> None:
    FRIENDLY[name](stage)

    ways_on = stage.page.locator("main a, main button")
    assert ways_on.count() > 0
    assert "expired" not in stage.visitor.text.lower() or name == "expired"
    link = stage.page.locator("main a").first
    if link.count():
        answer = stage.visitor.open(str(link.get_attribute("href")))
        assert answer.status == 200


@pytest.mark.parametrize("name", ["form, errors", "choices, saved", "history", "verify, code", "unsubscribe"])
def test_language_switch_keeps_place_and_state(stage: Stage, name: str) -> None:
    STATES[name](stage)
    place, ticked = stage.visitor.path, stage.page.get_by_role("checkbox", checked=True).count()

    stage.visitor.follow(stage.page.locator(".languages button[value=nl]"))

    assert stage.visitor.path == place
    assert stage.page.locator("html").get_attribute("lang") == "nl"
    assert stage.page.get_by_role("checkbox", checked=True).count() == ticked
    if name == "form, errors":
        assert stage.page.locator("[name=EMAIL]").input_value() == "alice"


def test_history_is_that_of_the_register_and_can_be_taken_along(stage: Stage) -> None:
    STATES["history"](stage)
    rows = stage.page.locator(".history tbody tr").count()

    with stage.page.expect_download() as started:
        stage.page.locator("a[href$='/history/download/']").click()

    kept = started.value.path().read_text()
    events = ConsentEvent.objects.exclude(act=Act.ADDRESS_VERIFIED)
    assert rows == events.count()
    assert all(str(event.pk) in kept for event in events)
