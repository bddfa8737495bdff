from typing import Final

from django.db import migrations

# The number of a transaction says nothing in another database, which counts anew: after a restore one may have the
# number that stands in the row. Who wrote the row itself, this database knows.
NOTE_REVISION: Final = """
CREATE OR REPLACE FUNCTION note_revision() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE this_one xid8 := pg_current_xact_id();
BEGIN
    INSERT INTO consent_settingsrevision AS kept (id, revision, changed_by)
    VALUES (1, gen_random_uuid(), this_one::text::bigint)
    ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, changed_by = excluded.changed_by
        WHERE kept.changed_by <> excluded.changed_by OR kept.xmin <> this_one::xid;
    RETURN NULL;
END
$$;
"""
FORMER: Final = """
CREATE OR REPLACE FUNCTION note_revision() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE this_one bigint := pg_current_xact_id()::text::bigint;
BEGIN
    INSERT INTO consent_settingsrevision AS kept (id, revision, changed_by) VALUES (1, gen_random_uuid(), this_one)
    ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, changed_by = excluded.changed_by
        WHERE kept.changed_by <> excluded.changed_by;
    RETURN NULL;
END
$$;
"""
# As in the migration before.
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
    """Write the trigger of one table, and what takes it away: the owner may empty it all at once."""
    made = f"""CREATE TRIGGER note_revision_when_emptied AFTER TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION note_revision();
    ALTER TABLE {table} ENABLE ALWAYS TRIGGER note_revision_when_emptied;"""
    return made, f"DROP TRIGGER note_revision_when_emptied ON {table};"


class Migration(migrations.Migration):
    dependencies = [("consent", "0050_revision_of_settings")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", migrations.RunSQL.noop),
        migrations.RunSQL(NOTE_REVISION, FORMER),
        *(migrations.RunSQL(*watch(table)) for table in SETTINGS),
    ]
