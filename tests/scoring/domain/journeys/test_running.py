from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from scoring.domain.campaigns.running import find_faults as find_campaign_faults
from scoring.domain.journeys import running
from scoring.domain.journeys.checking import find_faults
from scoring.models import ColleagueTask, Journey, JourneyAction, JourneyMember, JourneyMove, ScoreRule
from tests import make
from tests.scoring import make_journeys as journeys
from tests.scoring import make_scores as scores
from tests.scoring.domain.campaigns import scene as campaigns
from tests.scoring.domain.journeys.scene import DAY, MINUTE, NOW, Way, begin, stands, turn, way
from tests.scoring.make import behaviour

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
LooksAt = ScoreRule.LooksAt
What = JourneyAction.What
DUTCH = {"field": "LANGUAGE", "comparison": "IS", "text": "nl"}
FRENCH = {"field": "LANGUAGE", "comparison": "IS", "text": "fr"}


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def faults(found: Way) -> list[str]:
    return [str(fault) for fault in find_faults(journey=found.journey)]


def test_a_journey_without_stages_is_refused() -> None:
    found = way()
    found.journey.stages.all().delete()

    with pytest.raises(running.JourneyNotReadyError, match="There are no stages yet"):
        running.start_journey(journey=found.journey, started_by=found.mark, started_at=NOW)


def test_rules_that_lead_round_without_time_passing_are_refused() -> None:
    found = way()
    for before, after, days in (
        (found.looks, found.considers, 0),
        (found.considers, found.buys, 0),
        (found.buys, found.looks, 1),
    ):
        journeys.rule(journey=found.journey, from_stage=before, to_stage=after, after_days=days)
    waits = faults(found)
    found.journey.rules.update(after_days=0)

    [loop] = faults(found)

    assert waits == []
    assert loop.startswith("People would go round without time passing: ")
    assert all(name in loop for name in ("Kijkt rond", "Denkt na", "Koopt"))


def test_journeys_that_send_people_to_each_other_for_ever_are_refused() -> None:
    found = way(again_after_days=1)
    other = journeys.journey(
        legal_entity=found.house.entity,
        purpose=found.house.profiling,
        code="terug",
        name="Terug",
        again_after_days=1,
    )
    back = journeys.stage(journey=other)
    there, here = (scores.segment(legal_entity=found.house.entity, code=code) for code in ("heen", "weer"))
    journeys.rule(journey=found.journey, to_stage=found.looks, segment=here)
    journeys.action(stage=found.looks, what=What.PUT_IN, segment=there)
    journeys.rule(journey=other, to_stage=back, segment=there)
    one_way = faults(found)
    journeys.action(stage=back, what=What.PUT_IN, segment=here)

    [loop] = faults(found)
    Journey.objects.filter(pk=other.pk).update(again_after_days=None)

    assert (one_way, faults(found)) == ([], [])
    assert loop.startswith("People would go round between these journeys for ever: ")


def test_journeys_of_one_name_that_send_people_on_do_not_look_like_a_circle() -> None:
    found = way(again_after_days=1)
    other = journeys.journey(
        legal_entity=found.house.entity,
        purpose=found.house.profiling,
        code="terug",
        name=found.journey.name,
        again_after_days=1,
    )
    there = scores.segment(legal_entity=found.house.entity, code="heen")
    journeys.rule(journey=found.journey, to_stage=found.looks)
    journeys.action(stage=found.looks, what=What.PUT_IN, segment=there)
    journeys.rule(journey=other, to_stage=journeys.stage(journey=other), segment=there)

    assert faults(found) == []


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"conditions": [DUTCH, FRENCH]}, "These conditions exclude each other: nobody can ever meet them."),
        (
            {"conditions": [{"field": "SHOE_SIZE", "comparison": "IS", "text": "43"}]},
            "It asks something that cannot be asked. Choose the conditions again.",
        ),
        (
            {"conditions": [{"field": "AGE", "comparison": "AT_LEAST", "number": "oud"}]},
            "It asks something that cannot be asked. Choose the conditions again.",
        ),
        (
            {"conditions": [{"wish": "chocolate"}]},
            "It asks something that cannot be asked. Choose the conditions again.",
        ),
        (
            {"conditions": ["nl"]},
            "It asks something that cannot be asked. Choose the conditions again.",
        ),
        (
            {"looks_at": LooksAt.SEARCH, "conditions": [DUTCH]},
            "This cannot be asked of what the rule looks at. Choose another condition.",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused(rule: dict[str, Any], sentence: str) -> None:
    found = way()
    journeys.rule(journey=found.journey, to_stage=found.looks, **rule)

    assert faults(found) == [f"From “outside” to “Kijkt rond”: {sentence}"]


def test_rules_that_ask_the_same_of_the_same_people_are_refused() -> None:
    found = way()
    for stage in (found.considers, found.buys):
        journeys.rule(journey=found.journey, from_stage=found.looks, to_stage=stage, looks_at=LooksAt.SEARCH)

    [twice] = faults(found)

    assert twice.endswith("ask the same of the same people, so one of them never counts.")


def test_who_is_an_employee_is_not_looked_at_nor_named() -> None:
    found = way()
    found.buys.figures_only = True
    found.buys.save(update_fields=["figures_only"])
    journeys.rule(journey=found.journey, from_stage=found.buys, looks_at=LooksAt.SEARCH)
    segment = scores.segment(legal_entity=found.house.entity)
    journeys.action(stage=found.buys, what=What.TASK, words="Bel op")
    journeys.action(stage=found.buys, what=What.PUT_IN, segment=segment)

    assert faults(found) == [
        "From “Koopt” to “outside”: nobody is looked at by themselves in a stage that shows figures only. "
        "Let people leave it after some days, or by hand.",
        *[
            "“Koopt”: this stage shows figures only, and a message, a task or a segment would show who is in "
            "it. Take this away."
        ]
        * 2,
    ]


def test_message_and_segment_must_be_ready_and_of_the_same_legal_entity() -> None:
    found = way()
    entity, sister = found.house.entity, found.house.sister
    purpose = make.purpose(organisation=entity.organisation, legal_entities=[entity])
    model = scores.score_model(legal_entity=entity)
    banded = scores.segment(legal_entity=entity, model=model, band_code="warm")
    journeys.action(
        stage=found.looks, what=What.MESSAGE, campaign=campaigns.campaign(entity, purpose=purpose)
    )
    journeys.action(stage=found.looks, what=What.PUT_IN, segment=banded)
    journeys.action(
        stage=found.looks, what=What.PUT_IN, segment=scores.segment(legal_entity=sister, code="zus")
    )

    assert sorted(faults(found)) == [
        "“Kijkt rond”: a score decides who is in its segment, so nobody can be put in.",
        "“Kijkt rond”: its message does not go when a journey says so.",
        "“Kijkt rond”: its segment is of another legal entity.",
        "“Kijkt rond”: start its message first.",
    ]


def test_without_a_purpose_of_profiling_nobody_can_object_so_nobody_is_followed() -> None:
    entity = make.legal_entity(organisation=make.organisation())
    purpose = make.purpose(organisation=entity.organisation, legal_entities=[entity])
    journey = journeys.journey(legal_entity=entity, purpose=purpose)
    journeys.stage(journey=journey)

    found = [str(fault) for fault in find_faults(journey=journey)]

    assert [sentence.partition(":")[0] for sentence in found] == [
        "Nobody can permit or object to being followed for “offers”",
        "A journey follows people, which is profiling",
    ]


def test_nobody_everybody_and_stages_without_a_way_ask_whether_it_is_meant() -> None:
    found = way()
    for name in ("Alice", "Bob"):
        found.person(name)
    everybody = journeys.rule(journey=found.journey, to_stage=found.looks)
    nobody = journeys.rule(
        journey=found.journey, from_stage=found.looks, to_stage=found.considers, looks_at=LooksAt.SEARCH
    )

    with pytest.raises(running.JourneyDoubtfulError) as refused:
        running.start_journey(journey=found.journey, started_by=found.mark, started_at=NOW)
    doubts = {doubt.key: (str(doubt.sentence), doubt.people) for doubt in refused.value.doubts}
    running.start_journey(
        journey=found.journey, started_by=found.mark, started_at=NOW, confirmed=list(doubts)
    )

    found.journey.refresh_from_db()
    assert doubts == {
        f"EVERYBODY:{everybody.pk}": (
            "From “outside” to “Kijkt rond”: this holds for everybody who may be followed, 2 people.",
            2,
        ),
        f"NOBODY:{nobody.pk}": ("From “Kijkt rond” to “Denkt na”: this holds for nobody now.", 0),
        f"UNREACHABLE:{found.buys.pk}": (
            "No rule leads to “Koopt”: colleagues must put people there by hand.",
            0,
        ),
    }
    assert (found.journey.state, found.journey.started_at) == (Journey.State.RUNNING, NOW)


def test_rules_are_counted_without_who_works_here() -> None:
    """Not even of the journey on which they came to work here: they enter it no more."""
    found = way()
    found.buys.figures_only = True
    found.buys.save(update_fields=["figures_only"])
    found.person()
    journeys.member(stage=found.buys, contact=found.person("Bob"), entered_at=NOW - DAY)
    everybody = journeys.rule(journey=found.journey, to_stage=found.looks)

    counted = running.count_rule(rule=everybody, at=NOW)

    assert counted == running.Holding(people=1, everybody=1)


def test_paused_nobody_moves_and_resumed_they_do() -> None:
    found = way()
    alice = found.person()
    behaviour(contact=alice, legal_entity=found.house.entity)
    journeys.rule(journey=found.journey, to_stage=found.looks, looks_at=LooksAt.PAGE_VISIT)
    begin(found)
    running.pause_journey(journey=found.journey)

    turn(NOW)
    waiting = stands(alice)
    meant = [one.key for one in running.find_doubts(journey=found.journey, at=NOW)]
    running.resume_journey(journey=found.journey, resumed_at=NOW, confirmed=meant)
    turn(NOW + MINUTE)

    assert (waiting, stands(alice)) == ("", "looks")


def test_ended_everybody_leaves_and_nothing_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scoring.domain.journeys.stopping.AT_ONCE", 2)
    found = way()
    begin(found)
    for number in range(5):
        journeys.member(stage=found.looks, contact=found.person(f"Person {number}"), entered_at=NOW - DAY)
    counted = running.count_inside(journey=found.journey)

    running.end_journey(journey=found.journey, ended_at=NOW)
    turn(NOW)

    assert counted == {"Kijkt rond": 5}
    assert set(JourneyMember.objects.values_list("outcome", "left_at")) == {("ENDED", NOW)}
    assert JourneyMove.objects.filter(how="ENDED").count() == 5
    for act in (ended, running.pause_journey):
        with pytest.raises(running.JourneyStateError):
            act(journey=found.journey)
    with pytest.raises(running.JourneyStateError):
        running.resume_journey(journey=found.journey, resumed_at=NOW)
    with pytest.raises(running.JourneyStateError):
        running.start_journey(journey=found.journey, started_by=found.mark, started_at=NOW)


def test_task_that_nobody_would_see_is_refused() -> None:
    found = way()
    organisation, sister = found.house.entity.organisation, found.house.sister
    empty = make.department(organisation=organisation, name="Leeg")
    caller = make.staff_member(organisation=organisation, username="beller")
    away = make.staff_member(
        organisation=organisation, username="zus", role=found.mark.Role.MARKETING, legal_entities=[sister]
    )
    for words, whose in (
        ("goed", {"staff": found.mark}),
        ("iedereen", {}),
        ("leeg", {"department": empty}),
        ("beller", {"staff": caller}),
        ("zus", {"staff": away}),
    ):
        journeys.action(stage=found.looks, what=What.TASK, words=words, **whose)

    said = faults(found)

    assert sorted(one.split("“")[2].partition("”")[0] for one in said) == ["beller", "leeg", "zus"]
    assert all("nobody would see its task" in one for one in said)


def test_no_campaign_goes_to_a_stage_that_shows_figures_only() -> None:
    found = way()
    purpose = make.purpose(organisation=found.house.entity.organisation, legal_entities=[found.house.entity])
    made = campaigns.campaign(found.house.entity, purpose=purpose)
    made.journey_stage = found.buys
    before = list(find_campaign_faults(campaign=made, at=NOW))
    found.buys.figures_only = True

    [fault] = [one for one in find_campaign_faults(campaign=made, at=NOW) if one not in before]

    assert str(fault).startswith("This stage shows figures only")


def test_ending_tells_no_few_of_a_stage_that_shows_figures_only() -> None:
    found = way()
    found.buys.figures_only = True
    found.buys.save(update_fields=["figures_only"])
    for name in ("Alice", "Bob"):
        journeys.member(stage=found.buys, contact=found.person(name))

    assert running.count_inside(journey=found.journey) == {"Koopt": None}


def test_what_was_to_be_done_for_people_ends_with_the_journey_or_the_stage() -> None:
    found = way()
    found.buys.figures_only = True
    found.buys.save(update_fields=["figures_only"])
    journeys.rule(journey=found.journey, from_stage=found.looks, after_days=3)
    journeys.rule(journey=found.journey, from_stage=found.considers, to_stage=found.buys, after_days=3)
    begin(found)
    for stage, days in ((found.looks, 4), (found.considers, 4), (found.looks, 1)):
        at = NOW - days * DAY
        member = journeys.member(stage=stage, contact=found.person(), entered_at=at)
        journeys.task(member=member, words=f"{stage.code} {days}")
    turn(NOW)
    stepped = [task.words for task in ColleagueTask.objects.all()]

    running.end_journey(journey=found.journey, ended_at=NOW)
    turn(NOW)

    assert stepped == ["looks 1"]
    assert not ColleagueTask.objects.exists()


def ended(*, journey: Journey) -> None:
    running.end_journey(journey=journey, ended_at=NOW)
