"""Who looked whom up, from every place where that is kept: pages, the inbound desk and the call desk."""

import datetime
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import TruncDate

from consent.models import DeskLookup, ShownContact
from customers.models import Contact, Organisation, StaffAct, StaffMember

Act = StaffAct.Act
# A look-up is unusual when one member has more of them in a day than both of these.
MANY_IN_A_DAY: Final = 50
TIMES_THE_USUAL: Final = 3
USUAL_DAYS: Final = 28
DAY: Final = datetime.timedelta(days=1)
CALLED: Final = "SHOWN"
LOOKED_UP: Final = "DESK"


@dataclass(frozen=True, kw_only=True)
class Unusual:
    """One member who looked up many people in the last day, beside how many that is on a usual day."""

    staff: StaffMember
    in_the_last_day: int
    usual: int


def about_contact(*, contact: Contact) -> QuerySet[Any]:
    """List everybody of the staff who was shown this person, the newest first.

    Rows have `at`, `who` (the key of the member), `what`, `where` and `about`. Source: art. 15 GDPR as
    read in CJEU C-579/21 (Pankki S): the person learns dates and purposes; who watches over it, also names.
    """
    return _together(
        StaffAct.objects.filter(contact_id=contact.pk),
        DeskLookup.objects.filter(contact=contact),
        ShownContact.objects.filter(entry__contact=contact),
    )


def by_member(*, staff: StaffMember) -> QuerySet[Any]:
    """List everything that one member of staff did, looked up and was shown, the newest first."""
    return _together(
        StaffAct.objects.filter(staff=staff),
        DeskLookup.objects.filter(staff=staff),
        ShownContact.objects.filter(agent=staff),
    )


def find_unusual(*, organisation: Organisation, now: datetime.datetime) -> list[Unusual]:
    """Find who looked up unusually many people in the last day.

    The rule: more than fifty looks, searches and look-ups at the desk in 24 hours, and more than three times
    their own mean of the days on which they worked in the four weeks before. Whom the call desk showed does
    not count: there the list chooses, not the agent.
    """
    many = {
        key: count for key, count in _looks(organisation, now - DAY, now).items() if count > MANY_IN_A_DAY
    }
    usual = _usual(organisation, list(many), now - DAY)
    members = StaffMember.objects.filter(pk__in=many).order_by("username", "pk")
    found = [Unusual(staff=one, in_the_last_day=many[one.pk], usual=usual.get(one.pk, 0)) for one in members]
    return [one for one in found if one.in_the_last_day > TIMES_THE_USUAL * one.usual]


def _together(acts: QuerySet[Any], lookups: QuerySet[Any], shown: QuerySet[Any]) -> QuerySet[Any]:
    own = acts.values(
        at=F("done_at"), who=F("staff_id"), what=F("act"), where=F("page"), about=F("contact_id")
    )
    desk = lookups.values(
        at=F("looked_up_at"),
        who=F("staff_id"),
        what=Value(LOOKED_UP),
        where=Value("inbound_desk"),
        about=F("contact_id"),
    )
    calls = shown.values(
        at=F("shown_at"),
        who=F("agent_id"),
        what=Value(CALLED),
        where=Value("call_contact"),
        about=F("entry__contact_id"),
    )
    return own.union(desk, calls, all=True).order_by("-at")


def _looks(
    organisation: Organisation, since: datetime.datetime, until: datetime.datetime
) -> Counter[uuid.UUID]:
    return Counter({key: sum(days.values()) for key, days in _by_day(organisation, since, until).items()})


def _usual(
    organisation: Organisation, members: list[uuid.UUID], until: datetime.datetime
) -> dict[uuid.UUID, int]:
    if not members:
        return {}
    found = _by_day(organisation, until - USUAL_DAYS * DAY, until)
    return {key: sum(days.values()) // len(days) for key, days in found.items() if key in members}


def _by_day(
    organisation: Organisation, since: datetime.datetime, until: datetime.datetime
) -> dict[uuid.UUID, Counter[datetime.date]]:
    """How many looks each member had on each day on which there were any."""
    acts = StaffAct.objects.filter(
        organisation=organisation, act__in=[Act.LOOKED, Act.SEARCHED], staff__isnull=False
    )
    lookups = DeskLookup.objects.filter(organisation=organisation)
    found: dict[uuid.UUID, Counter[datetime.date]] = {}
    for rows, moment in ((acts, "done_at"), (lookups, "looked_up_at")):
        period = rows.filter(**{f"{moment}__gt": since, f"{moment}__lte": until})
        per_day = period.values("staff_id", day=TruncDate(moment)).annotate(looks=Count("pk"))
        for row in per_day.order_by("staff_id", "day"):
            found.setdefault(row["staff_id"], Counter())[row["day"]] += row["looks"]
    return found
