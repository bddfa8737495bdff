import datetime
from zoneinfo import ZoneInfo

import pytest

from consent import tasks
from customers.models import Language, StaffMember
from tests.browser.fixtures import PostOffice, Visitor, text_of
from tests.consent.board_scene import board, count
from tests.journeys.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DECEMBER = datetime.datetime(2026, 12, 1, 9, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


def test_the_officer_sees_what_falls_short_and_each_department_gets_its_digest(
    staff: Visitor, post_office: PostOffice
) -> None:
    made = board()
    made.marketing.language = Language.EN
    made.marketing.save(update_fields=["language"])
    count()

    sign_in(staff, organisation=made.organisation, role=StaffMember.Role.DPO)
    marketing = staff.page.get_by_role("region", name="Marketing", exact=True)
    staff.follow(marketing.get_by_role("link", name="Collection points that were never reviewed"))
    found = staff.text
    staff.clock.move_to(DECEMBER)
    count(now=DECEMBER)
    tasks.mail_digests()
    tasks.mail_digests()
    mails = {mail["To"]: text_of(mail) for mail in post_office.collect()}

    assert ("huisgroep-nooit" in found, "huisgroep-lang" in found) == (True, False)
    assert sorted(mails) == ["marketing@huisgroep.example.org", "service@huisgroep.example.org"]
    english = mails["marketing@huisgroep.example.org"]
    assert "- 1 · Collection points that were never reviewed" in english
    assert "To discuss this month: Published forms without a privacy statement" in english
    assert "/admin/consent/collectionpoint/?last_reviewed_date__isnull=1" in english
