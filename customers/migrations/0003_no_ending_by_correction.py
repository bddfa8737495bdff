from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_contacts_in_belgium")]

    operations = [
        migrations.AlterField(
            model_name="customerrelation",
            name="reason_ended",
            field=models.CharField(
                blank=True,
                choices=[("TERM", "Term passed"), ("ERASED", "Erased on request")],
                max_length=9,
                verbose_name="why it ended",
            ),
        ),
    ]
