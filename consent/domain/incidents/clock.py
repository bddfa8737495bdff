"""The 72 hours in which a data breach is reported, and what it waits for (art. 33 and 34 GDPR)."""

import datetime
from enum import StrEnum
from typing import Final

from consent.models import Incident

REPORT_WITHIN: Final = datetime.timedelta(hours=72)
Risk = Incident.Risk


class Step(StrEnum):
    """What a data breach waits for."""

    REPORT_OVERDUE = "REPORT_OVERDUE"
    REPORT = "REPORT"
    TELL_PEOPLE = "TELL_PEOPLE"
    CLOSE = "CLOSE"
    CLOSED = "CLOSED"


def report_due_at(*, incident: Incident) -> datetime.datetime:
    """The end of the 72 hours after the controller became aware of it; weekends count (art. 33(1))."""
    return incident.noticed_at + REPORT_WITHIN


def next_step(*, incident: Incident, now: datetime.datetime) -> Step:
    """Say what a data breach waits for: reporting goes first, for its clock runs."""
    if incident.closed_at is not None:
        return Step.CLOSED
    if incident.reported_at is None and not incident.not_reported_reason:
        return Step.REPORT_OVERDUE if now >= report_due_at(incident=incident) else Step.REPORT
    if incident.told_at is None and not incident.not_told_reason:
        return Step.TELL_PEOPLE
    return Step.CLOSE


def was_reported_late(*, incident: Incident) -> bool:
    """Say whether the report came after the 72 hours, so that the authority is told why."""
    return incident.reported_at is not None and incident.reported_at > report_due_at(incident=incident)
