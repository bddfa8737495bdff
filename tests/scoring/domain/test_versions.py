import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection, transaction

from consent.domain import jobs
from consent.models import Channel, Job
from customers.models import Contact, LegalEntity, StaffMember
from scoring.domain import versions
from scoring.domain.rules.checking import (
    NEVER,
    NO_RULES,
    NOT_ASKED_HERE,
    ONLY_WHAT_IS_KNOWN,
    TWICE,
    find_faults,
)
from scoring.domain.scores import rescoring
from scoring.domain.scores.computing import Counted, Range, score_ranges
from scoring.domain.scores.hearing import hear
from scoring.domain.scores.trying import count_met, try_version
from scoring.models import Score, ScoreModel, ScoreModelVersion, ScoreRule
from tests import make
from tests.make import NOW
from tests.scoring.make import behaviour
from tests.scoring.make_scores import band, score_model, score_rule, score_version

pytestmark = pytest.mark.django_db
LooksAt = ScoreRule.LooksAt


@pytest.fixture
def shop() -> LegalEntity:
    shop = make.legal_entity(organisation=make.organisation())
    make.purpose(
        organisation=shop.organisation, legal_entities=[shop], code="profiling", channels=[Channel.NONE]
    )
    return shop


@pytest.fixture
def model(shop: LegalEntity) -> ScoreModel:
    return score_model(legal_entity=shop)


@pytest.fixture
def marketer(shop: LegalEntity) -> StaffMember:
    return make.staff_member(organisation=shop.organisation, role=StaffMember.Role.MARKETING)


@pytest.fixture
def alice(shop: LegalEntity) -> Contact:
    alice = make.contact(organisation=shop.organisation)
    behaviour(contact=alice, legal_entity=shop)
    return alice


def work_off(job: Job) -> Job:
    while jobs.advance(job_id=job.pk, chunk=lambda _job: rescoring.rescore_chunk, now=NOW):
        pass
    job.refresh_from_db()
    return job


def draft_of(model: ScoreModel) -> ScoreModelVersion:
    return score_version(model=model, published_at=None)


def test_a_draft_begins_as_a_copy_of_the_version_in_force(model: ScoreModel) -> None:
    in_force = score_version(model=model)
    score_rule(version=in_force, cap=30, conditions=[("SUBJECT", "CONTAINS", "lampen")])
    band(version=in_force, from_points=20, code="warm", name="Warm")

    draft = versions.draft_version(model=model)

    [rule] = draft.rules.all()
    assert (draft.number, draft.published_at) == (2, None)
    assert (rule.points, rule.cap, rule.conditions.get().text) == (10, 30, "lampen")
    assert draft.bands.get().from_points == 20
    assert in_force.rules.get().conditions.get().text == "lampen"


def test_a_model_has_one_draft(model: ScoreModel) -> None:
    versions.draft_version(model=model)

    with pytest.raises(versions.DraftExistsError):
        versions.draft_version(model=model)


def test_publishing_counts_everybody_by_the_new_version(
    model: ScoreModel, marketer: StaffMember, alice: Contact
) -> None:
    before = score_version(model=model)
    draft = score_version(model=model, number=2, published_at=None)
    score_rule(version=draft, points=12)

    job = work_off(versions.publish_version(version=draft, published_by=marketer, now=NOW))

    before.refresh_from_db()
    draft.refresh_from_db()
    assert (before.retired_at, draft.published_at, draft.published_by) == (NOW, NOW, marketer)
    assert (job.state, job.counts) == ("DONE", {"PEOPLE": 1, "WRITTEN": 1, "GONE": 0})
    assert Score.objects.get(contact=alice).points == 12
    assert draft.counted_date == NOW.date()


def test_what_is_published_is_not_published_again(model: ScoreModel, marketer: StaffMember) -> None:
    with pytest.raises(versions.NoDraftError):
        versions.publish_version(version=score_version(model=model), published_by=marketer, now=NOW)


def test_a_draft_without_rules_is_refused(model: ScoreModel, marketer: StaffMember) -> None:
    with pytest.raises(versions.RulesRefusedError) as refused:
        versions.publish_version(version=draft_of(model), published_by=marketer, now=NOW)

    assert [fault.sentence for fault in refused.value.faults] == [NO_RULES]


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        ([("VALUE", "AT_LEAST", 10), ("VALUE", "AT_MOST", 9)], NEVER),
        ([("VALUE", "AT_LEAST", 10), ("VALUE", "AT_MOST", 10)], None),
        ([("SUBJECT", "IS", "a"), ("SUBJECT", "IS", "b")], NEVER),
        ([("SUBJECT", "IS_NOT", "a"), ("SUBJECT", "IS", "A")], NEVER),
        ([("SUBJECT", "IS", "lampen"), ("SUBJECT", "CONTAINS", "meubel")], NEVER),
        ([("SUBJECT", "IS", "lampen"), ("SUBJECT", "STARTS_WITH", "lamp")], None),
        ([("SUBJECT", "IS", "a"), ("SOURCE", "IS", "b")], None),
        ([("LANGUAGE", "IS", "nl")], NOT_ASKED_HERE),
        ([("VALUE", "CONTAINS", "1")], NOT_ASKED_HERE),
    ],
)
def test_rules_that_can_never_hold_are_refused(
    model: ScoreModel, conditions: list[tuple[str, str, str | int]], sentence: str | None
) -> None:
    draft = draft_of(model)
    score_rule(version=draft, conditions=conditions)

    found = [str(fault.sentence) for fault in find_faults(version=draft)]
    assert found == ([str(sentence)] if sentence else [])


def test_a_rule_said_twice_is_refused(model: ScoreModel) -> None:
    draft = draft_of(model)
    for points in (5, -5):
        score_rule(version=draft, points=points, conditions=[("SUBJECT", "IS", "lampen")])

    assert [fault.sentence for fault in find_faults(version=draft)] == [TWICE]


def test_a_static_model_looks_at_no_acts(shop: LegalEntity) -> None:
    draft = draft_of(score_model(legal_entity=shop, code="past", kind=ScoreModel.Kind.STATIC))
    score_rule(version=draft)

    assert [fault.sentence for fault in find_faults(version=draft)] == [ONLY_WHAT_IS_KNOWN]


def test_it_is_counted_whom_each_rule_meets(shop: LegalEntity, model: ScoreModel, alice: Contact) -> None:
    make.contact(organisation=shop.organisation, given_name="Bob")
    draft = draft_of(model)
    score_rule(version=draft)
    score_rule(version=draft, looks_at=LooksAt.SEARCH, position=1)
    score_rule(version=draft, looks_at=LooksAt.PERSON, position=2)

    met = count_met(version=draft, now=NOW)

    assert [(one.people, one.everybody) for one in met] == [(1, 2), (0, 2), (2, 2)]
    assert [one.is_met_by_nobody for one in met] == [False, True, False]
    assert [one.is_met_by_everybody for one in met] == [False, False, True]


def test_trying_a_draft_shows_what_changes_and_writes_nothing(
    shop: LegalEntity, model: ScoreModel, marketer: StaffMember, alice: Contact
) -> None:
    cold = versions.draft_version(model=model)
    score_rule(version=cold, points=12)
    band(version=cold, from_points=10, code="koud", name="Koud")
    work_off(versions.publish_version(version=cold, published_by=marketer, now=NOW))
    behaviour(contact=make.contact(organisation=shop.organisation), legal_entity=shop, subject="/meubels/")
    hot = versions.draft_version(model=model)
    hot.rules.update(points=60)
    band(version=hot, from_points=50, code="heet", name="Heet")

    tried = try_version(version=hot, now=NOW)

    assert {(one.lowest, one.before, one.after) for one in tried.steps if one.before or one.after} == {
        (10, 1, 0),
        (50, 0, 2),
        (None, 1, 0),
    }
    assert [(one.before, one.after, one.people) for one in tried.moves] == [
        ("", "heet", 1),
        ("koud", "heet", 1),
    ]
    assert tried.changing == 2
    assert Score.objects.get().points == 12


def test_what_comes_in_is_counted_at_the_next_look(
    shop: LegalEntity, model: ScoreModel, marketer: StaffMember, alice: Contact
) -> None:
    draft = draft_of(model)
    score_rule(version=draft)
    work_off(versions.publish_version(version=draft, published_by=marketer, now=NOW))
    draft.refresh_from_db()
    later = NOW + timedelta(minutes=1)
    bob = make.contact(organisation=shop.organisation, given_name="Bob")
    behaviour(contact=bob, legal_entity=shop, occurred_at=NOW - timedelta(days=400), recorded_at=later)

    counted = hear(version=draft, now=later)
    again = hear(version=draft, now=later + timedelta(minutes=1))

    assert set(Score.objects.values_list("contact", "points")) == {
        (alice.pk, Decimal(10)),
        (bob.pk, Decimal(10)),
    }
    assert [getattr(one, "people", None) for one in (counted, again)] == [2, 1]


def test_each_day_everybody_is_counted_once(model: ScoreModel, marketer: StaffMember, alice: Contact) -> None:
    draft = draft_of(model)
    score_rule(version=draft, points=8, half_life_days=1)
    work_off(versions.publish_version(version=draft, published_by=marketer, now=NOW))
    tomorrow = NOW + timedelta(days=1)

    begun = [len(rescoring.begin_daily(now=now)) for now in (NOW, tomorrow, tomorrow)]

    assert begun == [0, 1, 0]


def test_the_job_of_a_replaced_version_ends(model: ScoreModel, marketer: StaffMember) -> None:
    first = draft_of(model)
    score_rule(version=first)
    job = versions.publish_version(version=first, published_by=marketer, now=NOW)
    second = versions.draft_version(model=model)
    versions.publish_version(version=second, published_by=marketer, now=NOW)

    assert (work_off(job).state, job.fault) == ("FAILED", str(rescoring.REPLACED))


@pytest.mark.django_db(transaction=True)
def test_counting_all_ranges_is_counting_everybody(
    monkeypatch: pytest.MonkeyPatch, shop: LegalEntity, model: ScoreModel
) -> None:
    monkeypatch.setattr(rescoring, "PEOPLE_AT_ONCE", 2)
    version = score_version(model=model)
    score_rule(version=version)
    for name in ("Alice", "Bob", "Carol", "Dan", "Eve"):
        behaviour(contact=make.contact(organisation=shop.organisation, given_name=name), legal_entity=shop)

    counted = [one.people for one in rescoring.rescore(version=version, now=NOW)]

    assert counted == [2, 2, 1]
    assert Score.objects.count() == 5


@pytest.fixture
def halves(shop: LegalEntity, model: ScoreModel) -> list[Range]:
    """Two people who did something, each in a range of their own."""
    score_rule(version=score_version(model=model))
    for name in ("Alice", "Bob"):
        behaviour(contact=make.contact(organisation=shop.organisation, given_name=name), legal_entity=shop)
    first = min(Contact.objects.values_list("pk", flat=True))
    return [Range(after=rescoring.FIRST, last=first), Range(after=first, last=rescoring.LAST)]


@pytest.mark.django_db(transaction=True)
def test_nobody_else_counts_until_ranges_side_by_side_are_all_written(
    model: ScoreModel, halves: list[Range]
) -> None:
    everybody = set(Contact.objects.values_list("pk", flat=True))

    with transaction.atomic():
        counted = score_ranges(version=model.versions.get(), ranges=halves, now=NOW)
        with ThreadPoolExecutor(1) as beside:
            seen, free = beside.submit(look_beside, model).result(timeout=30)

    # They stand already, written over connections of their own; the turn is still ours.
    assert [one.people for one in counted] == [1, 1]
    assert (set(seen), free) == (everybody, False)


@pytest.mark.django_db(transaction=True)
def test_who_holds_somebody_of_one_range_never_waits_for_the_other(
    model: ScoreModel, halves: list[Range]
) -> None:
    version, (first, second) = model.versions.get(), sorted(Contact.objects.values_list("pk", flat=True))
    score_ranges(version=version, ranges=halves, now=NOW)
    Score.objects.update(points=1)

    with ThreadPoolExecutor(1) as beside, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        Score.objects.filter(contact=second).delete()
        counting = beside.submit(count_beside, version, halves)
        wait_until_somebody_waits()
        Score.objects.filter(contact=first).delete()

    assert [one.people for one in counting.result(timeout=30)] == [1, 1]


def count_beside(version: ScoreModelVersion, ranges: list[Range]) -> list[Counted]:
    with contextlib.closing(connection):
        return score_ranges(version=version, ranges=ranges, now=NOW)


def wait_until_somebody_waits() -> None:
    """And whoever does not wait had the time to write."""
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
            if cursor.fetchone()[0]:
                break
            time.sleep(0.05)
    time.sleep(0.5)


def look_beside(model: ScoreModel) -> tuple[list[UUID], bool]:
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s::text, 0))", [model.pk])
        return list(Score.objects.values_list("contact_id", flat=True)), cursor.fetchone()[0]
