"""What counts as an act of a person: what was told to us, and what stands here in its own place already."""

import datetime
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final
from zoneinfo import ZoneInfo

from scoring.models import ScoreRule

LooksAt = ScoreRule.LooksAt

# What happens later on the day, where a clock runs ahead, is not worth more than today.
AGE: Final = "greatest(%(day)s::date - ({moment} AT TIME ZONE %(zone)s)::date, 0)"
# The same, in a fifth of the time: looked up among the midnights of the last year.
QUICK_AGE: Final = (
    "CASE WHEN {moment} >= (%(midnights)s::timestamptz[])[1] "
    "THEN %(days)s - width_bucket({moment}, %(midnights)s::timestamptz[]) "
    f"ELSE {AGE} END"
)
DAYS: Final = 366
COLUMNS: Final = ("contact_id", "id", "kind", "subject", "source", "value", "occurred_at", "age")
# Which contacts a count is about stands where /* whose */ is; each arm names the column of the contact.
TOLD: Final = """
SELECT event.contact_id, event.id, event.kind, event.subject, event.source, event.value, event.occurred_at,
    {age} AS age
FROM scoring_behaviourevent event
WHERE event.legal_entity_id = %(legal_entity)s AND event.occurred_at < %(until)s
    AND event.kind = ANY(%(kinds)s) /* whose event.contact_id */ /* opens */
"""
TOLD_AGE: Final = QUICK_AGE.format(moment="event.occurred_at")
# Mail programs open mails by themselves: an open counts when something else was done within a day after it.
ONLY_WHEN_FOLLOWED: Final = """
    AND (event.kind <> 'MAIL_OPENED' OR EXISTS (
        SELECT FROM scoring_behaviourevent later
        WHERE later.contact_id = event.contact_id AND later.legal_entity_id = event.legal_entity_id
            AND later.occurred_at >= event.occurred_at
            AND later.occurred_at < least(event.occurred_at + interval '1 day', %(until)s)
            AND later.kind NOT IN ('MAIL_OPENED', 'BOUNCE', 'PLACEHOLDER_ADDRESS')))
"""
AGREED: Final = """
SELECT bought.contact_id, bought.id, {kind} AS kind, coalesce(product.code, '') AS subject,
    lower(bought.kind) AS source, NULL::numeric AS value, bought.occurred_at, {age} AS age
FROM customers_transaction bought
LEFT JOIN customers_productgroup product ON product.id = bought.product_group_id
WHERE bought.legal_entity_id = %(legal_entity)s AND bought.occurred_at < %(until)s
    AND bought.kind IN ({kinds}) /* whose bought.contact_id */
"""
ADDRESSED: Final = """
SELECT point.contact_id, point.id, {kind} AS kind, lower(point.kind) AS subject, '' AS source,
    NULL::numeric AS value, {moment} AS occurred_at, {age} AS age
FROM customers_contactpoint point
WHERE point.organisation_id = %(organisation)s AND {moment} < %(until)s AND {which}
    /* whose point.contact_id */
"""
AGREED_AGE: Final = AGE.format(moment="bought.occurred_at")
ELSEWHERE: Final[Mapping[str, str]] = {
    LooksAt.PURCHASE: AGREED.format(kind="'PURCHASE'", kinds="'SALE', 'DONATION'", age=AGREED_AGE),
    LooksAt.EVENT_VISIT: AGREED.format(kind="'EVENT_VISIT'", kinds="'ATTENDANCE'", age=AGREED_AGE),
    LooksAt.PLACEHOLDER_ADDRESS: ADDRESSED.format(
        kind="'PLACEHOLDER_ADDRESS'",
        moment="point.created_at",
        age=AGE.format(moment="point.created_at"),
        which="point.placeholder",
    ),
    LooksAt.BOUNCE: ADDRESSED.format(
        kind="'BOUNCE'",
        moment="point.invalid_at",
        age=AGE.format(moment="point.invalid_at"),
        which="point.invalid_reason = 'HARD_BOUNCE'",
    ),
}


def midnights(*, day: datetime.date, zone: str) -> list[datetime.datetime]:
    """The beginnings of the last days up to this one, where the legal entity is."""
    days = (day - datetime.timedelta(days=number) for number in reversed(range(DAYS)))
    return [datetime.datetime.combine(one, datetime.time(), ZoneInfo(zone)) for one in days]


def acts_looked_at(*, kinds: Collection[str], whose: str, columns: Iterable[str] = COLUMNS) -> str:
    """Write the rows of all acts of these kinds; `whose` narrows the column of the contact.

    Of acts that are put aside and summed, columns that nobody asks for are left out, so that an index holds
    them all.
    """
    told = TOLD.format(age=TOLD_AGE).replace(
        "/* opens */", ONLY_WHEN_FOLLOWED if LooksAt.MAIL_OPENED in kinds else ""
    )
    arms = [told, *(ELSEWHERE[kind] for kind in ELSEWHERE if kind in kinds)]
    wanted = ", ".join(columns)
    sql = " UNION ALL ".join(f"SELECT {wanted} FROM ({arm}) arm" for arm in arms)  # noqa: S608 # nosec B608
    return narrowed(sql=sql, whose=whose)


def narrowed(*, sql: str, whose: str) -> str:
    """Narrow every arm to the contacts of a count."""
    return re.sub(r"/\* whose (\S+) \*/", lambda found: whose.format(column=found[1]), sql)
