from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # Nobody waits while the index is made.

    dependencies = [("scoring", "0016_steps_as_recorded")]

    operations = [
        AddIndexConcurrently(
            model_name="journeymove",
            index=models.Index(fields=["journey", "recorded_at"], name="journey_move_as_recorded"),
        ),
    ]
