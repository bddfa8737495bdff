from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consent.management.sample_data.generated import MOST_PEOPLE
from consent.management.sample_data.load import load_sample

USUAL_PEOPLE = 3000


class Command(BaseCommand):
    help = "Loads the sample organisations with their fictional people. A second time changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--people",
            type=int,
            default=USUAL_PEOPLE,
            help=f"Generated people to add to the named ones, the first time (at most {MOST_PEOPLE}).",
        )

    def handle(self, *_args: object, people: int, **_options: object) -> None:
        if settings.DEPLOYMENT != "trial":
            raise CommandError(
                "The sample has fictional people and printed passwords: it loads in a trial only.",
                returncode=2,
            )
        if not 0 <= people <= MOST_PEOPLE:
            raise CommandError(f"--people is a number from 0 to {MOST_PEOPLE}.", returncode=2)
        loaded = load_sample(people=people)
        if loaded is None:
            self.stdout.write("The sample was loaded before: nothing changed.")
        else:
            self.stdout.write(
                f"The sample is loaded: {loaded.organisations} organisations, {loaded.contacts} contacts."
            )
