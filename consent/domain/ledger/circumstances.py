import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from consent.domain.ledger.recording import Wordings
from consent.models import Actor, Method, Source


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """Who acted, where it reached us, how, and what was shown; `proof` is the personal part.

    The names are those of a new event, so that `NewEvent(act=…, **vars(how))` takes them over whole.
    """

    actor: Actor
    source: Source
    method: Method
    staff_id: uuid.UUID | None = None
    collection_point_id: uuid.UUID | None = None
    shown: Wordings = field(default_factory=Wordings)
    proof: Mapping[str, object] | None = None


BY_SCHEDULE = Circumstances(actor=Actor.SYSTEM, source=Source.SCHEDULE, method=Method.TERM)
