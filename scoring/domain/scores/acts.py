"""What counts as an act of a person: what was told to us, and what stands here in its own place already."""

from collections.abc import Collection, Mapping
from typing import Final

from scoring.models import ScoreRule

LooksAt = ScoreRule.LooksAt

# Which contacts a count is about stands where /* whose */ is; each arm names the column of the contact.
TOLD: Final = """
SELECT event.contact_id, event.id, event.kind, event.subject, event.source, event.value, event.occurred_at,
    %(day)s::date - (event.occurred_at AT TIME ZONE %(zone)s)::date AS age
FROM scoring_behaviourevent event
WHERE event.legal_entity_id = %(legal_entity)s AND event.occurred_at < %(until)s
    AND event.kind = ANY(%(kinds)s) /* whose event.contact_id */ /* opens */
"""
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
SELECT bought.contact_id, bought.id, {kind}, coalesce(product.code, ''), lower(bought.kind), NULL::numeric,
    bought.occurred_at, %(day)s::date - (bought.occurred_at AT TIME ZONE %(zone)s)::date
FROM customers_transaction bought
LEFT JOIN customers_productgroup product ON product.id = bought.product_group_id
WHERE bought.legal_entity_id = %(legal_entity)s AND bought.occurred_at < %(until)s
    AND bought.kind IN ({kinds}) /* whose bought.contact_id */
"""
ADDRESSED: Final = """
SELECT point.contact_id, point.id, {kind}, lower(point.kind), '', NULL::numeric,
    {moment}, %(day)s::date - ({moment} AT TIME ZONE %(zone)s)::date
FROM customers_contactpoint point
WHERE point.organisation_id = %(organisation)s AND {moment} < %(until)s AND {which}
    /* whose point.contact_id */
"""
ELSEWHERE: Final[Mapping[str, str]] = {
    LooksAt.PURCHASE: AGREED.format(kind="'PURCHASE'", kinds="'SALE', 'DONATION'"),
    LooksAt.EVENT_VISIT: AGREED.format(kind="'EVENT_VISIT'", kinds="'ATTENDANCE'"),
    LooksAt.PLACEHOLDER_ADDRESS: ADDRESSED.format(
        kind="'PLACEHOLDER_ADDRESS'", moment="point.created_at", which="point.placeholder"
    ),
    LooksAt.BOUNCE: ADDRESSED.format(
        kind="'BOUNCE'", moment="point.invalid_at", which="point.invalid_reason = 'HARD_BOUNCE'"
    ),
}


def acts_looked_at(*, kinds: Collection[str], whose: str) -> str:
    """Write the rows of all acts of these kinds; `whose` narrows the column of the contact."""
    told = TOLD.replace("/* opens */", ONLY_WHEN_FOLLOWED if LooksAt.MAIL_OPENED in kinds else "")
    arms = [told, *(ELSEWHERE[kind] for kind in ELSEWHERE if kind in kinds)]
    return narrowed(sql=" UNION ALL ".join(arms), whose=whose)


def narrowed(*, sql: str, whose: str) -> str:
    """Narrow every arm to the contacts of a count."""
    for column in ("event.contact_id", "bought.contact_id", "point.contact_id", "contact.id"):
        sql = sql.replace(f"/* whose {column} */", whose.format(column=column))
    return sql
