from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_take_over_the_admin_log")]

    operations = [
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                fields=["id"],
                include=("kind", "legal_form", "birth_date", "representative", "country"),
                name="contact_facts_by_key",
            ),
        ),
    ]
