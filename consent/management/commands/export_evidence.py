import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from consent.domain.dossier.exporting import (
    Format,
    NothingToExportError,
    Wanted,
)
from consent.domain.dossier.log import Occasion, export_and_log
from consent.domain.dossier.selection import Selection
from consent.domain.engine.moments import MomentNotReadableError, read_moment
from consent.domain.engine.question import UnknownCodeError
from consent.domain.ledger.evidence import EvidenceBrokenError
from consent.domain.seal.proofs import TreeBrokenError
from consent.domain.seal.sealing import seal_ledger
from consent.management.commands.may_contact import key_of
from consent.models import Channel, Purpose
from customers.models import Contact, LegalEntity


class Command(BaseCommand):
    help = "Writes evidence into one file that somebody outside can check alone: events, proof and verifier."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contact", default="", metavar="ID", help="The key of one person.")
        parser.add_argument("--legal-entity", default="", metavar="CODE")
        parser.add_argument("--purpose", default="", metavar="CODE", help="A purpose of that legal entity.")
        parser.add_argument("--channel", default="", choices=["", *Channel.values])
        parser.add_argument("--since", metavar="MOMENT", help="Acts from this moment on.")
        parser.add_argument("--until", metavar="MOMENT", help="Acts before this moment.")
        parser.add_argument(
            "--format",
            action="append",
            choices=list(Format),
            help="May be given several times; all of them, unless given.",
        )
        parser.add_argument("--output", required=True, type=Path, metavar="PATH", help="A zip file to write.")
        parser.add_argument(
            "--with-evidence",
            action="store_true",
            help="The personal parts of everybody in a selection too; of one person they always come.",
        )
        parser.add_argument("--reason", default="", help="Who asked for it; kept in the log of exports.")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
            help="The language of the dossier.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        with refusing_in_one_sentence():
            wanted = wanted_by(options)
            for _sealed in seal_ledger(now=timezone.now()):
                pass
            occasion = Occasion(staff=None, reason=options["reason"], exported_at=timezone.now())
            done = written(wanted, occasion, options["output"])
        self.stdout.write(
            f"{options['output']}: {done.events} events of {done.people} people, proven by checkpoint "
            f"{done.tree_size}.\nSHA-256 {done.sha256}"
        )


def written(wanted: Wanted, occasion: Occasion, output: Path) -> Any:
    """Write beside the file and put it in its place whole: half an export is never taken for one."""
    with tempfile.NamedTemporaryFile(dir=output.parent, prefix=f".{output.name}.", delete=False) as file:
        half = Path(file.name)
        try:
            done = export_and_log(wanted=wanted, occasion=occasion, target=file)
        except BaseException:
            half.unlink()
            raise
    half.replace(output)
    return done


def wanted_by(options: dict[str, Any]) -> Wanted:
    contact, entity = contact_of(options["contact"]), entity_of(options["legal_entity"])
    about = contact or entity
    if about is None:
        raise CommandError("Give --contact or --legal-entity: whose evidence?", returncode=2)
    organisation_id = about.organisation_id
    if contact and entity and contact.organisation_id != entity.organisation_id:
        raise UnknownCodeError(option="contact", code=options["contact"])
    zone = entity.time_zone if entity else settings.TIME_ZONE
    selection = Selection(
        organisation_id=organisation_id,
        contact_id=contact.pk if contact else None,
        legal_entity_id=entity.pk if entity else None,
        purpose_id=purpose_of(options["purpose"], organisation_id).pk if options["purpose"] else None,
        channel=options["channel"],
        since=read_moment(text=options["since"], zone=zone) if options["since"] else None,
        until=read_moment(text=options["until"], zone=zone) if options["until"] else None,
    )
    formats = [Format(one) for one in options["format"] or Format]
    return Wanted(
        selection=selection,
        formats=formats,
        language=options["language"],
        with_evidence=contact is not None or options["with_evidence"],
    )


def contact_of(text: str) -> Contact | None:
    key = key_of(text)
    if key is None:
        return None
    found = Contact.objects.filter(pk=key).first()
    if found is None:
        raise UnknownCodeError(option="contact", code=text)
    return found


def entity_of(code: str) -> LegalEntity | None:
    found = LegalEntity.objects.filter(code=code).first()
    if code and found is None:
        raise UnknownCodeError(option="legal entity", code=code)
    return found


def purpose_of(code: str, organisation_id: UUID) -> Purpose:
    found = Purpose.objects.filter(organisation_id=organisation_id, code=code).first()
    if found is None:
        raise UnknownCodeError(option="purpose", code=code)
    return found


@contextmanager
def refusing_in_one_sentence() -> Iterator[None]:
    try:
        yield
    except UnknownCodeError as refusal:
        raise CommandError(f"The {refusal.option} “{refusal.code}” is unknown.", returncode=2) from refusal
    except MomentNotReadableError as refusal:
        raise CommandError(refusal.sentence, returncode=2) from refusal
    except NothingToExportError as refusal:
        raise CommandError("Nothing is recorded that belongs to this selection.", returncode=2) from refusal
    except (EvidenceBrokenError, TreeBrokenError) as broken:
        sentence = f"The evidence is not what was recorded ({broken}): run verify_ledger --evidence."
        raise CommandError(sentence, returncode=1) from broken
    except OSError as error:
        raise CommandError(f"The file cannot be written: {error.strerror}.", returncode=2) from error
    except (InterfaceError, OperationalError) as error:
        raise CommandError("The database does not answer: nothing was exported.", returncode=1) from error
