"""What came of the messages handed over: read back from the outbox rather than told, so no death loses it."""

import datetime
import uuid
from pathlib import Path
from typing import Final

from django.db import connection, transaction

from consent.domain.ledger.recording import NewEvent, record
from consent.models import Act, Actor, Method, Source
from customers.domain import contacts
from scoring.models import CampaignRecipient

State = CampaignRecipient.State
SQL: Final = Path(__file__).with_name("sql")
LIMITED: Final = SQL.joinpath("limited.sql").read_text()
READ_BACK: Final = SQL.joinpath("read_back.sql").read_text()


def read_back(*, now: datetime.datetime) -> int:
    """Note what the mail server said of each message; a permission for so many times is used up by one."""
    with connection.cursor() as cursor:
        cursor.execute(LIMITED)
        limited = cursor.fetchall()
    for recipient_id, contact_id, grant_event_id in limited:
        _use_up(recipient_id, contact_id, grant_event_id, now)
    with connection.cursor() as cursor:
        cursor.execute(READ_BACK)
        return len(limited) + int(cursor.rowcount)


@transaction.atomic
def _use_up(
    recipient_id: int, contact_id: uuid.UUID, grant_event_id: uuid.UUID, now: datetime.datetime
) -> None:
    """The person is held first, as everywhere; whoever was erased, or counted meanwhile, has no such row."""
    contacts.hold_contact(contact_id=contact_id)
    rows = CampaignRecipient.objects.filter(pk=recipient_id, state=State.HANDED_OVER)
    row = rows.select_related("campaign").first()
    if row is None or not rows.update(state=State.SENT):
        return
    used = NewEvent(
        organisation_id=row.campaign.organisation_id,
        act=Act.USED,
        subject_id=row.contact_id,
        legal_entity_id=row.campaign.legal_entity_id,
        purpose_id=row.campaign.purpose_id,
        channel=row.campaign.channel,
        contact_point_id=row.contact_point_id,
        refers_to_id=grant_event_id,
        occurred_at=row.handed_at or now,
        actor=Actor.SYSTEM,
        source=Source.SCHEDULE,
        method=Method.RECORD,
    )
    record(events=[used], recorded_at=now)
