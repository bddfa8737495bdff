import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consent.domain.notices import hash_texts, new_version, texts_of
from consent.domain.privacy.editions import statement_shown
from consent.domain.privacy.publishing import Change, publish_privacy_statement
from consent.models import (
    Job,
    NoticeVersion,
    OutboxMessage,
    PrivacyStatementVersion,
    StatementPart,
)
from consent.tasks import work_job
from customers.models import ContactPoint, LegalEntity, StaffAct, StaffMember
from tests import make
from tests.consent.admin_rows import list_of, page_of, signed_in
from tests.consent.domain.privacy.scene import purpose_of, rewrite, shop, whole_draft

pytestmark = pytest.mark.django_db
Role = StaffMember.Role
Part = StatementPart
WORDING = {"wording_nl": "Zo doen wij het.", "wording_en": "How we do it."}


@pytest.fixture
def entity() -> LegalEntity:
    return shop()


@pytest.fixture
def first(entity: LegalEntity) -> PrivacyStatementVersion:
    return publish_privacy_statement(version=whole_draft(entity), published_at=make.LONG_AGO)


@pytest.fixture
def draft(first: PrivacyStatementVersion) -> PrivacyStatementVersion:
    second = new_version(version=first)
    return rewrite(second, Part.RECIPIENTS, nl="Ons belteam in Zwolle.", en="Our call team in Zwolle.")


def client_of(entity: LegalEntity, role: Role) -> Client:
    staff = make.staff_member(organisation=entity.organisation, username=role.lower(), role=role)
    return signed_in(staff)


def publishing(version: PrivacyStatementVersion, **more: str) -> dict[str, str]:
    return {"shown": hash_texts(texts=texts_of(version=version)), **more}


def told(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_marketing_writes_a_draft_part_by_part(entity: LegalEntity) -> None:
    client = client_of(entity, Role.MARKETING)
    form = {
        "legal_entity": str(entity.pk),
        **WORDING,
        "part_terms_nl": "Een jaar.",
        "part_terms_en": "A year.",
        "part_rights_nl": "Vraag het.",
    }

    client.post(reverse("admin:consent_privacystatementversion_add"), form)

    made = PrivacyStatementVersion.objects.get()
    assert (made.number, made.published_at) == (1, None)
    assert made.parts == {"TERMS": {"nl": "Een jaar.", "en": "A year."}, "RIGHTS": {"nl": "Vraag het."}}


def test_draft_opens_with_what_was_written(entity: LegalEntity, draft: PrivacyStatementVersion) -> None:
    client = client_of(entity, Role.MARKETING)

    page = client.get(page_of(draft, "change"))
    form = page.context["adminform"].form
    fields = {
        f"{name}_{language}": text for name in form.fields for language, text in form[name].value().items()
    }
    client.post(page_of(draft, "change"), fields | WORDING)

    again = PrivacyStatementVersion.objects.get(pk=draft.pk)
    assert "Our call team in Zwolle." in page.content.decode()
    assert (again.parts, again.wording) == (
        draft.parts,
        {"nl": "Zo doen wij het.", "en": "How we do it."},
    )


def test_each_part_says_what_it_must_tell_and_which_article_asks(
    entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    page = client_of(entity, Role.MARKETING).get(page_of(draft, "change")).content.decode()

    assert "Who gets the data, by name or by kind: your processors too. Art. 13(1)(e) GDPR" in page
    assert 'role="group" aria-label="Who receives your data"' in page
    assert "Nothing is missing that the law asks for." in page


def test_draft_counts_what_is_missing(entity: LegalEntity) -> None:
    draft = make.privacy_statement(legal_entity=entity, published_at=None)

    page = client_of(entity, Role.MARKETING).get(page_of(draft, "change")).content.decode()

    assert "20 things are missing before this draft can be published." in page


def test_empty_parts_are_suggested_and_written_ones_stay(entity: LegalEntity) -> None:
    draft = make.privacy_statement(
        legal_entity=entity, parts={"TERMS": {"nl": "Een jaar.", "en": "A year."}}, published_at=None
    )

    client_of(entity, Role.MARKETING).post(page_of(draft, "suggest"))

    draft.refresh_from_db()
    assert draft.parts["TERMS"] == {"nl": "Een jaar.", "en": "A year."}
    assert draft.parts["RIGHTS"]["en"].startswith("You may see your data")


def test_published_version_is_not_filled_in(entity: LegalEntity, first: PrivacyStatementVersion) -> None:
    client_of(entity, Role.MARKETING).post(page_of(first, "suggest"))

    assert PrivacyStatementVersion.objects.get().parts == first.parts


def test_published_version_shows_its_parts_and_no_fields(
    entity: LegalEntity, first: PrivacyStatementVersion
) -> None:
    page = client_of(entity, Role.MARKETING).get(page_of(first, "change")).content.decode()

    assert "We keep your data until you take back your permission" in page
    assert "<textarea" not in page
    assert "Data we did not get from you" not in page


def test_check_names_what_is_missing_with_its_article(
    entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    del draft.parts[Part.TERMS]
    rewrite(draft, Part.RIGHTS, en="Ask.")

    page = client_of(entity, Role.DPO).get(page_of(draft, "publish"))

    html = page.content.decode()
    assert [finding.code for finding in page.context["check"].faults] == ["NO_TERMS", "NO_TERMS"]
    assert "“How long we keep your data” is not written in English." in html
    assert "Art. 13(2)(a) GDPR" in html
    assert "does not name the right of erasure (art. 17)" in html
    assert 'name="is_material"' not in html


def test_check_shows_what_changes_in_each_language(
    entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    page = client_of(entity, Role.DPO).get(page_of(draft, "publish"))

    changes = {code: [change.part for change in found] for code, _name, found in page.context["compared"]}
    assert changes == {"nl": ["RECIPIENTS"], "en": ["RECIPIENTS"]}
    assert re.search(
        r'<ins><span class="visually-hidden">Added: </span>[^<]*in Zwolle\.</ins>', page.content.decode()
    )


def test_check_names_the_forms_that_follow(
    entity: LegalEntity, first: PrivacyStatementVersion, draft: PrivacyStatementVersion
) -> None:
    form = make.collection_point(legal_entity=entity, privacy_statement=first)
    client = client_of(entity, Role.DPO)

    page = client.get(page_of(draft, "publish")).content.decode()
    client.post(page_of(draft, "publish"), publishing(draft))

    assert "<li>aanbiedingen</li>" in page
    assert statement_shown(collection_point=form, at=timezone.now()) == draft


def test_officer_publishes_a_material_change_with_its_summary(
    entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    summary = {"change_summary_nl": "Nieuw belteam.", "change_summary_en": "New call team."}

    client_of(entity, Role.DPO).post(
        page_of(draft, "publish"), publishing(draft, is_material="on", **summary)
    )

    draft.refresh_from_db()
    assert (draft.published_at is not None, draft.is_material) == (True, True)
    assert draft.change_summary == {"nl": "Nieuw belteam.", "en": "New call team."}


@pytest.mark.parametrize(
    ("summary", "error"),
    [
        ({}, "Say what changes: a material change is told to people."),
        ({"change_summary_nl": "Nieuw belteam."}, "what changes is not written in English."),
    ],
)
def test_material_change_without_a_summary_is_refused(
    summary: dict[str, str], error: str, entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    answer = client_of(entity, Role.DPO).post(
        page_of(draft, "publish"), publishing(draft, is_material="on", **summary)
    )

    draft.refresh_from_db()
    assert draft.published_at is None
    assert error in answer.content.decode()


@pytest.mark.parametrize("role", [Role.MARKETING, Role.AUDITOR, Role.ADMINISTRATOR, Role.CALL_AGENT])
def test_nobody_but_the_officer_publishes(
    role: Role, entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    answer = client_of(entity, role).post(page_of(draft, "publish"), publishing(draft))

    draft.refresh_from_db()
    assert (answer.status_code in {302, 403, 404}, draft.published_at) == (True, None)


def test_marketing_may_check_but_sees_no_button(entity: LegalEntity, draft: PrivacyStatementVersion) -> None:
    page = client_of(entity, Role.MARKETING).get(page_of(draft, "publish")).content.decode()

    assert "The data protection officer publishes a statement." in page
    assert 'name="shown"' not in page


def test_draft_that_changed_meanwhile_is_read_again(
    entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    seen = publishing(draft)
    rewrite(draft, Part.TERMS, en="Two years.")

    answer = client_of(entity, Role.DPO).post(page_of(draft, "publish"), seen)

    draft.refresh_from_db()
    assert draft.published_at is None
    assert "This draft was changed after you opened the page." in answer.content.decode()


def test_draft_that_was_overtaken_says_so(entity: LegalEntity, draft: PrivacyStatementVersion) -> None:
    publish_privacy_statement(version=new_version(version=draft), published_at=make.NOW)

    answer = client_of(entity, Role.DPO).post(page_of(draft, "publish"), publishing(draft))

    assert "Not published: a later version is in force or to come." in answer.content.decode()


def test_publishing_twice_says_that_it_was_done(entity: LegalEntity, first: PrivacyStatementVersion) -> None:
    answer = client_of(entity, Role.DPO).post(page_of(first, "publish"), publishing(first), follow=True)

    assert told(answer) == ["This version was published before."]


@pytest.mark.parametrize(
    ("language", "text"), [("nl", "Ons belteam in Zwolle."), ("en", "Our call team in Zwolle.")]
)
def test_preview_is_the_page_as_people_will_see_it(
    language: str, text: str, entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    answer = client_of(entity, Role.MARKETING).get(f"{page_of(draft, 'preview')}?language={language}")

    page = answer.content.decode()
    assert f'<html lang="{language}">' in page
    assert text in page
    assert 'content="noindex"' in page
    assert "/privacy/lampenwinkel/2/" not in page


def test_preview_is_for_staff_only(draft: PrivacyStatementVersion, client: Client) -> None:
    assert client.get(page_of(draft, "preview")).status_code == 302


def test_any_two_versions_are_compared(
    entity: LegalEntity, first: PrivacyStatementVersion, draft: PrivacyStatementVersion
) -> None:
    third = rewrite(new_version(version=draft), Part.TERMS, nl="Een jaar.", en="A year.")
    client = client_of(entity, Role.MARKETING)

    with_first = client.get(page_of(third, "compare"))
    with_draft = client.get(f"{page_of(third, 'compare')}?with=2")

    assert [[change.part for change in found] for _c, _n, found in with_first.context["compared"]] == [
        ["RECIPIENTS", "TERMS"]
    ] * 2
    assert [[change.part for change in found] for _c, _n, found in with_draft.context["compared"]] == [
        ["TERMS"]
    ] * 2
    assert client.get(f"{page_of(third, 'compare')}?with=9").status_code == 404


def test_first_version_has_nothing_beside_it(entity: LegalEntity, first: PrivacyStatementVersion) -> None:
    page = client_of(entity, Role.MARKETING).get(page_of(first, "compare")).content.decode()

    assert "There is no other version to compare with." in page


@pytest.mark.parametrize("page", ["publish", "preview", "compare"])
def test_pages_of_another_organisation_are_closed(page: str, draft: PrivacyStatementVersion) -> None:
    other = make.organisation(code="ander", name="Ander")
    staff = make.staff_member(organisation=other, username="ander", role=Role.DPO)

    assert signed_in(staff).get(page_of(draft, page)).status_code == 404


@pytest.mark.parametrize("page", ["publish", "preview", "compare"])
def test_pages_of_a_sister_are_closed(page: str, entity: LegalEntity, draft: PrivacyStatementVersion) -> None:
    sister = make.legal_entity(organisation=entity.organisation, code="zuster", name="Zuster N.V.")
    staff = make.staff_member(
        organisation=entity.organisation, username="zus", role=Role.DPO, legal_entities=[sister]
    )

    assert signed_in(staff).get(page_of(draft, page)).status_code == 404


@pytest.mark.parametrize(
    ("state", "numbers"), [("draft", [3]), ("in-force", [2]), ("replaced", [1]), ("", [3, 2, 1])]
)
def test_list_is_filtered_by_state(
    state: str, numbers: list[int], entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    published = publish_privacy_statement(version=draft, published_at=make.NOW)
    new_version(version=published)

    answer = client_of(entity, Role.DPO).get(f"{list_of(PrivacyStatementVersion)}?state={state}")

    assert [version.number for version in answer.context["cl"].result_list] == numbers


def test_list_is_searched_in_the_parts(entity: LegalEntity, draft: PrivacyStatementVersion) -> None:
    answer = client_of(entity, Role.DPO).get(f"{list_of(PrivacyStatementVersion)}?q=Zwolle")

    assert [version.number for version in answer.context["cl"].result_list] == [2]


@pytest.mark.parametrize("versions", [1, 3])
def test_list_asks_as_often_for_three_versions_as_for_one(
    versions: int,
    entity: LegalEntity,
    first: PrivacyStatementVersion,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(versions - 1):
        new_version(version=first)
    client = client_of(entity, Role.DPO)

    with django_assert_num_queries(11):
        client.get(list_of(PrivacyStatementVersion))


@pytest.mark.parametrize(("page", "queries"), [("preview", 5), ("compare", 10), ("publish", 19)])
def test_pages_ask_a_fixed_number_of_questions(
    page: str,
    queries: int,
    entity: LegalEntity,
    draft: PrivacyStatementVersion,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_of(entity, Role.DPO)

    with django_assert_num_queries(queries):
        client.get(page_of(draft, page))


@pytest.fixture
def material(draft: PrivacyStatementVersion) -> PrivacyStatementVersion:
    summary = {"nl": "Wij hebben een belteam.", "en": "We have a call team."}
    change = Change(summary=summary, is_material=True)
    return publish_privacy_statement(version=draft, published_at=make.NOW, change=change)


def subscriber(entity: LegalEntity, name: str) -> ContactPoint:
    contact = make.contact(organisation=entity.organisation, given_name=name)
    point = make.email_point(contact=contact, text=f"{name}@example.org".lower())
    notice = NoticeVersion.objects.get(notice__legal_entity=entity, notice__code="ideas")
    make.permission_event(contact_point=point, notice_version=notice)
    return point


def test_officer_sees_how_many_are_told_before_anybody_is(
    entity: LegalEntity, material: PrivacyStatementVersion
) -> None:
    subscriber(entity, "Alice")
    bounced = subscriber(entity, "Bob")
    ContactPoint.objects.filter(pk=bounced.pk).update(invalid_at=make.NOW, invalid_reason="HARD_BOUNCE")

    page = client_of(entity, Role.DPO).get(page_of(material, "announce"))

    assert [(str(word), count) for word, count in page.context["outcomes"]] == [
        ("Get the mail", 1),
        ("Have no e-mail address that can be used", 1),
    ]
    html = page.content.decode()
    assert "Mail 1 person" in html
    assert '<a href="/privacy/lampenwinkel/2/changes/">what changed</a>' in html
    assert (Job.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_officer_starts_it_and_is_led_to_its_progress(
    entity: LegalEntity, material: PrivacyStatementVersion
) -> None:
    subscriber(entity, "Alice")
    client = client_of(entity, Role.DPO)

    answer = client.post(page_of(material, "announce"))
    job = Job.objects.get()
    work_job(job_id=str(job.pk))
    progress = client.get(answer["Location"]).content.decode()
    change = client.get(page_of(material, "change")).content.decode()

    assert answer["Location"] == reverse("admin:consent_job_change", args=[job.pk])
    assert (job.kind, job.total) == (Job.Kind.ANNOUNCE, 1)
    assert OutboxMessage.objects.get().kind == OutboxMessage.Kind.PRIVACY_CHANGE
    assert "<code>MAILED</code>" in progress
    assert "To the privacy statement" in progress
    assert f'<a href="{answer["Location"]}">Announcement of' in change


@pytest.mark.parametrize("role", [Role.MARKETING, Role.AUDITOR, Role.ADMINISTRATOR])
def test_nobody_but_the_officer_announces(
    role: Role, entity: LegalEntity, material: PrivacyStatementVersion
) -> None:
    client = client_of(entity, role)

    statuses = [client.get(page_of(material, "announce")).status_code]
    statuses += [client.post(page_of(material, "announce")).status_code]

    assert (statuses, Job.objects.count()) == ([403, 403], 0)


def test_small_change_is_not_announced(entity: LegalEntity, first: PrivacyStatementVersion) -> None:
    answer = client_of(entity, Role.DPO).post(page_of(first, "announce"), follow=True)

    assert told(answer) == ["Only a material change that is in force or to come is announced."]
    assert "Announce" not in answer.content.decode().split("Only a material")[1]


def test_announcement_that_was_made_is_offered_again_without_telling_anybody_twice(
    entity: LegalEntity, material: PrivacyStatementVersion
) -> None:
    subscriber(entity, "Alice")
    client = client_of(entity, Role.DPO)
    client.post(page_of(material, "announce"))
    work_job(job_id=str(Job.objects.get().pk))

    page = client.get(page_of(material, "announce"))

    assert [(str(word), count) for word, count in page.context["outcomes"]] == [("Were told before", 1)]
    assert "Nobody is told twice" in page.content.decode()


def test_sent_mail_is_shown_to_staff(entity: LegalEntity, material: PrivacyStatementVersion) -> None:
    subscriber(entity, "Alice")
    client = client_of(entity, Role.DPO)
    client.post(page_of(material, "announce"))
    work_job(job_id=str(Job.objects.get().pk))

    page = client.get(page_of(OutboxMessage.objects.get(), "change")).content.decode()

    assert "Wij hebben een belteam." in page


@pytest.mark.parametrize("page", ["change", "preview", "compare", "publish", "announce"])
def test_reading_a_page_changes_nothing(
    page: str, entity: LegalEntity, material: PrivacyStatementVersion
) -> None:
    draft = new_version(version=material)
    before = list(PrivacyStatementVersion.objects.order_by("number").values())

    client = client_of(entity, Role.DPO)
    statuses = [client.get(page_of(row, page)).status_code for row in (material, draft)]

    assert statuses == [200, 302 if page == "announce" else 200]
    assert list(PrivacyStatementVersion.objects.order_by("number").values()) == before
    assert (Job.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_statement_in_force_that_is_no_longer_true_says_so(
    entity: LegalEntity, first: PrivacyStatementVersion
) -> None:
    client = client_of(entity, Role.DPO)

    before = client.get(page_of(first, "change")).content.decode()
    purpose_of(entity, code="survey", name={"nl": "onderzoek", "en": "survey"})
    after = client.get(page_of(first, "change")).content.decode()

    words = "It is in force, but what you do now and what it says may differ."
    assert (words in before, words in after) == (False, True)


def test_who_published_and_announced_stands_in_the_history(
    entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    client = client_of(entity, Role.DPO)
    summary = {"change_summary_nl": "Nieuw belteam.", "change_summary_en": "New call team."}

    client.post(page_of(draft, "publish"), publishing(draft, is_material="on", **summary))
    client.post(page_of(draft, "announce"))

    acts = StaffAct.objects.filter(object_key=str(draft.pk), act=StaffAct.Act.CHANGED).order_by(
        "done_at", "pk"
    )
    assert [(str(one.staff), one.where) for one in acts] == [("dpo", "publish"), ("dpo", "announce")]


@pytest.mark.parametrize("page", ["change", "publish", "preview", "compare", "announce"])
def test_call_agents_see_no_statements(
    page: str, entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    assert client_of(entity, Role.CALL_AGENT).get(page_of(draft, page)).status_code == 403


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_writes_no_statements_has_none_suggested(
    role: Role, entity: LegalEntity, draft: PrivacyStatementVersion
) -> None:
    del draft.parts[Part.TERMS]
    draft.save(update_fields=["parts"])

    answer = client_of(entity, role).post(page_of(draft, "suggest"))

    draft.refresh_from_db()
    assert (answer.status_code, Part.TERMS in draft.parts) == (403, False)
