from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from consent import tasks
from consent.domain import jobs, link_requests, verification
from consent.domain.erasing.erasure import Exemption, erase
from consent.domain.ledger import evidence
from consent.domain.ledger.reconciling import find_differences
from consent.domain.retention.applying import apply_retention, begin_retention
from consent.domain.retention.due import Asked
from consent.domain.retention.parting import part_from
from consent.domain.retention.terms import read_terms
from consent.domain.rights import answering
from consent.models import (
    Act,
    AddressVerification,
    ConsentEvent,
    Evidence,
    Heartbeat,
    Job,
    KeptData,
    LinkRequest,
    OutboxMessage,
    Purpose,
    RetentionTerm,
    RightsRequest,
    SubjectKey,
)
from customers.models import Contact, ContactPoint, Organisation, Transaction
from tests import make
from tests.consent.domain.erasing.scene import WAY
from tests.consent.domain.rights.asking import Kind as Right
from tests.consent.domain.rights.asking import receive
from tests.preference_scenes import House, buy_lamp, house

pytestmark = pytest.mark.django_db
Kind = RetentionTerm.Kind
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
FIVE_YEARS = 5 * 366 * DAY
GIVEN = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def retire(at: datetime) -> dict[str, int]:
    gone: dict[str, int] = {}
    for what, rows in apply_retention(now=at):
        gone[what] = gone.get(what, 0) + rows
    return gone


def decide(
    organisation: Organisation, kind: RetentionTerm.Kind, days: int, purpose: Purpose | None = None
) -> None:
    RetentionTerm.objects.create(
        organisation=organisation,
        kind=kind,
        days=days,
        purpose=purpose,
        reason="Zo lang en niet langer.",
        decided_at=make.LONG_AGO + RetentionTerm.objects.count() * DAY,
    )


def given_and_withdrawn(home: House, *, withdrawn_at: datetime = GIVEN + DAY) -> None:
    make.permission_event(contact_point=home.email, notice_version=home.by_email, occurred_at=GIVEN)
    make.permission_event(
        contact_point=home.email,
        notice_version=home.by_email,
        act=Act.WITHDRAWN,
        occurred_at=withdrawn_at,
    )


def test_proof_goes_five_years_after_the_permission_ended_and_the_events_stay() -> None:
    home = house()
    given_and_withdrawn(home)
    make.permission_event(contact_point=home.phone, notice_version=home.by_call, occurred_at=GIVEN)

    before = retire(GIVEN + DAY + FIVE_YEARS - SECOND)
    after = retire(GIVEN + DAY + FIVE_YEARS)

    assert (before, after) == ({}, {"PROOF": 2})
    assert ConsentEvent.objects.count() == 3
    standing = ConsentEvent.objects.get(channel="CALL")
    assert evidence.open_evidence(event=standing) == {"address": "+31200000101"}
    assert list(find_differences()) == []


def test_proof_of_a_permission_that_ended_by_its_term_counts_from_that_day() -> None:
    home = house()
    make.permission_event(
        contact_point=home.email,
        notice_version=home.by_email,
        occurred_at=GIVEN,
        valid_until=GIVEN + 100 * DAY,
    )

    assert retire(GIVEN + 100 * DAY + FIVE_YEARS - SECOND) == {}
    assert retire(GIVEN + 100 * DAY + FIVE_YEARS)["PROOF"] == 1


def given_again_and_run_out(home: House, *, ended: Act = Act.WITHDRAWN) -> datetime:
    """A permission that ended long ago was given anew; returns when that ran out."""
    ends_at = GIVEN + 100 * DAY
    years_ago = GIVEN - 4 * 366 * DAY
    act = partial(make.permission_event, contact_point=home.email, notice_version=home.by_email)
    act(occurred_at=years_ago)
    act(act=ended, occurred_at=years_ago + DAY)
    act(occurred_at=GIVEN, valid_until=ends_at)
    return ends_at


@pytest.mark.parametrize("ended", [Act.WITHDRAWN, Act.INVALIDATED])
def test_proof_of_a_permission_given_again_counts_from_its_last_end(ended: Act) -> None:
    ends_at = given_again_and_run_out(house(), ended=ended)

    assert "PROOF" not in retire(ends_at + FIVE_YEARS - SECOND)
    assert retire(ends_at + FIVE_YEARS)["PROOF"] == 3


@pytest.mark.parametrize("ended", [Act.WITHDRAWN, Act.INVALIDATED])
def test_who_is_parted_from_leaves_the_proof_of_what_was_given_again(ended: Act) -> None:
    home = house()
    ends_at = given_again_and_run_out(home, ended=ended)
    decide(home.organisation, Kind.PROOF, 30)
    terms = read_terms(organisation_id=home.organisation.pk, at=ends_at)

    asked = Asked(organisation=home.organisation, terms=terms, now=ends_at + DAY)
    part_from(people=[home.alice], asked=asked)

    assert KeptData.objects.get().keep_until_date == (ends_at + 30 * DAY).date()
    assert Evidence.objects.count() == 3


def test_purpose_can_have_a_term_of_its_own_for_its_proof() -> None:
    home = house()
    given_and_withdrawn(home)
    decide(home.organisation, Kind.PROOF, 10, purpose=home.offers)
    decide(home.organisation, Kind.PROOF, 20)

    assert retire(GIVEN + 11 * DAY - SECOND) == {}
    assert retire(GIVEN + 11 * DAY) == {"PROOF": 2}


def test_term_of_one_organisation_is_not_that_of_another() -> None:
    home = house()
    given_and_withdrawn(home)
    decide(make.organisation(code="ander", name="Ander"), Kind.PROOF, 10)

    assert retire(GIVEN + 100 * DAY) == {}


def test_last_decision_counts() -> None:
    home = house()
    given_and_withdrawn(home)
    decide(home.organisation, Kind.PROOF, 10)
    decide(home.organisation, Kind.PROOF, 500)

    assert retire(GIVEN + 100 * DAY) == {}


def test_messages_tries_and_requests_go_in_their_time() -> None:
    home = house()
    request = receive(house=home, kind=Right.MARKETING, received_at=GIVEN)
    answering.refuse(
        request=request,
        ground=RightsRequest.Ground.UNFOUNDED,
        reason="Nee.",
        staff_id=None,
        refused_at=GIVEN,
    )
    OutboxMessage.objects.update(state="SENT", sent_at=GIVEN)
    verification.ask_call_back(
        asking=verification.Asking(point=home.phone, legal_entity=home.shop, language="nl", asked_at=GIVEN)
    )

    found = [retire(GIVEN + days * DAY) for days in (89, 92, 731, 733, 1829, 1831)]

    assert [sorted(gone) for gone in found] == [
        [],
        ["VERIFICATIONS"],
        [],
        ["MAILS"],
        [],
        ["DORMANT", "REQUESTS"],
    ]
    assert not AddressVerification.objects.exists()
    assert not RightsRequest.objects.exists()


def test_message_that_still_waits_stays() -> None:
    receive(house=house(), received_at=GIVEN)

    assert "MAILS" not in retire(GIVEN + 4000 * DAY)


def test_request_that_was_not_answered_stays_and_keeps_its_person() -> None:
    home = house()
    receive(house=home, received_at=GIVEN)

    retire(GIVEN + 4000 * DAY)

    assert RightsRequest.objects.count() == 1
    assert Contact.objects.get(pk=home.alice.pk).erased_at is None


def test_key_of_an_unknown_asker_goes_with_the_request() -> None:
    request = receive(house=house(), contact=None, received_at=GIVEN)
    RightsRequest.objects.update(state="DONE", closed_at=GIVEN)

    retire(GIVEN + 1831 * DAY)

    assert not SubjectKey.objects.filter(subject_id=request.pk).exists()


def test_contact_with_whom_nothing_is_left_is_forgotten_and_not_blocked() -> None:
    home = house()
    buy_lamp(house=home, at=GIVEN)
    home.alice.relations.update(ended_at=GIVEN + DAY, reason_ended="TERM")

    assert "DORMANT" not in retire(GIVEN + FIVE_YEARS - SECOND)
    assert retire(GIVEN + FIVE_YEARS + DAY)["DORMANT"] == 1

    alice = Contact.objects.get(pk=home.alice.pk)
    assert (alice.given_name, alice.points.count()) == ("", 0)
    assert not Transaction.objects.exists()
    assert home.organisation.suppressions.count() == 0
    event = ConsentEvent.objects.get(act=Act.ERASED)
    assert (event.actor, event.reason) == ("SYSTEM", "TERM")


def test_who_ever_said_no_is_not_forgotten_by_term() -> None:
    home = house()
    given_and_withdrawn(home)

    retire(GIVEN + 4000 * DAY)

    assert Contact.objects.get(pk=home.alice.pk).erased_at is None


def test_who_permits_something_still_is_not_forgotten() -> None:
    home = house()
    make.permission_event(contact_point=home.email, notice_version=home.by_email, occurred_at=GIVEN)

    retire(GIVEN + 4000 * DAY)

    assert Contact.objects.get(pk=home.alice.pk).erased_at is None


def test_who_is_forgotten_before_the_proof_had_its_term_leaves_the_proof() -> None:
    home = house()
    ends_at = GIVEN + 100 * DAY
    Contact.objects.filter(pk=home.alice.pk).update(created_at=GIVEN)
    make.permission_event(
        contact_point=home.email, notice_version=home.by_email, occurred_at=GIVEN, valid_until=ends_at
    )
    decide(home.organisation, Kind.DORMANT, 10)
    decide(home.organisation, Kind.PROOF, 30)

    retire(ends_at + 10 * DAY)

    kept = KeptData.objects.get(contact=home.alice)
    assert (kept.what, kept.keep_until_date) == ("EVIDENCE", (ends_at + 30 * DAY).date())
    assert not ContactPoint.objects.filter(contact=home.alice).exists()
    assert Evidence.objects.filter(subject_id=home.alice.pk).count() == 1


def test_what_was_kept_after_erasure_goes_after_its_day() -> None:
    home = house()
    buy_lamp(house=home, at=GIVEN)
    books = Exemption(
        what=KeptData.What.TRANSACTIONS,
        ground=KeptData.Ground.LEGAL_DUTY,
        reason="Boekhouding.",
        keep_until_date=date(2026, 12, 31),
    )
    erase(contact=home.alice, how=WAY, erased_at=make.NOW, exemptions=[books])

    assert retire(datetime(2026, 12, 31, 23, 0, tzinfo=UTC)) == {}
    assert retire(datetime(2027, 1, 1, 1, 0, tzinfo=UTC)) == {"KEPT": 1}
    assert not Transaction.objects.exists()


def test_request_for_a_link_that_nobody_answered_and_old_sessions_go() -> None:
    link_requests.ask_for_link(text="alice@example.org", asked_at=GIVEN)
    SessionStore().save()
    Session.objects.update(expire_date=GIVEN)

    assert retire(GIVEN + DAY) == {"LINK_REQUESTS": 1, "SESSIONS": 1}
    assert not LinkRequest.objects.exists()


def test_work_is_cut_into_chunks_of_a_few_rows() -> None:
    home = house()
    for days in range(3):
        given_and_withdrawn(home, withdrawn_at=GIVEN + (days + 1) * DAY)
    at = GIVEN + 10 * DAY + FIVE_YEARS

    gone = [chunk.rows for chunk in apply_retention(now=at, window=4) if chunk.what == "PROOF"]

    assert gone == [4, 2]
    assert not Evidence.objects.exists()


def test_task_starts_a_job_for_each_organisation_once_a_day() -> None:
    home = house()
    make.organisation(code="ander", name="Ander")
    given_and_withdrawn(home)
    decide(home.organisation, Kind.PROOF, 10)

    tasks.apply_retention()
    tasks.apply_retention()

    assert Heartbeat.objects.get().name == "consent.tasks.apply_retention"
    assert Job.objects.filter(kind="RETENTION").count() == 2
    Job.objects.update(state="DONE", ended_at=make.NOW, created_at=make.NOW)
    assert begin_retention(now=make.NOW + 21 * HOUR) == []
    assert len(begin_retention(now=make.NOW + 23 * HOUR)) == 2


def test_job_goes_on_where_it_was_and_counts_what_went() -> None:
    home = house()
    given_and_withdrawn(home)
    decide(home.organisation, Kind.PROOF, 10)
    [job] = begin_retention(now=GIVEN + 100 * DAY)

    while jobs.advance(job_id=job.pk, chunk=tasks.chunk_of, now=GIVEN + 100 * DAY):
        job.refresh_from_db()
        assert job.state == "RUNNING"

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.counts) == ("DONE", len(Kind), len(Kind), {"PROOF": 2})
