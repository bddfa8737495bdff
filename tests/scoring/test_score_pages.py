from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consent.domain import jobs
from consent.models import Channel, Job
from consent.tasks import chunk_of
from customers.models import Contact, LegalEntity, StaffMember
from scoring.domain.scores import rescoring, trials
from scoring.domain.scores.computing import score_everybody
from scoring.models import RuleCondition, Score, ScoreModel, ScoreModelVersion, ScoreRule
from tests import make
from tests.make import NOW
from tests.scoring.make import behaviour
from tests.scoring.make_scores import band, score_model, score_rule, score_version
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
Role = StaffMember.Role


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop() -> LegalEntity:
    shop = make.legal_entity(organisation=make.organisation())
    make.purpose(
        organisation=shop.organisation, legal_entities=[shop], code="profiling", channels=[Channel.NONE]
    )
    return shop


@pytest.fixture
def draft(shop: LegalEntity) -> ScoreModelVersion:
    return score_version(model=score_model(legal_entity=shop), published_at=None)


@pytest.fixture
def alice(shop: LegalEntity) -> Contact:
    alice = make.contact(organisation=shop.organisation)
    behaviour(contact=alice, legal_entity=shop)
    make.contact(organisation=shop.organisation, given_name="Bob")
    return alice


@pytest.fixture
def marketer(shop: LegalEntity) -> Client:
    client = Client(headers={"accept-language": "en"})
    sign_in(client, make.staff_member(organisation=shop.organisation, role=Role.MARKETING))
    return client


def page(row: Any, name: str) -> str:
    return reverse(f"admin:scoring_{type(row).__name__.lower()}_{name}", args=[row.pk])


def conditions_of(*rows: dict[str, str]) -> dict[str, str]:
    pairs = [(place, pair) for place, row in enumerate(rows) for pair in row.items()]
    said = {f"conditions-{place}-{name}": value for place, (name, value) in pairs}
    return {"conditions-TOTAL_FORMS": str(len(rows)), "conditions-INITIAL_FORMS": "0", **said}


def test_a_marketer_writes_a_rule_and_reads_it_as_a_sentence(
    marketer: Client, draft: ScoreModelVersion, alice: Contact
) -> None:
    said = {
        "version": str(draft.pk),
        "looks_at": "PAGE_VISIT",
        "points": "10",
        "half_life_days": "14",
        "cap": "30",
        "position": "0",
        **conditions_of({"field": "SUBJECT", "comparison": "CONTAINS", "text": "lampen"}),
    }

    answer = marketer.post(reverse("admin:scoring_scorerule_add"), said)

    rule = ScoreRule.objects.get()
    assert answer["Location"] == page(draft, "change")
    assert rule.conditions.get().text == "lampen"
    shown = marketer.get(page(rule, "change")).content.decode()
    assert (
        "When somebody visits a page and what it was about (page, words, mail, product group) contains "
        "“lampen”: they get 10 points, that halve every 14 days, at most 30 together."
    ) in shown
    assert "As it is saved it meets 1 person, of 2 who may be profiled." in shown


def test_a_button_adds_a_condition_and_keeps_what_was_typed(
    marketer: Client, draft: ScoreModelVersion
) -> None:
    rows = conditions_of({"field": "SUBJECT", "text": "lampen"}, {})
    said = {"version": str(draft.pk), "looks_at": "PAGE_VISIT", "points": "", "cap": "30", **rows}

    answer = marketer.post(reverse("admin:scoring_scorerule_add"), {**said, "_more": "1"})

    formset = answer.context["inline_admin_formsets"][0].formset
    assert not ScoreRule.objects.exists()
    assert [form["text"].value() for form in formset.forms] == ["lampen", None, None]
    assert 'name="conditions-TOTAL_FORMS" value="3"' in answer.content.decode()
    assert answer.context["adminform"].form["cap"].value() == "30"
    assert not answer.context["errors"]


@pytest.mark.parametrize(
    "rows",
    [
        [
            {"field": "VALUE", "comparison": "AT_LEAST", "number": "10"},
            {"field": "VALUE", "comparison": "AT_MOST", "number": "9"},
        ],
        [{"field": "AGE", "comparison": "AT_LEAST", "number": "18"}],
        [{"field": "SUBJECT", "comparison": "CONTAINS", "number": "9"}],
    ],
)
def test_a_rule_that_cannot_hold_is_not_saved(
    marketer: Client, draft: ScoreModelVersion, rows: list[dict[str, str]]
) -> None:
    said = {"version": str(draft.pk), "looks_at": "PAGE_VISIT", "points": "10", "position": "0"}

    answer = marketer.post(reverse("admin:scoring_scorerule_add"), {**said, **conditions_of(*rows)})

    assert answer.status_code == 200
    assert not RuleCondition.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("points", "0"), ("half_life_days", "0"), ("cap", "0")])
def test_a_rule_of_nothing_is_not_saved(
    marketer: Client, draft: ScoreModelVersion, field: str, value: str
) -> None:
    said = {"version": str(draft.pk), "looks_at": "PAGE_VISIT", "points": "10", "position": "0", field: value}

    answer = marketer.post(reverse("admin:scoring_scorerule_add"), {**said, **conditions_of()})

    assert answer.status_code == 200
    assert not ScoreRule.objects.exists()


def test_a_draft_is_tried_and_published(marketer: Client, draft: ScoreModelVersion, alice: Contact) -> None:
    score_rule(version=draft)
    band(version=draft)

    shown = marketer.get(page(draft, "try")).content.decode()
    answer = marketer.post(page(draft, "try"))

    assert "1 person changes band" in shown
    draft.refresh_from_db()
    assert (answer.status_code, draft.published_at) == (302, NOW)
    assert Job.objects.get().kind == Job.Kind.RESCORING
    assert "nobody can change it" in marketer.get(page(draft, "change")).content.decode()


def test_a_draft_is_tried_on_very_many_by_workers_before_it_is_published(
    marketer: Client, draft: ScoreModelVersion, alice: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "AT_ONCE", 1)
    monkeypatch.setattr(rescoring, "PEOPLE_AT_ONCE", 1)
    score_rule(version=draft)
    band(version=draft)

    too_early = marketer.post(page(draft, "try"))
    asked, _again = [marketer.post(f"{page(draft, 'try')}?count") for _press in range(2)]
    job = Job.objects.get()
    waiting = marketer.get(page(draft, "try"))
    while jobs.advance(job_id=job.pk, chunk=chunk_of, now=NOW):
        pass
    shown = marketer.get(page(draft, "try"))

    assert (too_early.status_code, asked.status_code) == (200, 302)
    assert (job.kind, job.total, waiting.context["unfinished"]) == ("TRIAL", 2, True)
    assert (waiting.context["may_publish"], shown.context["may_publish"]) == (False, True)
    assert "1 person changes band" in shown.content.decode()
    [(met, _sentence)] = shown.context["met"]
    assert (met.people, met.everybody) == (1, 2)
    assert marketer.post(page(draft, "try")).status_code == 302


def test_a_rule_about_very_many_says_whom_it_meets_once_its_version_was_tried(
    marketer: Client, draft: ScoreModelVersion, alice: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "AT_ONCE", 1)
    rule = score_rule(version=draft)
    address = reverse("admin:scoring_scorerule_change", args=[rule.pk])

    untried = marketer.get(address)
    marketer.post(f"{page(draft, 'try')}?count")
    waiting = marketer.get(address)
    jobs.advance(job_id=Job.objects.get().pk, chunk=chunk_of, now=NOW)
    tried = marketer.get(address)

    assert [shown.context["untried"] for shown in (untried, waiting, tried)] == [True, True, False]
    assert page(draft, "try") in untried.content.decode()
    assert (tried.context["met"].people, tried.context["met"].everybody) == (1, 2)


def test_page_of_a_rule_that_was_typed_wrongly_counts_nobody(
    marketer: Client, draft: ScoreModelVersion, alice: Contact
) -> None:
    rule = score_rule(version=draft)
    said = {"version": str(draft.pk), "looks_at": "PAGE_VISIT", "points": "0", "position": "0"}

    shown = marketer.post(
        reverse("admin:scoring_scorerule_change", args=[rule.pk]), {**said, **conditions_of()}
    )

    assert shown.status_code == 200
    assert "met" not in shown.context


def test_a_trial_of_a_draft_that_changed_meanwhile_is_not_shown(
    marketer: Client, draft: ScoreModelVersion, alice: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "AT_ONCE", 1)
    rule = score_rule(version=draft)
    marketer.post(f"{page(draft, 'try')}?count")

    rule.points = 500
    rule.save(update_fields=["points"])
    shown = marketer.get(page(draft, "try")).context
    job = Job.objects.get()
    jobs.advance(job_id=job.pk, chunk=chunk_of, now=NOW)

    job.refresh_from_db()
    assert (shown["too_many"], shown.get("count")) == (True, None)
    assert (job.state, job.fault) == ("FAILED", str(trials.CHANGED))


def test_a_rule_that_meets_nobody_asks_to_be_seen(
    marketer: Client, draft: ScoreModelVersion, alice: Contact
) -> None:
    score_rule(version=draft, looks_at=ScoreRule.LooksAt.SEARCH)

    first = marketer.post(page(draft, "try"))
    published = marketer.post(page(draft, "try"), {"seen": "on"})

    assert "It meets nobody." in first.content.decode()
    assert (first.status_code, published.status_code) == (200, 302)


def test_a_draft_without_rules_cannot_be_published(marketer: Client, draft: ScoreModelVersion) -> None:
    answer = marketer.post(page(draft, "try"))

    draft.refresh_from_db()
    assert "There are no rules yet" in answer.content.decode()
    assert draft.published_at is None


def test_an_auditor_sees_but_does_not_publish(
    shop: LegalEntity, draft: ScoreModelVersion, alice: Contact
) -> None:
    score_rule(version=draft)
    client = Client()
    staff = make.staff_member(organisation=shop.organisation, username="auditor", role=Role.AUDITOR)
    sign_in(client, staff)

    assert client.get(page(draft, "try")).status_code == 200
    assert client.post(page(draft, "try")).status_code == 403


def test_a_published_rule_does_not_change(marketer: Client, shop: LegalEntity) -> None:
    rule = score_rule(version=score_version(model=score_model(legal_entity=shop)))

    answer = marketer.post(page(rule, "change"), {"points": "500", **conditions_of()})

    rule.refresh_from_db()
    assert (answer.status_code, rule.points) == (403, 10)


def test_a_new_version_is_begun_on_the_page_of_its_model(marketer: Client, shop: LegalEntity) -> None:
    model = score_model(legal_entity=shop)
    score_rule(version=score_version(model=model))

    answer = marketer.post(page(model, "draft"))

    draft = model.versions.get(published_at__isnull=True)
    assert answer["Location"] == page(draft, "change")
    assert draft.rules.count() == 1


def test_the_page_of_a_score_says_why_as_at_a_day(
    marketer: Client, shop: LegalEntity, alice: Contact
) -> None:
    version = score_version(model=score_model(legal_entity=shop))
    score_rule(version=version)
    score_everybody(version=version, now=NOW)
    score = Score.objects.get()

    today = marketer.get(page(score, "change"))
    before = marketer.get(page(score, "change"), {"day": "2026-11-20"})
    nonsense = marketer.get(page(score, "change"), {"day": "2026-99-99"})

    assert [answer.context["explained"].points for answer in (today, before, nonsense)] == [10, None, 10]
    assert "There was no score then" in before.content.decode()


@pytest.mark.parametrize("rules", [1, 3])
def test_trying_asks_as_often_whatever_the_number_of_rules(
    marketer: Client,
    draft: ScoreModelVersion,
    alice: Contact,
    django_assert_num_queries: DjangoAssertNumQueries,
    rules: int,
) -> None:
    for place in range(rules):
        score_rule(version=draft, position=place, conditions=[("SUBJECT", "CONTAINS", f"/{place}")])
    marketer.get(page(draft, "try"))

    with django_assert_num_queries(QUERIES_TO_TRY):
        marketer.get(page(draft, "try"))


QUERIES_TO_TRY = 36


def test_other_organisations_see_nothing_of_it(draft: ScoreModelVersion) -> None:
    other = make.organisation(code="harthulp", name="HartHulp")
    client = Client()
    sign_in(client, make.staff_member(organisation=other, username="ander", role=Role.MARKETING))

    assert client.get(page(draft, "try")).status_code == 404
    assert client.post(page(draft.model, "draft")).status_code == 404
    assert ScoreModel.objects.get().versions.count() == 1
