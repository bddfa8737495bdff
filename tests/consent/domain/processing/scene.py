"""A shop of which everything that its record of processing tells is written down."""

from datetime import date

from consent.models import CollectionField, Processor, TransferGround
from customers.models import LegalEntity
from tests import make
from tests.consent.domain.privacy.scene import shop


def described_shop() -> LegalEntity:
    """The shop with a reviewed place that asks permission, a processor abroad and its security."""
    entity = shop()
    ideas = entity.purposes.get(code="ideas")
    entity.purposes.update(description={"nl": "Wat het licht doet.", "en": "What light does."})
    point = make.collection_point(legal_entity=entity, code="ideeen")
    make.collection_choice(
        collection_point=point, notice_version=entity.notices.get(code="ideas").versions.get()
    )
    make.collection_field(collection_point=point)
    make.collection_field(
        collection_point=point, name=CollectionField.Name.GIVEN_NAME, need="Om u aan te spreken."
    )
    entity.collection_points.update(last_reviewed_date=date(2026, 5, 1))
    make.processor(legal_entities=[entity], purposes=[ideas])
    make.processor(
        legal_entities=[entity],
        name="Wolk Inc.",
        service="Bewaart de gegevens",
        role=Processor.Role.PROCESSOR,
        country="US",
        transfer_ground=TransferGround.ADEQUACY,
    )
    make.security_measures(organisation=entity.organisation)
    return entity
