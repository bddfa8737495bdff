import re
from pathlib import Path

from consent.domain import notices
from consent.domain.privacy.publishing import Change, publish_privacy_statement
from consent.domain.privacy.stated import AUTHORITIES
from consent.management.sample_data.moments import LONG_AGO, noon
from consent.models import ContentKind, PrivacyStatementVersion, Purpose, StatementPart, Wording, in_language
from customers.models import Language, LegalEntity

TEXTS = {
    language: Path(__file__).with_name(f"statement.{language}.txt").read_text()
    for language in Language.values
}
OPENING = "OPENING"
# Who works with a call team tells it in a second version, once everything of the sample has happened.
CALL_TEAM = ("harthulp", "lampenwinkel")
CALL_TEAM_FROM = "2026-11-02"
RECIPIENTS: Wording = {
    "nl": (
        "Alleen bedrijven die voor ons werken en er niets anders mee mogen doen: onze verzender van e-mail "
        "en, sinds november 2026, het belteam van Belhuis Delta in Zwolle. Wij verkopen uw gegevens niet."
    ),
    "en": (
        "Only companies that work for us and may do nothing else with it: our sender of e-mail and, since "
        "November 2026, the call team of Belhuis Delta in Zwolle. We do not sell your data."
    ),
}
WHAT_CHANGES: Wording = {
    "nl": "Belhuis Delta belt voortaan voor ons, en krijgt daarvoor uw naam en nummer als u dat goed vond.",
    "en": "Belhuis Delta now calls for us, and gets your name and number for it if you agreed to calls.",
}
GROUNDS = {
    "nl": {True: "omdat het hoort bij wat u met ons afsprak", False: "met uw toestemming, of als klant"},
    "en": {
        True: "because it belongs to what you agreed with us",
        False: "with consent, or as a customer",
    },
}


def load_statements() -> None:
    """Publish the privacy statement of each legal entity, with the parts that art. 13 GDPR asks."""
    for entity in LegalEntity.objects.order_by("code"):
        texts = {language: _texts(entity, language) for language in TEXTS}
        version = PrivacyStatementVersion.objects.create(
            legal_entity=entity,
            number=1,
            wording=_part(texts, OPENING),
            parts={part: _part(texts, part) for part in StatementPart.values},
        )
        publish_privacy_statement(version=version, published_at=LONG_AGO)


def load_second_versions() -> None:
    """Tell of the call team in a second version; the officer has yet to announce it."""
    for entity in LegalEntity.objects.filter(code__in=CALL_TEAM).order_by("code"):
        draft = notices.new_version(version=entity.privacy_statements.get(number=1))
        draft.parts[StatementPart.RECIPIENTS] = RECIPIENTS
        draft.save(update_fields=["parts"])
        publish_privacy_statement(
            version=draft,
            published_at=noon(day=CALL_TEAM_FROM, entity=entity),
            change=Change(summary=WHAT_CHANGES, is_material=True),
        )


def _part(texts: dict[str, dict[str, str]], name: str) -> Wording:
    return {language: text[name] for language, text in texts.items()}


def _texts(entity: LegalEntity, language: str) -> dict[str, str]:
    authority = AUTHORITIES[entity.country]
    purposes = list(entity.purposes.order_by("code"))
    text = TEXTS[language].format(
        name=entity.name,
        address=", ".join(entity.postal_address.splitlines()),
        officer=entity.dpo_name,
        email=entity.dpo_email,
        number=entity.stop_number.as_international,
        purposes="\n".join(_line(purpose, language) for purpose in purposes),
        terms="".join(_term(purpose, language) for purpose in purposes if purpose.term_months),
        authority=authority.names[language],
        site=authority.site,
    )
    _before, *pieces = re.split(r"^== ([A-Z]+)\n", text, flags=re.MULTILINE)
    return {name: part.strip() for name, part in zip(pieces[::2], pieces[1::2], strict=True)}


def _line(purpose: Purpose, language: str) -> str:
    ground = GROUNDS[language][purpose.content == ContentKind.SERVICE]
    return f"- {in_language(purpose.name, language)}: {ground};"


def _term(purpose: Purpose, language: str) -> str:
    name = in_language(purpose.name, language)
    said = {
        "nl": f" Toestemming voor de {name} eindigt na {purpose.term_months} maanden.",
        "en": f" Consent for the {name} ends after {purpose.term_months} months.",
    }
    return said[language]
