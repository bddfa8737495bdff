import hashlib
import uuid

import pytest
import rfc8785
from django.db import IntegrityError, connection, transaction

from consent.domain import notices
from consent.domain.privacy.publishing import publish_privacy_statement
from consent.domain.privacy.suggesting import suggest_parts
from consent.models import Channel, NoticeVersion, PrivacyStatementVersion
from tests import make

pytestmark = pytest.mark.django_db


def draft_notice() -> NoticeVersion:
    organisation = make.organisation()
    entity = make.legal_entity(organisation=organisation)
    purpose = make.purpose(organisation=organisation, legal_entities=[entity])
    return make.notice_version(legal_entity=entity, purpose=purpose, channel=Channel.EMAIL, published_at=None)


def draft_statement() -> PrivacyStatementVersion:
    entity = make.legal_entity(organisation=make.organisation())
    parts = suggest_parts(legal_entity=entity, at=make.NOW)
    return make.privacy_statement(legal_entity=entity, parts=parts, published_at=None)


def test_publishing_a_notice_fixes_its_moment_and_hash() -> None:
    draft = draft_notice()

    published = notices.publish_notice(version=draft, published_at=make.NOW)

    published.refresh_from_db()
    texts = {"wording": draft.wording, "withdrawal": draft.withdrawal}
    assert published.published_at == make.NOW
    assert published.content_hash == hashlib.sha256(rfc8785.dumps(texts)).hexdigest()


def test_publishing_a_statement_fixes_its_moment_and_hash() -> None:
    draft = draft_statement()

    published = publish_privacy_statement(version=draft, published_at=make.NOW)

    published.refresh_from_db()
    assert published.published_at == make.NOW
    texts = {"wording": draft.wording, **draft.parts}
    assert published.content_hash == hashlib.sha256(rfc8785.dumps(texts)).hexdigest()


def test_hash_of_a_known_text_stays_the_same() -> None:
    texts = {"wording": {"nl": "Ja, één keer “bellen”", "en": "Yes"}, "withdrawal": {"en": "b", "nl": "a"}}

    canonical = '{"withdrawal":{"en":"b","nl":"a"},"wording":{"en":"Yes","nl":"Ja, één keer “bellen”"}}'
    assert notices.hash_texts(texts=texts) == hashlib.sha256(canonical.encode()).hexdigest()


@pytest.mark.parametrize("field", ["wording", "withdrawal"])
@pytest.mark.parametrize("text", [{}, {"nl": "Ja"}, {"nl": "Ja", "en": "  "}])
def test_notice_without_a_language_is_refused(field: str, text: dict[str, str]) -> None:
    draft = draft_notice()
    setattr(draft, field, text)
    draft.save(update_fields=[field])

    with pytest.raises(notices.WordingMissingError, match=f"^{field}$"):
        notices.publish_notice(version=draft, published_at=make.NOW)

    draft.refresh_from_db()
    assert draft.published_at is None


def test_a_version_is_published_once() -> None:
    published = notices.publish_notice(version=draft_notice(), published_at=make.LONG_AGO)

    with pytest.raises(notices.AlreadyPublishedError):
        notices.publish_notice(version=published, published_at=make.NOW)

    published.refresh_from_db()
    assert published.published_at == make.LONG_AGO


def test_a_new_version_copies_the_texts_and_is_a_draft() -> None:
    first = notices.publish_notice(version=draft_notice(), published_at=make.LONG_AGO)

    second = notices.new_version(version=first)
    third = notices.new_version(version=first)

    assert [second.number, third.number] == [2, 3]
    assert (second.notice_id, second.wording, second.withdrawal) == (
        first.notice_id,
        first.wording,
        first.withdrawal,
    )
    assert (second.published_at, second.content_hash) == (None, "")


def test_a_new_statement_version_copies_the_text() -> None:
    first = publish_privacy_statement(version=draft_statement(), published_at=make.LONG_AGO)

    second = notices.new_version(version=first)

    assert (second.number, second.legal_entity_id, second.wording) == (
        2,
        first.legal_entity_id,
        first.wording,
    )
    assert second.published_at is None


def test_a_draft_can_be_changed() -> None:
    draft = draft_notice()

    draft.wording = {"nl": "Anders", "en": "Other"}
    draft.save(update_fields=["wording"])

    draft.refresh_from_db()
    assert draft.wording == {"nl": "Anders", "en": "Other"}


@pytest.mark.parametrize("table", ["consent_noticeversion", "consent_privacystatementversion"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET wording = '{{}}' WHERE id = %s",
        "UPDATE {} SET published_at = NULL, content_hash = '' WHERE id = %s",
        "DELETE FROM {} WHERE id = %s",
    ],
)
def test_database_refuses_to_change_what_was_published(table: str, statement: str) -> None:
    published = published_in(table)

    with pytest.raises(IntegrityError, match="its rows are only added"), transaction.atomic():
        execute(statement.format(table), published.pk)

    stored = type(published).objects.get(pk=published.pk)
    assert (stored.wording, stored.published_at) == (published.wording, make.LONG_AGO)


@pytest.mark.parametrize("table", ["consent_noticeversion", "consent_privacystatementversion"])
def test_orm_cannot_change_or_delete_what_was_published(table: str) -> None:
    published = published_in(table)
    wording = published.wording
    published.wording = {"nl": "Anders", "en": "Other"}

    with pytest.raises(IntegrityError), transaction.atomic():
        published.save(update_fields=["wording"])
    with pytest.raises(IntegrityError), transaction.atomic():
        published.delete()

    assert type(published).objects.get(pk=published.pk).wording == wording


def published_in(table: str) -> NoticeVersion | PrivacyStatementVersion:
    if table == "consent_noticeversion":
        return notices.publish_notice(version=draft_notice(), published_at=make.LONG_AGO)
    return publish_privacy_statement(version=draft_statement(), published_at=make.LONG_AGO)


def execute(statement: str, *parameters: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
