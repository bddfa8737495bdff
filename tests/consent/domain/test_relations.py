import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from consent.domain import relations
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.relations import Answer, NewTransaction
from consent.models import Act, Actor, ConsentEvent, Method, Objection, Source
from customers.domain import contacts
from customers.domain.relations import LongerTerm
from customers.domain.tombstones import empty_contacts
from customers.models import (
    Collection,
    Contact,
    ContactPoint,
    CustomerRelation,
    LegalEntity,
    RelationKind,
    TermExtension,
    Transaction,
)
from tests import make
from tests.figures import Note

pytestmark = pytest.mark.django_db

BY_FORM = Circumstances(
    actor=Actor.SUBJECT,
    source=Source.WEB_FORM,
    method=Method.CHECKBOX,
    proof={"typed": {"email": "alice@example.org"}},
)
LONGER = LongerTerm(
    term_months=60,
    balancing_test="Mensen kopen eens in de vijf jaar een lamp.",
    opinion_reference="CBT-2026-1",
    opinion="Redelijk.",
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def make_lampenwinkel(*, time_zone: str = "Europe/Amsterdam") -> LegalEntity:
    return make.legal_entity(organisation=make.organisation(), time_zone=time_zone)


def agreed(*, contact: Contact, legal_entity: LegalEntity, **facts: Any) -> NewTransaction:
    """A sale of now, by form, with an e-mail address; told, opt-out offered."""
    sale = NewTransaction(
        contact=contact,
        legal_entity=legal_entity,
        kind=RelationKind.SALE,
        occurred_at=make.NOW,
        how=BY_FORM,
        obligation_to_pay=True,
        supplied_kinds=(ContactPoint.Kind.EMAIL,),
        told_at_collection=True,
        optout_offered=True,
    )
    return replace(sale, **facts)


def acts() -> list[tuple[str, datetime]]:
    return list(ConsentEvent.objects.order_by("sequence").values_list("act", "occurred_at"))


def expire(*, now: datetime, chunk: int = relations.ROWS_AT_ONCE) -> int:
    return sum(relations.expire_relations(now=now, chunk=chunk))


def test_transaction_starts_a_relation_with_evidence() -> None:
    lampenwinkel = make_lampenwinkel()
    lampen = make.product_group(legal_entity=lampenwinkel)
    alice = make.contact(organisation=lampenwinkel.organisation)

    sale = relations.record_transaction(
        agreed=agreed(contact=alice, legal_entity=lampenwinkel, product_group=lampen), recorded_at=make.NOW
    )

    relation = CustomerRelation.objects.get()
    event = ConsentEvent.objects.get()
    assert (relation.contact, relation.kind, relation.product_group) == (alice, RelationKind.SALE, lampen)
    assert (relation.email_collection, relation.phone_collection) == (
        Collection.COMPLETE,
        Collection.NOT_SUPPLIED,
    )
    assert (event.act, event.subject_id, event.relation_id, event.transaction_id) == (
        Act.RELATION_STARTED,
        alice.pk,
        relation.pk,
        sale.pk,
    )
    assert (event.occurred_at, event.source, event.actor) == (make.NOW, Source.WEB_FORM, Actor.SUBJECT)
    assert event.evidence_digest != ""


def test_second_transaction_prolongs_the_relation_and_starts_none() -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)
    first, second = moment("2025-03-10T12:00Z"), moment("2026-03-10T12:00Z")

    for occurred_at in (first, second):
        relations.record_transaction(
            agreed=agreed(contact=alice, legal_entity=lampenwinkel, occurred_at=occurred_at),
            recorded_at=make.NOW,
        )

    relation = CustomerRelation.objects.get()
    assert (relation.started_at, relation.last_agreement_at) == (first, second)
    assert relation.ends_at == moment("2029-03-10T23:00Z")
    assert acts() == [(Act.RELATION_STARTED, first)]


def test_transactions_of_two_groups_and_kinds_never_add_up() -> None:
    lampenwinkel = make_lampenwinkel()
    lampen = make.product_group(legal_entity=lampenwinkel)
    meubels = make.product_group(legal_entity=lampenwinkel, code="meubels", name="Meubels")
    alice = make.contact(organisation=lampenwinkel.organisation)

    relations.record_transactions(
        agreed=[
            agreed(contact=alice, legal_entity=lampenwinkel, product_group=lampen),
            agreed(contact=alice, legal_entity=lampenwinkel, product_group=meubels),
            agreed(contact=alice, legal_entity=lampenwinkel, kind=RelationKind.SYMPATHY),
        ],
        recorded_at=make.NOW,
    )

    started = CustomerRelation.objects.order_by("kind", "product_group")
    assert [(row.kind, row.product_group) for row in started] == [
        (RelationKind.SALE, lampen),
        (RelationKind.SALE, meubels),
        (RelationKind.SYMPATHY, None),
    ]
    assert set(ConsentEvent.objects.values_list("relation_id", flat=True)) == {row.pk for row in started}


def test_no_contact_answer_is_an_objection_to_everything_of_the_legal_entity() -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)

    sale = relations.record_transaction(
        agreed=agreed(contact=alice, legal_entity=lampenwinkel, answer=Answer.NO_CONTACT),
        recorded_at=make.NOW,
    )

    objection = Objection.objects.get()
    event = ConsentEvent.objects.get(act=Act.OBJECTED)
    assert (objection.contact, objection.legal_entity, objection.standing) == (alice, lampenwinkel, True)
    assert (objection.purpose, objection.channel) == (None, "")
    assert (event.transaction_id, objection.objection_event_id) == (sale.pk, event.pk)
    assert CustomerRelation.objects.count() == 1


Change = Callable[[Contact, LegalEntity], NewTransaction]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda alice, shop: agreed(
                contact=alice, legal_entity=shop, occurred_at=make.NOW + timedelta(seconds=1)
            ),
            "lies in the future",
        ),
        (
            lambda alice, shop: agreed(contact=alice, legal_entity=shop, obligation_to_pay=False),
            "is a sale without an obligation to pay",
        ),
        (
            lambda alice, shop: agreed(contact=alice, legal_entity=shop, told_at_collection=False),
            "offers an opt-out without telling",
        ),
        (
            lambda alice, shop: agreed(
                contact=alice, legal_entity=shop, ended_at=make.NOW - timedelta(days=1)
            ),
            "ends before it began",
        ),
        (
            lambda alice, shop: agreed(
                contact=alice, legal_entity=shop, runs_on=True, ended_at=make.NOW + timedelta(days=1)
            ),
            "runs on though it has ended",
        ),
    ],
)
def test_contradicting_facts_are_refused(change: Change, fault: str) -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)

    with pytest.raises(relations.TransactionNotRecordableError, match=fault):
        relations.record_transaction(agreed=change(alice, lampenwinkel), recorded_at=make.NOW)

    assert (Transaction.objects.count(), ConsentEvent.objects.count()) == (0, 0)


def test_two_organisations_never_meet_in_a_transaction() -> None:
    lampenwinkel = make_lampenwinkel()
    harthulp = make.organisation(code="harthulp", name="HartHulp")
    stranger = make.contact(organisation=harthulp)

    with pytest.raises(relations.TransactionNotRecordableError, match="another organisation"):
        relations.record_transaction(
            agreed=agreed(contact=stranger, legal_entity=lampenwinkel), recorded_at=make.NOW
        )


def test_erased_contact_gets_no_transaction() -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)
    empty_contacts(contact_ids=[alice.pk], erased_at=make.NOW)

    with pytest.raises(relations.TransactionNotRecordableError, match="erased"):
        relations.record_transaction(
            agreed=agreed(contact=alice, legal_entity=lampenwinkel), recorded_at=make.NOW
        )

    assert (Transaction.objects.count(), ConsentEvent.objects.count()) == (0, 0)


def test_contract_runs_without_term_until_it_ends() -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)
    contract = relations.record_transaction(
        agreed=agreed(
            contact=alice, legal_entity=lampenwinkel, occurred_at=moment("2020-02-01T12:00Z"), runs_on=True
        ),
        recorded_at=make.NOW,
    )
    running = CustomerRelation.objects.get()

    relations.end_contract(transaction_id=contract.pk, ended_at=moment("2026-04-01T10:00Z"))

    ended = CustomerRelation.objects.get()
    assert (running.runs_on, running.ends_at) == (True, None)
    assert (ended.runs_on, ended.ends_at) == (False, moment("2029-04-01T22:00Z"))
    assert acts() == [(Act.RELATION_STARTED, moment("2020-02-01T12:00Z"))]


@pytest.mark.parametrize(
    ("runs_on", "ended_at"), [(False, moment("2026-11-22T12:00Z")), (True, moment("2026-11-20T12:00Z"))]
)
def test_contract_that_cannot_end_is_refused(*, runs_on: bool, ended_at: datetime) -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)
    sale = relations.record_transaction(
        agreed=agreed(contact=alice, legal_entity=lampenwinkel, runs_on=runs_on), recorded_at=make.NOW
    )

    with pytest.raises(relations.ContractNotRunningError):
        relations.end_contract(transaction_id=sale.pk, ended_at=ended_at)


@pytest.mark.parametrize(
    ("occurred_at", "time_zone", "ends_at"),
    [
        pytest.param("2023-11-21T11:00Z", "Europe/Amsterdam", "2026-11-21T23:00Z", id="same-day"),
        pytest.param("2024-02-29T11:00Z", "Europe/Amsterdam", "2027-02-28T23:00Z", id="leap-day"),
        pytest.param("2023-12-31T23:30Z", "Europe/Amsterdam", "2027-01-01T23:00Z", id="new-year-here"),
        pytest.param("2023-12-31T22:59Z", "Europe/Amsterdam", "2026-12-31T23:00Z", id="old-year-here"),
        pytest.param("2023-06-30T22:30Z", "Europe/Amsterdam", "2026-07-01T22:00Z", id="after-midnight-here"),
        pytest.param("2023-06-30T22:30Z", "America/Curacao", "2026-07-01T04:00Z", id="before-midnight-there"),
        pytest.param(
            "2023-03-29T11:00Z", "Europe/Amsterdam", "2026-03-29T22:00Z", id="clock-forward-that-day"
        ),
        pytest.param("2023-03-28T11:00Z", "Europe/Amsterdam", "2026-03-28T23:00Z", id="day-before-forward"),
        pytest.param("2023-10-25T11:00Z", "Europe/Amsterdam", "2026-10-25T23:00Z", id="clock-back-that-day"),
        pytest.param("2023-10-24T11:00Z", "Europe/Amsterdam", "2026-10-24T22:00Z", id="day-before-back"),
        pytest.param("2023-10-29T00:30Z", "Europe/Amsterdam", "2026-10-29T23:00Z", id="first-half-past-two"),
        pytest.param("2023-10-29T01:30Z", "Europe/Amsterdam", "2026-10-29T23:00Z", id="second-half-past-two"),
        pytest.param("2023-03-28T11:00Z", "Asia/Beirut", "2026-03-28T22:00Z", id="midnight-that-is-skipped"),
        pytest.param("2023-11-21T11:00Z", "Pacific/Auckland", "2026-11-22T11:00Z", id="zone-ahead"),
    ],
)
def test_term_ends_at_midnight_after_the_same_day(occurred_at: str, time_zone: str, ends_at: str) -> None:
    lampenwinkel = make_lampenwinkel(time_zone=time_zone)
    alice = make.contact(organisation=lampenwinkel.organisation)
    relations.record_transaction(
        agreed=agreed(contact=alice, legal_entity=lampenwinkel, occurred_at=moment(occurred_at)),
        recorded_at=make.NOW,
    )

    just_before = expire(now=moment(ends_at) - timedelta(microseconds=1))
    at_the_end = expire(now=moment(ends_at))

    relation = CustomerRelation.objects.get()
    assert (just_before, at_the_end) == (0, 1)
    assert (relation.ends_at, relation.ended_at) == (moment(ends_at), moment(ends_at))
    assert relation.reason_ended == CustomerRelation.Ending.TERM


@pytest.mark.parametrize(
    ("occurred_at", "term_months", "ends_at"),
    [
        ("2022-01-31T11:00Z", 49, "2026-02-28T23:00Z"),
        ("2022-08-31T11:00Z", 37, "2025-09-30T22:00Z"),
        ("2024-02-29T11:00Z", 48, "2028-02-29T23:00Z"),
    ],
)
def test_longer_term_ends_on_the_last_day_of_a_short_month(
    occurred_at: str, term_months: int, ends_at: str
) -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)
    relations.record_transaction(
        agreed=agreed(contact=alice, legal_entity=lampenwinkel, occurred_at=moment(occurred_at)),
        recorded_at=make.NOW,
    )
    term = LongerTerm(
        term_months=term_months, balancing_test="Getoetst.", opinion_reference="CBT-1", opinion="Redelijk."
    )

    relations.extend_term(
        relation=CustomerRelation.objects.get(), term=term, decided_at=make.NOW, decided_by_id=None
    )

    assert CustomerRelation.objects.get().ends_at == moment(ends_at)


def make_due_relations(*, legal_entity: LegalEntity, count: int) -> QuerySet[CustomerRelation]:
    """Bare rows by the database itself: as many as wanted, each with its own contact."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH people AS (
                INSERT INTO customers_contact (id, organisation_id, kind, legal_form, country, language,
                    given_name, family_name, organisation_name, created_at)
                SELECT gen_random_uuid(), %(organisation)s, 'PERSON', '', 'NL', 'nl', 'Alice', 'Jansen', '',
                    %(occurred_at)s
                FROM generate_series(1, %(count)s)
                RETURNING id
            )
            INSERT INTO customers_customerrelation (id, organisation_id, legal_entity_id, contact_id, kind,
                started_at, last_agreement_at, runs_on, email_collection, phone_collection,
                postal_collection, ends_at, reason_ended)
            SELECT gen_random_uuid(), %(organisation)s, %(legal_entity)s, id, 'SALE', %(occurred_at)s,
                %(occurred_at)s, false, 'COMPLETE', 'COMPLETE', 'NOT_SUPPLIED',
                %(occurred_at)s + interval '3 years', ''
            FROM people
            """,
            {
                "organisation": legal_entity.organisation_id,
                "legal_entity": legal_entity.pk,
                "count": count,
                "occurred_at": moment("2023-01-10T12:00Z"),
            },
        )
    return CustomerRelation.objects.filter(ended_at__isnull=True)


def test_expiry_ends_thousands_in_chunks_and_writes_each_end_once() -> None:
    left = make_due_relations(legal_entity=make_lampenwinkel(), count=2500)

    counts = list(relations.expire_relations(now=make.NOW, chunk=1000))
    again = expire(now=make.NOW)

    ends = ConsentEvent.objects.filter(act=Act.RELATION_ENDED)
    assert (counts, again, left.count()) == ([1000, 1000, 500], 0, 0)
    assert (ends.count(), ends.values("relation_id").distinct().count()) == (2500, 2500)
    assert ends.values_list("actor", "source", "method", "recorded_at", "occurred_at").distinct().get() == (
        Actor.SYSTEM,
        Source.SCHEDULE,
        Method.TERM,
        make.NOW,
        moment("2026-01-10T12:00Z"),
    )


def test_expiry_that_breaks_off_goes_on_where_it_stopped() -> None:
    left = make_due_relations(legal_entity=make_lampenwinkel(), count=30)

    next(relations.expire_relations(now=make.NOW, chunk=10))
    left_at_breakdown = left.count()
    caught_up = expire(now=make.NOW + timedelta(days=40), chunk=10)

    assert (left_at_breakdown, caught_up, left.count()) == (20, 20, 0)
    assert ConsentEvent.objects.filter(act=Act.RELATION_ENDED).count() == 30


def test_expiry_takes_as_many_queries_for_a_full_chunk_as_for_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    lampenwinkel = make_lampenwinkel()

    for count in (1, 3):
        make_due_relations(legal_entity=lampenwinkel, count=count)
        # One transaction: savepoint, the ends, savepoint, the events, the contacts locked, two releases.
        chunk = relations.expire_relations(now=make.NOW)
        with django_assert_num_queries(7):
            next(chunk)


def test_agreement_after_the_end_brings_the_relation_back() -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)
    first, later = moment("2021-09-01T12:00Z"), moment("2026-11-01T12:00Z")
    relations.record_transaction(
        agreed=agreed(contact=alice, legal_entity=lampenwinkel, occurred_at=first), recorded_at=first
    )
    expire(now=moment("2025-01-01T12:00Z"))

    relations.record_transaction(
        agreed=agreed(contact=alice, legal_entity=lampenwinkel, occurred_at=later), recorded_at=make.NOW
    )

    relation = CustomerRelation.objects.get()
    assert (relation.ended_at, relation.reason_ended) == (None, "")
    assert acts() == [
        (Act.RELATION_STARTED, first),
        (Act.RELATION_ENDED, moment("2024-09-01T22:00Z")),
        (Act.RELATION_STARTED, later),
    ]


def test_older_agreement_that_arrives_late_brings_nothing_back() -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)
    for occurred_at in (moment("2021-09-01T12:00Z"), moment("2021-08-01T12:00Z")):
        relations.record_transaction(
            agreed=agreed(contact=alice, legal_entity=lampenwinkel, occurred_at=occurred_at),
            recorded_at=make.NOW,
        )
        expire(now=make.NOW)

    relation = CustomerRelation.objects.get()
    assert (relation.started_at, relation.ended_at) == (
        moment("2021-08-01T12:00Z"),
        moment("2024-09-01T22:00Z"),
    )
    assert ConsentEvent.objects.filter(act=Act.RELATION_ENDED).count() == 1


def test_erased_relation_stays_gone_when_terms_grow() -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)
    relations.record_transaction(
        agreed=agreed(contact=alice, legal_entity=lampenwinkel), recorded_at=make.NOW
    )
    CustomerRelation.objects.update(ended_at=make.NOW, reason_ended=CustomerRelation.Ending.ERASED)

    relations.extend_term(
        relation=CustomerRelation.objects.get(), term=LONGER, decided_at=make.NOW, decided_by_id=None
    )

    assert CustomerRelation.objects.get().reason_ended == CustomerRelation.Ending.ERASED
    assert [act for act, _at in acts()] == [Act.RELATION_STARTED]


def test_longer_term_covers_running_and_ended_relations_of_its_kind() -> None:
    lampenwinkel = make_lampenwinkel()
    lampen = make.product_group(legal_entity=lampenwinkel)
    meubels = make.product_group(legal_entity=lampenwinkel, code="meubels", name="Meubels")
    agent = make.staff_member(organisation=lampenwinkel.organisation)
    daan, anna = (make.contact(organisation=lampenwinkel.organisation) for _name in ("daan", "anna"))
    long_ago, lately = moment("2022-09-01T12:00Z"), moment("2026-09-01T12:00Z")
    relations.record_transactions(
        agreed=[
            agreed(contact=daan, legal_entity=lampenwinkel, product_group=lampen, occurred_at=long_ago),
            agreed(contact=anna, legal_entity=lampenwinkel, product_group=lampen, occurred_at=lately),
            agreed(contact=daan, legal_entity=lampenwinkel, product_group=meubels, occurred_at=long_ago),
        ],
        recorded_at=make.NOW,
    )
    expire(now=make.NOW)

    relations.extend_term(
        relation=CustomerRelation.objects.get(contact=daan, product_group=lampen),
        term=LONGER,
        decided_at=make.NOW,
        decided_by_id=agent.pk,
    )

    ends = CustomerRelation.objects.order_by("product_group", "ends_at").values_list("ends_at", "ended_at")
    returned = ConsentEvent.objects.get(act=Act.RELATION_STARTED, source=Source.STAFF_ENTRY)
    assert list(ends) == [
        (moment("2027-09-01T22:00Z"), None),
        (moment("2031-09-01T22:00Z"), None),
        (moment("2025-09-01T22:00Z"), moment("2025-09-01T22:00Z")),
    ]
    assert (returned.subject_id, returned.staff_id) == (daan.pk, agent.pk)
    assert returned.occurred_at == make.NOW


def test_last_decision_on_a_term_counts_and_earlier_ones_stay() -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)
    relations.record_transaction(
        agreed=agreed(contact=alice, legal_entity=lampenwinkel, occurred_at=moment("2026-09-01T12:00Z")),
        recorded_at=make.NOW,
    )
    relation = CustomerRelation.objects.get()

    for months, days in ((60, 2), (48, 1)):
        relations.extend_term(
            relation=relation,
            term=replace(LONGER, term_months=months),
            decided_at=make.NOW - timedelta(days=days),
            decided_by_id=None,
        )

    assert CustomerRelation.objects.get().ends_at == moment("2030-09-01T22:00Z")
    decided = TermExtension.objects.order_by("decided_at").values_list("term_months", flat=True)
    assert list(decided) == [60, 48]


@pytest.mark.django_db(transaction=True)
def test_expiry_passes_by_a_contact_that_is_being_written_and_sees_the_new_agreement() -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)
    relations.record_transaction(
        agreed=agreed(contact=alice, legal_entity=lampenwinkel, occurred_at=moment("2021-09-01T12:00Z")),
        recorded_at=make.NOW,
    )
    results: list[int] = []

    def expire_beside() -> None:
        results.append(expire(now=make.NOW))
        connections.close_all()

    with transaction.atomic():
        relations.record_transaction(
            agreed=agreed(contact=alice, legal_entity=lampenwinkel), recorded_at=make.NOW
        )
        beside = threading.Thread(target=expire_beside)
        beside.start()
        beside.join(timeout=10)
    results.append(expire(now=make.NOW))

    assert results == [0, 0]
    assert CustomerRelation.objects.get().ended_at is None


@pytest.mark.django_db(transaction=True)
def test_longer_term_that_breaks_off_leaves_nothing_behind() -> None:
    lampenwinkel = make_lampenwinkel()
    alice = make.contact(organisation=lampenwinkel.organisation)
    relations.record_transaction(
        agreed=agreed(contact=alice, legal_entity=lampenwinkel), recorded_at=make.NOW
    )
    relation = CustomerRelation.objects.get()
    broken: list[str] = []

    def extend_beside() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        try:
            relations.extend_term(relation=relation, term=LONGER, decided_at=make.NOW, decided_by_id=None)
        except OperationalError:
            broken.append("while somebody else wrote about alice")
        connections.close_all()

    with transaction.atomic():
        contacts.hold_contact(contact_id=alice.pk)
        beside = threading.Thread(target=extend_beside)
        beside.start()
        beside.join(timeout=10)

    assert broken == ["while somebody else wrote about alice"]
    assert TermExtension.objects.count() == 0
    assert CustomerRelation.objects.get().ends_at == relation.ends_at


@pytest.mark.django_db(transaction=True)
def test_two_expiries_at_once_write_each_end_once() -> None:
    make_due_relations(legal_entity=make_lampenwinkel(), count=400)
    counts: list[int] = []

    def expire_beside() -> None:
        counts.append(expire(now=make.NOW, chunk=20))
        connections.close_all()

    beside = [threading.Thread(target=expire_beside) for _worker in range(3)]
    for worker in beside:
        worker.start()
    for worker in beside:
        worker.join(timeout=30)
    counts.append(expire(now=make.NOW))

    ends = ConsentEvent.objects.filter(act=Act.RELATION_ENDED)
    assert (sum(counts), ends.count(), ends.values("relation_id").distinct().count()) == (400, 400, 400)


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_a_million_due_relations_end_in_constant_memory(note: Note) -> None:
    left = make_due_relations(legal_entity=make_lampenwinkel(), count=1_000_000)
    chunks = relations.expire_relations(now=make.NOW)
    process = psutil.Process()
    began = time.monotonic()

    ended = sum(next(chunks) for _warm_up in range(5))
    before = process.memory_info().rss
    grown = 0
    for count in chunks:
        ended += count
        grown = max(grown, process.memory_info().rss - before)

    per_second = ended / (time.monotonic() - began)
    note(relations_per_second=per_second, mebibytes_grown=grown / 2**20)
    assert (ended, left.count()) == (1_000_000, 0)
    assert ConsentEvent.objects.filter(act=Act.RELATION_ENDED).count() == 1_000_000
    assert grown < 32 * 2**20


def test_unknown_transaction_is_said_so() -> None:
    with pytest.raises(Transaction.DoesNotExist):
        relations.end_contract(transaction_id=uuid.uuid4(), ended_at=datetime(2026, 1, 1, tzinfo=UTC))
