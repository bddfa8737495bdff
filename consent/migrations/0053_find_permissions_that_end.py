from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # Nobody waits while the index is made.

    dependencies = [("consent", "0052_term_of_candidates")]

    operations = [
        AddIndexConcurrently(
            model_name="consentrecord",
            index=models.Index(
                fields=["legal_entity", "purpose", "valid_until"],
                name="record_of_processing_ending",
                condition=models.Q(channel="NONE", valid_until__isnull=False),
            ),
        ),
    ]
