from typing import Final

from django.db import migrations

# Statement-level, however a row was written. An update notes whom a row was about and whom it is about now. They
# run as their owner: a process of the release before has no right yet to the table of notes.
NOTE_CHANGES: Final = """
CREATE FUNCTION note_people() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO consent_readychange (contact_id) SELECT DISTINCT contact_id FROM changed;
    RETURN NULL;
END
$$;

CREATE FUNCTION note_former_people() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO consent_readychange (contact_id)
    SELECT contact_id FROM changed UNION SELECT contact_id FROM former;
    RETURN NULL;
END
$$;

CREATE FUNCTION note_contacts() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO consent_readychange (contact_id) SELECT id FROM changed;
    RETURN NULL;
END
$$;

CREATE FUNCTION note_holders() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO consent_readychange (contact_id, organisation_id, address_hash)
    SELECT contact_id, organisation_id, address_hash FROM changed;
    RETURN NULL;
END
$$;

CREATE FUNCTION note_former_holders() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO consent_readychange (contact_id, organisation_id, address_hash)
    SELECT contact_id, organisation_id, address_hash FROM changed
    UNION SELECT contact_id, organisation_id, address_hash FROM former;
    RETURN NULL;
END
$$;

CREATE FUNCTION note_blocks() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO consent_readychange (organisation_id, address_hash)
    SELECT DISTINCT organisation_id, address_hash FROM changed;
    RETURN NULL;
END
$$;

-- Days begin and end by the zone of the legal entity.
CREATE FUNCTION note_everybody() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO consent_readychange (contact_id)
    SELECT id FROM customers_contact WHERE organisation_id = NEW.organisation_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER note_everybody AFTER UPDATE ON customers_legalentity
    FOR EACH ROW WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone) EXECUTE FUNCTION note_everybody();
ALTER TABLE customers_legalentity ENABLE ALWAYS TRIGGER note_everybody;

-- A queue: what was taken up is to be cleared away soon, however little of the table it is.
ALTER TABLE consent_readychange SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
"""
FORGET_CHANGES: Final = """
DROP TRIGGER note_everybody ON customers_legalentity;
DROP FUNCTION note_people();
DROP FUNCTION note_former_people();
DROP FUNCTION note_contacts();
DROP FUNCTION note_holders();
DROP FUNCTION note_former_holders();
DROP FUNCTION note_blocks();
DROP FUNCTION note_everybody();
"""
# In the order in which those who write lock them.
WATCHED: Final = {
    "customers_contactpoint": ("note_holders", "note_former_holders"),
    "customers_customerrelation": ("note_people", "note_former_people"),
    "consent_consentrecord": ("note_people", "note_former_people"),
    "consent_objection": ("note_people", "note_former_people"),
    "consent_restriction": ("note_people", "note_former_people"),
    "consent_suppression": ("note_blocks", "note_blocks"),
}
# An address is made ready once it stands: of a contact that is new nothing can have been.
CONTACTS: Final = {"customers_contact": ("", "note_contacts")}


def watch(*, table: str, noting: str, changing: str) -> tuple[str, str]:
    """Write the triggers of one table, and what takes them away."""
    made = [
        f"""CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {seen}
            FOR EACH STATEMENT EXECUTE FUNCTION {function}();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};"""
        for name, event, seen, function in (
            ("note_added", "INSERT", "NEW TABLE AS changed", noting),
            ("note_changed", "UPDATE", "OLD TABLE AS former NEW TABLE AS changed", changing),
            ("note_taken_away", "DELETE", "OLD TABLE AS changed", noting),
        )
        if function
    ]
    names = ("note_added", "note_changed", "note_taken_away") if noting else ("note_changed",)
    return "\n".join(made), "\n".join(f"DROP TRIGGER {name} ON {table};" for name in names)


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0039_ready_addresses"),
        ("customers", "0012_transactions_as_recorded"),
    ]

    operations = [
        # Rather broken off and tried again than all writers kept waiting behind one that is slow.
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", migrations.RunSQL.noop),
        migrations.RunSQL(NOTE_CHANGES, FORGET_CHANGES),
        *(
            migrations.RunSQL(*watch(table=table, noting=noting, changing=changing))
            for table, (noting, changing) in (CONTACTS | WATCHED).items()
        ),
    ]
