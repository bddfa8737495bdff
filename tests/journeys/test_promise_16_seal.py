from email.message import EmailMessage
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from consent import tasks
from consent.models import ConsentEvent
from customers.models import Contact, StaffMember
from tests import scenes
from tests.browser.fixtures import PostOffice, Visitor, link_in
from tests.consent.domain.seal.scene import unguarded
from tests.journeys.steps import NEWSLETTER, ask_for, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def say_yes(visitor: Visitor, post_office: PostOffice) -> None:
    ask_for(visitor, NEWSLETTER)
    visitor.open(link_in(post_office.collect_one(), "confirm"))
    visitor.press("Yes, I confirm this")
    post_office.collect()


def kept_from(mail: EmailMessage, folder: Path) -> Path:
    """The checkpoint as the officer saves it from the mail."""
    (attached,) = mail.iter_attachments()
    path = folder / str(attached.get_filename())
    path.write_text(str(attached.get_content()), encoding="utf-8")
    return path


def verify(checkpoint: Path) -> tuple[int, str]:
    said = StringIO()
    try:
        call_command("verify_ledger", "--checkpoint", str(checkpoint), stdout=said)
    except SystemExit as exit_:
        return int(str(exit_.code)), said.getvalue()
    return 0, said.getvalue()


def test_what_is_changed_later_is_found_with_the_checkpoint_that_the_officer_kept(
    visitor: Visitor, staff: Visitor, post_office: PostOffice, tmp_path: Path
) -> None:
    scene = scenes.recipe_book()
    say_yes(visitor, post_office)
    tasks.seal_ledger()
    tasks.publish_checkpoint()
    checkpoint = kept_from(post_office.collect_one(), tmp_path)

    sign_in(staff, organisation=scene.entity.organisation, role=StaffMember.Role.DPO)
    staff.open(reverse("admin:customers_contact_change", args=[Contact.objects.get().pk]))
    visitor.open("/ledger/")
    before = verify(checkpoint)

    assert staff.page.locator("table .badge", has_text="Sealed").count() == 2
    assert checkpoint.read_text().splitlines()[2] in visitor.whole_page
    assert before[0] == 0
    assert "All 2 are anchored by the checkpoint from outside." in before[1]

    given = ConsentEvent.objects.latest("sequence")
    with unguarded() as link:
        link.execute("UPDATE consent_consentevent SET act = 'RENEWED' WHERE id = %s", [given.pk])

    staff.page.reload()
    assert staff.page.locator("table .badge", has_text="Not what was sealed").count() == 1
    assert verify(checkpoint) == (
        1,
        f"Event {given.pk} at position 1 is not what was sealed: it was changed, or its leaf.\n",
    )
