import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.domain import outbox
from consent.domain.engine import bulk
from consent.domain.engine.answering import ANSWERS, parameters_of
from consent.domain.engine.asking import Addresses, as_parameters
from consent.domain.engine.question import put_question
from consent.domain.engine.statement import Statement
from consent.domain.history import list_history
from consent.domain.ledger.reconciling import find_differences
from consent.models import Act, ConsentEvent, ConsentRecord, NoticeVersion, OutboxMessage
from customers.domain import addresses, contacts
from customers.models import Contact, ContactPoint
from tests import make
from tests.conftest import owner_connection

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 20_000
LARGE = ("consent_consentevent", "consent_consentrecord", "customers_contactpoint", "customers_contact")
OUTBOX = "consent_outboxmessage"
PLANNED = re.compile(r"--|SELECT|WITH|INSERT|UPDATE|DELETE")

# Each copies one row that the product wrote, with keys of its own.
COPIES = {
    "customers_contact": "'id', md5('contact' || n)::uuid",
    "customers_contactpoint": (
        "'id', md5('point' || n)::uuid, 'contact_id', md5('contact' || n)::uuid, "
        "'value', 'person' || n || '@example.org', 'address_hash', '\\x' || md5('hash' || n)"
    ),
    "consent_consentevent": (
        "'id', md5('event' || n)::uuid, 'subject_id', md5('contact' || n)::uuid, "
        "'contact_point_id', md5('point' || n)::uuid, 'sequence', 1000 + n"
    ),
    "consent_consentrecord": (
        "'id', md5('record' || n)::uuid, 'contact_id', md5('contact' || n)::uuid, "
        "'contact_point_id', md5('point' || n)::uuid, 'grant_event_id', md5('event' || n)::uuid"
    ),
    "consent_outboxmessage": (
        "'id', md5('message' || n)::uuid, 'contact_id', md5('contact' || n)::uuid, "
        "'contact_point_id', md5('point' || n)::uuid, 'subject_id', md5('contact' || n)::uuid, "
        "'state', 'SENT'"
    ),
}


def seed() -> NoticeVersion:
    """Tens of thousands of people who each gave one permission and were mailed once."""
    entity = make.legal_entity(organisation=make.organisation())
    purpose = make.purpose(organisation=entity.organisation, legal_entities=[entity])
    version = make.notice_version(legal_entity=entity, purpose=purpose)
    point = make.email_point(contact=make.contact(organisation=entity.organisation))
    make.permission_event(contact_point=point, notice_version=version)
    message = outbox.NewMessage(
        kind=OutboxMessage.Kind.CONFIRMATION,
        legal_entity=entity,
        contact_point=point,
        language="nl",
        content={},
    )
    outbox.write(message=message, written_at=make.LONG_AGO)
    with connection.cursor() as cursor:
        for table, keys in COPIES.items():
            cursor.execute(
                f"INSERT INTO {table} SELECT copy.* "  # noqa: S608 (names of our own)
                f"FROM {table} AS one, generate_series(1, {PEOPLE}) AS n, "
                f"jsonb_populate_record(one, jsonb_build_object({keys})) AS copy"
            )
    with owner_connection() as owner:
        owner.execute("ANALYZE")
    return version


def scans_of(ask: Callable[[], object]) -> list[str]:
    """Run something, and list which large tables the database would read from end to end for it."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    statements = [query["sql"] for query in asked if PLANNED.match(query["sql"])]
    assert statements
    with connection.cursor() as cursor:
        return [table for statement in statements for table in scanned(cursor, statement)]


def scanned(cursor: object, statement: str) -> list[str]:
    assert hasattr(cursor, "execute")
    assert hasattr(cursor, "fetchall")
    cursor.execute(f"EXPLAIN {statement}")
    plan = "\n".join(line for (line,) in cursor.fetchall())
    return [table for table in re.findall(r"Seq Scan on (\w+)", plan) if table in (*LARGE, OUTBOX)]


def test_no_hot_question_reads_a_large_table_from_end_to_end() -> None:
    version = seed()
    point = ContactPoint.objects.select_related("contact__organisation").get(value="person777@example.org")
    contact = point.contact
    alice = ContactPoint.objects.get(value="alice@example.org")
    questions: dict[str, Callable[[], object]] = {
        "record one act": lambda: make.permission_event(
            contact_point=point, notice_version=version, act=Act.WITHDRAWN, occurred_at=make.NOW
        ),
        "find a contact by address": lambda: contacts.find_contact(
            organisation=contact.organisation, address=addresses.read_email(text="person4711@example.org")
        ),
        "timeline of a contact": lambda: list_history(contact=contact, zone="Europe/Amsterdam"),
        "take up the next message": lambda: outbox.claim_next(now=make.NOW),
        "write a message for a stranger": lambda: outbox.write_for_stranger(
            message=outbox.NewMessage(
                kind=OutboxMessage.Kind.PREFERENCE_LINK,
                legal_entity=version.notice.legal_entity,
                contact_point=alice,
                language="nl",
                content={},
            ),
            written_at=make.NOW,
        ),
    }

    scans = {name: scans_of(ask) for name, ask in questions.items()}

    assert {name: found for name, found in scans.items() if found} == {}
    # The check itself does see a scan.
    assert scans_of(lambda: list(ConsentEvent.objects.filter(language="fr"))) == ["consent_consentevent"]
    assert scans_of(lambda: list(Contact.objects.filter(country="FR"))) == ["customers_contact"]
    assert [row.status for row in ConsentRecord.objects.filter(contact=contact)] == ["ConsentWithdrawn"]


def test_reconciling_many_people_takes_a_few_statements() -> None:
    seed()

    with CaptureQueriesContext(connection) as asked:
        assert list(find_differences(contacts_at_once=10_000)) == []

    assert len(asked) == 3 * 6 + 2


def gone_through_for_each_row(node: dict[str, Any], *, repeated: bool = False) -> list[str]:
    """List what was put together before, and would be read as a whole for each row of something else.

    What is hashed is read once.
    """
    found = [node["CTE Name"]] if repeated and node["Node Type"] == "CTE Scan" else []
    for child in node.get("Plans", []):
        within = node["Node Type"] == "Nested Loop" and child["Parent Relationship"] == "Inner"
        once = child["Parent Relationship"] == "InitPlan" or is_hashed(node, child)
        inside = (repeated or within) and not once
        found += gone_through_for_each_row(child, repeated=inside)
    return found


def is_hashed(node: dict[str, Any], child: dict[str, Any]) -> bool:
    conditions = [one for one in node.values() if isinstance(one, str)]
    name = child.get("Subplan Name", "")
    return name.startswith("SubPlan") and any(f"(hashed {name})" in one for one in conditions)


@pytest.mark.parametrize(
    "statement",
    [
        *(ANSWERS.statements[True, False], bulk.KEYS.statements[False, False]),
        *(ANSWERS.statements[True, True], bulk.KEYS.statements[False, True]),
    ],
    ids=["single", "list", "single in the past", "list in the past"],
)
def test_facts_are_looked_up_by_index(statement: Statement) -> None:
    notice = seed().notice
    with owner_connection() as owner:
        owner.autocommit = True
        owner.execute("VACUUM ANALYZE customers_contactpoint, customers_contact")
    question = put_question(
        legal_entity=notice.legal_entity.code, purpose=notice.purpose.code, channel="EMAIL", now=make.NOW
    )
    addresses = Addresses()
    addresses.add(value="person777@example.org", usable=True, contact_id=None)
    parameters = {
        **parameters_of(question),
        **as_parameters(question=question, addresses=addresses),
        "explained": False,
    }

    connection.ensure_connection()
    with psycopg.RawCursor(connection.connection) as cursor:
        asked = [parameters[name] for name in statement.names]
        plan = cursor.execute(f"EXPLAIN {statement.text}", asked).fetchall()
        nodes = cursor.execute(f"EXPLAIN (FORMAT JSON) {statement.text}", asked).fetchall()[0][0]

    lines = "\n".join(line for (line,) in plan)
    if statement is bulk.KEYS.statements[False, True]:
        assert gone_through_for_each_row(nodes[0]["Plan"]) == []
    assert [table for table in re.findall(r"Seq Scan on (\w+)", lines) if table in LARGE] == []
    assert "Index Only Scan using contact_point_facts_by_value" in lines
    assert "Index Only Scan using contact_facts_by_key" in lines
