from datetime import timedelta

import pytest

from consent import tasks
from consent.domain.call_desk import inbound, retention
from consent.domain.call_desk.inbound import Desk as InboundDesk
from consent.models import ContactAttempt, DeskLookup, ShownContact
from tests.consent.domain.call_desk.desk import MONDAY, call, desk

pytestmark = pytest.mark.django_db
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
YEAR, FIVE_YEARS = 366 * DAY, 1830 * DAY


def test_look_ups_go_after_a_year_and_shown_contacts_after_five() -> None:
    scene = desk()
    asked = InboundDesk(staff=scene.agent, organisation=scene.entity.organisation)
    inbound.look_up(desk=asked, text=scene.people[0].value, at=MONDAY)
    call(scene)

    def left(after: timedelta) -> tuple[int, int, int]:
        gone = retention.delete_past_term(now=MONDAY + after)
        return gone, DeskLookup.objects.count(), ShownContact.objects.count()

    assert left(YEAR - SECOND) == (0, 1, 1)
    assert left(YEAR) == (1, 0, 1)
    assert left(FIVE_YEARS - SECOND) == (0, 0, 1)
    assert left(FIVE_YEARS) == (1, 0, 0)
    assert ContactAttempt.objects.count() == 1


def test_the_periodic_clean_up_deletes_them() -> None:
    scene = desk()
    asked = InboundDesk(staff=scene.agent, organisation=scene.entity.organisation)
    inbound.look_up(desk=asked, text=scene.people[0].value, at=MONDAY - 3 * YEAR)

    tasks.delete_expired_files()

    assert DeskLookup.objects.count() == 0
