from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from consent.domain.api_keys import KeyNotMakeableError, WantedKey, make_key
from consent.models import Scope
from consent.models.api_key import LONGEST_LIFE
from customers.models import LegalEntity


class Command(BaseCommand):
    help = "Makes a key for the API and prints it, once: it is kept nowhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        scopes = [scope.lower() for scope in Scope.values]
        parser.add_argument("--legal-entity", required=True, metavar="CODE", help="Whom the key speaks for.")
        parser.add_argument(
            "--scope", required=True, action="append", choices=scopes, help="What it may do; may be repeated."
        )
        parser.add_argument("--days", required=True, type=int, help="How long it is valid, at most a year.")
        parser.add_argument("--name", required=True, metavar="TEXT", help="Which program uses it.")

    def handle(
        self, *_args: object, legal_entity: str, scope: list[str], days: int, name: str, **_options: object
    ) -> None:
        entity = LegalEntity.objects.filter(code=legal_entity).first()
        if entity is None:
            raise CommandError(f"There is no legal entity {legal_entity}.", returncode=2)
        scopes = tuple(Scope(one.upper()) for one in scope)
        wanted = WantedKey(legal_entity=entity, name=name[:100], scopes=scopes, days=days)
        try:
            made = make_key(wanted=wanted, made_by=None, made_at=timezone.now())
        except KeyNotMakeableError:
            sentence = f"A key has a name and lives between 1 and {LONGEST_LIFE.days} days."
            raise CommandError(sentence, returncode=2) from None
        self.stdout.write(made.token)
