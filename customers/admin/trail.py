"""What one request leaves for the log of what staff do."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from customers.models import StaffAct

KEY: Final = "jawoord.trail"


@dataclass
class Trail:
    """On which page and from which network, what the page says of its own act, and whether it is kept."""

    page: str = ""
    network: str = ""
    act: StaffAct.Act | None = None
    rows: int | None = None
    is_kept: bool = False


def trail_of(request: HttpRequest) -> Trail:
    trail = request.META.setdefault(KEY, Trail())
    assert isinstance(trail, Trail)  # noqa: S101  (tells the type checker)
    return trail
