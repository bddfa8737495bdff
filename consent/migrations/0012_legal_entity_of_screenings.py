"""A job of before now gets the legal entity of its screening."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("consent", "ScreeningRun").objects.filter(job=OuterRef("pk"))
    jobs = apps.get_model("consent", "Job").objects.filter(kind="SCREENING", legal_entity__isnull=True)
    jobs.update(legal_entity=Subquery(runs.values("legal_entity")[:1]))


class Migration(migrations.Migration):
    dependencies = [("consent", "0011_counts_and_lists_as_jobs")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
