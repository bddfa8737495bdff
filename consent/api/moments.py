"""A moment in a body, as people write it."""

from datetime import datetime

from consent.api.bodies import Body
from consent.api.problems import WrongFieldError
from consent.domain.engine.moments import MomentNotReadableError, read_moment


def read_field(body: Body, field: str, *, zone: str) -> datetime | None:
    """Read a moment; without offset it is in this zone. What is none is refused, and not repeated."""
    written: str | None = getattr(body, field)
    try:
        return None if written is None else read_moment(text=written, zone=zone)
    except MomentNotReadableError:
        detail = "This is no moment: write a date such as 2026-06-30, with or without a time."
        raise WrongFieldError(field=field, detail=detail) from None
