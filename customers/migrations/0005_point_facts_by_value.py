from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_every_decision_on_terms")]

    operations = [
        migrations.AddIndex(
            model_name="contactpoint",
            index=models.Index(
                fields=["organisation", "value"],
                include=(
                    "id",
                    "contact",
                    "kind",
                    "placeholder",
                    "impersonal",
                    "published_from_date",
                    "verified_at",
                    "invalid_at",
                ),
                name="contact_point_facts_by_value",
            ),
        ),
        migrations.RemoveIndex(model_name="contactpoint", name="contact_point_by_value"),
    ]
