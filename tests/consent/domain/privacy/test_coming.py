"""A version that comes into force on a later day: until then, at that midnight, and when withdrawn."""

import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from consent.domain.notices import new_version
from consent.domain.privacy import announcing
from consent.domain.privacy.announcing import NotToAnnounceError
from consent.domain.privacy.editions import list_editions, read_history, statement_shown
from consent.domain.privacy.publishing import (
    Change,
    OvertakenError,
    TooLateToWithdrawError,
    begin_of_day,
    publish_privacy_statement,
    withdraw_privacy_statement,
)
from consent.models import NoticeVersion, PrivacyStatementVersion
from customers.models import LegalEntity, StaffMember
from tests import make
from tests.consent.admin_rows import page_of, signed_in
from tests.consent.domain.privacy.scene import rewrite, shop, whole_draft
from tests.consent.test_admin_privacy_statement import Part, publishing, told

pytestmark = pytest.mark.django_db
MOMENT = datetime.timedelta(microseconds=1)
DAY = datetime.date(2027, 3, 28)  # In the night that follows the clock goes forward.
CHANGE = Change(summary={"nl": "Nieuw belteam.", "en": "New call team."}, is_material=True)


@pytest.fixture
def entity() -> LegalEntity:
    return shop()


@pytest.fixture
def first(entity: LegalEntity) -> PrivacyStatementVersion:
    return publish_privacy_statement(version=whole_draft(entity), published_at=make.LONG_AGO)


@pytest.fixture
def coming(entity: LegalEntity, first: PrivacyStatementVersion) -> PrivacyStatementVersion:
    draft = rewrite(new_version(version=first), Part.RECIPIENTS, nl="Ons belteam.", en="Our call team.")
    begin = begin_of_day(day=DAY, legal_entity=entity)
    return publish_privacy_statement(version=draft, published_at=begin, change=CHANGE)


@pytest.mark.parametrize(
    ("zone", "day", "moment"),
    [
        ("Europe/Amsterdam", "2027-01-01", "2026-12-31T23:00:00+00:00"),
        ("Europe/Amsterdam", "2027-03-28", "2027-03-27T23:00:00+00:00"),
        ("Europe/Amsterdam", "2027-03-29", "2027-03-28T22:00:00+00:00"),
        ("Europe/Amsterdam", "2027-10-31", "2027-10-30T22:00:00+00:00"),
        ("Europe/Amsterdam", "2027-11-01", "2027-10-31T23:00:00+00:00"),
        ("Atlantic/Azores", "2027-01-01", "2027-01-01T01:00:00+00:00"),
    ],
)
def test_day_begins_at_midnight_where_the_legal_entity_is(zone: str, day: str, moment: str) -> None:
    entity = make.legal_entity(organisation=make.organisation(), time_zone=zone)

    begin = begin_of_day(day=datetime.date.fromisoformat(day), legal_entity=entity)

    assert begin.isoformat() == moment


@pytest.mark.parametrize(("before", "number"), [(MOMENT, 1), (0 * MOMENT, 2)])
def test_version_changes_at_that_midnight_and_not_before(
    before: datetime.timedelta, number: int, entity: LegalEntity, coming: PrivacyStatementVersion
) -> None:
    form = make.collection_point(
        legal_entity=entity, privacy_statement=entity.privacy_statements.get(number=1)
    )
    at = datetime.datetime(2027, 3, 28, tzinfo=ZoneInfo("Europe/Amsterdam")) - before

    shown = statement_shown(collection_point=form, at=at)
    history = read_history(legal_entity=entity, at=at)

    assert shown is not None
    assert history.in_force is not None
    assert (shown.number, history.in_force.version.number) == (number, number)
    assert [one.version.number for one in history.coming] == [2][: 2 - number]


def test_form_on_the_web_never_showed_what_was_not_in_force() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    coming = make.privacy_statement(legal_entity=entity, published_at=make.NOW + MOMENT)
    form = make.collection_point(legal_entity=entity, privacy_statement=coming)

    announced = statement_shown(collection_point=form, at=make.NOW)
    withdraw_privacy_statement(version=coming, withdrawn_at=make.NOW)
    withdrawn = statement_shown(collection_point=form, at=make.NOW + MOMENT)

    assert (announced, withdrawn) == (None, None)


def test_text_to_come_is_fixed_at_once(coming: PrivacyStatementVersion) -> None:
    with pytest.raises(IntegrityError, match="its rows are only added"), transaction.atomic():
        rewrite(coming, Part.TERMS, nl="Altijd.")


def test_nothing_is_published_past_what_is_to_come(coming: PrivacyStatementVersion) -> None:
    with pytest.raises(OvertakenError):
        publish_privacy_statement(version=new_version(version=coming), published_at=make.NOW)


def test_withdrawn_version_never_comes_into_force_and_stays_to_be_read(
    entity: LegalEntity, coming: PrivacyStatementVersion
) -> None:
    begin = coming.published_at
    withdraw_privacy_statement(version=coming, withdrawn_at=make.NOW)

    assert begin is not None
    after = read_history(legal_entity=entity, at=begin + MOMENT)
    assert [one.version.number for one in after.editions] == [1]
    assert ([one.version.number for one in after.withdrawn], after.coming) == ([2], [])
    # Its day is free again.
    again = publish_privacy_statement(version=new_version(version=coming), published_at=begin)
    assert list_editions(legal_entity=entity, at=begin + MOMENT)[0].version == again


def test_what_was_in_force_is_not_withdrawn(coming: PrivacyStatementVersion) -> None:
    begin = coming.published_at
    assert begin is not None

    with pytest.raises(TooLateToWithdrawError):
        withdraw_privacy_statement(version=coming, withdrawn_at=begin)
    with pytest.raises(IntegrityError), transaction.atomic():
        PrivacyStatementVersion.objects.filter(pk=coming.pk).update(withdrawn_at=begin)
    withdraw_privacy_statement(version=coming, withdrawn_at=begin - MOMENT)
    with pytest.raises(IntegrityError, match="its rows are only added"), transaction.atomic():
        PrivacyStatementVersion.objects.filter(pk=coming.pk).update(withdrawn_at=None)


def test_people_may_be_told_before_the_day(entity: LegalEntity, coming: PrivacyStatementVersion) -> None:
    contact = make.contact(organisation=entity.organisation, given_name="Alice")
    point = make.email_point(contact=contact, text="alice@example.org")
    make.permission_event(
        contact_point=point,
        notice_version=NoticeVersion.objects.get(notice__legal_entity=entity, notice__code="ideas"),
        occurred_at=make.NOW - datetime.timedelta(days=1),
    )

    assert announcing.forecast(version=coming, now=make.NOW).counts == {"MAILED": 1}
    assert announcing.changes_path(version=coming) == "/privacy/lampenwinkel/2/changes/"

    withdraw_privacy_statement(version=coming, withdrawn_at=make.NOW)
    with pytest.raises(NotToAnnounceError):
        announcing.forecast(version=coming, now=make.NOW)


def read(client: Client, path: str) -> str:
    return client.get(path, headers={"Accept-Language": "en"}).content.decode()


def test_public_page_shows_the_present_version_and_announces_the_coming_one(
    entity: LegalEntity, coming: PrivacyStatementVersion, client: Client
) -> None:
    with time_machine.travel(make.NOW, tick=False):
        page, ahead, changes = (
            read(client, f"/privacy/lampenwinkel/{rest}") for rest in ("", "2/", "2/changes/")
        )

    assert "From 28 March 2027 on, version 2 applies." in page
    assert "New call team." in page
    assert "Our call team." not in page
    assert "which is not in force yet: it applies from 28 March 2027 on." in ahead
    assert 'content="noindex"' in ahead
    assert "Our call team." in ahead
    assert "which applies from 28 March 2027 on" in changes
    assert "<ins>" in changes


def test_public_page_says_that_a_version_was_withdrawn(
    entity: LegalEntity, coming: PrivacyStatementVersion, client: Client
) -> None:
    withdraw_privacy_statement(version=coming, withdrawn_at=make.NOW)

    with time_machine.travel(make.NOW, tick=False):
        page, withdrawn, changes = (
            read(client, f"/privacy/lampenwinkel/{rest}") for rest in ("", "2/", "2/changes/")
        )

    assert "version 2" not in page.lower()
    assert "it was never in force." in withdrawn
    assert "nothing of this changed." in changes


def officer_of(entity: LegalEntity) -> Client:
    staff = make.staff_member(organisation=entity.organisation, username="dpo", role=StaffMember.Role.DPO)
    return signed_in(staff)


def test_officer_chooses_the_day_and_may_withdraw_before_it(
    entity: LegalEntity, first: PrivacyStatementVersion
) -> None:
    client, draft = officer_of(entity), new_version(version=first)
    tomorrow = datetime.datetime.now(ZoneInfo(entity.time_zone)).date() + datetime.timedelta(days=1)

    published = client.post(
        page_of(draft, "publish"), publishing(draft, in_force_date=tomorrow.isoformat()), follow=True
    )
    draft.refresh_from_db()
    confirm = client.get(page_of(draft, "withdraw")).content.decode()
    withdrawn = client.post(page_of(draft, "withdraw"), follow=True)
    again = client.post(page_of(draft, "withdraw"), follow=True)

    assert draft.published_at == begin_of_day(day=tomorrow, legal_entity=entity)
    assert "Published. It comes into force on" in told(published)[0]
    assert "Withdraw version 2" in confirm
    assert told(withdrawn) == ["Withdrawn. It does not come into force."]
    assert "before it came into force" in withdrawn.content.decode()
    assert told(again) == ["Only a version that is still to come can be withdrawn."]


@pytest.mark.parametrize("day", ["2020-01-01", "not a day"])
def test_day_that_is_past_or_no_day_publishes_nothing(
    day: str, entity: LegalEntity, first: PrivacyStatementVersion
) -> None:
    draft = new_version(version=first)

    answer = officer_of(entity).post(page_of(draft, "publish"), publishing(draft, in_force_date=day))

    draft.refresh_from_db()
    assert (draft.published_at, answer.status_code) == (None, 200)
    assert day in answer.content.decode()
