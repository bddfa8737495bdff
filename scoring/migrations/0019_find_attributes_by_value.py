from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # Nobody waits while the index is made.

    dependencies = [("scoring", "0018_notice_changes")]

    operations = [
        AddIndexConcurrently(
            model_name="contactattribute",
            index=models.Index(fields=["value"], name="attribute_by_value"),
        ),
    ]
