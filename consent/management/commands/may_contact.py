import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation

from consent.domain.engine.answering import ask_one
from consent.domain.engine.asking import Asked
from consent.domain.engine.moments import MomentNotReadableError, read_moment
from consent.domain.engine.question import UnknownCodeError, put_question
from consent.management.answer_text import Outcome, as_json, as_text, without_facts
from customers.models import LegalEntity


class Command(BaseCommand):
    help = "Says whether a legal entity may contact an address, on what ground, and why or why not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="An e-mail address or a phone number in any usual notation.")
        parser.add_argument("--legal-entity", required=True, metavar="CODE")
        parser.add_argument("--purpose", required=True, metavar="CODE")
        parser.add_argument("--channel", required=True, help="EMAIL, SMS, MESSAGING, CALL, …")
        parser.add_argument("--product-group", default="", metavar="CODE", help="What it is about.")
        parser.add_argument("--contact", default="", metavar="ID", help="Whose address it is.")
        parser.add_argument("--at", metavar="MOMENT", help="The moment of contact; now, unless given.")
        parser.add_argument("--known-at", metavar="MOMENT", help="Leave out what was recorded later.")
        parser.add_argument("--json", action="store_true", help="Answer as JSON.")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
            help="The language of the sentences.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        with translation.override(options["language"]), refusing_in_one_sentence():
            outcome = self.asked(options)
            self.stdout.write(
                json.dumps(as_json(outcome=outcome), ensure_ascii=False, indent=2)
                if options["json"]
                else as_text(outcome=outcome)
            )
        if not outcome.answer.decision.allowed:
            sys.exit(1)

    def asked(self, options: dict[str, Any]) -> Outcome:
        now = timezone.now()
        try:
            return self.answered(options, now)
        except (InterfaceError, OperationalError):
            return self.unanswered(options, now)

    def answered(self, options: dict[str, Any], now: datetime) -> Outcome:
        asked = asked_about(options)
        entity = LegalEntity.objects.filter(code=options["legal_entity"]).first()
        zone = entity.time_zone if entity else settings.TIME_ZONE
        question = put_question(
            legal_entity=options["legal_entity"],
            purpose=options["purpose"],
            channel=options["channel"],
            product_group=options["product_group"],
            at=moment_of(options["at"], zone),
            known_at=moment_of(options["known_at"], zone),
            now=now,
        )
        return Outcome(
            answer=ask_one(question=question, asked=asked),
            name=str(entity),
            channel=options["channel"],
            at=question.at,
            known_at=question.known_at,
            zone=zone,
            language=options["language"],
        )

    def unanswered(self, options: dict[str, Any], now: datetime) -> Outcome:
        """With the database away nobody may be contacted, whoever asks about whom."""
        zone = settings.TIME_ZONE
        return Outcome(
            answer=without_facts(asked=asked_about(options)),
            name=options["legal_entity"],
            channel=options["channel"],
            at=moment_of(options["at"], zone) or now,
            known_at=moment_of(options["known_at"], zone) or now,
            zone=zone,
            language=options["language"],
        )


@contextmanager
def refusing_in_one_sentence() -> Iterator[None]:
    try:
        yield
    except MomentNotReadableError as refusal:
        raise CommandError(refusal.sentence, returncode=2) from refusal
    except UnknownCodeError as refusal:
        sentence = f"The {refusal.option} “{refusal.code}” is unknown."
        raise CommandError(sentence, returncode=2) from refusal


def asked_about(options: dict[str, Any]) -> Asked:
    # What the terminal passed on may be no text at all; such an address is nobody's.
    text = options["address"].encode(errors="replace").decode()
    return Asked(text=text, contact_id=key_of(options["contact"]))


def key_of(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise UnknownCodeError(option="contact", code=text) from error


def moment_of(text: str | None, zone: str) -> datetime | None:
    return None if text is None else read_moment(text=text, zone=zone)
