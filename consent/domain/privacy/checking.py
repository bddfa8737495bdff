import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from consent.domain.form_rules.catalogue import Finding, Rule
from consent.domain.privacy import stated
from consent.domain.privacy.parts import RULES, Part, text_of
from consent.domain.processing.facts import Processing, read_processing
from consent.models import PrivacyStatementVersion, Wording, in_language
from customers.models import Language

NO_OPENING = Rule("NO_OPENING", _("“In short” is not written in %(other)s."), _("Art. 12(1) GDPR"))
NO_SUMMARY = Rule(
    "NO_SUMMARY",
    _("A material change is told to people, but what changes is not written in %(other)s."),
    _("Art. 12(1) and 13(3) GDPR"),
)
PART_MISSING = _("“%(what)s” is not written in %(other)s.")
PURPOSE_NOT_NAMED = Rule(
    "PURPOSE_NOT_NAMED",
    _("The purpose “%(what)s” is in use, but the %(other)s text does not name it."),
    _("Art. 13(1)(c) GDPR"),
)
TERM_DIFFERS = Rule(
    "TERM_DIFFERS",
    _("“%(what)s” ends after %(months)s months here; the %(other)s text states another term, or none."),
    _("Art. 13(2)(a) GDPR"),
)
RELATION_TERM_DIFFERS = Rule(
    "RELATION_TERM_DIFFERS",
    _(
        "A relation with a customer ends after %(months)s months here; the %(other)s text states another "
        "term, or none."
    ),
    _("Art. 13(2)(a) GDPR"),
)
CONTROLLER_NOT_NAMED = Rule(
    "CONTROLLER_NOT_NAMED",
    _("The %(other)s text does not name “%(what)s”."),
    _("Art. 13(1)(a) GDPR"),
)
OFFICER_NOT_REACHABLE = Rule(
    "OFFICER_NOT_REACHABLE",
    _("The %(other)s text does not give the officer's address, %(what)s."),
    _("Art. 13(1)(b) GDPR"),
)
RIGHT_NOT_NAMED = Rule(
    "RIGHT_NOT_NAMED",
    _("The %(other)s text does not name the right of %(what)s in any of the usual words."),
    _("Art. 13(2)(b) GDPR"),
)
AUTHORITY_NOT_NAMED = Rule(
    "AUTHORITY_NOT_NAMED",
    _("The %(other)s text does not name the authority, %(what)s."),
    _("Art. 13(2)(d) GDPR"),
)
NOT_SAID = _("Nothing is said under “%(what)s”. Say so when it does not happen, too.")
# Left out, people wonder; the law asks for them only where it happens, which is not known here.
BETTER_SAID = (Part.TRANSFERS, Part.AUTOMATED)


@dataclass(frozen=True, kw_only=True)
class Check:
    """What keeps a statement from being published, and what somebody should look at before it is."""

    faults: list[Finding]
    warnings: list[Finding]


@dataclass(frozen=True, kw_only=True)
class _Text:
    """A statement as people of one language read it, held against what is done with data."""

    version: PrivacyStatementVersion
    processing: Processing
    language: Language

    def of(self, part: Part) -> str:
        return text_of(version=self.version, part=part).get(self.language, "").strip()


def check_statement(*, version: PrivacyStatementVersion, at: datetime.datetime) -> Check:
    """Check that a statement tells in every language what art. 13 and 14 GDPR ask, and that it is true.

    A part that is missing is a fault: such a statement cannot be published. A text that seems to leave out a
    purpose, right or term that counts here is a warning, for a machine may misread it.
    """
    processing = read_processing(legal_entity=version.legal_entity, at=at)
    texts = [_Text(version=version, processing=processing, language=language) for language in Language]
    return Check(
        faults=[fault for text in texts for fault in _faults(text)],
        warnings=[
            *(warning for text in texts for warning in _warnings(text)),
            *_left_out(version, processing),
        ],
    )


def _faults(text: _Text) -> Iterator[Finding]:
    if _lacks(text.version.wording, text.language):
        yield NO_OPENING.broken_by(other=text.language.label)
    for part, rule in RULES.items():
        is_begun = any(text_of(version=text.version, part=part).values())
        if not text.of(part) and (is_begun or rule.is_required(text.processing)):
            named: Mapping[str, object] = {"what": part.label, "other": text.language.label}
            yield Finding(code=f"NO_{part}", sentence=str(PART_MISSING) % named, article=str(rule.article))
    if text.version.is_material and _lacks(text.version.change_summary, text.language):
        yield NO_SUMMARY.broken_by(other=text.language.label)


def _warnings(text: _Text) -> Iterator[Finding]:
    """Only about parts that are written: what is missing is a fault already."""
    entity, language = text.processing.entity, text.language
    if text.of(Part.CONTROLLER) and entity.name.lower() not in text.of(Part.CONTROLLER).lower():
        yield CONTROLLER_NOT_NAMED.broken_by(what=entity.name, other=language.label)
    if text.of(Part.OFFICER) and entity.dpo_email.lower() not in text.of(Part.OFFICER).lower():
        yield OFFICER_NOT_REACHABLE.broken_by(what=entity.dpo_email, other=language.label)
    yield from _purposes(text)
    yield from _terms(text)
    if rights := text.of(Part.RIGHTS):
        for right in stated.rights_not_named(text=rights, language=language):
            yield RIGHT_NOT_NAMED.broken_by(what=f"{right.name} (art. {right.article})", other=language.label)
    complaint = text.of(Part.COMPLAINT)
    if complaint and not stated.names_authority(text=complaint, country=entity.country):
        name = stated.AUTHORITIES[entity.country].names[language]
        yield AUTHORITY_NOT_NAMED.broken_by(what=name, other=language.label)


def _purposes(text: _Text) -> Iterator[Finding]:
    written = text.of(Part.PURPOSES).lower()
    for use in text.processing.uses if written else ():
        name = in_language(use.purpose.name, text.language)
        if name.lower() not in written:
            yield PURPOSE_NOT_NAMED.broken_by(what=name, other=text.language.label)


def _terms(text: _Text) -> Iterator[Finding]:
    written = text.of(Part.TERMS)
    if not written:
        return
    found = stated.months_stated(text=f"{written} {text.of(Part.PURPOSES)}", language=text.language)
    for use in text.processing.uses:
        if use.purpose.term_months and use.purpose.term_months not in found:
            name = in_language(use.purpose.name, text.language)
            yield TERM_DIFFERS.broken_by(what=name, months=use.purpose.term_months, other=text.language.label)
    for months in sorted(set(text.processing.relation_months) - found):
        yield RELATION_TERM_DIFFERS.broken_by(months=months, other=text.language.label)


def _left_out(version: PrivacyStatementVersion, processing: Processing) -> Iterator[Finding]:
    for part in BETTER_SAID:
        rule = RULES[part]
        if not any(text_of(version=version, part=part).values()) and not rule.is_required(processing):
            sentence = str(NOT_SAID) % {"what": part.label}
            yield Finding(code=f"{part}_NOT_SAID", sentence=sentence, article=str(rule.article))


def _lacks(wording: Wording, language: Language) -> bool:
    return not wording.get(language, "").strip()
