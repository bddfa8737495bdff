from pathlib import Path

from consent.domain import notices
from consent.management.sample_data.moments import LONG_AGO
from consent.models import PrivacyStatementVersion, in_language
from customers.models import Country, Language, LegalEntity

AUTHORITIES = {
    Country.NL: "Autoriteit Persoonsgegevens (autoriteitpersoonsgegevens.nl)",
    Country.BE: "Gegevensbeschermingsautoriteit (gegevensbeschermingsautoriteit.be)",
}
TEXTS = {
    language: Path(__file__).with_name(f"statement.{language}.txt").read_text()
    for language in Language.values
}


def load_statements() -> None:
    """Publish the privacy statement of each legal entity, with the parts that art. 13 GDPR asks."""
    for entity in LegalEntity.objects.order_by("code"):
        version = PrivacyStatementVersion.objects.create(
            legal_entity=entity,
            number=1,
            wording={language: _text(entity, language) for language in TEXTS},
        )
        notices.publish_privacy_statement(version=version, published_at=LONG_AGO)


def _text(entity: LegalEntity, language: str) -> str:
    purposes = [in_language(purpose.name, language) for purpose in entity.purposes.order_by("code")]
    return TEXTS[language].format(
        name=entity.name,
        address=", ".join(entity.postal_address.splitlines()),
        officer=entity.dpo_name,
        email=entity.dpo_email,
        number=entity.stop_number.as_international,
        purposes=", ".join(purposes),
        authority=AUTHORITIES[Country(entity.country)],
    )
