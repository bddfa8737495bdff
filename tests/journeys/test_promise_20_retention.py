import datetime

import pytest
from django.core.management import call_command

from consent.domain.ledger import evidence
from consent.models import Act, ConsentEvent, Evidence
from customers.models import Organisation, StaffMember
from tests import scenes
from tests.browser.fixtures import PostOffice, Visitor, link_in
from tests.journeys.steps import NEWSLETTER, ask_for, give_password_again, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = datetime.timedelta(days=1)


def test_officer_sets_a_term_sees_what_goes_next_and_it_goes(
    visitor: Visitor, staff: Visitor, post_office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    scenes.recipe_book()
    ask_for(visitor, NEWSLETTER)
    visitor.open(link_in(post_office.collect_one(), "confirm"))
    visitor.press("Yes, I confirm this")
    visitor.open(link_in(post_office.collect_one(), "unsubscribe"))
    visitor.page.locator("main [name=action][value=stop]").click()
    sign_in(staff, organisation=Organisation.objects.get(), role=StaffMember.Role.DPO)

    staff.open("/admin/consent/retentionterm/add/")
    give_password_again(staff)
    staff.choose("Kind of data", "PROOF")
    staff.write("Days", "60")
    staff.write("Reason", "Two months is enough for a newsletter.")
    staff.press("Save")
    staff.clock.shift(40 * DAY)
    staff.page.context.clear_cookies()
    call_command("apply_retention")

    assert Evidence.objects.count() == 3
    staff.clock.shift(21 * DAY)
    call_command("apply_retention")

    assert "PROOF 3" in capsys.readouterr().out
    withdrawal = ConsentEvent.objects.get(act=Act.WITHDRAWN)
    with pytest.raises(evidence.EvidenceGoneError):
        evidence.open_evidence(event=withdrawal)
