"""An index on a table that can hold millions of rows is built while people go on writing to it."""

from collections.abc import Iterator

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddConstraint, AddIndex, CreateModel, Migration
from django.db.migrations.loader import MigrationLoader
from django.db.models import UniqueConstraint

LARGE = {
    "consent": {
        "consentevent",
        "consentrecord",
        "contactattempt",
        "desklookup",
        "disclosure",
        "evidence",
        "ledgerleaf",
        "notification",
        "objection",
        "outboxmessage",
        "readyaddress",
        "showncontact",
        "subjectkey",
        "suppression",
        "treenode",
    },
    "customers": {"contact", "contactpoint", "customerrelation", "staffact", "transaction"},
    "scoring": {
        "behaviourevent",
        "contactattribute",
        "journeymember",
        "journeymove",
        "score",
        "segmentmember",
    },
}
# From before the first release: these ran on empty tables. None is to be added: AddIndexConcurrently holds
# nobody up, in a migration of its own that is not atomic; a unique constraint begins as such an index.
BUILT_BEFORE = {
    "consent.0007_calls_by_number_shown: attempt_by_number_shown",
    "consent.0010_blocks_by_address: event_by_blocked_address",
    "consent.0013_desk_rows_by_age: desk_lookup_oldest_first",
    "consent.0013_desk_rows_by_age: shown_contact_oldest_first",
    "consent.0016_privacy_statements_in_parts: message_due_to_one",
    "consent.0030_figures_and_digests: message_failed",
    "consent.0033_campaign_messages_and_dry_runs: message_due_to_one",
    "consent.0034_find_objections_of_a_person: event_by_objector",
    "consent.0036_messages_about_breaches: message_due_to_one",
    "consent.0037_held_after_a_restore: message_held",
    "customers.0002_contacts_in_belgium: contact_in_belgium",
    "customers.0005_point_facts_by_value: contact_point_facts_by_value",
    "customers.0010_contact_facts_by_key: contact_facts_by_key",
    "customers.0012_transactions_as_recorded: transaction_as_recorded",
    "scoring.0002_score_models: attribute_as_recorded",
    "scoring.0004_find_scores_by_step: score_by_step",
    "scoring.0009_faults_of_journeys_and_attributes_by_name: attribute_by_name_and_value",
    "scoring.0010_employment: journey_member_employed",
}


def holding_up(migration: Migration, large: set[str]) -> Iterator[str]:
    """The indexes for which nobody can write to a large table that was there before the migration."""
    made = {one.name_lower for one in migration.operations if isinstance(one, CreateModel)}
    for one in migration.operations:
        if isinstance(one, AddIndex) and not isinstance(one, AddIndexConcurrently):
            name, table = one.index.name, one.model_name_lower
        elif isinstance(one, AddConstraint) and isinstance(one.constraint, UniqueConstraint):
            name, table = one.constraint.name, one.model_name_lower
        else:
            continue
        if table in large - made:
            yield f"{migration.app_label}.{migration.name}: {name}"


def test_no_index_is_built_while_a_large_table_stands_still() -> None:
    migrations = MigrationLoader(None).disk_migrations

    found = {
        fault
        for migration in migrations.values()
        for fault in holding_up(migration, LARGE.get(migration.app_label, set()))
    }

    assert found == BUILT_BEFORE


def test_large_tables_are_there() -> None:
    models = MigrationLoader(None).project_state().models

    assert {(app, name) for app, names in LARGE.items() for name in names} - set(models) == set()
