from typing import Any

from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections

from config.databases import as_owner, grant_application_rights


class Command(MigrateCommand):
    help = "Brings the tables up to date as their owner, then gives the application its rights."

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with as_owner(connection=connection):
            super().handle(*args, **options)
            grant_application_rights(connection=connection)
