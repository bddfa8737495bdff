import pytest

from consent.models import ConsentRecord, Status
from customers.models import Contact, ContactPoint, CustomerRelation, Transaction
from tests import make, preference_scenes
from tests.browser.fixtures import PostOffice, Visitor
from tests.journeys.test_promise_08_preferences import CALLING, MAILING, open_choices
from tests.preference_scenes import A_MONTH_AGO

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def everything_else() -> list[tuple[object, ...]]:
    """All that a person has with the organisation beside permission."""
    return [
        *Contact.objects.order_by("pk").values_list("pk", "given_name", "family_name", "erased_at"),
        *ContactPoint.objects.order_by("pk").values_list("pk", "value", "invalid_at"),
        *Transaction.objects.order_by("pk").values_list("pk", "ended_at"),
        *CustomerRelation.objects.order_by("pk").values_list("pk", "ended_at", "ends_at"),
    ]


def test_stopping_one_thing_leaves_the_rest(visitor: Visitor, post_office: PostOffice) -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    make.permission_event(contact_point=house.email, notice_version=house.by_email)
    make.permission_event(contact_point=house.phone, notice_version=house.by_call, occurred_at=A_MONTH_AGO)
    before = everything_else()
    open_choices(visitor, post_office)

    visitor.page.get_by_label(MAILING).uncheck()
    visitor.press("Save my choices")

    assert dict(ConsentRecord.objects.values_list("channel", "status")) == {
        "EMAIL": Status.WITHDRAWN,
        "CALL": Status.GIVEN,
    }
    assert visitor.page.get_by_label(CALLING).is_checked()
    assert everything_else() == before


def test_stopping_everything_asks_nothing_and_takes_nothing(
    visitor: Visitor, post_office: PostOffice
) -> None:
    house = preference_scenes.house()
    preference_scenes.buy_lamp(house=house)
    before = everything_else()
    open_choices(visitor, post_office)
    asked = visitor.page.locator("main textarea, main select, main input:not([type=hidden], [type=checkbox])")
    questions = asked.count()

    visitor.press("Stop everything")

    assert questions == 0
    assert visitor.path == "/preferences/choices/"
    assert everything_else() == before
