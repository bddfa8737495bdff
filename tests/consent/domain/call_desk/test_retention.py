from datetime import timedelta

import pytest

from consent.domain.call_desk import inbound
from consent.domain.call_desk.inbound import Desk as InboundDesk
from consent.domain.retention.applying import apply_retention
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
        list(apply_retention(now=MONDAY + after))
        return DeskLookup.objects.count(), ShownContact.objects.count(), ContactAttempt.objects.count()

    assert left(YEAR - SECOND) == (1, 1, 1)
    assert left(YEAR) == (0, 1, 1)
    assert left(FIVE_YEARS - SECOND) == (0, 1, 1)
    # The call was logged a minute after its contact was shown.
    assert left(FIVE_YEARS) == (0, 0, 1)
    assert left(FIVE_YEARS + DAY) == (0, 0, 0)
