from django.db import migrations

# Everybody known so far is made ready in the background, a few thousand at a time. Apart from the triggers: while
# this writes, nobody waits.
EVERYBODY = (
    "INSERT INTO consent_readychange (contact_id) SELECT id FROM customers_contact WHERE erased_at IS NULL"
)


class Migration(migrations.Migration):
    dependencies = [("consent", "0047_term_of_recipients")]

    operations = [migrations.RunSQL(EVERYBODY, migrations.RunSQL.noop)]
