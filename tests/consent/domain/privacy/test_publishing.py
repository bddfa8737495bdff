import datetime

import pytest
from django.db import IntegrityError, transaction

from consent.domain.notices import AlreadyPublishedError, new_version
from consent.domain.privacy.editions import (
    NoSuchEditionError,
    find_edition,
    list_editions,
    read_history,
    read_statement,
    statement_shown,
)
from consent.domain.privacy.publishing import (
    Change,
    OvertakenError,
    StatementRefusedError,
    publish_privacy_statement,
)
from consent.models import CollectionPoint, PrivacyStatementVersion, StatementPart
from customers.models import LegalEntity
from tests import make
from tests.consent.domain.privacy.scene import rewrite, shop, whole_draft

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
Part = StatementPart


@pytest.fixture
def entity() -> LegalEntity:
    return shop()


@pytest.fixture
def first(entity: LegalEntity) -> PrivacyStatementVersion:
    return publish_privacy_statement(version=whole_draft(entity), published_at=make.LONG_AGO)


def test_statement_with_a_part_missing_is_refused_with_all_that_is_missing(entity: LegalEntity) -> None:
    draft = whole_draft(entity)
    for part in (Part.RECIPIENTS, Part.TERMS):
        del draft.parts[part]
    draft.save(update_fields=["parts"])

    with pytest.raises(StatementRefusedError) as refused:
        publish_privacy_statement(version=draft, published_at=make.NOW)

    codes = [finding.code for finding in refused.value.findings]
    assert codes == ["NO_RECIPIENTS", "NO_TERMS"] * 2
    draft.refresh_from_db()
    assert draft.published_at is None


def test_hash_of_a_statement_without_parts_is_that_of_its_text_alone() -> None:
    old = make.privacy_statement(legal_entity=shop())

    # Written out: this hash stands in leaves that are sealed.
    assert old.content_hash == "38886c41a784b3ff4ee07e07e406956a6f89ed50a94e5a7edbfb5b1d44b45e32"


def test_next_version_takes_the_place_of_the_one_before(
    entity: LegalEntity, first: PrivacyStatementVersion
) -> None:
    second = publish_privacy_statement(version=new_version(version=first), published_at=make.NOW)

    editions = list_editions(legal_entity=entity, at=make.NOW)
    assert [(edition.version, edition.until) for edition in editions] == [(second, None), (first, make.NOW)]


@pytest.mark.parametrize(("at", "numbers"), [(make.NOW - DAY, [1]), (make.NOW, [2, 1])])
def test_one_version_is_in_force_at_each_moment(
    at: datetime.datetime, numbers: list[int], entity: LegalEntity, first: PrivacyStatementVersion
) -> None:
    publish_privacy_statement(version=new_version(version=first), published_at=make.NOW)

    editions = list_editions(legal_entity=entity, at=at)

    assert [edition.version.number for edition in editions] == numbers
    assert [edition.is_in_force for edition in editions] == [True, *[False] * (len(numbers) - 1)]


def test_draft_is_never_an_edition(entity: LegalEntity, first: PrivacyStatementVersion) -> None:
    new_version(version=first)
    history = read_history(legal_entity=entity, at=make.NOW)

    with pytest.raises(NoSuchEditionError):
        find_edition(editions=history.every, number=2)
    assert history.before(edition=history.every[0]) is None


def test_version_is_published_once(first: PrivacyStatementVersion) -> None:
    with pytest.raises(AlreadyPublishedError):
        publish_privacy_statement(version=first, published_at=make.NOW)


def test_draft_that_was_overtaken_is_refused(first: PrivacyStatementVersion) -> None:
    second, third = new_version(version=first), new_version(version=first)
    publish_privacy_statement(version=third, published_at=make.NOW)

    with pytest.raises(OvertakenError):
        publish_privacy_statement(version=second, published_at=make.NOW + DAY)


def test_version_begins_after_the_one_in_force(first: PrivacyStatementVersion) -> None:
    with pytest.raises(OvertakenError):
        publish_privacy_statement(version=new_version(version=first), published_at=make.LONG_AGO)


def test_database_holds_one_version_to_a_moment(entity: LegalEntity, first: PrivacyStatementVersion) -> None:
    with pytest.raises(IntegrityError, match="privacy_statement_one_from_each_moment"), transaction.atomic():
        make.privacy_statement(legal_entity=entity, number=2, published_at=make.LONG_AGO)


def test_database_wants_to_know_what_a_material_change_is(first: PrivacyStatementVersion) -> None:
    draft = new_version(version=first)
    draft.is_material = True

    with (
        pytest.raises(IntegrityError, match="privacy_statement_material_says_what_changes"),
        transaction.atomic(),
    ):
        draft.save(update_fields=["is_material"])


def test_what_changes_is_kept_with_the_version_and_not_hashed(first: PrivacyStatementVersion) -> None:
    change = Change(summary={"nl": "Nieuw belteam.", "en": "New call team."}, is_material=True)

    second = publish_privacy_statement(
        version=new_version(version=first), published_at=make.NOW, change=change
    )

    second.refresh_from_db()
    assert (second.change_summary, second.is_material) == (change.summary, True)
    assert second.content_hash == first.content_hash


def test_new_version_copies_the_parts_and_not_what_changed(first: PrivacyStatementVersion) -> None:
    change = Change(summary={"nl": "Nieuw belteam.", "en": "New call team."}, is_material=True)
    second = publish_privacy_statement(
        version=new_version(version=first), published_at=make.NOW, change=change
    )

    third = new_version(version=second)

    assert (third.parts, third.change_summary, third.is_material) == (first.parts, {}, False)


@pytest.mark.parametrize(
    ("place", "number"), [(CollectionPoint.Place.WEB_FORM, 2), (CollectionPoint.Place.PAPER, 1)]
)
def test_forms_on_the_web_follow_the_statement_in_force(
    place: CollectionPoint.Place, number: int, entity: LegalEntity, first: PrivacyStatementVersion
) -> None:
    form = make.collection_point(legal_entity=entity, privacy_statement=first, place=place)

    publish_privacy_statement(version=new_version(version=first), published_at=make.NOW)

    shown = statement_shown(collection_point=form, at=make.NOW)
    assert shown is not None
    assert (shown.number, form.published_at) == (number, make.LONG_AGO)


def test_form_of_another_legal_entity_stays_as_it_is(
    entity: LegalEntity, first: PrivacyStatementVersion
) -> None:
    sister = make.legal_entity(organisation=entity.organisation, code="zuster", name="Zuster N.V.")
    statement = make.privacy_statement(legal_entity=sister)
    form = make.collection_point(legal_entity=sister, privacy_statement=statement)

    publish_privacy_statement(version=new_version(version=first), published_at=make.NOW)

    assert statement_shown(collection_point=form, at=make.NOW) == statement


def test_passages_stand_in_the_order_of_the_articles_and_in_a_language_that_is_there(
    entity: LegalEntity,
) -> None:
    parts = {"TERMS": {"nl": "Een jaar.", "en": "A year."}, "CONTROLLER": {"nl": "Wij."}, "SOURCE": {}}
    version = make.privacy_statement(legal_entity=entity, number=9, parts=parts, published_at=None)

    statement = read_statement(version=version, language="en")

    assert [(one.part, str(one.heading), one.body.text, one.body.language) for one in statement.passages] == [
        ("CONTROLLER", "Who we are", "Wij.", "nl"),
        ("TERMS", "How long we keep your data", "A year.", "en"),
    ]
    assert (statement.opening.text, statement.opening.language) == ("How we handle your data.", "en")


def test_published_parts_never_change(first: PrivacyStatementVersion) -> None:
    with pytest.raises(IntegrityError, match="its rows are only added"), transaction.atomic():
        rewrite(first, Part.TERMS, nl="Altijd.")
