from typing import Any

from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections

from config.databases import as_owner, grant_application_rights


class Command(MigrateCommand):
    help = "Brings the tables up to date as their owner, then gives the application its rights."

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with as_owner(connection=connection):
            try:
                super().handle(*args, **options)
            finally:
                # Also when one breaks off: what came before it may have made tables.
                grant_application_rights(connection=connection)
