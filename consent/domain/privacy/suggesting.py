"""A first text for each part of a statement, written from what is known; somebody reads and mends it."""

import datetime
import re
from typing import Final

from django.template.loader import render_to_string
from django.utils import translation

from consent.domain.privacy.parts import RULES, Part
from consent.domain.privacy.stated import AUTHORITIES
from consent.domain.processing.facts import Ground, Processing, Use, read_processing, transfers_of
from consent.models import PrivacyStatementVersion, Processor, Wording, in_language
from customers.domain.countries import name_country
from customers.models import Language, LegalEntity

# One template per language, so that a lawyer reads the whole of it; a line “== PART” begins each part.
TEMPLATE: Final = "consent/statement/suggestion.{language}.txt"
HEADING: Final = re.compile(r"^== ([A-Z]+)\n", re.MULTILINE)


def suggest_parts(*, legal_entity: LegalEntity, at: datetime.datetime) -> dict[str, Wording]:
    """Write each part that this legal entity has to tell, in every language, from what is known."""
    processing = read_processing(legal_entity=legal_entity, at=at)
    texts = {language: _suggest(processing, language) for language in Language.values}
    return {
        part.value: {language: text[part] for language, text in texts.items()}
        for part, rule in RULES.items()
        if rule.is_required(processing) or part in (Part.TRANSFERS, Part.AUTOMATED)
    }


def fill_in(*, version: PrivacyStatementVersion, at: datetime.datetime) -> PrivacyStatementVersion:
    """Give a draft a suggested text wherever a part has none in a language; what is written stays."""
    suggested = suggest_parts(legal_entity=version.legal_entity, at=at)
    written = {part: {k: v for k, v in text.items() if v.strip()} for part, text in version.parts.items()}
    version.parts = {
        part: suggested.get(part, {}) | written.get(part, {}) for part in {**written, **suggested}
    }
    version.save(update_fields=["parts"])
    return version


def _suggest(processing: Processing, language: str) -> dict[Part, str]:
    entity = processing.entity
    context = {
        "entity": entity,
        "address": ", ".join(entity.postal_address.splitlines()),
        "phone": entity.stop_number.as_international if entity.stop_number else "",
        "uses": [_in_words(use, language) for use in processing.uses],
        "processing": processing,
        "workers": _named(processing, Processor.Role.PROCESSOR),
        "others": _named(processing, Processor.Role.RECIPIENT),
        "transfers": _transfers(processing, language),
        "years": sorted({months / 12 for months in processing.relation_months}),
        "authority": AUTHORITIES[entity.country].names[language],
        "site": AUTHORITIES[entity.country].site,
    }
    with translation.override(language):
        written = render_to_string(TEMPLATE.format(language=language), context)
    _before, *pieces = HEADING.split(written)
    return {Part(name): _tidy(text) for name, text in zip(pieces[::2], pieces[1::2], strict=True)}


def _named(processing: Processing, role: Processor.Role) -> list[str]:
    return [one.name for one in processing.recipients if one.role == role]


def _transfers(processing: Processing, language: str) -> list[dict[str, object]]:
    with translation.override(language):
        return [
            {"name": one.name, "country": name_country(code=country), "ground": ground.label}
            for one in processing.recipients
            for country, ground in transfers_of(one)
        ]


def _in_words(use: Use, language: str) -> dict[str, object]:
    return {
        "name": in_language(use.purpose.name, language),
        "description": in_language(use.purpose.description, language),
        "by_consent": Ground.CONSENT in use.grounds,
        "by_contract": Ground.CONTRACT in use.grounds,
        "by_interest": Ground.INTEREST in use.grounds,
        "months": use.purpose.term_months,
        "once": use.purpose.uses == 1,
    }


def _tidy(text: str) -> str:
    """One empty line between paragraphs, none around them."""
    return re.sub(r"\n{3,}", "\n\n", text).strip()
