"""The parts of a privacy statement: the article that asks each of them, and when it is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.processing.facts import Processing
from consent.models import PrivacyStatementVersion, StatementPart, Wording

Part = StatementPart


@dataclass(frozen=True, kw_only=True)
class PartRule:
    """What one part must tell, the article that says so, and for which processing it may not be left out."""

    article: StrPromise
    tells: StrPromise
    is_required: Callable[[Processing], bool] = lambda _processing: True


RULES: Final[Mapping[Part, PartRule]] = {
    Part.CONTROLLER: PartRule(
        article=_("Art. 13(1)(a) GDPR"),
        tells=_("The name of the legal entity, and how people reach it."),
    ),
    Part.OFFICER: PartRule(
        article=_("Art. 13(1)(b) GDPR"),
        tells=_("How people reach the data protection officer."),
        is_required=lambda processing: processing.has_officer,
    ),
    Part.PURPOSES: PartRule(
        article=_("Art. 13(1)(c) GDPR"),
        tells=_("Each purpose by its name, and the ground it rests on (art. 6 GDPR)."),
    ),
    Part.INTERESTS: PartRule(
        article=_("Art. 13(1)(d) GDPR"),
        tells=_("Which interests you pursue where a purpose rests on them, such as telling customers more."),
        is_required=lambda processing: processing.rests_on_interests,
    ),
    Part.RECIPIENTS: PartRule(
        article=_("Art. 13(1)(e) GDPR"),
        tells=_("Who gets the data, by name or by kind: your processors too."),
    ),
    Part.TRANSFERS: PartRule(
        article=_("Art. 13(1)(f) GDPR"),
        tells=_(
            "Which countries outside the European Economic Area, on what ground, and where people find "
            "a copy of the safeguards."
        ),
        is_required=lambda processing: processing.has_transfers,
    ),
    Part.TERMS: PartRule(
        article=_("Art. 13(2)(a) GDPR"),
        tells=_("How long you keep the data, or how that follows."),
    ),
    Part.RIGHTS: PartRule(
        article=_("Art. 13(2)(b) GDPR"),
        tells=_(
            "Access, rectification, erasure, restriction, objection and portability, and how people ask."
        ),
    ),
    Part.WITHDRAWAL: PartRule(
        article=_("Art. 13(2)(c) GDPR"),
        tells=_("That permission can be taken back at any time, and how."),
        is_required=lambda processing: processing.rests_on_consent,
    ),
    Part.COMPLAINT: PartRule(
        article=_("Art. 13(2)(d) GDPR"),
        tells=_("That people can complain with the authority, and with which one."),
    ),
    Part.OBLIGATION: PartRule(
        article=_("Art. 13(2)(e) GDPR"),
        tells=_("Whether people must give their data, and what follows when they do not."),
    ),
    Part.AUTOMATED: PartRule(
        article=_("Art. 13(2)(f) GDPR"),
        tells=_(
            "Whether you decide by machine or make profiles, how that works and what it means for people."
        ),
        is_required=lambda processing: processing.makes_profiles,
    ),
    Part.SOURCE: PartRule(
        article=_("Art. 14(1)(d) and 14(2)(f) GDPR"),
        tells=_("Which data you got from others, from whom, and whether that is public."),
        is_required=lambda processing: processing.has_data_from_others,
    ),
}


def text_of(*, version: PrivacyStatementVersion, part: Part) -> Wording:
    """Read one part of a statement; empty when it is left out."""
    text: Wording = version.parts.get(part.value, {})
    return text
