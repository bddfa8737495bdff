"""What stands on the page of a talent pool: each figure in words, and who is in it."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page
from django.utils.translation import gettext as _
from django_stubs_ext import StrPromise

from consent.admin.badge import ALLOWED, ENDED, PENDING, STOPPED
from consent.admin.bars import Bar, bars_of
from consent.admin.permission import KeysFirst
from consent.models import Channel, ConsentRecord
from scoring.admin.campaign_tables import Row
from scoring.domain.journeys.employment import find_employees
from scoring.domain.talent_pool.figures import PoolFigures, find_right_people
from scoring.domain.talent_pool.standing import permissions
from scoring.models import JobApplication, ReferredCandidate, StayQuestion, TalentPool

PEOPLE_A_PAGE: Final = 50


@dataclass(frozen=True, kw_only=True)
class PoolTable:
    """The figures of a pool, as rows of four small tables."""

    fit: list[Row]
    fit_bars: list[Bar]
    leaks: list[Row]
    procedures: list[Row]
    channels: list[Row]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One person in the pool: since when, until when, whether right, and how they came."""

    record: ConsentRecord
    fit: str | StrPromise
    source: str | StrPromise
    asked_at: datetime.datetime | None


def page_table(*, figures: PoolFigures, pool: TalentPool) -> PoolTable:
    fit = figures.fit
    judged = [
        (_("Right people"), _("Whom this pool seeks."), fit.right, ALLOWED),
        (_("Others"), _("They seek other work, or work elsewhere."), fit.other, STOPPED),
        (_("Not known"), _("They have not said what they look for."), fit.unknown, PENDING),
        (
            _("Not looked at"),
            _("They objected, or may not be profiled for another reason."),
            fit.not_looked_at,
            ENDED,
        ),
    ]
    return PoolTable(
        fit=[Row(label=one[0], sentence=one[1], number=one[2]) for one in judged],
        fit_bars=bars_of([(label, number, colour) for label, _sentence, number, colour in judged]),
        leaks=_leaks(figures),
        procedures=_procedures(figures),
        channels=_channels(figures, pool),
    )


def list_people(*, pool: TalentPool, now: datetime.datetime, number: str | None) -> Page[Candidate]:
    """The people in a pool, whose permission ends first at the top; an employee is not named."""
    employees = find_employees(legal_entity=pool.legal_entity)
    named = permissions(pool=pool, now=now).exclude(contact__in=employees.values("contact"))
    rows = named.select_related("contact").order_by("valid_until", "pk")
    page: Page[Any] = KeysFirst(rows, PEOPLE_A_PAGE).get_page(number)
    records: list[ConsentRecord] = list(page.object_list)
    keys = [record.contact_id for record in records]
    right = find_right_people(pool=pool, contact_ids=keys, now=now)
    referred = set(
        ReferredCandidate.objects.filter(pool=pool, contact__in=keys).values_list("contact_id", flat=True)
    )
    asked = _asked(records)
    page.object_list = [
        Candidate(
            record=record,
            fit=_fit(right.get(record.contact_id)),
            source=_("By a link passed on") if record.contact_id in referred else _("By themselves"),
            asked_at=asked.get(record.grant_event_id),
        )
        for record in records
    ]
    return page


def _asked(records: list[ConsentRecord]) -> dict[uuid.UUID | None, datetime.datetime]:
    questions = StayQuestion.objects.filter(grant_event_id__in=[one.grant_event_id for one in records])
    return dict(questions.order_by("asked_at", "pk").values_list("grant_event_id", "asked_at"))


def _fit(right: bool | None) -> str:  # noqa: FBT001  (known, or not known, of one person)
    if right is None:
        return _("Not known")
    return _("Right") if right else _("Other")


def _leaks(figures: PoolFigures) -> list[Row]:
    return [
        Row(
            label=_("Joined or stayed"), sentence=_("Permission given or given again."), number=figures.joined
        ),
        Row(label=_("Of whom stayed"), sentence=_("Permission given again."), number=figures.stayed),
        Row(label=_("Stopped"), sentence=_("They withdrew their permission."), number=figures.stopped),
        Row(
            label=_("Ended by itself"),
            sentence=_("The term was over and they did not say they stay."),
            number=figures.ended,
        ),
    ]


def _procedures(figures: PoolFigures) -> list[Row]:
    return [
        Row(label=_("Running"), sentence=_("No answer yet."), number=figures.running),
        *(
            Row(label=outcome.label, sentence="", number=figures.outcomes.get(outcome.value, 0))
            for outcome in JobApplication.Outcome
        ),
    ]


def _channels(figures: PoolFigures, pool: TalentPool) -> list[Row]:
    sought = _("Preferred by the group you seek.")
    return [
        Row(
            label=channel.label,
            sentence=sought if channel in pool.channels else "",
            number=figures.channels.get(channel.value, 0),
        )
        for channel in Channel
        if channel in pool.channels or channel.value in figures.channels
    ]
