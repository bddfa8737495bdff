from collections.abc import Iterator
from typing import LiteralString

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg import errors

from consent.domain.ledger.recording import record
from consent.models import Act, Channel, ConsentEvent, Evidence, ShownForm
from customers.domain.staff_acts import NewAct, keep_act
from customers.models import StaffAct
from tests import make
from tests.conftest import owner_connection
from tests.consent.domain.ledger.histories import Step, events_of, make_world

pytestmark = pytest.mark.django_db(transaction=True)

PRIVILEGE = errors.InsufficientPrivilege.sqlstate  # 42501
TRIGGER = errors.RestrictViolation.sqlstate  # 23001

CHANGES: list[LiteralString] = [
    "UPDATE consent_consentevent SET occurred_at = occurred_at",
    "UPDATE consent_consentevent SET act = 'GIVEN' WHERE false",
    "DELETE FROM consent_consentevent",
    "DELETE FROM consent_consentevent WHERE false",
    "TRUNCATE consent_consentevent",
    "TRUNCATE consent_consentevent CASCADE",
    "INSERT INTO consent_consentevent SELECT * FROM consent_consentevent "
    "ON CONFLICT (id) DO UPDATE SET act = 'GIVEN'",
    "MERGE INTO consent_consentevent kept USING consent_consentevent again ON kept.id = again.id "
    "WHEN MATCHED THEN DELETE",
]
GUARD: list[LiteralString] = [
    "ALTER TABLE consent_consentevent DISABLE TRIGGER append_only",
    "ALTER TABLE consent_consentevent DISABLE TRIGGER ALL",
    "DROP TRIGGER append_only ON consent_consentevent",
    "DROP FUNCTION refuse_change() CASCADE",
    "CREATE RULE quietly AS ON INSERT TO consent_consentevent DO INSTEAD NOTHING",
    "ALTER TABLE consent_consentevent RENAME TO elsewhere",
    "DROP TABLE consent_consentevent",
    "SET session_replication_role = replica",
]
GIVEN = Step(
    act=Act.GIVEN,
    channel=Channel.EMAIL,
    days_ago=1,
    proven=True,
    names=None,
    uses=None,
    with_notice=True,
    wide=False,
)


@pytest.fixture
def application() -> Iterator[psycopg.Connection]:
    database = connections["default"].settings_dict
    if database["USER"] == settings.DATABASE_OWNER["USER"]:
        pytest.skip("one role does both here, so there are no privileges to divide")
    with connect_as(user=database["USER"], password=database["PASSWORD"]) as link:
        yield link


@pytest.fixture
def owner() -> Iterator[psycopg.Connection]:
    with owner_connection() as link:
        yield link


@pytest.fixture
def superuser() -> Iterator[psycopg.Connection]:
    try:
        link = connect_as(user="postgres", password="")
    except psycopg.OperationalError:
        pytest.skip("the superuser postgres cannot be reached on this server")
    with link:
        yield link


def connect_as(*, user: str, password: str) -> psycopg.Connection:
    database = connections["default"].settings_dict
    return psycopg.connect(
        host=database["HOST"],
        port=database["PORT"] or None,
        user=user,
        password=password or None,
        dbname=database["NAME"],
        autocommit=True,
    )


@pytest.fixture
def written() -> list[dict[str, object]]:
    """Two events in the ledger, as they stand there."""
    record(events=events_of(history=[GIVEN, GIVEN], world=make_world()), recorded_at=make.NOW)
    return stored()


def stored() -> list[dict[str, object]]:
    return [dict(row) for row in ConsentEvent.objects.order_by("sequence").values()]


def codes_of(link: psycopg.Connection, statements: list[LiteralString]) -> dict[str, str | None]:
    """With which error code each statement is refused; None would mean that it passed."""
    link.autocommit = True
    return {statement: code_of(link, statement) for statement in statements}


def code_of(link: psycopg.Connection, statement: LiteralString) -> str | None:
    try:
        link.execute(statement)
    except psycopg.Error as error:
        return error.sqlstate
    return None


def test_application_is_refused_by_privilege(
    application: psycopg.Connection, written: list[dict[str, object]]
) -> None:
    statements = [*CHANGES, *GUARD]

    assert codes_of(application, statements) == dict.fromkeys(statements, PRIVILEGE)
    assert stored() == written


def test_owner_is_refused_by_trigger(owner: psycopg.Connection, written: list[dict[str, object]]) -> None:
    assert codes_of(owner, CHANGES) == dict.fromkeys(CHANGES, TRIGGER)
    assert stored() == written


def test_superuser_as_a_replica_is_refused_by_trigger(
    superuser: psycopg.Connection, written: list[dict[str, object]]
) -> None:
    superuser.execute("SET session_replication_role = replica")

    assert codes_of(superuser, CHANGES) == dict.fromkeys(CHANGES, TRIGGER)
    assert stored() == written


def test_owner_cannot_pass_as_a_replica(owner: psycopg.Connection) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        owner.execute("SET session_replication_role = replica")


def test_every_guard_is_always_on(owner: psycopg.Connection) -> None:
    guards = owner.execute(
        "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger "
        "WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'consent\\_%' ORDER BY 1, 2"
    ).fetchall()

    revisions = {guard for guard in guards if guard[1].startswith("note_revision")}
    assert {state for *_rest, state in revisions} == {"A"}
    guards = [guard for guard in guards if guard not in revisions]
    notes = [guard for guard in guards if guard[1].startswith("note_")]
    assert {name for name, *_rest in notes} == {
        "consent_consentrecord",
        "consent_objection",
        "consent_restriction",
        "consent_suppression",
    }
    assert {state for *_rest, state in notes} == {"A"}
    assert [guard for guard in guards if guard not in notes] == [
        ("consent_checkpoint", "append_only", "A"),
        ("consent_consentevent", "append_only", "A"),
        ("consent_evidence", "append_only", "A"),
        ("consent_ledgerleaf", "append_only", "A"),
        ("consent_noticeversion", "published_stays", "A"),
        ("consent_privacystatementversion", "published_is_kept", "A"),
        ("consent_privacystatementversion", "published_stays", "A"),
        ("consent_readychange", "tell_journeys_insert", "A"),
        ("consent_shownform", "append_only", "A"),
        ("consent_treenode", "append_only", "A"),
    ]


def test_acts_of_staff_are_deleted_after_their_term_but_never_changed(
    application: psycopg.Connection, owner: psycopg.Connection
) -> None:
    member = make.staff_member(organisation=make.organisation())
    new = NewAct(act=StaffAct.Act.LOOKED, page="customers_contact_change", done_at=make.NOW)
    keep_act(staff=member, new=new)
    changes: list[LiteralString] = [
        "UPDATE customers_staffact SET act = 'SEARCHED'",
        "UPDATE customers_staffact SET staff_id = NULL WHERE false",
        "TRUNCATE customers_staffact",
    ]

    assert codes_of(application, changes) == dict.fromkeys(changes, PRIVILEGE)
    assert codes_of(owner, changes) == dict.fromkeys(changes, TRIGGER)
    assert [act.act for act in StaffAct.objects.all()] == ["LOOKED"]
    application.execute("DELETE FROM customers_staffact")
    assert StaffAct.objects.count() == 0


def test_evidence_is_deleted_but_never_changed(
    application: psycopg.Connection, owner: psycopg.Connection, written: list[dict[str, object]]
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        application.execute("UPDATE consent_evidence SET ciphertext = ''")
    with pytest.raises(errors.RestrictViolation):
        owner.execute("UPDATE consent_evidence SET ciphertext = ''")
    owner.rollback()

    application.execute("DELETE FROM consent_evidence WHERE event_id = %s", [written[0]["id"]])

    assert [row.event_id for row in Evidence.objects.all()] == [written[1]["id"]]
    assert stored() == written


@pytest.mark.parametrize(
    "statement",
    ["UPDATE consent_shownform SET content = 'other'", "DELETE FROM consent_shownform"],
)
def test_form_as_shown_stays(statement: LiteralString, owner: psycopg.Connection) -> None:
    point = make.collection_point(legal_entity=make_world().entity)
    ShownForm.objects.create(
        collection_point=point,
        language="nl",
        content="<form>",
        content_hash="0" * 64,
        first_shown_at=make.NOW,
    )

    with pytest.raises(errors.RestrictViolation):
        owner.execute(statement)

    owner.rollback()
    assert [row.content for row in ShownForm.objects.all()] == ["<form>"]
