from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0012_transactions_as_recorded"),
        ("scoring", "0003_campaigns"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="score",
            name="score_by_points",
        ),
        migrations.RemoveIndex(
            model_name="score",
            name="score_as_changed",
        ),
        # Room beside each score for its next number: the table is written anew for the field below.
        migrations.RunSQL(
            "ALTER TABLE scoring_score SET (fillfactor = 50)", "ALTER TABLE scoring_score RESET (fillfactor)"
        ),
        migrations.AddField(
            model_name="score",
            name="step",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("points"),
                    template="width_bucket(%(expressions)s, ARRAY[1, 3, 10, 30, 100, 300, 1000, 3000, 10000]::numeric[])",
                ),
                output_field=models.SmallIntegerField(verbose_name="step"),
            ),
        ),
        migrations.AddIndex(
            model_name="score",
            index=models.Index(fields=["model", "step"], name="score_by_step"),
        ),
    ]
