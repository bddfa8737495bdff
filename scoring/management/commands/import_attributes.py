from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from consent.domain.engine.moments import MomentNotReadableError, read_moment
from consent.models import Processor
from customers.models import LegalEntity
from scoring.domain.attributes.keeping import Supply, SupplyRefusedError, find_kinds
from scoring.domain.attributes.reading import WHO
from scoring.domain.lists import read_attributes, take_up_attributes
from scoring.domain.rows import ColumnsNotKnownError
from scoring.management.commands.import_behaviour import BAD_USE, find_entity, opened_list, report
from scoring.models import ContactAttribute

Origin = ContactAttribute.Origin


class Command(BaseCommand):
    help = "Takes up what people are from a list (CSV or Excel); the same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--legal-entity", required=True, metavar="CODE", help="Who keeps it of people.")
        parser.add_argument("--origin", default="imported", choices=[one.lower() for one in Origin.values])
        parser.add_argument("--since", default="", metavar="MOMENT", help="Known since (default: now).")
        parser.add_argument("--seller", default="", metavar="NAME", help="Of bought data: who sold it.")
        parser.add_argument("--processor", default="", metavar="NAME", help="As in the register.")
        parser.add_argument("--told", default="", metavar="DAY", help="When the people were told (art. 14).")

    @no_translations
    def handle(
        self,
        *_args: object,
        file: Path,
        legal_entity: str,
        origin: str,
        since: str,
        seller: str,
        processor: str,
        told: str,
        **_options: object,
    ) -> None:
        entity, begun_at = find_entity(code=legal_entity), timezone.now()
        since_at = moment(since, "--since", entity, begun_at) or begun_at
        told_at, party = moment(told, "--told", entity, None), find_processor(processor, entity)

        def supply() -> Supply:
            return Supply(
                legal_entity=entity,
                origin=Origin(origin.upper()),
                since=since_at,
                now=timezone.now(),
                seller=seller,
                processor=party,
                told_at=told_at,
            )

        try:
            with opened_list(file=file) as opened:
                taken = take_up_attributes(
                    rows=read_attributes(opened=opened, supply=supply()), supply=supply
                )
        except SupplyRefusedError as error:
            raise CommandError(str(error), returncode=BAD_USE) from error
        except ColumnsNotKnownError as error:
            known = ", ".join(sorted(WHO | find_kinds(legal_entity=entity).keys()))
            sentence = f"These columns are not known: {error}. What can be taken up: {known}."
            raise CommandError(sentence, returncode=BAD_USE) from error
        report(self, taken)


def moment(text: str, option: str, entity: LegalEntity, latest: datetime | None) -> datetime | None:
    if not text:
        return None
    try:
        found = read_moment(text=text, zone=entity.time_zone)
    except MomentNotReadableError as error:
        raise CommandError(f"{option} is no moment such as 2026-06-30.", returncode=BAD_USE) from error
    if latest is not None and found > latest:
        raise CommandError(f"{option} lies in the future.", returncode=BAD_USE)
    return found


def find_processor(name: str, entity: LegalEntity) -> Processor | None:
    if not name:
        return None
    found = Processor.objects.filter(organisation=entity.organisation_id, name=name).first()
    if found is None:
        raise CommandError(f"There is no {name} in the register of processors.", returncode=BAD_USE)
    return found
