from typing import Final

from django.db import migrations, models

# As in `consent/migrations/0040_note_changes.py`: statement-level, as their owner. So many at once that it takes
# longer to name them than to look at everybody are one note.
NOTICE: Final = """
CREATE FUNCTION tell_journeys() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM scoring_journey WHERE state <> 'ENDED') THEN
        RETURN NULL;
    ELSIF (SELECT count(*) FROM (SELECT FROM changed LIMIT 5001) few) > 5000 THEN
        INSERT INTO scoring_personchange (written_in) VALUES (pg_current_xact_id()::text::bigint);
    ELSE
        INSERT INTO scoring_personchange (contact_id, written_in)
        SELECT DISTINCT contact_id, pg_current_xact_id()::text::bigint FROM changed;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION tell_journeys_of_contacts() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM scoring_journey WHERE state <> 'ENDED') THEN
        RETURN NULL;
    ELSIF (SELECT count(*) FROM (SELECT FROM changed LIMIT 5001) few) > 5000 THEN
        INSERT INTO scoring_personchange (written_in) VALUES (pg_current_xact_id()::text::bigint);
    ELSE
        INSERT INTO scoring_personchange (contact_id, written_in)
        SELECT id, pg_current_xact_id()::text::bigint FROM changed;
    END IF;
    RETURN NULL;
END
$$;

-- What is noted for lists: of contacts, addresses, permissions and stops. A block is about whoever has the address.
CREATE FUNCTION tell_journeys_of_notes() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM scoring_journey WHERE state <> 'ENDED') THEN
        RETURN NULL;
    ELSIF (SELECT count(*) FROM (SELECT FROM changed LIMIT 5001) few) > 5000 THEN
        INSERT INTO scoring_personchange (written_in) VALUES (pg_current_xact_id()::text::bigint);
    ELSE
        INSERT INTO scoring_personchange (contact_id, written_in)
        SELECT contact_id, pg_current_xact_id()::text::bigint FROM (
            SELECT contact_id FROM changed WHERE contact_id IS NOT NULL
            UNION
            SELECT point.contact_id FROM changed JOIN customers_contactpoint point
                ON point.organisation_id = changed.organisation_id AND point.address_hash = changed.address_hash
            WHERE changed.contact_id IS NULL) concerned;
    END IF;
    RETURN NULL;
END
$$;

ALTER TABLE scoring_personchange SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
"""
FORGET: Final = """
DROP FUNCTION tell_journeys();
DROP FUNCTION tell_journeys_of_contacts();
DROP FUNCTION tell_journeys_of_notes();
"""
ADDED, CHANGED, TAKEN_AWAY = "INSERT", "UPDATE", "DELETE"
WATCHED: Final = {
    "customers_contact": ("tell_journeys_of_contacts", (ADDED,)),
    "customers_transaction": ("tell_journeys", (ADDED, CHANGED, TAKEN_AWAY)),
    "consent_readychange": ("tell_journeys_of_notes", (ADDED,)),
    # That somebody did less brings nobody on.
    "scoring_behaviourevent": ("tell_journeys", (ADDED, CHANGED)),
    "scoring_contactattribute": ("tell_journeys", (ADDED, CHANGED, TAKEN_AWAY)),
    "scoring_score": ("tell_journeys", (ADDED, CHANGED, TAKEN_AWAY)),
    "scoring_segmentmember": ("tell_journeys", (ADDED, CHANGED, TAKEN_AWAY)),
    "scoring_journeymember": ("tell_journeys", (ADDED, CHANGED, TAKEN_AWAY)),
}


def watch(*, table: str, function: str, events: tuple[str, ...]) -> tuple[str, str]:
    """Write the triggers of one table, and what takes them away."""
    names = {event: f"tell_journeys_{event.lower()}" for event in events}
    made = [
        f"""CREATE TRIGGER {name} AFTER {event} ON {table}
            REFERENCING {"OLD" if event == TAKEN_AWAY else "NEW"} TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION {function}();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};"""
        for event, name in names.items()
    ]
    return "\n".join(made), "\n".join(f"DROP TRIGGER {name} ON {table};" for name in names.values())


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0040_note_changes"),
        ("scoring", "0017_find_steps_as_recorded"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("contact_id", models.UUIDField(null=True)),
                ("written_in", models.BigIntegerField(db_index=True)),
            ],
            options={
                "verbose_name": "change that journeys look at",
                "verbose_name_plural": "changes that journeys look at",
            },
        ),
        migrations.AddField(
            model_name="journey",
            name="noted_from",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="journey",
            name="asked",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        # Rather broken off and tried again than all writers kept waiting behind one that is slow.
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", migrations.RunSQL.noop),
        migrations.RunSQL(NOTICE, FORGET),
        *(
            migrations.RunSQL(*watch(table=table, function=function, events=events))
            for table, (function, events) in WATCHED.items()
        ),
    ]
