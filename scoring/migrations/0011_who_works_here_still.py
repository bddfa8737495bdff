from typing import Any

from django.db import migrations
from django.db.migrations.state import StateApps
from django.db.models import Exists, OuterRef, Subquery


def mark_employees(apps: StateApps, _schema_editor: Any) -> None:
    """Who left a stage of employees otherwise than by hand works here, as far as anybody said."""
    members = apps.get_model("scoring", "JourneyMember")
    moves = apps.get_model("scoring", "JourneyMove")
    last = moves.objects.filter(member=OuterRef("pk")).order_by("-moved_at", "-pk").values("pk")[:1]
    by_itself = moves.objects.filter(pk=OuterRef("last"), from_stage__figures_only=True).exclude(how="HAND")
    left = members.objects.filter(left_at__isnull=False).annotate(last=Subquery(last))
    left.filter(Exists(by_itself)).update(still_employed=True)


class Migration(migrations.Migration):
    dependencies = [("scoring", "0010_employment")]

    operations = [migrations.RunPython(mark_employees, migrations.RunPython.noop)]
