import datetime

import pytest

from consent.domain.law_ahead import find_costs, packs_ahead, start_counts
from consent.domain.rulebook.packs import PACKS, channels_changed
from consent.domain.shortcomings.shortcoming import Scope
from consent.tasks import work_job
from tests import make
from tests.consent.asking_scene import customer, shop

pytestmark = pytest.mark.django_db
MAY = datetime.datetime(2026, 5, 3, 12, 0, tzinfo=datetime.UTC)


def test_a_change_of_law_is_seen_half_a_year_before() -> None:
    assert [pack.code for pack in packs_ahead(at=MAY)] == ["NL-2026-07-01"]
    assert packs_ahead(at=MAY - datetime.timedelta(days=180)) == []
    assert packs_ahead(at=make.NOW) == []


def test_only_channels_whose_rules_change_are_asked_about() -> None:
    [pack] = packs_ahead(at=MAY)

    assert channels_changed(pack=pack) == {"CALL"}
    assert channels_changed(pack=PACKS[0]) == set(PACKS[0].tables)


def test_a_change_ahead_is_counted_by_jobs_once_a_week() -> None:
    entity = shop()
    customer(entity=entity, name="Bob", number=101)

    jobs = start_counts(now=MAY)
    again = start_counts(now=MAY + datetime.timedelta(days=6))
    later = start_counts(now=MAY + datetime.timedelta(days=8))

    assert (len(jobs), again, len(later)) == (2, [], 2)


def test_the_cost_is_what_the_question_before_and_after_differs() -> None:
    entity = shop()
    customer(entity=entity, name="Bob", number=101)
    before = find_costs(scope=Scope(), at=MAY)

    for job in start_counts(now=MAY):
        work_job(job_id=str(job.pk))

    after = find_costs(scope=Scope(), at=MAY)
    assert [cost.lost for cost in before] == [None, None]
    assert [(str(cost.product_group), cost.lost) for cost in after] == [("Lampen", 1), ("Meubels", 0)]
    assert {(cost.legal_entity, cost.purpose.code, cost.channel) for cost in after} == {
        (entity, "offers", "CALL")
    }


def test_a_change_costs_only_the_legal_entities_of_the_scope() -> None:
    own, other = shop(), shop(code="ander")

    costs = find_costs(scope=Scope(organisation_id=own.organisation_id), at=MAY)

    assert {cost.legal_entity for cost in costs} == {own}
    assert other.organisation_id != own.organisation_id
