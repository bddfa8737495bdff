"""Telling the people of a data breach: whole, once, one to one; the others by post."""

import datetime
from collections.abc import Iterator

import pytest
from django.core import mail as django_mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from consent.domain import delivery, jobs, outbox, restrictions, suppressions
from consent.domain.erasing import erasure
from consent.domain.incidents import keeping, telling
from consent.domain.incidents.telling import NotToTellError
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.messages import WorkingLinks
from consent.domain.retention.applying import apply_retention
from consent.domain.retention.terms import DEFAULTS
from consent.domain.withdrawals import Scope, object_to
from consent.models import (
    Actor,
    Incident,
    IncidentLetter,
    IncidentNotice,
    IncidentPerson,
    Job,
    Method,
    OutboxMessage,
    RetentionTerm,
    Source,
    Suppression,
)
from consent.tasks import chunk_of
from customers.domain import addresses
from customers.models import Contact, Language, LegalEntity, StaffMember
from tests import make

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
NOW = make.NOW
BY_PHONE = Circumstances(actor=Actor.SUBJECT, source=Source.PHONE_CALL, method=Method.ORAL, proof={})
Outcome = IncidentNotice.Outcome


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def entity() -> LegalEntity:
    house = make.organisation()
    entity = make.legal_entity(organisation=house)
    make.purpose(organisation=house, legal_entities=[entity])
    LegalEntity.objects.filter(pk=entity.pk).update(dpo_name="F. Gever", dpo_email="fg@example.org")
    return LegalEntity.objects.get(pk=entity.pk)


@pytest.fixture
def officer(entity: LegalEntity) -> StaffMember:
    return make.staff_member(organisation=entity.organisation, role=StaffMember.Role.DPO)


@pytest.fixture
def breach(entity: LegalEntity) -> Incident:
    found = make.incident(legal_entity=entity, risk=Incident.Risk.HIGH)
    make.incident_letter(incident=found)
    return found


def touched(breach: Incident, name: str, *, email: bool = True, language: Language = Language.NL) -> Contact:
    contact = make.contact(organisation=breach.organisation, given_name=name, language=language)
    if email:
        make.email_point(contact=contact, text=f"{name}@example.org".lower())
    keep(breach, contact)
    return contact


def keep(breach: Incident, contact: Contact, source: str = "AUDIENCE") -> None:
    IncidentPerson.objects.create(
        incident=breach, contact_id=contact.pk, source=source, first_at=NOW, last_at=NOW, times=1
    )


def tell(breach: Incident, officer: StaffMember, at: datetime.datetime = NOW) -> Job:
    job = telling.start_telling(incident=breach, started_by=officer, now=at)
    while jobs.advance(job_id=job.pk, chunk=chunk_of, now=at):
        pass
    job.refresh_from_db()
    return job


def mailed() -> list[str]:
    found = OutboxMessage.objects.filter(kind=OutboxMessage.Kind.BREACH)
    return sorted(found.values_list("contact_point__value", flat=True))


def outcomes(breach: Incident) -> dict[str, str]:
    names = {contact.pk: contact.given_name for contact in Contact.objects.all()}
    return {
        names[notice.contact_id]: notice.outcome
        for notice in IncidentNotice.objects.filter(incident=breach).all()
    }


def test_each_person_gets_one_mail_however_many_lists_they_stood_on(
    breach: Incident, officer: StaffMember
) -> None:
    alice = touched(breach, "Alice")
    keep(breach, alice, "CALL")
    touched(breach, "Bob")

    job = tell(breach, officer)

    assert mailed() == ["alice@example.org", "bob@example.org"]
    assert (job.state, job.total, job.done, job.counts) == (Job.State.DONE, 2, 2, {"MAILED": 2})
    breach.refresh_from_db()
    assert (breach.told_at, IncidentLetter.objects.get().started_at) == (NOW, NOW)
    told = set(IncidentNotice.objects.filter(incident=breach).values_list("message_id", flat=True))
    assert told == set(OutboxMessage.objects.values_list("pk", flat=True))


def test_nobody_is_told_twice_and_later_finds_are_reached(breach: Incident, officer: StaffMember) -> None:
    touched(breach, "Alice")
    tell(breach, officer)
    touched(breach, "Bob")

    again = tell(breach, officer, NOW + DAY)

    assert mailed() == ["alice@example.org", "bob@example.org"]
    assert again.counts == {"ALREADY_TOLD": 1, "MAILED": 1}
    breach.refresh_from_db()
    assert breach.told_at == NOW


def test_database_itself_refuses_to_tell_somebody_twice(breach: Incident) -> None:
    alice = touched(breach, "Alice")
    row = {"incident": breach, "contact_id": alice.pk, "outcome": Outcome.BLOCKED, "decided_at": NOW}
    IncidentNotice.objects.create(**row)

    with pytest.raises(IntegrityError), transaction.atomic():
        IncidentNotice.objects.create(**row)


def test_who_cannot_be_mailed_is_listed_for_post(breach: Incident, officer: StaffMember) -> None:
    touched(breach, "Alice", email=False)
    blocked, restricted, objector = (touched(breach, name) for name in ("Bob", "Carol", "Dirk"))
    suppressions.suppress_address(
        block=suppressions.Block(
            organisation=breach.organisation, address=addresses.read_email(text="bob@example.org")
        ),
        reason=Suppression.Reason.BLOCKED,
        how=BY_PHONE,
        suppressed_at=NOW,
        recorded_at=NOW,
        contact_id=blocked.pk,
    )
    restrictions.restrict(
        contact=restricted, reason="Betwist", how=BY_PHONE, restricted_at=NOW, recorded_at=NOW
    )
    object_to(contact=objector, scope=Scope(), how=BY_PHONE, occurred_at=NOW)

    expected = telling.forecast(
        letter=IncidentLetter.objects.select_related("incident__legal_entity").get(), now=NOW
    )
    job = tell(breach, officer)

    assert mailed() == ["dirk@example.org"]
    assert outcomes(breach) == {
        "Alice": Outcome.NO_ADDRESS,
        "Bob": Outcome.BLOCKED,
        "Carol": Outcome.RESTRICTED,
        "Dirk": Outcome.MAILED,
    }
    assert (expected.concerned, expected.counts) == (4, job.counts)
    assert telling.to_post(incident=breach).count() == 3


def test_refused_mail_becomes_a_letter_and_is_posted_once(breach: Incident, officer: StaffMember) -> None:
    touched(breach, "Alice")
    tell(breach, officer)
    assert telling.to_post(incident=breach).count() == 0

    OutboxMessage.objects.update(state=OutboxMessage.State.REFUSED)

    assert telling.to_post(incident=breach).count() == 1
    assert telling.note_posted(incident=breach, posted_at=NOW + DAY) == 1
    assert telling.note_posted(incident=breach, posted_at=NOW + 2 * DAY) == 0
    assert IncidentNotice.objects.filter(incident=breach).get().posted_at == NOW + DAY


def test_refused_mail_is_counted_after_the_mail_itself_went(breach: Incident, officer: StaffMember) -> None:
    for name in ("Alice", "Bob"):
        touched(breach, name)
    tell(breach, officer)
    OutboxMessage.objects.update(state=OutboxMessage.State.SENT)
    refused = OutboxMessage.objects.filter(contact__given_name="Alice")
    refused.update(state=OutboxMessage.State.REFUSED)

    long_after = NOW + DEFAULTS[RetentionTerm.Kind.MAILS].keep + DAY
    gone = [one for one in apply_retention(now=long_after) if one.what == RetentionTerm.Kind.MAILS]

    assert ([one.rows for one in gone], OutboxMessage.objects.count()) == ([2], 0)
    assert telling.to_post(incident=breach).count() == 1


def test_erased_people_are_nobody_any_more(breach: Incident, officer: StaffMember) -> None:
    alice = touched(breach, "Alice")
    erasure.erase(contact=alice, how=BY_PHONE, erased_at=NOW)

    with pytest.raises(NotToTellError, match="Nobody is kept"):
        telling.start_telling(incident=breach, started_by=officer, now=NOW)


@pytest.mark.parametrize("part", ["what_happened", "consequences", "measures"])
def test_message_without_a_part_that_the_law_asks_is_not_sent(
    part: str, breach: Incident, officer: StaffMember
) -> None:
    touched(breach, "Alice")
    IncidentLetter.objects.update(**{part: {"en": "Only in English."}})

    with pytest.raises(NotToTellError, match=r"is not written in Dutch \(art\. 34\(2\)\)"):
        telling.start_telling(incident=breach, started_by=officer, now=NOW)

    assert not Job.objects.exists()


def test_message_names_who_answers_questions(breach: Incident, officer: StaffMember) -> None:
    touched(breach, "Alice")
    LegalEntity.objects.update(dpo_email="")

    letter = IncidentLetter.objects.select_related("incident__legal_entity").get()

    assert telling.what_is_missing(letter=letter) == [telling.NO_OFFICER]


def test_nobody_is_told_while_people_are_looked_for_or_once_it_is_closed(
    breach: Incident, officer: StaffMember
) -> None:
    touched(breach, "Alice")
    search = jobs.start_job(
        organisation=breach.organisation,
        legal_entity_id=breach.legal_entity_id,
        kind=Job.Kind.INCIDENT,
        total=1,
        key_range={"incident": str(breach.pk)},
        started_by=officer,
        now=NOW,
    )
    with pytest.raises(NotToTellError, match="still being looked for"):
        telling.start_telling(incident=breach, started_by=officer, now=NOW)
    jobs.cancel_job(job=search, now=NOW)
    Incident.objects.update(
        closed_at=NOW, measures="Klaar.", not_reported_reason="Nee.", not_told_reason="Nee."
    )

    with pytest.raises(NotToTellError, match="closed"):
        telling.start_telling(incident=Incident.objects.get(), started_by=officer, now=NOW)


def test_mail_says_all_parts_in_the_language_of_the_person(breach: Incident, officer: StaffMember) -> None:
    touched(breach, "Alice", language=Language.EN)
    IncidentLetter.objects.update(what_happened={"nl": "Lijst kwijt.", "en": "A call list was lost."})
    tell(breach, officer)

    message = outbox.claim_next(now=NOW)
    assert message is not None
    delivery.deliver(message=message, links=WorkingLinks(public_url="https://jawoord.example.org"), now=NOW)

    [sent] = django_mail.outbox
    assert sent.to == ["alice@example.org"]
    assert sent.subject.startswith("A data breach with your data at Lampenwinkel")
    for text in (
        "What happened: A call list was lost.",
        "What it can mean for you: Iemand kan u bellen",
        "What we did: De lijst is terug.",
        "What you can do: Vertrouw geen telefoontje over geld.",
        "Questions? Ask: F. Gever · fg@example.org",
        "article 34 GDPR",
    ):
        assert text in sent.body


def test_person_who_is_blocked_before_the_mail_leaves_gets_a_letter(
    breach: Incident, officer: StaffMember
) -> None:
    alice = touched(breach, "Alice")
    tell(breach, officer)
    restrictions.restrict(contact=alice, reason="Betwist", how=BY_PHONE, restricted_at=NOW, recorded_at=NOW)

    message = outbox.claim_next(now=NOW)
    assert message is not None
    delivery.deliver(message=message, links=WorkingLinks(public_url="https://jawoord.example.org"), now=NOW)

    assert django_mail.outbox == []
    assert telling.to_post(incident=breach).get().contact_id == alice.pk


def test_worker_that_breaks_off_tells_nobody_twice(
    breach: Incident, officer: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "AT_MOST", 1)
    for name in ("Alice", "Bob", "Carol"):
        touched(breach, name)
    job = telling.start_telling(incident=breach, started_by=officer, now=NOW)
    assert jobs.advance(job_id=job.pk, chunk=chunk_of, now=NOW)
    Job.objects.update(cursor={}, done=0)

    while jobs.advance(job_id=job.pk, chunk=chunk_of, now=NOW):
        pass

    assert mailed() == ["alice@example.org", "bob@example.org", "carol@example.org"]


def test_as_many_queries_for_many_people(breach: Incident, officer: StaffMember) -> None:
    counts = []
    for number in (1, 20):
        for person in range(number):
            touched(breach, f"P{number}x{person}")
        job = telling.start_telling(incident=breach, started_by=officer, now=NOW)
        with CaptureQueriesContext(connection) as asked:
            jobs.advance(job_id=job.pk, chunk=chunk_of, now=NOW)
        counts.append(len(asked))

    assert counts == [counts[0], counts[0]]


def test_who_was_told_stays_when_the_search_begins_anew(breach: Incident, officer: StaffMember) -> None:
    touched(breach, "Alice")
    tell(breach, officer)
    touched(breach, "Bob")

    assert keeping.forget_people(incident=breach) == 1
    assert breach.people.count() == 1


def test_who_was_told_goes_with_the_people_of_the_breach(breach: Incident, officer: StaffMember) -> None:
    touched(breach, "Alice")
    tell(breach, officer)
    Incident.objects.update(closed_at=NOW, measures="Klaar.", not_reported_reason="Nee.")

    list(apply_retention(now=NOW + 6 * 366 * DAY))

    assert not IncidentPerson.objects.exists()
    assert not IncidentNotice.objects.exists()
    assert IncidentLetter.objects.count() == 1
