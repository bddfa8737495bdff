from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("scoring", "0011_who_works_here_still")]

    operations = [
        migrations.AddField(
            model_name="jobapplication",
            name="told_at",
            # A process of the release before writes none: told is then when it is written.
            field=models.DateTimeField(db_default=Now(), editable=False, verbose_name="told at"),
        ),
    ]
