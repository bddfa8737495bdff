from collections.abc import Callable

import pytest

from consent.models import Act, ConsentEvent, ConsentRecord, OutboxMessage, Status
from tests import scenes
from tests.browser.fixtures import PostOffice, Visitor, link_in, links_in, text_of
from tests.journeys.steps import CALLS, NEWSLETTER, ask_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_permission_counts_only_after_the_button_behind_the_link(
    visitor: Visitor, post_office: PostOffice
) -> None:
    scenes.recipe_book()

    ask_for(visitor, NEWSLETTER)
    to_confirm = post_office.collect_one()
    assert ConsentRecord.objects.get().status == Status.REQUESTED
    visitor.open(link_in(to_confirm, "confirm"))
    assert visitor.heading == "Do you confirm this?"
    assert ConsentRecord.objects.get().status == Status.REQUESTED
    visitor.press("Yes, I confirm this")

    assert visitor.heading == "You have confirmed this"
    assert visitor.path == "/confirm/"
    assert ConsentRecord.objects.get().status == Status.GIVEN
    agreed = post_office.collect_one()
    assert NEWSLETTER in text_of(agreed)
    assert "21 November 2026" in text_of(agreed)
    assert "/unsubscribe/" in agreed["List-Unsubscribe"]


def test_permission_that_needs_no_button_is_confirmed_by_mail_at_once(
    visitor: Visitor, post_office: PostOffice
) -> None:
    scenes.recipe_book()

    ask_for(visitor, CALLS, phone="020 000 01 01")

    mail = post_office.collect_one()
    assert ConsentRecord.objects.get().status == Status.GIVEN
    assert OutboxMessage.objects.get().kind == OutboxMessage.Kind.CONFIRMATION
    assert CALLS in text_of(mail)
    assert "You can always stop with one click." in text_of(mail)


def test_mail_scanner_that_opens_every_link_confirms_nothing(
    visitor: Visitor, browse: Callable[[], Visitor], post_office: PostOffice
) -> None:
    scenes.recipe_book()
    ask_for(visitor, NEWSLETTER)
    mail, scanner = post_office.collect_one(), browse()

    answers = [scanner.open(address).status for address in links_in(mail) for _turn in range(3)]
    heads = [scanner.context.request.head(address).status for address in links_in(mail)]

    assert {*answers, *heads} == {200}

    assert list(ConsentEvent.objects.values_list("act", flat=True)) == [Act.REQUESTED]
    assert ConsentRecord.objects.get().status == Status.REQUESTED


def test_link_that_was_used_says_so_and_confirms_once(visitor: Visitor, post_office: PostOffice) -> None:
    scenes.recipe_book()
    ask_for(visitor, NEWSLETTER)
    link = link_in(post_office.collect_one(), "confirm")
    visitor.open(link)
    visitor.press("Yes, I confirm this")

    visitor.open(link)

    assert visitor.heading == "You have confirmed this"
    assert visitor.page.get_by_role("link", name="Change or stop permission").count() > 0
    assert ConsentEvent.objects.filter(act=Act.CONFIRMED).count() == 1
