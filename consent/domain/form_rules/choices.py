"""The rules about each box and caption, and about the notices behind them."""

from collections.abc import Iterator
from itertools import combinations

from consent.domain.form_rules import catalogue
from consent.domain.form_rules.catalogue import Finding
from consent.domain.form_rules.reading import FormAsMade, kind_of, languages_lacking, name_of
from consent.domain.form_rules.wording import channel_words, names_in
from consent.models import CollectionChoice, NoticeVersion, in_language
from customers.models import Language

Display = CollectionChoice.Display
Mechanism = CollectionChoice.Mechanism


def find_pre_ticked(form: FormAsMade) -> Iterator[Finding]:
    for choice in form.choices:
        if choice.ticked:
            yield catalogue.PRE_TICKED.broken_by(what=_name(choice))


def find_folded(form: FormAsMade) -> Iterator[Finding]:
    for choice in form.choices:
        if choice.display != Display.FULL:
            yield catalogue.WORDING_FOLDED.broken_by(what=_name(choice))


def find_missing_texts(form: FormAsMade) -> Iterator[Finding]:
    for version in form.notice_versions:
        for language in languages_lacking(wording=version.wording):
            yield catalogue.WORDING_MISSING.broken_by(what=name_of(version=version), other=language.label)
        if languages_lacking(wording=version.withdrawal):
            yield catalogue.NO_WITHDRAWAL_TEXT.broken_by(what=name_of(version=version))


def find_drafts(form: FormAsMade) -> Iterator[Finding]:
    for version in form.notice_versions:
        if version.published_at is None:
            yield catalogue.NOTICE_NOT_PUBLISHED.broken_by(what=name_of(version=version))


def find_bundled_channels(form: FormAsMade) -> Iterator[Finding]:
    for version in form.notice_versions:
        words = [
            word
            for language in Language
            for word in channel_words(
                text=version.wording.get(language, ""), language=language, channel=version.notice.channel
            )
        ]
        if words:
            yield catalogue.CHANNEL_BUNDLED.broken_by(
                what=name_of(version=version), other=", ".join(dict.fromkeys(words))
            )


def find_bundled_purposes(form: FormAsMade) -> Iterator[Finding]:
    for version in form.notice_versions:
        mentioned = [name for language in Language for name in _other_purposes(form, version, language)]
        if mentioned:
            yield catalogue.PURPOSE_BUNDLED.broken_by(
                what=name_of(version=version), other=", ".join(dict.fromkeys(mentioned))
            )


def find_same_wordings(form: FormAsMade) -> Iterator[Finding]:
    for one, other in combinations(form.choices, 2):
        if _texts(one) & _texts(other):
            yield catalogue.SAME_WORDING.broken_by(what=_name(one), other=_name(other))


def find_foreign_notices(form: FormAsMade) -> Iterator[Finding]:
    for version in form.notice_versions:
        owner = version.notice.legal_entity
        if owner != form.point.legal_entity:
            yield catalogue.NOTICE_OF_ANOTHER.broken_by(what=name_of(version=version), other=owner)


def find_purposes_not_served(form: FormAsMade) -> Iterator[Finding]:
    served = {
        purpose.pk for purpose in form.purposes if form.point.legal_entity in purpose.legal_entities.all()
    }
    for version in form.notice_versions:
        if version.notice.purpose_id not in served:
            yield catalogue.PURPOSE_NOT_SERVED.broken_by(
                what=name_of(version=version), other=version.notice.purpose
            )


def find_channels_not_of_purpose(form: FormAsMade) -> Iterator[Finding]:
    for version in form.notice_versions:
        if version.notice.channel not in version.notice.purpose.channels:
            yield catalogue.CHANNEL_NOT_OF_PURPOSE.broken_by(
                what=name_of(version=version), other=version.notice.get_channel_display()
            )


def find_boxes_without_field(form: FormAsMade) -> Iterator[Finding]:
    for choice in form.choices:
        notice = choice.notice_version.notice
        reachable = not kind_of(notice=notice) or form.fields_for(notice=notice)
        if choice.mechanism == Mechanism.CHECKBOX and not reachable:
            yield catalogue.CHANNEL_WITHOUT_FIELD.broken_by(what=_name(choice))


def find_captions_without_approval(form: FormAsMade) -> Iterator[Finding]:
    for choice in form.captions:
        published_at = choice.notice_version.published_at
        # A draft can still be changed, so an approval of a draft approves nothing.
        if (
            choice.approved_by_id is None
            or choice.approved_at is None
            or (published_at is not None and choice.approved_at < published_at)
        ):
            yield catalogue.CAPTION_NOT_APPROVED.broken_by(what=_name(choice))


def find_captions_without_field(form: FormAsMade) -> Iterator[Finding]:
    for choice in form.captions:
        beside = form.fields_for(notice=choice.notice_version.notice)
        if not beside:
            yield catalogue.CAPTION_WITHOUT_FIELD.broken_by(what=_name(choice))
        for field in beside:
            if field.required:
                yield catalogue.CAPTION_AT_REQUIRED_FIELD.broken_by(what=_name(choice), other=field)


def find_captions_that_share_a_field(form: FormAsMade) -> Iterator[Finding]:
    for one, other in combinations(form.captions, 2):
        if kind_of(notice=one.notice_version.notice) == kind_of(notice=other.notice_version.notice):
            yield catalogue.CAPTIONS_SHARE_FIELD.broken_by(what=_name(one), other=_name(other))


RULES = (
    find_pre_ticked,
    find_folded,
    find_missing_texts,
    find_drafts,
    find_bundled_channels,
    find_bundled_purposes,
    find_same_wordings,
    find_foreign_notices,
    find_purposes_not_served,
    find_channels_not_of_purpose,
    find_boxes_without_field,
    find_captions_without_approval,
    find_captions_without_field,
    find_captions_that_share_a_field,
)


def _name(choice: CollectionChoice) -> str:
    return name_of(version=choice.notice_version)


def _other_purposes(form: FormAsMade, version: NoticeVersion, language: Language) -> list[str]:
    own = version.notice.purpose
    return names_in(
        text=version.wording.get(language, ""),
        names=[in_language(other.name, language) for other in form.purposes if other != own],
        own=in_language(own.name, language),
    )


def _texts(choice: CollectionChoice) -> set[str]:
    wording = choice.notice_version.wording
    return {" ".join(text.casefold().split()) for text in wording.values() if text.strip()}
