"""The figures of a journey equal those that plain Python counts over the same rows."""

import random
import statistics
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from customers.models import LegalEntity
from scoring.domain.journeys.figures import AGES, count_bands, count_engaged, read_figures
from scoring.models import Journey, JourneyMember, JourneyMove, JourneyStage
from tests import make
from tests.make import NOW
from tests.scoring import make as scoring
from tests.scoring import make_journeys, make_scores
from tests.scoring.domain.campaigns.scene import purpose_of, shop

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SINCE = NOW - 90 * DAY


@pytest.fixture
def entity() -> LegalEntity:
    return shop()


@pytest.fixture
def journey(entity: LegalEntity) -> Journey:
    return make_journeys.journey(legal_entity=entity, purpose=purpose_of(entity))


@pytest.fixture
def stages(journey: Journey) -> list[JourneyStage]:
    names = ("kijkt", "praat", "koopt")
    return [
        make_journeys.stage(journey=journey, position=place, code=name, name=name)
        for place, name in enumerate(names)
    ]


def go(journey: Journey, steps: list[tuple[JourneyStage | None, datetime]], outcome: str = "") -> None:
    """One passage: where somebody went and when; None is out, with an outcome."""
    (first, entered), *_others = steps
    last, at = steps[-1]
    assert first is not None
    member = JourneyMember.objects.create(
        journey=journey,
        contact=make.contact(organisation=journey.organisation),
        stage=last,
        source=random.Random(entered.timestamp()).choice(JourneyMember.Source.values),  # noqa: S311
        entered_at=entered,
        stage_since=at,
        left_at=None if last else at,
        outcome=outcome,
    )
    before, since = None, None
    for stage, moved_at in steps:
        JourneyMove.objects.create(
            member=member,
            journey=journey,
            from_stage=before,
            to_stage=stage,
            moved_at=moved_at,
            stage_since=since,
            how=JourneyMove.How.RULE,
        )
        before, since = stage, moved_at


def wander(journey: Journey, stages: list[JourneyStage], people: int) -> None:
    """Passages of all kinds, the same at each run: on, back, out with a goal or without, or still there."""
    chance = random.Random(5)  # noqa: S311
    for _person in range(people):
        at = NOW - timedelta(hours=chance.randint(24 * 20, 24 * 300))
        steps: list[tuple[JourneyStage | None, datetime]] = [(chance.choice(stages), at)]
        outcome = ""
        while chance.random() < 0.7 and not outcome:
            at += timedelta(hours=chance.randint(1, 24 * 40))
            if at > NOW:
                break
            other = chance.choice([*(one for one in stages if one != steps[-1][0]), None])
            steps.append((other, at))
            outcome = "" if other else chance.choice(["GOAL", "DROPPED", "STOPPED"])
        go(journey, steps, outcome)


def expected(stage: JourneyStage) -> dict[str, Any]:
    moves = JourneyMove.objects.filter(moved_at__gt=SINCE).select_related("member", "to_stage")
    out = [move for move in moves if move.from_stage_id == stage.pk]
    on = [move for move in out if goes_on(stage, move)]
    dropped = [move for move in out if move.to_stage is None and move.member.outcome != "GOAL"]
    days = [(move.moved_at - move.stage_since) / DAY for move in out if move.stage_since]
    here = JourneyMember.objects.filter(stage=stage)
    ages = Counter(sum((NOW - one.stage_since) / DAY >= age for age in AGES) for one in here)
    return {
        "people": here.count(),
        "arrived": sum(move.to_stage_id == stage.pk for move in moves),
        "left": len(out),
        "moved_on": len(on),
        "dropped": len(dropped),
        "median_days": pytest.approx(statistics.median(days)),
        "slow_days": pytest.approx(statistics.quantiles(days, n=10, method="inclusive")[-1]),
        "ages": tuple(ages[step] for step in range(len(AGES) + 1)),
    }


def goes_on(stage: JourneyStage, move: JourneyMove) -> bool:
    if move.to_stage is None:
        return move.member.outcome == "GOAL"
    return move.to_stage.position > stage.position


def test_figures_of_stages_equal_what_python_counts(journey: Journey, stages: list[JourneyStage]) -> None:
    wander(journey, stages, 120)

    figures = read_figures(journey=journey, since=SINCE, now=NOW)

    names = list(expected(stages[0]))
    told = [{name: getattr(one, name) for name in names} for one in figures.stages]
    assert told == [expected(stage) for stage in stages]
    assert all(one.left and one.people for one in figures.stages)


def test_sources_and_drop_outs_equal_what_python_counts(journey: Journey, stages: list[JourneyStage]) -> None:
    wander(journey, stages, 120)

    figures = read_figures(journey=journey, since=SINCE, now=NOW)

    came = list(JourneyMember.objects.filter(entered_at__gt=SINCE))
    sources = Counter(one.source for one in came)
    reached = Counter(one.source for one in came if one.outcome == "GOAL")
    dropped = Counter(one.source for one in came if one.outcome in ("DROPPED", "STOPPED"))
    out = JourneyMove.objects.filter(moved_at__gt=SINCE, to_stage=None).select_related("member")
    why = Counter((one.from_stage_id, one.member.outcome) for one in out if one.member.outcome != "GOAL")
    assert {one.source: (one.people, one.reached, one.dropped) for one in figures.sources} == {
        source: (people, reached[source], dropped[source]) for source, people in sources.items()
    }
    assert {(one.stage.pk, one.outcome): one.people for one in figures.drop_outs} == dict(why)
    assert why


def test_who_goes_back_does_not_count_as_going_on(journey: Journey, stages: list[JourneyStage]) -> None:
    looks, talks, _buys = stages
    go(journey, [(talks, NOW - 3 * DAY), (looks, NOW - 2 * DAY)])
    go(journey, [(talks, NOW - 3 * DAY), (None, NOW - DAY)], "GOAL")

    _first, second, _third = read_figures(journey=journey, since=None, now=NOW).stages

    assert (second.left, second.moved_on, second.dropped, second.conversion) == (2, 1, 0, 50)


@pytest.mark.parametrize(("people", "told"), [(9, None), (10, 10)])
def test_stage_that_shows_figures_only_tells_nothing_of_fewer_than_ten(
    people: int, told: int | None, journey: Journey
) -> None:
    stage = make_journeys.stage(journey=journey, figures_only=True)
    for _person in range(people):
        go(journey, [(stage, NOW - DAY)])

    [shown] = read_figures(journey=journey, since=None, now=NOW).stages

    assert (shown.people, shown.arrived) == (told, told)
    assert shown.ages == ((10, 0, 0, 0, 0) if told else None)


def test_number_of_few_cannot_be_reckoned_from_the_numbers_beside_it(journey: Journey) -> None:
    stage = make_journeys.stage(journey=journey, figures_only=True)
    for _person in range(11):
        go(journey, [(stage, NOW - DAY), (None, NOW)], "GOAL")
    go(journey, [(stage, NOW - DAY), (None, NOW)], "DROPPED")
    for _person in range(11):
        go(journey, [(stage, NOW - DAY)])
    go(journey, [(stage, NOW - 100 * DAY)])

    figures = read_figures(journey=journey, since=None, now=NOW)

    [shown] = figures.stages
    assert (shown.people, shown.ages) == (12, None)
    assert (shown.left, shown.moved_on, shown.dropped, shown.median_days) == (None, None, None, None)
    assert [one.people for one in figures.drop_outs] == [None]


@pytest.fixture
def hires(journey: Journey) -> tuple[JourneyStage, JourneyStage]:
    hire = make_journeys.stage(journey=journey, code="hire", name="Wordt aangenomen")
    return hire, make_journeys.stage(
        journey=journey, position=1, code="retain", name="Blijft", figures_only=True
    )


def test_how_many_are_hidden_cannot_be_reckoned_from_the_stage_before(
    journey: Journey, hires: tuple[JourneyStage, JourneyStage]
) -> None:
    hire, retain = hires
    for _person in range(3):
        go(journey, [(hire, NOW - 2 * DAY), (retain, NOW - DAY)])
    for _person in range(14):
        go(journey, [(hire, NOW - DAY)])

    figures = read_figures(journey=journey, since=None, now=NOW)

    before, hidden = figures.stages
    assert (before.people, before.arrived, before.moved_on, before.conversion) == (14, 10, None, None)
    assert (before.left, before.median_days) == (None, None)
    assert (hidden.people, hidden.arrived, hidden.left, hidden.ages) == (None, None, None, None)
    assert all(one.people in (None, 10) for one in figures.sources)


def test_who_arrived_less_who_left_does_not_tell_who_stayed(
    journey: Journey, hires: tuple[JourneyStage, JourneyStage]
) -> None:
    _hire, retain = hires
    for _person in range(3):
        go(journey, [(retain, NOW - 2 * DAY)])
    for _person in range(12):
        go(journey, [(retain, NOW - 2 * DAY), (None, NOW - DAY)], "GOAL")

    _before, hidden = read_figures(journey=journey, since=None, now=NOW).stages

    assert (hidden.people, hidden.arrived, hidden.left, hidden.moved_on) == (None, None, None, None)


def test_one_period_less_another_does_not_tell_a_few(
    journey: Journey, hires: tuple[JourneyStage, JourneyStage]
) -> None:
    hire, retain = hires
    for days in [100] * 2 + [3] * 12:
        go(journey, [(hire, NOW - (days + 1) * DAY), (retain, NOW - days * DAY)])

    told = [read_figures(journey=journey, since=since, now=NOW).stages for since in (SINCE, None)]

    assert [(before.moved_on, hidden.arrived) for before, hidden in told] == [(10, 10), (10, 10)]


def test_a_stage_that_shows_figures_only_has_no_bands(
    journey: Journey, hires: tuple[JourneyStage, JourneyStage]
) -> None:
    hire, retain = hires
    model = make_scores.score_model(legal_entity=journey.legal_entity)
    for stage in (hire, retain):
        go(journey, [(stage, NOW - DAY)])

    assert count_bands(journey=journey, model=model) == {hire.pk: {"": 1}}


def engaged(journey: Journey, retain: JourneyStage, active: int, quiet: int) -> int | None:
    for number in range(active + quiet):
        go(journey, [(retain, NOW - 200 * DAY)])
        contact = JourneyMember.objects.latest("pk").contact
        acted_at = NOW - (1 if number < active else 90) * DAY
        scoring.behaviour(contact=contact, legal_entity=journey.legal_entity, occurred_at=acted_at)
    return count_engaged(journey=journey, now=NOW)[retain.pk]


@pytest.mark.parametrize(
    ("active", "quiet", "told"), [(13, 12, 10), (10, 0, 10), (0, 10, 0), (9, 20, None), (20, 9, None)]
)
def test_engagement_of_employees_is_told_of_ten_or_more_alone(
    journey: Journey, hires: tuple[JourneyStage, JourneyStage], active: int, quiet: int, told: int | None
) -> None:
    assert engaged(journey, hires[1], active, quiet) == told


def test_journey_without_people_has_figures_of_nothing(journey: Journey, stages: list[JourneyStage]) -> None:
    figures = read_figures(journey=journey, since=SINCE, now=NOW)

    assert [(one.people, one.left, one.conversion) for one in figures.stages] == [(0, 0, None)] * 3
    assert (figures.sources, figures.drop_outs) == ([], [])
