from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0008_why_campaigns_paused"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="contactattribute",
            name="attribute_by_value",
        ),
        migrations.AddIndex(
            model_name="contactattribute",
            index=models.Index(fields=["name", "legal_entity", "value"], name="attribute_by_name_and_value"),
        ),
        migrations.AddField(
            model_name="journey",
            name="fault",
            field=models.CharField(
                blank=True,
                choices=[
                    ("RULES", "one of its rules asks what cannot be asked any more, so it paused"),
                    ("TURN", "its last turn could not be made to the end, and is tried again"),
                ],
                db_default="",
                default="",
                editable=False,
                max_length=5,
                verbose_name="what is wrong",
            ),
        ),
    ]
