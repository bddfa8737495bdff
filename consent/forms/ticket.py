"""The signed note a form carries about itself: what it showed, when, and which sending it is."""

import datetime
import uuid
from dataclasses import dataclass

from django.core import signing

SALT = "form ticket"


class TicketNotReadableError(ValueError):
    """The note is not ours, or was cut off."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Which form was shown, when, and the key of this one sending of it."""

    content_hash: str
    shown_at: datetime.datetime
    submission_id: uuid.UUID

    def sign(self) -> str:
        parts = [self.content_hash, self.shown_at.isoformat(), str(self.submission_id)]
        return signing.dumps(parts, salt=SALT)


def read_ticket(*, text: str) -> Ticket:
    """Read the note back; raises TicketNotReadableError."""
    try:
        content_hash, shown_at, submission_id = signing.loads(text, salt=SALT)
        return Ticket(
            content_hash=content_hash,
            shown_at=datetime.datetime.fromisoformat(shown_at),
            submission_id=uuid.UUID(submission_id),
        )
    except (signing.BadSignature, ValueError) as error:
        raise TicketNotReadableError from error
