import datetime
import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models, transaction

from consent.models import Notice, NoticeVersion, PrivacyStatementVersion, Wording
from customers.models import Language, LegalEntity

Version = TypeVar("Version", NoticeVersion, PrivacyStatementVersion)


class WordingMissingError(ValueError):
    """A text is not written in every language; the message names the text."""


class AlreadyPublishedError(ValueError):
    """This version was published before; a change of it is a new version."""


def publish_notice(*, version: NoticeVersion, published_at: datetime.datetime) -> NoticeVersion:
    """Fix the wording of a request for permission, with its hash; from now on the database refuses changes.

    Raises WordingMissingError when the request or the way to withdraw lacks a language (art. 7(3) GDPR:
    people are told beforehand), AlreadyPublishedError.
    """
    return fix_texts(version=version, published_at=published_at)


@transaction.atomic
def fix_texts(*, version: Version, published_at: datetime.datetime) -> Version:
    """Fix the texts of a version with their hash; the database refuses every later change of it.

    Raises WordingMissingError where a text lacks a language, AlreadyPublishedError.
    """
    stored = _siblings(version).select_for_update().get(pk=version.pk)
    if stored.published_at is not None:
        raise AlreadyPublishedError(str(stored))
    texts = texts_of(version=stored)
    for name, text in texts.items():
        if not all(text.get(language, "").strip() for language in Language.values):
            raise WordingMissingError(name)
    stored.content_hash, stored.published_at = hash_texts(texts=texts), published_at
    stored.save(update_fields=["content_hash", "published_at"])
    return stored


@transaction.atomic
def new_version(*, version: Version) -> Version:
    """Copy a version as the next draft of the same notice or statement, to be changed and published."""
    # One writer per notice or statement: two drafts at once get two numbers.
    _lock_owner(version)
    last = _siblings(version).order_by("number").last()
    number = last.number + 1 if last else 1
    copy = type(version)(number=number, **_owner(version), **_texts_to_copy(version))
    copy.save(force_insert=True)
    return copy


def texts_of(*, version: NoticeVersion | PrivacyStatementVersion) -> dict[str, Wording]:
    """List the texts of a version as they are hashed: by the name of their field, or of their part."""
    if isinstance(version, NoticeVersion):
        return {"wording": version.wording, "withdrawal": version.withdrawal}
    # A part that is left out is no text, so that a statement from before there were parts keeps its hash.
    return {
        "wording": version.wording,
        **{name: text for name, text in version.parts.items() if any(text.values())},
    }


def hash_texts(*, texts: Mapping[str, Wording]) -> str:
    """Hash texts as canonical JSON (sorted keys, UTF-8), so that anybody can compute it again."""
    canonical = json.dumps(texts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _texts_to_copy(version: NoticeVersion | PrivacyStatementVersion) -> dict[str, Any]:
    if isinstance(version, NoticeVersion):
        return texts_of(version=version)
    return {"wording": version.wording, "parts": version.parts}


def _siblings(version: Version) -> models.QuerySet[Version]:
    versions: models.QuerySet[Version] = type(version).objects.filter(**_owner(version))
    return versions


def _owner(version: NoticeVersion | PrivacyStatementVersion) -> dict[str, uuid.UUID]:
    if isinstance(version, NoticeVersion):
        return {"notice_id": version.notice_id}
    return {"legal_entity_id": version.legal_entity_id}


def _lock_owner(version: NoticeVersion | PrivacyStatementVersion) -> None:
    if isinstance(version, NoticeVersion):
        Notice.objects.select_for_update(of=("self",)).get(pk=version.notice_id)
    else:
        LegalEntity.objects.select_for_update(of=("self",)).get(pk=version.legal_entity_id)
