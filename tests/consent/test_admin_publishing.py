import re

import pytest
from django.test import Client
from django.urls import reverse

from consent.models import (
    Channel,
    CollectionChoice,
    CollectionField,
    CollectionPoint,
    NoticeVersion,
    PrivacyStatementVersion,
)
from customers.models import StaffMember
from tests import make, scenes
from tests.consent.admin_rows import page_of, signed_in, superuser

pytestmark = pytest.mark.django_db
Role = StaffMember.Role


def signed_in_as(role: Role, *, point: CollectionPoint) -> Client:
    organisation = point.legal_entity.organisation
    return signed_in(make.staff_member(organisation=organisation, username=role.lower(), role=role))


@pytest.fixture
def recipe_book() -> CollectionPoint:
    point = scenes.recipe_book().point
    CollectionPoint.objects.filter(pk=point.pk).update(published_at=None)
    return CollectionPoint.objects.get(pk=point.pk)


@pytest.fixture
def draft(recipe_book: CollectionPoint) -> NoticeVersion:
    choice = recipe_book.choices.order_by("position")[0]
    notice = choice.notice_version.notice
    return make.notice_version(
        legal_entity=notice.legal_entity,
        purpose=notice.purpose,
        channel=Channel(notice.channel),
        code=notice.code,
        number=2,
        published_at=None,
    )


def test_officer_publishes_a_notice(recipe_book: CollectionPoint, draft: NoticeVersion) -> None:
    client = signed_in_as(Role.DPO, point=recipe_book)

    client.post(page_of(draft, "publish"))

    draft.refresh_from_db()
    assert (draft.published_at is not None, len(draft.content_hash)) == (True, 64)


def test_marketing_drafts_but_does_not_publish(recipe_book: CollectionPoint, draft: NoticeVersion) -> None:
    client = signed_in_as(Role.MARKETING, point=recipe_book)

    answer = client.post(page_of(draft, "publish"))

    draft.refresh_from_db()
    assert (answer.status_code, draft.published_at) == (403, None)


def test_reading_the_page_publishes_nothing(recipe_book: CollectionPoint, draft: NoticeVersion) -> None:
    client = signed_in_as(Role.DPO, point=recipe_book)

    answer = client.get(page_of(draft, "publish"))

    draft.refresh_from_db()
    assert (answer.status_code, draft.published_at) == (405, None)


def test_notice_without_a_language_says_which_text_lacks_it(
    recipe_book: CollectionPoint, draft: NoticeVersion
) -> None:
    NoticeVersion.objects.filter(pk=draft.pk).update(withdrawal={"nl": "Stop altijd."})
    client = signed_in_as(Role.DPO, point=recipe_book)

    answer = client.post(page_of(draft, "publish"), follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "Not published: “how to withdraw” is not written in every language."
    ]


def test_published_notice_is_read_only_and_can_be_copied(recipe_book: CollectionPoint) -> None:
    published = recipe_book.choices.order_by("position")[0].notice_version
    client = signed_in_as(Role.MARKETING, point=recipe_book)

    refused = client.post(page_of(published, "change"), {"wording_nl": "Anders"})
    deleted = client.post(page_of(published, "delete"), {"post": "yes"})
    client.post(page_of(published, "copy"))

    copy = NoticeVersion.objects.get(notice=published.notice, number=2)
    assert (refused.status_code, deleted.status_code) == (403, 403)
    assert (copy.wording, copy.published_at) == (published.wording, None)


def test_draft_is_written_in_every_language(recipe_book: CollectionPoint, draft: NoticeVersion) -> None:
    client = signed_in_as(Role.MARKETING, point=recipe_book)
    form = {
        "wording_nl": "Ja, mail mij.",
        "wording_en": "Yes, e-mail me.",
        "withdrawal_nl": "Stop altijd.",
        "withdrawal_en": "",
    }

    incomplete = client.post(page_of(draft, "change"), form)
    complete = client.post(page_of(draft, "change"), {**form, "withdrawal_en": "Stop any time."})

    draft.refresh_from_db()
    assert list(incomplete.context["adminform"].form.errors) == ["withdrawal"]
    assert complete.status_code == 302
    assert draft.wording == {"nl": "Ja, mail mij.", "en": "Yes, e-mail me."}


def test_each_language_of_a_wording_has_a_visible_label(
    recipe_book: CollectionPoint, draft: NoticeVersion
) -> None:
    page = signed_in_as(Role.MARKETING, point=recipe_book).get(page_of(draft, "change")).content.decode()

    assert '<label for="id_wording_0">Dutch</label>' in page
    assert '<label for="id_wording_1">English</label>' in page


def test_draft_is_deleted(recipe_book: CollectionPoint, draft: NoticeVersion) -> None:
    client = signed_in_as(Role.MARKETING, point=recipe_book)

    client.post(page_of(draft, "delete"), {"post": "yes"})

    assert NoticeVersion.objects.filter(pk=draft.pk).exists() is False


def test_new_draft_gets_the_next_number(recipe_book: CollectionPoint) -> None:
    client = signed_in_as(Role.DPO, point=recipe_book)
    form = {
        "legal_entity": str(recipe_book.legal_entity_id),
        "wording_nl": "Zo gaan wij ermee om.",
        "wording_en": "How we handle it.",
    }

    client.post(reverse("admin:consent_privacystatementversion_add"), form)

    numbers = PrivacyStatementVersion.objects.order_by("number").values_list("number", "published_at")
    assert [(number, moment is None) for number, moment in numbers] == [(1, False), (2, True)]


def test_form_without_findings_is_published(recipe_book: CollectionPoint) -> None:
    client = signed_in_as(Role.MARKETING, point=recipe_book)

    findings = client.get(page_of(recipe_book, "publish")).context["findings"]
    client.post(page_of(recipe_book, "publish"))

    recipe_book.refresh_from_db()
    assert (findings, recipe_book.published_at is not None) == ([], True)


def test_form_that_breaks_rules_shows_rule_sentence_and_article(recipe_book: CollectionPoint) -> None:
    recipe_book.choices.update(ticked=True)
    recipe_book.fields.filter(name=CollectionField.Name.PHONE).update(required=True)
    client = signed_in_as(Role.MARKETING, point=recipe_book)

    page = client.post(page_of(recipe_book, "publish"))

    recipe_book.refresh_from_db()
    findings = page.context["findings"]
    codes = sorted(finding.code for finding in findings)
    html = page.content.decode()
    assert (recipe_book.published_at, codes) == (None, ["PRE_TICKED", "PRE_TICKED", "REQUIRED_PHONE"])
    assert [finding.article in html for finding in findings] == [True, True, True]


def test_published_form_is_read_only_until_it_is_taken_offline(recipe_book: CollectionPoint) -> None:
    CollectionPoint.objects.filter(pk=recipe_book.pk).update(published_at=make.NOW)
    client = signed_in_as(Role.MARKETING, point=recipe_book)

    refused = client.post(page_of(recipe_book, "change"), {})
    client.post(page_of(recipe_book, "unpublish"))

    recipe_book.refresh_from_db()
    assert (refused.status_code, recipe_book.published_at) == (403, None)


@pytest.mark.parametrize(
    ("role", "status", "approved"), [(Role.DPO, 302, True), (Role.MARKETING, 403, False)]
)
def test_only_the_officer_approves_a_caption(
    recipe_book: CollectionPoint,
    role: Role,
    status: int,
    approved: bool,
) -> None:
    caption = recipe_book.choices.order_by("position")[1]
    CollectionChoice.objects.filter(pk=caption.pk).update(mechanism=CollectionChoice.Mechanism.CAPTION)
    client = signed_in_as(role, point=recipe_book)

    answer = client.post(page_of(recipe_book, "approve"), {"choice": str(caption.pk)})

    caption.refresh_from_db()
    assert (answer.status_code, caption.approved_at is not None) == (status, approved)


def test_superuser_is_no_officer(recipe_book: CollectionPoint) -> None:
    caption = recipe_book.choices.order_by("position")[1]
    CollectionChoice.objects.filter(pk=caption.pk).update(mechanism=CollectionChoice.Mechanism.CAPTION)

    answer = signed_in(superuser()).post(
        page_of(recipe_book, "approve"), {"choice": str(caption.pk)}, follow=True
    )

    caption.refresh_from_db()
    assert caption.approved_at is None
    assert [str(message) for message in answer.context["messages"]] == [
        "Only the data protection officer of the organisation approves this."
    ]


def test_caption_of_another_form_is_not_found(recipe_book: CollectionPoint) -> None:
    other = scenes.paid_trial()
    client = signed_in_as(Role.DPO, point=recipe_book)

    assert client.post(page_of(recipe_book, "approve"), {"choice": "999999"}).status_code == 404
    assert client.post(page_of(other, "approve"), {"choice": "1"}).status_code == 404


def test_marketing_makes_a_collection_point_with_its_parts(recipe_book: CollectionPoint) -> None:
    notice = recipe_book.choices.order_by("position")[0].notice_version
    client = signed_in_as(Role.MARKETING, point=recipe_book)
    form = {
        "legal_entity": str(recipe_book.legal_entity_id),
        "code": "beurs",
        "place": "EVENT",
        "reason": "Mensen op de beurs.",
        "nature": "COMMERCIAL",
        "form": "CONSENT",
        "title_nl": "Blijf op de hoogte",
        "title_en": "Stay informed",
        "fields-TOTAL_FORMS": "1",
        "fields-INITIAL_FORMS": "0",
        "fields-0-position": "0",
        "fields-0-name": "EMAIL",
        "fields-0-required": "on",
        "fields-0-need": "Hierop krijgt u het.",
        "fields-0-needed": "on",
        "choices-TOTAL_FORMS": "1",
        "choices-INITIAL_FORMS": "0",
        "choices-0-position": "0",
        "choices-0-notice_version": str(notice.pk),
        "choices-0-mechanism": "CHECKBOX",
        "choices-0-display": "FULL",
    }

    answer = client.post(reverse("admin:consent_collectionpoint_add"), form)

    assert answer.status_code == 302
    made = CollectionPoint.objects.get(code="beurs")
    assert [field.name for field in made.fields.all()] == ["EMAIL"]
    assert [choice.notice_version for choice in made.choices.all()] == [notice]


def test_new_collection_point_is_saved_with_all_that_the_browser_sends(recipe_book: CollectionPoint) -> None:
    client = signed_in_as(Role.MARKETING, point=recipe_book)
    page = client.get(reverse("admin:consent_collectionpoint_add")).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', page))
    form = hidden | {
        "legal_entity": str(recipe_book.legal_entity_id),
        "code": "beurs",
        "place": "EVENT",
        "reason": "Mensen op de beurs.",
        "nature": "COMMERCIAL",
        "form": "CONSENT",
        "title_nl": "Blijf op de hoogte",
        "title_en": "Stay informed",
        "introduction_nl": "Elke maand nieuws.",
    }

    client.post(reverse("admin:consent_collectionpoint_add"), form)

    assert CollectionPoint.objects.get(code="beurs").introduction == {"nl": "Elke maand nieuws."}


def test_inline_offers_no_notice_of_another_organisation(recipe_book: CollectionPoint) -> None:
    foreign = scenes.paid_trial().soft_optin_notice
    assert foreign is not None
    client = signed_in_as(Role.MARKETING, point=recipe_book)
    form = {
        "legal_entity": str(recipe_book.legal_entity_id),
        "code": "beurs",
        "place": "EVENT",
        "reason": "Mensen op de beurs.",
        "nature": "COMMERCIAL",
        "form": "CONSENT",
        "title_nl": "Blijf op de hoogte",
        "title_en": "Stay informed",
        "fields-TOTAL_FORMS": "0",
        "fields-INITIAL_FORMS": "0",
        "choices-TOTAL_FORMS": "1",
        "choices-INITIAL_FORMS": "0",
        "choices-0-position": "0",
        "choices-0-notice_version": str(foreign.pk),
        "choices-0-mechanism": "CHECKBOX",
        "choices-0-display": "FULL",
    }

    client.post(reverse("admin:consent_collectionpoint_add"), form)

    assert CollectionPoint.objects.filter(code="beurs").exists() is False
