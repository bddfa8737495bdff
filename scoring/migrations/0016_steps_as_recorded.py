from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    """The steps made so far count as recorded now, so that scores look once more at whom they are about."""

    dependencies = [("scoring", "0015_former_applicants")]

    operations = [
        migrations.AddField(
            model_name="journeymove",
            name="recorded_at",
            field=models.DateTimeField(db_default=Now(), editable=False, verbose_name="recorded at"),
        ),
    ]
