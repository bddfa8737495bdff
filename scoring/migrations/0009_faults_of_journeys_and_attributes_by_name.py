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
    ]
