"""Asking people in a talent pool whether they want to stay, before their permission ends."""

import datetime
import uuid
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext, override

from consent.domain import outbox
from consent.domain import preference_words as words
from consent.domain.engine.known_points import decide_about
from consent.domain.engine.question import UnknownCodeError, put_question
from consent.domain.outbox import NewMessage
from consent.models import Channel, ConsentRecord, NoticeVersion, OutboxMessage, in_language
from customers.models import Contact, ContactPoint
from scoring.domain.talent_pool.standing import newest_wording, permissions
from scoring.models import StayQuestion, TalentPool

AT_ONCE: Final = 200
FIRST, LAST = 1, 2
# After a standstill both moments may have passed: one mail is enough for that day.
APART: Final = datetime.timedelta(days=1)


class Turn(NamedTuple):
    """The first or the last time that people are asked, so many days before the end."""

    number: int
    days: int


def ask_again(*, now: datetime.datetime, chunk: int = AT_ONCE) -> Iterator[int]:
    """Ask everybody whose permission ends soon whether they want to stay; yields how many after each chunk.

    The mail goes as long as the permission stands, and shows the wording that an extension needs: silence is
    no consent (recital 32 GDPR), so who does not answer leaves. Each permission is asked about once for each
    turn, however often this runs.
    """
    for pool in TalentPool.objects.select_related("legal_entity", "purpose").order_by("pk"):
        notice = newest_wording(pool=pool, channel=Channel.EMAIL)
        for turn in _turns(pool) if notice else []:
            while notice and (count := _ask_some(pool, turn, notice, now, chunk)):
                yield count


def may_still_ask(message: OutboxMessage, now: datetime.datetime) -> bool:
    """Ask the rules once more right before the mail leaves; who stayed or stopped meanwhile gets none."""
    question = StayQuestion.objects.filter(message_id=message.pk)
    asked = question.select_related("pool__legal_entity", "pool__purpose").first()
    if asked is None:
        return False
    still = permissions(pool=asked.pool, now=now).filter(grant_event_id=asked.grant_event_id)
    if not still.exists():
        return False
    try:
        rules = put_question(
            legal_entity=asked.pool.legal_entity.code,
            purpose=asked.pool.purpose.code,
            channel=Channel.EMAIL,
            product_group="",
            now=now,
        )
    except UnknownCodeError:
        return False
    [decision] = decide_about(question=rules, points=[message.point])
    return decision.allowed


def _turns(pool: TalentPool) -> list[Turn]:
    """The last one first, so that nobody gets two mails after a standstill."""
    first = Turn(FIRST, pool.ask_days_before)
    return [Turn(LAST, pool.ask_last_days_before), first] if pool.ask_last_days_before else [first]


@transaction.atomic
def _ask_some(pool: TalentPool, turn: Turn, notice: NoticeVersion, now: datetime.datetime, chunk: int) -> int:
    found = _due(pool, turn, now).values_list("contact_id", flat=True)
    held = _hold(list(found[:chunk]))
    # Read again now that the people are ours: another worker, or they themselves, may have been first.
    due = list(_due(pool, turn, now).filter(contact__in=held).select_related("contact", "contact_point"))
    messages = outbox.write_many(messages=[_message(record, pool, notice) for record in due], written_at=now)
    StayQuestion.objects.bulk_create(
        [_question(record, pool, turn, message, now) for record, message in zip(due, messages, strict=True)]
    )
    return len(due)


def _hold(contact_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    people = Contact.objects.filter(pk__in=contact_ids).order_by("pk")
    held = people.select_for_update(no_key=True, skip_locked=True, of=("self",))
    return [contact.pk for contact in held]


def _due(pool: TalentPool, turn: Turn, now: datetime.datetime) -> QuerySet[ConsentRecord]:
    asked = StayQuestion.objects.filter(grant_event_id=OuterRef("grant_event_id"))
    # The first time only who was never asked; the last time who was not asked it yet, nor a moment ago.
    before = asked.filter(Q(turn=LAST) | Q(asked_at__gt=now - APART)) if turn.number == LAST else asked
    ending = permissions(pool=pool, now=now).filter(
        ~Exists(before),
        channel=Channel.EMAIL,
        valid_until__lte=now + datetime.timedelta(days=turn.days),
        grant_event_id__isnull=False,
        contact__erased_at__isnull=True,
        contact_point__kind=ContactPoint.Kind.EMAIL,
        contact_point__invalid_at__isnull=True,
        contact_point__placeholder=False,
    )
    return ending.order_by("valid_until", "pk")


def _message(record: ConsentRecord, pool: TalentPool, notice: NoticeVersion) -> NewMessage:
    if record.contact_point is None:
        raise AssertionError(record.pk)
    language = record.contact.language
    with override(language):
        subject = gettext("Do you want to stay in %(pool)s?") % {"pool": pool.name}
        last_day = words.written_last_day(ends_at=record.valid_until, zone=pool.legal_entity.time_zone)
    return NewMessage(
        kind=OutboxMessage.Kind.STAY,
        legal_entity=pool.legal_entity,
        contact_point=record.contact_point,
        language=language,
        content={
            "subject": subject,
            "purpose_id": str(pool.purpose_id),
            "pool_name": pool.name,
            "last_day": last_day,
            "wording": in_language(notice.wording, language),
            "withdrawal": in_language(notice.withdrawal, language),
        },
        event_id=record.grant_event_id,
    )


def _question(
    record: ConsentRecord, pool: TalentPool, turn: Turn, message: OutboxMessage, now: datetime.datetime
) -> StayQuestion:
    if record.grant_event_id is None or record.valid_until is None:
        raise AssertionError(record.pk)
    return StayQuestion(
        pool=pool,
        contact_id=record.contact_id,
        grant_event_id=record.grant_event_id,
        turn=turn.number,
        ends_at=record.valid_until,
        asked_at=now,
        message_id=message.pk,
    )
