from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # Nobody waits while the index is made.
    dependencies = [("scoring", "0019_find_attributes_by_value")]

    operations = [
        AddIndexConcurrently(
            model_name="behaviourevent",
            index=models.Index(
                fields=["contact", "legal_entity", "occurred_at"],
                include=["kind", "subject", "source", "value"],
                name="behaviour_of_a_contact",
            ),
        ),
        RemoveIndexConcurrently(model_name="behaviourevent", name="behaviour_by_contact"),
    ]
