import datetime
import re

import pytest
from django.test import Client

from consent.models import Act, ConsentEvent, ConsentRecord, Objection, Source, Status
from tests import scenes
from tests.browser.fixtures import PostOffice, Visitor, link_in, links_in, text_of
from tests.journeys.steps import CALLS, NEWSLETTER, ask_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YEARS_LATER = datetime.timedelta(days=5 * 365)


def permit(visitor: Visitor, post_office: PostOffice) -> str:
    """Alice confirms the newsletter and permits calls; gives the withdrawal link of her mail."""
    ask_for(visitor, NEWSLETTER, CALLS, phone="020 000 01 01")
    visitor.open(link_in(post_office.collect_one(), "confirm"))
    visitor.press("Yes, I confirm this")
    return link_in(post_office.collect_one(), "unsubscribe")


def statuses() -> dict[str, str]:
    return dict(ConsentRecord.objects.values_list("channel", "status"))


def test_every_message_carries_one_click_and_a_link_to_stop(
    visitor: Visitor, post_office: PostOffice
) -> None:
    scenes.recipe_book()
    permit(visitor, post_office)
    visitor.open(link_in(post_office.server.mails[-1], "unsubscribe"))
    visitor.press("Mail me a link to all my choices")
    post_office.collect()

    assert len(post_office.server.mails) == 3
    for mail in post_office.server.mails:
        one_click = re.fullmatch(r"<(http://[^>]+/unsubscribe/[\w-]+/)>", mail["List-Unsubscribe"].strip())
        assert one_click is not None
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert one_click.group(1) in text_of(mail)
        assert all(address.startswith(visitor.site) for address in links_in(mail))


def test_one_press_stops_this_without_login_or_reason(visitor: Visitor, post_office: PostOffice) -> None:
    scenes.recipe_book()
    link = permit(visitor, post_office)

    answer = visitor.open(link)
    asked_for = visitor.page.locator("main input:not([type=hidden]), main select, main textarea").count()
    visitor.press("Stop this")

    assert (answer.status, visitor.path, asked_for) == (200, "/unsubscribe/", 0)
    assert visitor.heading == "Stopped"
    assert statuses() == {"EMAIL": Status.WITHDRAWN, "CALL": Status.GIVEN}
    assert ConsentEvent.objects.get(act=Act.WITHDRAWN).source == Source.WITHDRAWAL_LINK


def test_one_press_stops_everything_of_the_organisation(visitor: Visitor, post_office: PostOffice) -> None:
    scenes.recipe_book()
    link = permit(visitor, post_office)

    visitor.open(link)
    assert "Stichting HartHulp" in visitor.page.locator("#stop-scope").inner_text()
    visitor.press("Stop everything")

    assert statuses() == {"EMAIL": Status.WITHDRAWN, "CALL": Status.WITHDRAWN}
    objection = Objection.objects.get()
    assert (objection.legal_entity, objection.purpose, objection.channel) == (None, None, "")


def test_mailbox_program_stops_with_one_post(visitor: Visitor, post_office: PostOffice) -> None:
    scenes.recipe_book()
    ask_for(visitor, NEWSLETTER)
    visitor.open(link_in(post_office.collect_one(), "confirm"))
    visitor.press("Yes, I confirm this")
    mail = post_office.collect_one()
    address = mail["List-Unsubscribe"].strip(" <>").removeprefix(visitor.site)
    robot = Client(enforce_csrf_checks=True)

    answers = [robot.post(url, {"List-Unsubscribe": "One-Click"}) for url in (address, address.rstrip("/"))]

    assert [(answer.status_code, dict(answer.cookies)) for answer in answers] == [(200, {}), (200, {})]
    assert statuses() == {"EMAIL": Status.WITHDRAWN}
    assert ConsentEvent.objects.filter(act=Act.WITHDRAWN, source=Source.ONE_CLICK).count() == 1


def test_old_link_still_withdraws(visitor: Visitor, post_office: PostOffice) -> None:
    scenes.recipe_book()
    link = permit(visitor, post_office)
    visitor.clock.shift(YEARS_LATER)

    visitor.open(link)
    visitor.press("Stop everything")

    assert set(statuses().values()) == {Status.WITHDRAWN}


def test_stopping_takes_no_more_presses_than_giving(visitor: Visitor, post_office: PostOffice) -> None:
    scenes.recipe_book()
    ask_for(visitor, NEWSLETTER)
    visitor.open(link_in(post_office.collect_one(), "confirm"))
    given = visitor.presses + 1
    visitor.press("Yes, I confirm this")
    visitor.presses = 0

    visitor.open(link_in(post_office.collect_one(), "unsubscribe"))
    visitor.press("Stop this")

    assert statuses() == {"EMAIL": Status.WITHDRAWN}
    assert visitor.presses <= given


def test_page_mails_a_link_to_all_choices(visitor: Visitor, post_office: PostOffice) -> None:
    scenes.recipe_book()
    link = permit(visitor, post_office)

    visitor.open(link)
    visitor.press("Mail me a link to all my choices")
    mail = post_office.collect_one()

    assert mail["To"] == "alice@example.org"
    assert visitor.open(link_in(mail, "preferences")).status == 200
    assert visitor.path == "/preferences/choices/"
