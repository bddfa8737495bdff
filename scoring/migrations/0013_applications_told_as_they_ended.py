from typing import Any

from django.db import migrations
from django.db.migrations.state import StateApps
from django.db.models import F
from django.db.models.functions import Coalesce


def tell(apps: StateApps, _schema_editor: Any) -> None:
    """Until now what counted was when a procedure ended, or began."""
    apps.get_model("scoring", "JobApplication").objects.update(
        told_at=Coalesce(F("ended_at"), F("applied_at"))
    )


class Migration(migrations.Migration):
    dependencies = [("scoring", "0012_when_applications_were_told")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
