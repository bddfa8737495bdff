from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0033_campaign_messages_and_dry_runs"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="consentevent",
            index=models.Index(
                condition=models.Q(("act__in", ["OBJECTED", "OBJECTION_RETRACTED"])),
                fields=["organisation", "subject_id"],
                name="event_by_objector",
            ),
        ),
    ]
