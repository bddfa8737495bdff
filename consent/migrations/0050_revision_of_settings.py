from typing import Final

from django.db import migrations, models

# Deferred: the one row is locked only while a transaction is being committed, so that nobody who changes settings
# waits for another who does, and whoever sees the change sees its revision. It runs as its owner: a process of the
# release before has no right yet to the table.
NOTE_REVISION: Final = """
CREATE FUNCTION note_revision() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE this_one bigint := pg_current_xact_id()::text::bigint;
BEGIN
    INSERT INTO consent_settingsrevision AS kept (id, revision, changed_by) VALUES (1, gen_random_uuid(), this_one)
    ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, changed_by = excluded.changed_by
        WHERE kept.changed_by <> excluded.changed_by;
    RETURN NULL;
END
$$;
INSERT INTO consent_settingsrevision (id, revision, changed_by) VALUES (1, gen_random_uuid(), 0);
"""
FORGET_REVISION: Final = "DROP FUNCTION note_revision(); DELETE FROM consent_settingsrevision;"
# All that `engine/sql/question.sql` reads.
SETTINGS: Final = (
    "consent_balancingtest",
    "consent_callingpolicy",
    "consent_dayofmourning",
    "consent_donotcallsnapshot",
    "consent_housepolicy",
    "consent_purpose",
    "consent_purpose_legal_entities",
    "consent_servicetest",
    "customers_callernumber",
    "customers_legalentity",
    "customers_productgroup",
    "customers_productsimilarity",
)


def watch(table: str) -> tuple[str, str]:
    """Write the trigger of one table, and what takes it away."""
    made = f"""CREATE CONSTRAINT TRIGGER note_revision AFTER INSERT OR UPDATE OR DELETE ON {table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_revision();
    ALTER TABLE {table} ENABLE ALWAYS TRIGGER note_revision;"""
    return made, f"DROP TRIGGER note_revision ON {table};"


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0049_trials_as_jobs"),
        ("customers", "0012_transactions_as_recorded"),
    ]

    operations = [
        migrations.CreateModel(
            name="SettingsRevision",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("revision", models.UUIDField()),
                ("changed_by", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "revision of the settings",
                "verbose_name_plural": "revisions of the settings",
            },
        ),
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", migrations.RunSQL.noop),
        migrations.RunSQL(NOTE_REVISION, FORGET_REVISION),
        *(migrations.RunSQL(*watch(table)) for table in SETTINGS),
    ]
