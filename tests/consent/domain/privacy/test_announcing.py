import datetime
import uuid

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from consent.domain import delivery, jobs, messages, outbox, restrictions, suppressions
from consent.domain.erasing import erasure
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.messages import WorkingLinks
from consent.domain.notices import new_version
from consent.domain.privacy import announcing
from consent.domain.privacy.announcing import NotToAnnounceError
from consent.domain.privacy.publishing import (
    Change,
    publish_privacy_statement,
    withdraw_privacy_statement,
)
from consent.domain.withdrawals import Scope, object_to
from consent.models import (
    Act,
    Actor,
    Job,
    Method,
    NoticeVersion,
    OutboxMessage,
    PrivacyStatementVersion,
    Source,
    StatementAnnouncement,
    Suppression,
)
from consent.tasks import chunk_of
from customers.domain import addresses, relations
from customers.models import ContactPoint, Language, LegalEntity, StaffMember
from tests import make
from tests.consent.domain.privacy.scene import shop, whole_draft

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
BEFORE, PUBLISHED, NOW = make.NOW - 30 * DAY, make.NOW - DAY, make.NOW
SUMMARY = {"nl": "Wij hebben een belteam.", "en": "We have a call team."}
BY_PHONE = Circumstances(actor=Actor.SUBJECT, source=Source.PHONE_CALL, method=Method.ORAL, proof={})


@pytest.fixture
def entity() -> LegalEntity:
    return shop()


@pytest.fixture
def version(entity: LegalEntity) -> PrivacyStatementVersion:
    first = publish_privacy_statement(version=whole_draft(entity), published_at=make.LONG_AGO)
    return publish_privacy_statement(
        version=new_version(version=first),
        published_at=PUBLISHED,
        change=Change(summary=SUMMARY, is_material=True),
    )


@pytest.fixture
def officer(entity: LegalEntity) -> StaffMember:
    return make.staff_member(organisation=entity.organisation, role=StaffMember.Role.DPO)


def notice_of(entity: LegalEntity) -> NoticeVersion:
    return NoticeVersion.objects.get(notice__legal_entity=entity, notice__code="ideas")


def subscriber(
    entity: LegalEntity,
    name: str,
    *,
    act: Act = Act.GIVEN,
    at: datetime.datetime = BEFORE,
    language: Language = Language.NL,
    valid_until: datetime.datetime | None = None,
) -> ContactPoint:
    contact = make.contact(organisation=entity.organisation, given_name=name, language=language)
    point = make.email_point(contact=contact, text=f"{name}@example.org".lower())
    make.permission_event(
        contact_point=point,
        notice_version=notice_of(entity),
        act=act,
        occurred_at=at,
        valid_until=valid_until,
    )
    return point


def customer(entity: LegalEntity, name: str, *, at: datetime.datetime = BEFORE) -> ContactPoint:
    contact = make.contact(organisation=entity.organisation, given_name=name)
    point = make.email_point(contact=contact, text=f"{name}@example.org".lower())
    sale = make.transaction(contact=contact, legal_entity=entity, occurred_at=at)
    relations.keep_relations(transaction_ids=[sale.pk])
    return point


def announce(version: PrivacyStatementVersion, officer: StaffMember, at: datetime.datetime = NOW) -> Job:
    job = announcing.start_announcement(version=version, started_by=officer, now=at)
    work_off(job, at)
    job.refresh_from_db()
    return job


def work_off(job: Job, at: datetime.datetime = NOW) -> None:
    while jobs.advance(job_id=job.pk, chunk=chunk_of, now=at):
        pass


def mailed() -> list[str]:
    found = OutboxMessage.objects.filter(kind=OutboxMessage.Kind.PRIVACY_CHANGE)
    return sorted(found.values_list("contact_point__value", flat=True))


def test_people_with_a_living_permission_or_relation_get_one_mail(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    alice, bob = subscriber(entity, "Alice"), customer(entity, "Bob")
    make.email_point(contact=alice.contact, text="alice.work@example.org")

    job = announce(version, officer)

    assert mailed() == ["alice@example.org", "bob@example.org"]
    assert (job.state, job.total, job.done, job.counts) == (Job.State.DONE, 2, 2, {"MAILED": 2})
    told = StatementAnnouncement.objects.order_by("contact")
    assert {row.contact_id for row in told} == {alice.contact_id, bob.contact_id}
    assert {(row.statement_id, row.told_at) for row in told} == {(version.pk, NOW)}
    assert {row.message_id for row in told} == set(OutboxMessage.objects.values_list("pk", flat=True))


def test_forecast_says_what_the_announcement_does_and_writes_nothing(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    subscriber(entity, "Alice")
    without = customer(entity, "Bob")
    ContactPoint.objects.filter(pk=without.pk).update(invalid_at=NOW, invalid_reason="HARD_BOUNCE")

    expected = announcing.forecast(version=version, now=NOW)

    assert (mailed(), StatementAnnouncement.objects.count()) == ([], 0)
    assert (expected.concerned, expected.counts) == (2, {"MAILED": 1, "NO_ADDRESS": 1})
    assert announce(version, officer).counts == expected.counts


def test_very_many_people_are_not_looked_at_while_somebody_waits(
    entity: LegalEntity, version: PrivacyStatementVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "COUNTED_AT_ONCE", 1)
    for name in ("Alice", "Bob"):
        subscriber(entity, name)

    expected = announcing.forecast(version=version, now=NOW)

    assert (expected.concerned, expected.counts) == (2, None)


def test_who_is_not_concerned_gets_nothing(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    subscriber(entity, "Withdrawn", act=Act.WITHDRAWN)
    subscriber(entity, "Requested", act=Act.REQUESTED)
    subscriber(entity, "Refused", act=Act.REFUSED)
    subscriber(entity, "Ended", valid_until=NOW)
    subscriber(entity, "Newcomer", at=PUBLISHED)
    customer(entity, "Former", at=NOW - 4 * 365 * DAY)
    make.email_point(contact=make.contact(organisation=entity.organisation), text="nobody@example.org")

    job = announce(version, officer)

    assert (mailed(), job.total) == ([], 0)


def test_customers_and_subscribers_of_a_sister_get_nothing(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    sister = make.legal_entity(organisation=entity.organisation, code="zuster", name="Zuster N.V.")
    customer(sister, "Bob")

    assert announce(version, officer).total == 0


@pytest.mark.parametrize("reason", [Suppression.Reason.BLOCKED, Suppression.Reason.ERASURE])
def test_blocked_address_gets_nothing(
    reason: Suppression.Reason,
    entity: LegalEntity,
    version: PrivacyStatementVersion,
    officer: StaffMember,
) -> None:
    alice = subscriber(entity, "Alice")
    suppressions.suppress_address(
        block=suppressions.Block(
            organisation=entity.organisation, address=addresses.read_email(text=alice.value)
        ),
        reason=reason,
        how=BY_PHONE,
        suppressed_at=NOW,
        recorded_at=NOW,
    )

    job = announce(version, officer)

    assert (mailed(), job.counts) == ([], {"BLOCKED": 1})


def test_second_address_is_used_where_the_first_is_blocked(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    alice = subscriber(entity, "Alice")
    make.email_point(contact=alice.contact, text="alice.work@example.org")
    suppressions.suppress_address(
        block=suppressions.Block(
            organisation=entity.organisation, address=addresses.read_email(text=alice.value)
        ),
        reason=Suppression.Reason.BLOCKED,
        how=BY_PHONE,
        suppressed_at=NOW,
        recorded_at=NOW,
    )

    announce(version, officer)

    assert mailed() == ["alice.work@example.org"]


def test_verified_address_comes_first(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    alice = subscriber(entity, "Alice")
    verified = make.email_point(contact=alice.contact, text="alice.work@example.org")
    ContactPoint.objects.filter(pk=verified.pk).update(verified_at=BEFORE, verified_method="EMAIL_LINK")

    announce(version, officer)

    assert mailed() == ["alice.work@example.org"]


@pytest.mark.parametrize(
    "flaw", [{"claimed": True}, {"placeholder": True}, {"invalid_at": NOW, "invalid_reason": "REPLACED"}]
)
def test_address_that_cannot_be_used_gets_nothing(
    flaw: dict[str, object],
    entity: LegalEntity,
    version: PrivacyStatementVersion,
    officer: StaffMember,
) -> None:
    alice = subscriber(entity, "Alice")
    ContactPoint.objects.filter(pk=alice.pk).update(**flaw)

    job = announce(version, officer)

    assert (mailed(), job.counts) == ([], {"NO_ADDRESS": 1})


def test_restricted_data_is_not_used_for_it(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    alice = subscriber(entity, "Alice")
    restrictions.restrict(
        contact=alice.contact, reason="Betwist", how=BY_PHONE, restricted_at=NOW, recorded_at=NOW
    )

    job = announce(version, officer)

    assert (mailed(), job.counts) == ([], {"RESTRICTED": 1})


def test_erased_person_is_not_concerned(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    alice = subscriber(entity, "Alice")
    erasure.erase(contact=alice.contact, how=BY_PHONE, erased_at=NOW)

    assert announce(version, officer).total == 0


def test_erasure_takes_away_that_somebody_was_told(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    alice = subscriber(entity, "Alice")
    announce(version, officer)

    erasure.erase(contact=alice.contact, how=BY_PHONE, erased_at=NOW)

    assert (StatementAnnouncement.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_objection_to_marketing_does_not_stop_what_the_law_has_us_tell(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    bob = customer(entity, "Bob")
    object_to(contact=bob.contact, scope=Scope(channel="EMAIL"), how=BY_PHONE, occurred_at=NOW)

    announce(version, officer)

    assert mailed() == ["bob@example.org"]


def test_nobody_is_told_twice_and_a_later_round_reaches_who_was_missed(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    alice, bob = subscriber(entity, "Alice"), subscriber(entity, "Bob")
    ContactPoint.objects.filter(pk=bob.pk).update(invalid_at=NOW, invalid_reason="HARD_BOUNCE")
    announce(version, officer)

    make.email_point(contact=bob.contact, text="bob.new@example.org")
    again = announce(version, officer, NOW + DAY)

    assert mailed() == ["alice@example.org", "bob.new@example.org"]
    assert again.counts == {"ALREADY_TOLD": 1, "MAILED": 1}
    assert alice.contact.points.count() == 1


def test_work_is_done_in_parts_and_taken_up_where_it_stopped(
    entity: LegalEntity,
    version: PrivacyStatementVersion,
    officer: StaffMember,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(announcing, "AT_MOST", 2)
    for name in ("Alice", "Bob", "Carla", "Dirk", "Els"):
        subscriber(entity, name)
    job = announcing.start_announcement(version=version, started_by=officer, now=NOW)

    jobs.advance(job_id=job.pk, chunk=chunk_of, now=NOW)
    jobs.cancel_job(job=job, now=NOW)
    after_one = len(mailed())
    jobs.restart_job(job=job, now=NOW)
    work_off(job)

    job.refresh_from_db()
    assert (after_one, len(mailed()), job.done, job.state) == (2, 5, 5, Job.State.DONE)


def test_part_that_breaks_off_leaves_no_mail_and_no_note(
    entity: LegalEntity,
    version: PrivacyStatementVersion,
    officer: StaffMember,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subscriber(entity, "Alice")
    job = announcing.start_announcement(version=version, started_by=officer, now=NOW)

    with monkeypatch.context() as broken:
        broken.setattr(announcing, "count_outcomes", lambda **_people: uuid.UUID("x"))
        with pytest.raises(ValueError, match="badly formed"):
            jobs.advance(job_id=job.pk, chunk=chunk_of, now=NOW)

    assert (mailed(), StatementAnnouncement.objects.count()) == ([], 0)
    work_off(job)
    assert mailed() == ["alice@example.org"]


def test_database_holds_one_note_per_person_and_version(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    alice = subscriber(entity, "Alice")
    announce(version, officer)

    with pytest.raises(IntegrityError, match="statement_announced_once_per_person"), transaction.atomic():
        StatementAnnouncement.objects.create(
            statement=version, contact=alice.contact, message_id=uuid.uuid4(), told_at=NOW
        )


def test_announcement_that_goes_on_is_given_back(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    job = announcing.start_announcement(version=version, started_by=officer, now=NOW)

    assert announcing.start_announcement(version=version, started_by=officer, now=NOW) == job


def test_only_a_material_change_is_announced(entity: LegalEntity, officer: StaffMember) -> None:
    first = publish_privacy_statement(version=whole_draft(entity), published_at=make.LONG_AGO)

    with pytest.raises(NotToAnnounceError):
        announcing.forecast(version=first, now=NOW)
    with pytest.raises(NotToAnnounceError):
        announcing.start_announcement(version=first, started_by=officer, now=NOW)


def test_work_ends_once_another_version_is_in_force(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    subscriber(entity, "Alice")
    job = announcing.start_announcement(version=version, started_by=officer, now=NOW)
    publish_privacy_statement(version=new_version(version=version), published_at=NOW)

    work_off(job)

    job.refresh_from_db()
    assert (mailed(), job.state) == ([], Job.State.FAILED)
    assert job.fault == "This version was replaced or withdrawn: there is another one to tell of."


@pytest.mark.parametrize(
    ("language", "subject", "summary"),
    [(Language.EN, "What changed in the privacy statement of Lampenwinkel B.V.", SUMMARY["en"])],
)
def test_mail_says_what_changed_since_when_and_where_to_read_it(
    language: Language,
    subject: str,
    summary: str,
    entity: LegalEntity,
    version: PrivacyStatementVersion,
    officer: StaffMember,
) -> None:
    subscriber(entity, "Alice", language=language)
    announce(version, officer)

    message = OutboxMessage.objects.get()
    mail = messages.render(message=message, links=WorkingLinks(public_url="https://jawoord.example.org"))

    assert message.language == language
    assert mail.subject == subject
    for body in (mail.text, mail.html):
        assert summary in body
        assert "20 November 2026" in body
        assert "https://jawoord.example.org/privacy/lampenwinkel/2/changes/" in body
        assert "https://jawoord.example.org/preferences/" in body
        assert "article 13(3) GDPR" in body
    assert mail.unsubscribe_url.startswith("https://jawoord.example.org/unsubscribe/")


def test_mail_to_many_waits_behind_what_somebody_waits_for(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    alice = subscriber(entity, "Alice")
    announce(version, officer)
    link = outbox.write(
        message=outbox.NewMessage(
            kind=OutboxMessage.Kind.PREFERENCE_LINK,
            legal_entity=entity,
            contact_point=alice,
            language="nl",
            content={},
        ),
        written_at=NOW + DAY,
    )

    taken = [outbox.claim_next(now=NOW + 2 * DAY) for _ in range(3)]

    kinds = [message and message.kind for message in taken]
    assert kinds == ["PREFERENCE_LINK", "PRIVACY_CHANGE", None]
    assert taken[0] == link


@pytest.mark.parametrize("people", [1, 4])
def test_part_takes_as_many_queries_for_many_as_for_one(
    people: int, entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    for number in range(people):
        subscriber(entity, f"person{number}")
    job = announcing.start_announcement(version=version, started_by=officer, now=NOW)

    with CaptureQueriesContext(connection) as asked:
        work_off(job)

    assert len(asked) == 16


def test_who_blocks_the_address_before_its_turn_gets_nothing(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    alice, _bob = subscriber(entity, "Alice"), subscriber(entity, "Bob")
    announce(version, officer)
    block = suppressions.Block(
        organisation=entity.organisation, address=addresses.read_email(text=alice.value)
    )
    suppressions.suppress_address(
        block=block,
        reason=Suppression.Reason.BLOCKED,
        how=BY_PHONE,
        suppressed_at=NOW + DAY,
        recorded_at=NOW + DAY,
    )

    send_all(NOW + 2 * DAY)

    assert [mail.to for mail in mail_outbox()] == [["bob@example.org"]]
    refused = OutboxMessage.objects.get(state=OutboxMessage.State.REFUSED)
    assert (refused.contact_point_id, refused.last_answer) == (alice.pk, "stopped before its turn came")


def test_of_a_version_that_is_withdrawn_nobody_is_told_any_more(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    subscriber(entity, "Alice")
    announce(version, officer)
    coming = publish_privacy_statement(
        version=new_version(version=version),
        published_at=NOW + 9 * DAY,
        change=Change(summary=SUMMARY, is_material=True),
    )
    announce(coming, officer)
    waited = StatementAnnouncement.objects.get(statement=coming).message_id
    withdraw_privacy_statement(version=coming, withdrawn_at=NOW + DAY)

    send_all(NOW + 2 * DAY)

    refused = OutboxMessage.objects.get(state=OutboxMessage.State.REFUSED)
    assert (refused.pk, refused.last_answer) == (waited, "stopped before its turn came")
    assert [mail.to for mail in mail_outbox()] == [["alice@example.org"]]
    assert [told.statement for told in StatementAnnouncement.objects.all()] == [version]


def test_who_was_told_of_a_version_before_it_was_withdrawn_stands_down_as_told(
    entity: LegalEntity, version: PrivacyStatementVersion, officer: StaffMember
) -> None:
    subscriber(entity, "Alice")
    coming = publish_privacy_statement(
        version=new_version(version=version),
        published_at=NOW + 9 * DAY,
        change=Change(summary=SUMMARY, is_material=True),
    )
    announce(coming, officer)
    send_all(NOW)

    withdraw_privacy_statement(version=coming, withdrawn_at=NOW + DAY)

    assert [told.statement for told in StatementAnnouncement.objects.all()] == [coming]


def send_all(at: datetime.datetime) -> None:
    links = WorkingLinks(public_url="https://jawoord.example.org")
    while message := outbox.claim_next(now=at):
        delivery.deliver(message=message, links=links, now=at)


def mail_outbox() -> list[EmailMessage]:
    found: list[EmailMessage] = django_mail.outbox
    return found
