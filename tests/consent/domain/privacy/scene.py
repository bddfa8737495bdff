"""A shop that mails offers with permission and to customers, and a statement that tells all of it."""

from consent.domain.privacy.suggesting import suggest_parts
from consent.models import (
    Channel,
    CollectionPoint,
    ContentKind,
    PrivacyStatementVersion,
    Purpose,
    StatementPart,
)
from customers.models import LegalEntity, RelationKind
from tests import make


def shop(*, country: str = "NL") -> LegalEntity:
    """One purpose on permission that ends after a year, one told to customers, one of service."""
    organisation = make.organisation()
    entity = make.legal_entity(organisation=organisation, country=country)
    ideas = purpose_of(entity, code="ideas", name={"nl": "lichtideeën", "en": "light ideas"}, term_months=12)
    offers = purpose_of(entity, code="offers", name={"nl": "aanbiedingen", "en": "offers"})
    purpose_of(
        entity,
        code="service",
        name={"nl": "berichten over je bestelling", "en": "messages about your order"},
        content=ContentKind.SERVICE,
    )
    make.notice_version(legal_entity=entity, purpose=ideas, channel=Channel.EMAIL, code="ideas")
    make.collection_point(
        legal_entity=entity,
        code="kassa",
        form=CollectionPoint.Form.TRANSACTION,
        transaction_kind=RelationKind.SALE,
        soft_optin_notice=make.notice_version(
            legal_entity=entity, purpose=offers, channel=Channel.EMAIL, code="offers"
        ),
    )
    return entity


def purpose_of(
    entity: LegalEntity,
    *,
    code: str,
    name: dict[str, str],
    content: ContentKind = ContentKind.COMMERCIAL,
    channels: tuple[Channel, ...] = (Channel.EMAIL,),
    term_months: int | None = None,
) -> Purpose:
    return make.purpose(
        organisation=entity.organisation,
        legal_entities=[entity],
        code=code,
        name=name,
        content=content,
        channels=channels,
        term_months=term_months,
    )


def whole_draft(entity: LegalEntity, *, number: int = 1) -> PrivacyStatementVersion:
    """A draft with every part that the shop has to tell."""
    parts = suggest_parts(legal_entity=entity, at=make.NOW)
    return make.privacy_statement(legal_entity=entity, number=number, parts=parts, published_at=None)


def rewrite(version: PrivacyStatementVersion, part: StatementPart, **text: str) -> PrivacyStatementVersion:
    version.parts[part.value] = {**version.parts.get(part.value, {}), **text}
    version.save(update_fields=["parts"])
    return version
