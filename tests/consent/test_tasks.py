from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command

from config.celery import app
from config.health import late_tasks
from consent import tasks
from consent.domain import relations
from consent.domain.heartbeats import FOUND_A_FAULT
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.relations import NewTransaction
from consent.models import Act, Actor, ConsentEvent, ConsentRecord, Heartbeat, LedgerLeaf, Method, Source
from customers.models import CustomerRelation, RelationKind
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_clock")]

LONG_PAST = make.NOW - timedelta(days=4 * 365)


@pytest.fixture
def _clock() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


def make_due_relations(*, count: int) -> None:
    lampenwinkel = make.legal_entity(organisation=make.organisation())
    how = Circumstances(actor=Actor.STAFF, source=Source.IMPORT, method=Method.RECORD)
    agreed = [
        NewTransaction(
            contact=make.contact(organisation=lampenwinkel.organisation),
            legal_entity=lampenwinkel,
            kind=RelationKind.SALE,
            obligation_to_pay=True,
            occurred_at=LONG_PAST,
            how=how,
        )
        for _person in range(count)
    ]
    relations.record_transactions(agreed=agreed, recorded_at=make.NOW)


def make_unconfirmed_request() -> None:
    harthulp = make.legal_entity(
        organisation=make.organisation(code="harthulp", name="HartHulp"), code="harthulp", name="HartHulp"
    )
    newsletter = make.purpose(organisation=harthulp.organisation)
    make.permission_event(
        contact_point=make.email_point(contact=make.contact(organisation=harthulp.organisation)),
        notice_version=make.notice_version(legal_entity=harthulp, purpose=newsletter),
        act=Act.REQUESTED,
        occurred_at=LONG_PAST,
    )


def beats() -> list[tuple[str, int, datetime]]:
    rows = Heartbeat.objects.order_by("name")
    return [(row.name, row.interval_seconds, row.last_beat_at) for row in rows]


def test_expire_relations_ends_what_is_due_and_beats() -> None:
    make_due_relations(count=3)

    ended = tasks.expire_relations()

    assert ended == 3
    assert CustomerRelation.objects.filter(ended_at__isnull=True).count() == 0
    assert beats() == [("consent.tasks.expire_relations", 900, make.NOW)]


def test_lapse_requests_cleans_up_and_beats() -> None:
    make_unconfirmed_request()

    lapsed = tasks.lapse_requests()

    assert lapsed == 1
    assert ConsentEvent.objects.filter(act=Act.LAPSED).count() == 1
    assert beats() == [("consent.tasks.lapse_requests", 3600, make.NOW)]


def test_task_out_of_time_leaves_the_rest_to_another_and_only_that_one_beats(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "SECONDS_AT_WORK", 0)
    handed_over: list[datetime] = []
    monkeypatch.setattr(tasks.expire_relations, "delay", lambda: handed_over.append(make.NOW))
    make_due_relations(count=3)

    ended = tasks.expire_relations()
    beats_of_the_first = beats()
    left = tasks.expire_relations()

    assert (ended, handed_over, beats_of_the_first) == (3, [make.NOW], [])
    assert (left, beats()) == (0, [("consent.tasks.expire_relations", 900, make.NOW)])


def test_seal_ledger_seals_what_waits_and_beats() -> None:
    make_unconfirmed_request()

    sealed = tasks.seal_ledger()

    assert sealed == LedgerLeaf.objects.count() == 1
    assert beats() == [("consent.tasks.seal_ledger", 20, make.NOW)]


def test_sealing_out_of_time_goes_on_in_another_task(monkeypatch: pytest.MonkeyPatch) -> None:
    handed_over: list[datetime] = []
    monkeypatch.setattr(tasks.seal_ledger, "delay", lambda: handed_over.append(make.NOW))
    make_due_relations(count=2)

    with monkeypatch.context() as hurried:
        hurried.setattr(tasks, "SECONDS_AT_WORK", 0)
        first = tasks.seal_ledger()
    second = tasks.seal_ledger()

    assert (first, second, handed_over) == (0, 2, [make.NOW])
    assert beats() == [("consent.tasks.seal_ledger", 20, make.NOW)]


def test_records_that_differ_turn_the_readiness_page_red(caplog: pytest.LogCaptureFixture) -> None:
    make_unconfirmed_request()
    assert (tasks.reconcile_records(), beats()) == (
        0,
        [("consent.tasks.reconcile_records", 86_400, make.NOW)],
    )
    ConsentRecord.objects.update(uses_spent=7)

    assert tasks.reconcile_records() == 1

    assert caplog.messages == ["1 records differ from the ledger: run manage.py reconcile_records."]
    assert "The periodic task consent.tasks.reconcile_records found a fault: its log says which." in (
        late_tasks(now=make.NOW)
    )


def test_reconciling_out_of_time_goes_on_behind_the_last_range(monkeypatch: pytest.MonkeyPatch) -> None:
    handed_over: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.reconcile_records, "delay", lambda **rest: handed_over.append(rest))
    make_unconfirmed_request()
    ConsentRecord.objects.update(uses_spent=7)

    with monkeypatch.context() as hurried:
        hurried.setattr(tasks, "SECONDS_AT_WORK", 0)
        tasks.reconcile_records()
    (rest,) = handed_over

    assert (tasks.reconcile_records(**rest), beats()) == (
        1,
        [("consent.tasks.reconcile_records", 86_400, FOUND_A_FAULT)],
    )


def test_every_scheduled_task_exists_and_beats_as_scheduled() -> None:
    scheduled = settings.CELERY_BEAT_SCHEDULE.values()
    app.loader.import_default_modules()

    for entry in scheduled:
        app.tasks[entry["task"]]()

    assert beats() == sorted((entry["task"], int(entry["schedule"]), make.NOW) for entry in scheduled)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("expire_relations", "2 relations ended.\n"),
        ("lapse_requests", "1 requests ended.\n"),
        ("seal_ledger", "3 events sealed.\n"),
    ],
)
def test_commands_do_by_hand_what_the_tasks_do(command: str, says: str) -> None:
    make_due_relations(count=2)
    make_unconfirmed_request()
    output = StringIO()

    call_command(command, stdout=output)

    assert output.getvalue() == says
