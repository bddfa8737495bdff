from django.db import migrations


class Migration(migrations.Migration):
    """Processes of the former version still write the column while they are replaced: it stays, unused."""

    dependencies = [
        ("consent", "0028_departments_from_owners"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="collectionpoint", name="owner")],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE consent_collectionpoint ALTER COLUMN owner SET DEFAULT ''",
                    "ALTER TABLE consent_collectionpoint ALTER COLUMN owner DROP DEFAULT",
                ),
            ],
        ),
    ]
