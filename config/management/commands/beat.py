from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.beat import the_only_beat
from config.celery import app


class Command(BaseCommand):
    help = "Starts the periodic tasks. Only one beat is at work at a time; others wait."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            with the_only_beat(say=self.stdout.write):
                app.Beat(loglevel=settings.LOG_LEVEL, schedule=settings.CELERY_BEAT_SCHEDULE_FILENAME).run()
        except psycopg.OperationalError as fault:
            raise CommandError("The database does not answer.") from fault
