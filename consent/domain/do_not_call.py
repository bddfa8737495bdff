import datetime
import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from consent.models import DoNotCallSnapshot
from customers.models import Organisation

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# Days on the list are days in Belgium.
BELGIUM = ZoneInfo("Europe/Brussels")

STAGE = """
CREATE TEMPORARY TABLE listed (number varchar(128), registered_date date) ON COMMIT DROP
"""
# Every copy repeats nearly all of the one before: rows that stand already are read, never rewritten.
ADD = """
INSERT INTO consent_donotcallregistration (organisation_id, number, registered_date)
SELECT %(organisation)s::uuid, number, registered_date FROM listed
WHERE NOT EXISTS (
    SELECT FROM consent_donotcallregistration registration
    WHERE registration.organisation_id = %(organisation)s
        AND registration.number = listed.number AND registration.registered_date = listed.registered_date
)
ON CONFLICT DO NOTHING
"""
RETURN = """
UPDATE consent_donotcallregistration registration SET removed_date = NULL FROM listed
WHERE registration.organisation_id = %(organisation)s AND registration.removed_date IS NOT NULL
    AND registration.number = listed.number AND registration.registered_date = listed.registered_date
"""
REMOVE = """
UPDATE consent_donotcallregistration registration SET removed_date = %(gone_on)s
WHERE registration.organisation_id = %(organisation)s AND registration.removed_date IS NULL
    AND NOT EXISTS (
        SELECT FROM listed
        WHERE listed.number = registration.number AND listed.registered_date = registration.registered_date
    )
"""


class Refusal(enum.StrEnum):
    """Why a list is not loaded at all."""

    NO_NEWER = "a list as new as this one was loaded before"
    FUTURE = "the list was taken in the future"
    EMPTY = "the list is empty"
    BAD_ROW = "a row holds no number or a day in the future"
    NOT_A_LIST = "hardly any row holds a phone number"
    NOT_TEXT = "the file is packed or made by an office program, and no plain text"


class SnapshotNotLoadableError(ValueError):
    """The list cannot be loaded; the one before still stands."""

    def __init__(self, refusal: Refusal, place: int | None = None) -> None:
        super().__init__(f"{refusal} (row {place})" if place else str(refusal))
        self.refusal = refusal


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One number (E.164) on the list, and the day it was registered."""

    number: str
    registered_date: datetime.date


@transaction.atomic
def load_snapshot(
    *,
    organisation: Organisation,
    registrations: Iterable[Registration],
    taken_at: datetime.datetime,
    loaded_at: datetime.datetime,
) -> DoNotCallSnapshot:
    """Replace what stands on the Belgian do-not-call-me list by a whole newer copy of it.

    A number that is gone keeps its row with the day it was first missed, so that a question about an earlier
    day gets the answer of that day. Registrations stream through: memory does not grow with the list.
    Source: art. VI.111-114 WER; rules, "Grounds per channel". Raises SnapshotNotLoadableError.
    """
    _check_moment(organisation, taken_at, loaded_at)
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        with cursor.copy("COPY listed (number, registered_date) FROM STDIN") as copy:
            for row in _readable(registrations, taken_at):
                copy.write_row(row)
        cursor.execute("ANALYZE listed")
        cursor.execute(RETURN, {"organisation": organisation.pk})
        cursor.execute(ADD, {"organisation": organisation.pk})
        gone_on = taken_at.astimezone(BELGIUM).date()
        cursor.execute(REMOVE, {"organisation": organisation.pk, "gone_on": gone_on})
        cursor.execute(
            "SELECT (SELECT count(*) FROM listed), count(*) FROM (SELECT DISTINCT number FROM listed) one"
        )
        rows, numbers = cursor.fetchone()
        cursor.execute("DROP TABLE listed")
    if not rows:
        raise SnapshotNotLoadableError(Refusal.EMPTY)
    return DoNotCallSnapshot.objects.create(
        organisation=organisation, taken_at=taken_at, loaded_at=loaded_at, numbers=numbers
    )


def _check_moment(
    organisation: Organisation, taken_at: datetime.datetime, loaded_at: datetime.datetime
) -> None:
    # One loader per organisation at a time.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if taken_at > loaded_at:
        raise SnapshotNotLoadableError(Refusal.FUTURE)
    if DoNotCallSnapshot.objects.filter(organisation=organisation, taken_at__gte=taken_at).exists():
        raise SnapshotNotLoadableError(Refusal.NO_NEWER)


def _readable(
    registrations: Iterable[Registration], taken_at: datetime.datetime
) -> Iterator[tuple[str, datetime.date]]:
    last_day = taken_at.astimezone(BELGIUM).date()
    for place, one in enumerate(registrations, start=1):
        if not E164.fullmatch(one.number) or one.registered_date > last_day:
            raise SnapshotNotLoadableError(Refusal.BAD_ROW, place)
        yield one.number, one.registered_date
