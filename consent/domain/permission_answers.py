"""What the engine answers about recorded permissions: a state alone does not say what may be done."""

import datetime
import uuid
from collections.abc import Mapping, Sequence

from django.db.models import prefetch_related_objects

from consent.domain.contact_answers import addresses_for
from consent.domain.engine.answering import Answer, ask_without_evidence
from consent.domain.engine.asking import Asked
from consent.domain.engine.question import UnknownCodeError, put_question
from consent.models import Channel, ConsentRecord

Key = tuple[str, str, str]


def answer_records(*, records: Sequence[ConsentRecord], now: datetime.datetime) -> Mapping[uuid.UUID, Answer]:
    """Ask about the address of each permission, for its contact, by key of the record.

    Two statements for each legal entity, purpose and channel among them, however many permissions there are.
    Of a purpose that no longer serves the legal entity there is no answer.
    """
    prefetch_related_objects(records, "contact__points", "contact_point", "legal_entity", "purpose")
    found: dict[Key, list[ConsentRecord]] = {}
    for record in records:
        key = (record.legal_entity.code, record.purpose.code, record.channel)
        found.setdefault(key, []).append(record)
    answers: dict[uuid.UUID, Answer] = {}
    for key, alike in found.items():
        answers |= _answer(key, alike, now)
    return answers


def _answer(key: Key, records: Sequence[ConsentRecord], now: datetime.datetime) -> Mapping[uuid.UUID, Answer]:
    entity, purpose, channel = key
    try:
        question = put_question(legal_entity=entity, purpose=purpose, channel=channel, now=now)
    except UnknownCodeError:
        return {}
    answers = ask_without_evidence(question=question, asked=[_asked(record) for record in records])
    return {record.pk: answer for record, answer in zip(records, answers, strict=True)}


def _asked(record: ConsentRecord) -> Asked:
    """Processing hangs on the contact, whichever of its addresses names it."""
    if record.contact_point is None:
        return addresses_for(contact=record.contact, channel=Channel(record.channel))[0]
    return Asked(text=record.contact_point.value, contact_id=record.contact_id)
