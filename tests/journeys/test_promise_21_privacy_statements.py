import pytest

from consent import tasks
from consent.models import ConsentEvent, Job, PrivacyStatementVersion
from customers.models import LegalEntity, StaffMember
from tests import scenes
from tests.browser.fixtures import PostOffice, Visitor, link_in, text_of
from tests.consent.admin_rows import page_of
from tests.journeys.steps import NEWSLETTER, ask_for, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def change_recipients(officer: Visitor, entity: LegalEntity) -> PrivacyStatementVersion:
    """Start from the version in force, have every part suggested, and add the call team."""
    officer.open(page_of(entity.privacy_statements.get(), "change"))
    officer.press("New version")
    officer.press("Suggest what is empty")
    recipients = officer.page.get_by_role("group", name="Who receives your data")
    recipients.get_by_label("English").fill("Our sender of e-mail, and the call team of Belhuis Delta.")
    officer.press("Save and continue editing")
    return entity.privacy_statements.get(number=2)


def publish(officer: Visitor) -> None:
    officer.follow(officer.page.get_by_role("link", name="Check and publish"))
    assert "Nothing is missing that the law asks for." in officer.text
    summary = officer.page.get_by_role("group", name="What changes")
    summary.get_by_label("Dutch").fill("Belhuis Delta belt voor ons.")
    summary.get_by_label("English").fill("Belhuis Delta calls for us.")
    officer.page.get_by_label("Material change").check()
    officer.press("Publish version 2")


def subscribe(visitor: Visitor, post_office: PostOffice) -> None:
    ask_for(visitor, NEWSLETTER)
    visitor.open(link_in(post_office.collect_one(), "confirm"))
    visitor.press("Yes, I confirm this")
    post_office.collect()


def announce(officer: Visitor) -> None:
    officer.follow(officer.page.get_by_role("link", name="Announce it"))
    assert "Get the mail" in officer.text
    officer.press("Mail 1 person")
    tasks.work_job(job_id=str(Job.objects.get().pk))


def test_a_statement_is_versioned_and_people_are_told_what_changed(
    visitor: Visitor, staff: Visitor, post_office: PostOffice
) -> None:
    entity = scenes.recipe_book().entity
    subscribe(visitor, post_office)

    sign_in(staff, organisation=entity.organisation, role=StaffMember.Role.DPO)
    change_recipients(staff, entity)
    publish(staff)
    announce(staff)

    assert "Belhuis Delta calls for us." in text_of(post_office.collect_one())
    visitor.open("/privacy/harthulp/2/changes/")
    added = "".join(visitor.page.locator("ins").all_inner_texts())
    assert "and the call team of Belhuis Delta." in added
    visitor.open("/privacy/harthulp/1/")
    assert "How we handle your data." in visitor.text


def test_each_permission_names_the_statement_that_was_in_force(
    visitor: Visitor, staff: Visitor, post_office: PostOffice
) -> None:
    entity = scenes.recipe_book().entity
    ask_for(visitor, NEWSLETTER)

    sign_in(staff, organisation=entity.organisation, role=StaffMember.Role.DPO)
    change_recipients(staff, entity)
    publish(staff)
    ask_for(visitor, NEWSLETTER, email="bob@example.org")

    events = ConsentEvent.objects.exclude(privacy_statement_hash="").order_by("sequence")
    named = list(dict.fromkeys(event.privacy_statement_hash for event in events))
    versions = entity.privacy_statements.order_by("number")
    assert named == [version.content_hash for version in versions]
