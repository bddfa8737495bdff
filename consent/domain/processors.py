"""Watching over the parties outside: agreements that end, reviews that are due."""

import datetime
import enum
import uuid
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from consent.domain import outbox
from consent.domain.calling_policies import local_day
from consent.domain.outbox import Letter
from consent.models import OutboxMessage, Processor
from customers.models import LegalEntity

# A new agreement takes weeks, a look at it a morning.
AHEAD_OF_END: Final = datetime.timedelta(days=60)
AHEAD_OF_REVIEW: Final = datetime.timedelta(days=14)


class Shortcoming(enum.StrEnum):
    """What falls short with a party outside."""

    NO_AGREEMENT = "no agreement"
    AGREEMENT_ENDED = "agreement ended"
    AGREEMENT_ENDS = "agreement ends soon"
    REVIEW_OVERDUE = "review overdue"
    REVIEW_DUE = "review due soon"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One party outside with what falls short, the gravest first."""

    processor: Processor
    shortcomings: tuple[Shortcoming, ...]


def find_shortcomings(*, processor: Processor, today: datetime.date) -> tuple[Shortcoming, ...]:
    """List what falls short with a party on a day; nothing once it is no longer in use.

    A processor needs an agreement (art. 28(3) GDPR), and its guarantees are looked at again (art. 28(1)).
    """
    if processor.in_use_until_date is not None and processor.in_use_until_date < today:
        return ()
    held = {
        Shortcoming.NO_AGREEMENT: processor.role == Processor.Role.PROCESSOR
        and processor.agreed_date is None,
        **_agreement(processor.agreement_until_date, today),
        Shortcoming.REVIEW_OVERDUE: processor.review_date < today,
        Shortcoming.REVIEW_DUE: today <= processor.review_date <= today + AHEAD_OF_REVIEW,
    }
    return tuple(shortcoming for shortcoming, holds in held.items() if holds)


def list_in_use(*, organisation_id: uuid.UUID, today: datetime.date) -> list[Processor]:
    """List the parties that get data from an organisation on a day."""
    rows = Processor.objects.filter(_in_use(today), organisation=organisation_id)
    return list(rows.filter(in_use_from_date__lte=today).order_by("name", "pk"))


def list_watched(*, among: QuerySet[Processor], today: datetime.date) -> list[Watched]:
    """List the parties with which something falls short."""
    rows = _wanting(among, today).order_by("name", "pk")
    return [
        Watched(processor=row, shortcomings=find_shortcomings(processor=row, today=today)) for row in rows
    ]


def remind_next(*, now: datetime.datetime) -> bool:
    """Remind the officers of the next party with which something falls short; say whether there was one.

    Each is reminded of once ahead and once when the day has passed. A changed date starts anew.
    """
    with transaction.atomic():
        today = now.date()
        again = Q(reminded_at__date__lt=F("review_date"), review_date__lt=today) | Q(
            reminded_at__date__lt=F("agreement_until_date"), agreement_until_date__lt=today
        )
        due = _wanting(Processor.objects.filter(Q(reminded_at__isnull=True) | again), today)
        found = due.select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
        if found is None:
            return False
        Processor.objects.filter(pk=found.pk).update(reminded_at=now)
        for entity in _one_per_officer(found):
            outbox.write_letter(letter=_letter(found, entity, now), written_at=now)
    return True


def _agreement(until: datetime.date | None, today: datetime.date) -> dict[Shortcoming, bool]:
    return {
        Shortcoming.AGREEMENT_ENDED: until is not None and until < today,
        Shortcoming.AGREEMENT_ENDS: until is not None and today <= until <= today + AHEAD_OF_END,
    }


def _wanting(among: QuerySet[Processor], today: datetime.date) -> QuerySet[Processor]:
    without = Q(role=Processor.Role.PROCESSOR, agreed_date__isnull=True)
    ending = Q(agreement_until_date__lte=today + AHEAD_OF_END)
    return among.filter(_in_use(today), without | ending | Q(review_date__lte=today + AHEAD_OF_REVIEW))


def _in_use(today: datetime.date) -> Q:
    return Q(in_use_until_date__isnull=True) | Q(in_use_until_date__gte=today)


def _one_per_officer(processor: Processor) -> list[LegalEntity]:
    entities = processor.legal_entities.exclude(dpo_email="").order_by("name", "pk")
    return list({entity.dpo_email: entity for entity in entities}.values())


def _letter(processor: Processor, entity: LegalEntity, now: datetime.datetime) -> Letter:
    today = local_day(legal_entity=entity, at=now)
    shortcomings = find_shortcomings(processor=processor, today=today)
    with override(entity.language):
        content: dict[str, object] = {
            "subject": gettext("Look at a processor"),
            "paragraphs": [
                gettext("%(name)s gets data about people from you.") % {"name": processor.name},
                *(_sentence(one) for one in shortcomings),
            ],
            "facts": _facts(processor),
            "page": f"/admin/consent/processor/{processor.pk}/change/",
        }
    return Letter(
        kind=OutboxMessage.Kind.OFFICER,
        legal_entity=entity,
        to=entity.dpo_email,
        language=entity.language,
        content=content,
    )


def _sentence(shortcoming: Shortcoming) -> str:
    sentences = {
        Shortcoming.NO_AGREEMENT: gettext("There is no data processing agreement with it (art. 28(3) GDPR)."),
        Shortcoming.AGREEMENT_ENDED: gettext("The agreement has ended."),
        Shortcoming.AGREEMENT_ENDS: gettext("The agreement ends within two months."),
        Shortcoming.REVIEW_OVERDUE: gettext("Its review is overdue."),
        Shortcoming.REVIEW_DUE: gettext("Its review is due within two weeks."),
    }
    return sentences[shortcoming]


def _facts(processor: Processor) -> list[tuple[str, str]]:
    days = (
        (gettext("Agreement ends on"), processor.agreement_until_date),
        (gettext("Review on"), processor.review_date),
    )
    return [(label, date_format(day, "j F Y")) for label, day in days if day]
