from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # Nobody waits while the index is made.
    dependencies = [
        ("customers", "0012_transactions_as_recorded"),
        ("scoring", "0020_behaviour_in_one_index"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="journeymember",
            index=models.Index(
                condition=models.Q(("still_employed", True)),
                fields=["journey", "contact"],
                name="journey_member_works_here",
            ),
        ),
        RemoveIndexConcurrently(model_name="journeymember", name="journey_member_employed"),
    ]
