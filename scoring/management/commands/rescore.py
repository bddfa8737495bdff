from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scoring.domain.rules.conditions import UnknownWordError
from scoring.domain.scores.rescoring import rescore
from scoring.domain.versions import list_in_force

BAD_USAGE = 2


class Command(BaseCommand):
    help = "Counts everybody's scores anew, by the versions in force; exit 2 for an unknown model."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--legal-entity", metavar="CODE", help="Only the models of this legal entity.")
        parser.add_argument("--model", metavar="CODE", help="Only the models with this code.")

    def handle(self, *args: Any, **options: Any) -> None:
        versions = list_in_force(legal_entity=options["legal_entity"], model=options["model"])
        if not versions and (options["legal_entity"] or options["model"]):
            raise CommandError("No such score model has a version in force.", returncode=BAD_USAGE)
        for version in versions:
            try:
                ranges = list(rescore(version=version, now=timezone.now()))
            except UnknownWordError as error:
                raise CommandError(f"{version}: a rule asks what cannot be asked: {error}.") from error
            people, written, gone = (
                sum(getattr(one, name) for one in ranges) for name in ("people", "written", "gone")
            )
            told = f"{people} people have a score, {written} written, {gone} gone"
            self.stdout.write(f"{version.model.legal_entity.code} {version.model.code}: {told}.")
