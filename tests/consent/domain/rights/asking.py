"""Requests to test with: Alice asks the shop something about her data."""

from datetime import datetime
from typing import Any

from consent.domain.ledger.circumstances import Circumstances
from consent.domain.rights import receiving
from consent.domain.rights.receiving import NewRequest
from consent.models import Actor, Method, RightsRequest, Source
from tests import make
from tests.preference_scenes import House

Kind, Identity = RightsRequest.Kind, RightsRequest.Identity
BY_OFFICER = Circumstances(actor=Actor.SUBJECT, source=Source.PAPER, method=Method.RECORD)


def receive(
    *,
    house: House,
    kind: RightsRequest.Kind = Kind.ERASURE,
    received_at: datetime = make.NOW,
    recorded_at: datetime | None = None,
    **more: Any,
) -> RightsRequest:
    asked: dict[str, Any] = {
        "legal_entity": house.shop,
        "kind": kind,
        "source": Source.PAPER,
        "language": "en",
        "contact": house.alice,
        "words": "Haal mij overal uit.",
        "identity": Identity.DOCUMENT,
    }
    return receiving.receive(
        asked=NewRequest(**(asked | more)), received_at=received_at, recorded_at=recorded_at or received_at
    )
