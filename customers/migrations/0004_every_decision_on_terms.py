from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_no_ending_by_correction")]

    operations = [
        migrations.RemoveConstraint(model_name="termextension", name="term_extension_once"),
    ]
