from typing import Any

from django.db import migrations
from django.db.migrations.state import StateApps


def make_departments(apps: StateApps, _schema_editor: Any) -> None:
    """What was typed as the owner of a place becomes a department; its address is still to be given."""
    points = apps.get_model("consent", "CollectionPoint")
    departments = apps.get_model("customers", "Department")
    for point in points.objects.exclude(owner="").select_related("legal_entity"):
        point.department, _made = departments.objects.get_or_create(
            organisation_id=point.legal_entity.organisation_id, name=point.owner.strip()
        )
        point.save(update_fields=["department"])


def name_owners(apps: StateApps, _schema_editor: Any) -> None:
    points = apps.get_model("consent", "CollectionPoint")
    for point in points.objects.exclude(department=None).select_related("department"):
        point.owner = point.department.name
        point.save(update_fields=["owner"])


class Migration(migrations.Migration):
    dependencies = [("consent", "0027_departments_answer")]

    operations = [migrations.RunPython(make_departments, name_owners)]
