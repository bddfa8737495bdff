from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consent.domain.withdrawals import Scope, object_to
from customers.models import LegalEntity, StaffAct, StaffMember
from scoring.models import ColleagueTask, Journey, JourneyAction, JourneyMember, JourneyRule, JourneyStage
from tests import make
from tests.consent.admin_rows import BY_PHONE, signed_in
from tests.scoring import make_journeys, make_scores
from tests.scoring.domain.campaigns.scene import NOW, marketer, purpose_of, shop
from tests.scoring.domain.house import processing

pytestmark = pytest.mark.django_db
NONE = {"-TOTAL_FORMS": "0", "-INITIAL_FORMS": "0"}


@pytest.fixture
def entity() -> LegalEntity:
    return shop()


@pytest.fixture
def client(entity: LegalEntity) -> Client:
    return signed_in(marketer(entity))


@pytest.fixture
def journey(entity: LegalEntity) -> Journey:
    return make_journeys.journey(legal_entity=entity, purpose=purpose_of(entity))


@pytest.fixture
def looks(journey: Journey) -> JourneyStage:
    return make_journeys.stage(journey=journey)


@pytest.fixture
def buys(journey: Journey) -> JourneyStage:
    return make_journeys.stage(journey=journey, position=1, code="koopt", name="Koopt")


def page(name: str, journey: Journey, *more: Any) -> str:
    return reverse(f"admin:scoring_journey_{name}", args=[journey.pk, *more])


def typed(entity: LegalEntity, **changed: Any) -> dict[str, Any]:
    stage = {
        "position": "0",
        "name": "Kijkt rond",
        "code": "kijkt",
        "target_people": "40",
        "target_days": "14",
    }
    return {
        "name": "Welkom",
        "code": "welkom",
        "kind": "GENERAL",
        "description": "",
        "legal_entity": entity.pk,
        "purpose": purpose_of(entity).pk,
        "rests_on": "CONSENT",
        "again_after_days": "",
        "stages-TOTAL_FORMS": "1",
        "stages-INITIAL_FORMS": "0",
        **{f"stages-0-{name}": value for name, value in stage.items()},
        **changed,
    }


def test_marketer_makes_a_journey_with_stages_and_what_is_aimed_at(
    entity: LegalEntity, client: Client
) -> None:
    answer = client.post(reverse("admin:scoring_journey_add"), typed(entity))

    stage = JourneyStage.objects.select_related("journey").get()
    assert (answer.status_code, stage.journey.organisation) == (302, entity.organisation)
    assert (stage.name, stage.target_people, stage.target_days) == ("Kijkt rond", 40, 14)


@pytest.mark.parametrize(
    ("field", "changed", "sentence"),
    [
        ("code", {"code": "taken"}, "There is a journey with this code already."),
        ("again_after_days", {"again_after_days": "-1"}, "Ensure this value is greater than or equal to 0."),
    ],
)
def test_what_can_never_be_right_is_said_beside_its_field(
    field: str, changed: dict[str, str], sentence: str, entity: LegalEntity, client: Client
) -> None:
    make_journeys.journey(legal_entity=entity, purpose=purpose_of(entity), code="taken")

    answer = client.post(reverse("admin:scoring_journey_add"), typed(entity, **changed))

    assert answer.context["adminform"].form.errors == {field: [sentence]}


def rule_typed(journey: Journey, **said: Any) -> dict[str, Any]:
    return {"journey": journey.pk, "position": "0", "after_days": "0", "times": "1", **said}


def test_marketer_writes_a_rule_and_reads_it_as_a_sentence(
    client: Client, journey: Journey, looks: JourneyStage, buys: JourneyStage
) -> None:
    said = rule_typed(
        journey,
        kind="ADVANCE",
        from_stage=looks.pk,
        to_stage=buys.pk,
        after_days="3",
        looks_at="PURCHASE",
        within_days="30",
        condition0_field="VALUE",
        condition0_comparison="AT_LEAST",
        condition0_number="25",
    )

    answer = client.post(reverse("admin:scoring_journeyrule_add"), said)
    shown = client.get(page("change", journey)).content.decode()

    rule = JourneyRule.objects.get()
    asked = {"field": "VALUE", "name": "", "comparison": "AT_LEAST", "text": "", "number": "25"}
    assert (answer["Location"], rule.conditions) == (page("change", journey), [asked])
    sentence = (
        "Who buys or donates within 30 days and the value is at least 25 in “Kijkt rond” for 3 days "
        "goes on to “Koopt”."
    )
    assert sentence in shown


def test_rule_is_changed_without_losing_its_conditions(
    client: Client, journey: Journey, looks: JourneyStage
) -> None:
    kept = [{"field": "TOWN", "name": "", "comparison": "IS", "text": "Utrecht", "number": None}]
    rule = make_journeys.rule(journey=journey, to_stage=looks, conditions=kept)
    address = reverse("admin:scoring_journeyrule_change", args=[rule.pk])

    form = client.get(address).context["adminform"].form
    said = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    client.post(address, {**said, "position": "4"})

    rule.refresh_from_db()
    assert (rule.position, rule.conditions) == (4, kept)


def shown_conditions(answer: Any) -> list[str]:
    form = answer.context["adminform"]
    fields = [getattr(one.field, "name", "") for part in form for line in part for one in line]
    return [name for name in fields if name.startswith("condition") and name.endswith("_field")]


def test_a_button_adds_a_condition_and_keeps_what_was_typed(
    client: Client, journey: Journey, looks: JourneyStage
) -> None:
    address = reverse("admin:scoring_journeyrule_add")
    empty = {f"condition{place}_field": "" for place in range(3)}
    # Nothing of it is judged: a value needs a number.
    said = rule_typed(journey, kind="ENTER", to_stage=looks.pk, **empty) | {"condition2_field": "VALUE"}

    answer = client.post(address, {**said, "_more": "1"})

    form = answer.context["adminform"].form
    assert not JourneyRule.objects.exists()
    assert shown_conditions(answer) == [f"condition{place}_field" for place in range(4)]
    assert (form["condition2_field"].value(), form["kind"].value()) == ("VALUE", "ENTER")
    assert not form.errors
    again = client.post(address, {**said, "condition3_field": "", "_more": "1"})
    assert len(shown_conditions(again)) == 5


def test_four_conditions_are_kept_and_shown_with_one_to_add(
    client: Client, journey: Journey, looks: JourneyStage
) -> None:
    towns = {
        f"condition{place}_{part}": value
        for place in range(4)
        for part, value in {"field": "TOWN", "comparison": "IS_NOT", "text": f"Stad {place}"}.items()
    }
    said = rule_typed(journey, kind="ENTER", to_stage=looks.pk, **towns)

    client.post(reverse("admin:scoring_journeyrule_add"), said)

    rule = JourneyRule.objects.get()
    assert [one["text"] for one in rule.conditions] == [f"Stad {place}" for place in range(4)]
    shown = client.get(reverse("admin:scoring_journeyrule_change", args=[rule.pk]))
    assert len(shown_conditions(shown)) == 5


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            {"looks_at": "PURCHASE"},
            "As it is saved it holds for 1 person, of 2 who may be followed, whatever stage they are in.",
        ),
        ({"looks_at": "APPLICATION"}, "It holds for nobody."),
        ({}, "It holds for everybody, so it tells nobody apart."),
    ],
)
def test_page_of_a_rule_says_for_how_many_it_holds(
    said: dict[str, Any],
    sentence: str,
    client: Client,
    entity: LegalEntity,
    looks: JourneyStage,
) -> None:
    journey = make_journeys.journey(
        legal_entity=entity, purpose=processing("profiling", entity), code="terug", name="Terug"
    )
    JourneyStage.objects.filter(pk=looks.pk).update(journey=journey)
    buyer = make.contact(organisation=entity.organisation)
    make.contact(organisation=entity.organisation)
    make.transaction(contact=buyer, legal_entity=entity, occurred_at=NOW)
    rule = make_journeys.rule(journey=journey, to_stage=looks, **said)

    shown = client.get(reverse("admin:scoring_journeyrule_change", args=[rule.pk])).content.decode()

    assert sentence in shown


def test_page_of_a_rule_counts_very_many_people_only_when_asked(
    client: Client, journey: Journey, looks: JourneyStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scoring.domain.scores.trials.AT_ONCE", 1)
    for name in ("Alice", "Bob"):
        make.contact(organisation=journey.organisation, given_name=name)
    rule = make_journeys.rule(journey=journey, to_stage=looks)
    page = reverse("admin:scoring_journeyrule_change", args=[rule.pk])

    unasked = client.get(page)
    asked = client.get(f"{page}?count")

    assert (unasked.context.get("met"), unasked.context["too_many"]) == (None, True)
    assert "Count for how many it holds" in unasked.content.decode()
    assert asked.context["met"].people == asked.context["met"].everybody
    assert "too_many" not in asked.context


def test_page_of_a_rule_that_was_typed_wrongly_counts_nothing(
    client: Client, journey: Journey, looks: JourneyStage
) -> None:
    rule = make_journeys.rule(journey=journey, to_stage=looks)
    wrong = {"condition0_field": "SHOE_SIZE"}

    shown = client.post(
        reverse("admin:scoring_journeyrule_change", args=[rule.pk]), rule_typed(journey, **wrong)
    )

    assert shown.status_code == 200
    assert "met" not in shown.context
    assert "it holds for" not in shown.content.decode()


def test_page_of_a_rule_that_only_waits_says_so(
    client: Client, journey: Journey, looks: JourneyStage
) -> None:
    rule = make_journeys.rule(journey=journey, from_stage=looks, after_days=3)

    shown = client.get(reverse("admin:scoring_journeyrule_change", args=[rule.pk])).content.decode()

    assert "It holds for everybody in the stage once the days are over." in shown


def test_page_of_a_rule_that_cannot_be_counted_says_so(
    client: Client, journey: Journey, looks: JourneyStage
) -> None:
    asked = {"field": "VALUE", "name": "", "comparison": "AT_LEAST", "text": "", "number": "9"}
    rule = make_journeys.rule(journey=journey, to_stage=looks, conditions=[asked])

    shown = client.get(reverse("admin:scoring_journeyrule_change", args=[rule.pk])).content.decode()

    assert "As it is saved it cannot be counted" in shown


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"condition0_field": "VALUE", "condition0_comparison": "AT_LEAST"}, "condition0_field"),
        (
            {"condition0_field": "AGE", "condition0_comparison": "AT_LEAST", "condition0_number": "18"},
            "condition0_field",
        ),
        ({"to_stage": ""}, "__all__"),
    ],
)
def test_rule_that_cannot_hold_is_refused_beside_the_field(
    said: dict[str, str], field: str, client: Client, journey: Journey, looks: JourneyStage
) -> None:
    whole = rule_typed(journey, kind="ENTER", to_stage=looks.pk, looks_at="PURCHASE")

    answer = client.post(reverse("admin:scoring_journeyrule_add"), {**whole, **said})

    assert list(answer.context["adminform"].form.errors) == [field]
    assert not JourneyRule.objects.exists()


def test_rule_leads_only_to_stages_of_its_own_journey(
    entity: LegalEntity, client: Client, journey: Journey
) -> None:
    other = make_journeys.journey(legal_entity=entity, purpose=purpose_of(entity), code="ander")
    foreign = make_journeys.stage(journey=other)

    said = rule_typed(journey, kind="ENTER", to_stage=foreign.pk)
    answer = client.post(reverse("admin:scoring_journeyrule_add"), said)

    assert list(answer.context["adminform"].form.errors) == ["to_stage"]


def test_action_is_told_as_a_sentence(client: Client, journey: Journey, looks: JourneyStage) -> None:
    said = {"stage": looks.pk, "after_days": "2", "what": "TASK", "words": "Bel even", "due_days": "5"}

    answer = client.post(reverse("admin:scoring_journeyaction_add"), said)
    shown = client.get(page("change", journey)).content.decode()

    assert answer["Location"] == page("change", journey)
    assert "After 2 days: task for everybody: “Bel even”, within 5 days." in shown


def test_task_is_offered_only_to_who_would_see_it(
    entity: LegalEntity, client: Client, looks: JourneyStage
) -> None:
    sister = make.legal_entity(organisation=entity.organisation, code="zus", name="Zus B.V.")
    make.staff_member(organisation=entity.organisation, username="beller")
    make.staff_member(
        organisation=entity.organisation,
        username="zus",
        role=StaffMember.Role.MARKETING,
        legal_entities=[sister],
    )
    made = make_journeys.action(stage=looks, what=JourneyAction.What.TASK, words="Bel even")

    form = client.get(reverse("admin:scoring_journeyaction_change", args=[made.pk])).context["adminform"].form

    assert list(form.fields["staff"].queryset) == [marketer(entity)]


def test_action_puts_people_only_into_a_segment_kept_by_hand(
    entity: LegalEntity, client: Client, looks: JourneyStage
) -> None:
    model = make_scores.score_model(legal_entity=entity)
    decided = make_scores.segment(legal_entity=entity, model=model, band_code="heet")

    said = {"stage": looks.pk, "after_days": "0", "what": "PUT_IN", "segment": decided.pk}
    answer = client.post(reverse("admin:scoring_journeyaction_add"), said)

    assert "segment" in answer.context["adminform"].form.errors
    assert not JourneyAction.objects.exists()


def test_figures_stand_in_a_table_beside_their_bars_and_in_a_file(
    client: Client, journey: Journey, looks: JourneyStage, buys: JourneyStage
) -> None:
    JourneyStage.objects.filter(pk=looks.pk).update(target_people=2)
    member = make_journeys.member(stage=looks, contact=make.contact(organisation=journey.organisation))
    make_journeys.move(member=member)

    table = client.get(page("figures", journey), {"days": ""}).context["table"]
    answer = client.get(page("figures_csv", journey), {"days": ""})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]

    first, second = table.rows
    assert (first.people.shown, first.people.target, str(first.people.look.word)) == (
        "1",
        "2",
        "Behind target",
    )
    assert (second.people.shown, [bar.number for bar in table.funnel]) == ("0", [1, 0])
    assert [line.split(";")[0].split(",")[0].strip('"') for line in lines] == ["stage", "Kijkt rond", "Koopt"]


@pytest.mark.parametrize("people", [1, 3])
def test_figures_take_as_few_queries_for_many_as_for_one(
    people: int, client: Client, journey: Journey, looks: JourneyStage
) -> None:
    for _person in range(people):
        contact = make.contact(organisation=journey.organisation)
        make_journeys.move(member=make_journeys.member(stage=looks, contact=contact))

    with CaptureQueriesContext(connection) as queries:
        client.get(page("figures", journey))

    assert len(queries) == 15


def test_people_in_a_stage_are_looked_for_by_name_and_their_steps_seen(
    client: Client, journey: Journey, looks: JourneyStage
) -> None:
    alice = make.contact(organisation=journey.organisation, given_name="Alice", family_name="Lampman")
    bob = make.contact(organisation=journey.organisation, given_name="Bob")
    members = [make_journeys.member(stage=looks, contact=one) for one in (alice, bob)]
    make_journeys.move(member=members[0])

    found = client.get(page("stage", journey, looks.code), {"q": "lamp ali"}).context["page"]
    steps = client.get(page("member", journey, members[0].pk)).context["moves"]

    assert list(found) == [members[0]]
    assert [(move.from_stage, move.to_stage) for move in steps] == [(None, looks)]


def test_nobody_is_named_where_only_figures_are_shown(client: Client, journey: Journey) -> None:
    stage = make_journeys.stage(journey=journey, code="blijft", name="Blijft", figures_only=True)
    contact = make.contact(organisation=journey.organisation, given_name="Alice", family_name="Lampman")
    member = make_journeys.member(stage=stage, contact=contact)
    make_journeys.move(member=member)
    task = make_journeys.task(member=member)
    make_scores.score_model(legal_entity=journey.legal_entity)

    answers = [client.get(page("stage", journey, "blijft")), client.get(page("member", journey, member.pk))]
    listed = client.get(reverse("admin:scoring_journeymember_changelist")).content.decode()
    figures = client.get(page("figures", journey)).content.decode()

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "Lampman" not in listed + figures
    assert "fewer than 10" in figures
    # Nobody there has a score.
    context = client.get(page("figures", journey)).context
    assert (context["band_rows"], context["engaged"]) == ([], [(stage, "not told")])
    assert "in whole tens" in figures
    assert "Blijft" not in client.get(reverse("admin:my_tasks")).content.decode()
    shown = reverse("admin:scoring_colleaguetask_change", args=[task.pk])
    assert "Blijft" not in client.get(shown).content.decode()
    [row] = client.get(page("figures", journey)).context["table"].rows
    assert (row.people.shown, row.arrived, set(row.ages)) == ("fewer than 10", "not told", {"not told"})


def test_who_was_where_only_figures_are_shown_is_in_no_list_afterwards(
    client: Client, journey: Journey, looks: JourneyStage
) -> None:
    few = make_journeys.stage(journey=journey, code="blijft", name="Blijft", figures_only=True)
    shown, hidden = (
        make_journeys.member(stage=stage, contact=make.contact(organisation=journey.organisation))
        for stage in (looks, few)
    )
    moves = [make_journeys.move(member=member) for member in (shown, hidden)]
    JourneyMember.objects.filter(pk=hidden.pk).update(stage=None, left_at=NOW, outcome="GOAL")

    people, steps = (
        list(client.get(reverse(f"admin:scoring_{name}_changelist")).context["cl"].result_list)
        for name in ("journeymember", "journeymove")
    )

    assert (people, steps) == ([shown], moves[:1])


def test_tasks_of_me_and_my_department_stand_overdue_first_and_are_done_once(
    entity: LegalEntity, client: Client, looks: JourneyStage
) -> None:
    me = marketer(entity)
    me.department = make.department(organisation=entity.organisation, name="Binnendienst")
    me.save(update_fields=["department"])
    other = make.department(organisation=entity.organisation, name="Andere")
    member = make_journeys.member(stage=looks, contact=make.contact(organisation=entity.organisation))
    now = timezone.now()
    rows = {
        "later": (me.department, 3),
        "late": (me.department, -3),
        "theirs": (other, -9),
        "whoever": (None, 9),
    }
    for words, (department, days) in rows.items():
        task = make_journeys.task(member=member, words=words)
        ColleagueTask.objects.filter(pk=task.pk).update(
            department=department, due_at=now + timedelta(days=days)
        )

    first = client.get(reverse("admin:my_tasks")).context["page"]
    names = [task.words for task in first]
    start = client.get(reverse("admin:index")).content.decode()
    late = first[0]
    answers = [client.post(reverse("admin:my_task_done", args=[late.pk]), follow=True) for _twice in range(2)]

    late.refresh_from_db()
    assert names == ["late", "later", "whoever"]
    assert "3 tasks wait for you or your department. 1 is overdue." in " ".join(start.split())
    assert (late.done_by, late.done_at is not None) == (me, True)
    assert "A colleague did this before." in answers[1].content.decode()


@pytest.mark.parametrize("role", [StaffMember.Role.AUDITOR, StaffMember.Role.CALL_AGENT])
def test_others_do_no_tasks_and_change_no_journey(
    role: StaffMember.Role, entity: LegalEntity, journey: Journey, looks: JourneyStage
) -> None:
    staff = make.staff_member(organisation=entity.organisation, username="ander", role=role)
    member = make_journeys.member(stage=looks, contact=make.contact(organisation=entity.organisation))
    task, client = make_journeys.task(member=member), signed_in(staff)

    done = client.post(reverse("admin:my_task_done", args=[task.pk])).status_code
    added = client.post(reverse("admin:scoring_journey_add"), typed(entity, code="nieuw")).status_code

    assert (done, added) == (403, 403)


def test_journey_that_started_stays_as_it_is(entity: LegalEntity, client: Client, journey: Journey) -> None:
    Journey.objects.filter(pk=journey.pk).update(state="RUNNING", started_at=NOW, started_by=marketer(entity))

    answer = client.post(page("change", journey), typed(entity, name="Anders"))

    journey.refresh_from_db()
    assert (answer.status_code, journey.name) == (403, "Welkom")


def profiled(entity: LegalEntity) -> None:
    processing("profiling", entity)
    purpose = purpose_of(entity)
    purpose.channels = [*purpose.channels, "NONE"]
    purpose.save(update_fields=["channels"])


def test_start_asks_with_the_count_where_a_rule_holds_for_everybody(
    entity: LegalEntity, client: Client, journey: Journey, looks: JourneyStage
) -> None:
    profiled(entity)
    for name in ("Alice", "Bob"):
        make.contact(organisation=entity.organisation, given_name=name)
    rule = make_journeys.rule(journey=journey, to_stage=looks)

    shown = client.get(page("start", journey))
    client.post(page("start", journey))
    journey.refresh_from_db()
    refused = journey.state
    client.post(page("start", journey), {"confirmed": f"EVERYBODY:{rule.pk}"})

    journey.refresh_from_db()
    assert shown.context["entering"] == [("Everybody comes in at “Kijkt rond”.", 2, 2)]
    assert [doubt.people for doubt in shown.context["doubts"]] == [2]
    assert (refused, journey.state) == ("DRAFT", "RUNNING")


def test_start_page_goes_through_all_people_once_however_many_rules_there_are(
    entity: LegalEntity, client: Client, journey: Journey, looks: JourneyStage
) -> None:
    profiled(entity)
    make.contact(organisation=entity.organisation, given_name="Alice")
    for place, kind in enumerate(("PAGE_VISIT", "SEARCH", "PURCHASE")):
        make_journeys.rule(journey=journey, to_stage=looks, position=place, looks_at=kind)

    with CaptureQueriesContext(connection) as asked:
        shown = client.get(page("start", journey))

    counts = [one["sql"] for one in asked.captured_queries if "WITH followed" in one["sql"]]
    assert [people[1:] for people in shown.context["entering"]] == [(0, 1)] * 3
    assert len(shown.context["doubts"]) == 3
    assert len(counts) == 1


def test_what_is_missing_is_said_before_a_journey_starts(client: Client, journey: Journey) -> None:
    shown = client.get(page("start", journey)).content.decode()
    client.post(page("start", journey))

    journey.refresh_from_db()
    assert "There are no stages yet: add the first." in shown
    assert journey.state == "DRAFT"


@pytest.fixture
def running(entity: LegalEntity, journey: Journey, looks: JourneyStage, buys: JourneyStage) -> Journey:
    profiled(entity)
    Journey.objects.filter(pk=journey.pk).update(state="RUNNING", started_at=NOW, started_by=marketer(entity))
    journey.refresh_from_db()
    return journey


def test_running_journey_is_paused_resumed_and_ended_each_by_post(client: Client, running: Journey) -> None:
    states = []
    for name in ("pause", "resume", "end"):
        client.get(page(name, running))
        running.refresh_from_db()
        states.append(running.state)
        confirmed = [doubt.key for doubt in client.get(page(name, running)).context.get("doubts", [])]
        client.post(page(name, running), {"confirmed": confirmed})
        running.refresh_from_db()
        states.append(running.state)

    assert states == ["RUNNING", "PAUSED", "PAUSED", "RUNNING", "RUNNING", "ENDED"]


def test_what_is_wrong_with_a_journey_stands_on_its_pages(client: Client, running: Journey) -> None:
    why = "its last turn could not be made to the end, and is tried again"
    pages = reverse("admin:scoring_journey_changelist"), page("change", running), page("figures", running)
    before = [why in client.get(address).content.decode() for address in pages]

    Journey.objects.update(fault="TURN")

    assert before == [False, False, False]
    assert [why in client.get(address).content.decode() for address in pages] == [True, True, True]


def test_ending_says_who_is_on_it_still(client: Client, running: Journey, looks: JourneyStage) -> None:
    make_journeys.member(stage=looks, contact=make.contact(organisation=running.organisation))

    shown = client.get(page("end", running)).content.decode()

    assert "Kijkt rond: 1 person" in shown
    JourneyStage.objects.update(figures_only=True)
    assert "Kijkt rond: fewer than 10" in client.get(page("end", running)).content.decode()
    assert "Whoever is on it leaves it." in shown


def test_side_entrant_is_looked_for_put_in_moved_and_taken_out_with_reasons(
    client: Client, running: Journey, looks: JourneyStage, buys: JourneyStage
) -> None:
    alice = make.contact(organisation=running.organisation, given_name="Alice", family_name="Lampman")

    found = client.get(page("put_in", running), {"q": "Lampman"}).context["found"]
    client.post(page("put_in", running), {"contact": str(alice.pk), "stage": buys.pk, "reason": "Kwam langs"})
    member = running.members.get()
    came = (member.source, member.stage)
    client.post(page("move", running, member.pk), {"stage": looks.pk, "reason": "Twijfelt nog"})
    client.post(page("let_out", running, member.pk), {"outcome": "DROPPED", "reason": "Geen belangstelling"})

    member.refresh_from_db()
    acts = StaffAct.objects.filter(contact_id=alice.pk, act__in=["ADDED", "CHANGED"])
    reasons = member.moves.order_by("pk").values_list("reason", flat=True)
    assert (found, came) == ([alice], ("SIDE", buys))
    assert (member.stage, member.outcome) == (None, "DROPPED")
    assert list(reasons) == ["Kwam langs", "Twijfelt nog", "Geen belangstelling"]
    assert acts.count() == 3


def test_nobody_is_moved_without_a_reason_and_nothing_typed_is_lost(
    client: Client, running: Journey, looks: JourneyStage, buys: JourneyStage
) -> None:
    member = make_journeys.member(stage=looks, contact=make.contact(organisation=running.organisation))

    answer = client.post(page("move", running, member.pk), {"stage": buys.pk, "reason": " "})

    member.refresh_from_db()
    assert answer.context["form"].errors == {"reason": ["This field is required."]}
    assert answer.context["form"]["stage"].value() == str(buys.pk)
    assert member.stage == looks


def test_who_may_not_be_followed_is_not_put_in(client: Client, running: Journey, looks: JourneyStage) -> None:
    alice = make.contact(organisation=running.organisation, given_name="Alice")
    object_to(contact=alice, scope=Scope(), how=BY_PHONE, occurred_at=NOW)

    said = {"contact": str(alice.pk), "stage": looks.pk, "reason": "Kwam langs"}
    answer = client.post(f"{page('put_in', running)}?q=Alice", said)

    assert "This person may not be followed" in answer.content.decode()
    assert not running.members.exists()


def test_a_colleague_notes_that_somebody_left_employment_once(client: Client, running: Journey) -> None:
    stage = make_journeys.stage(journey=running, code="blijft", name="Blijft", figures_only=True)
    alice = make.contact(organisation=running.organisation, given_name="Alice", family_name="Lampman")
    member = make_journeys.member(stage=stage, contact=alice)
    said = {"contact": str(alice.pk), "reason": "Nam afscheid"}

    asked = client.get(page("left_work", running), {"q": "Lampman"})
    answers = [client.post(f"{page('left_work', running)}?q=Lampman", said) for _time in range(2)]

    member.refresh_from_db()
    assert asked.context["found"] == [alice]
    assert page("left_work", running) in client.get(page("figures", running)).content.decode()
    assert [answer.status_code for answer in answers] == [302, 200]
    assert "Nothing here says that this person works for you." in answers[1].content.decode()
    assert (member.outcome, member.moves.get().reason) == ("GOAL", "Nam afscheid")
    assert StaffAct.objects.filter(contact_id=alice.pk, act="CHANGED").count() == 1


@pytest.mark.parametrize("name", ["start", "pause", "end", "put_in", "left_work"])
def test_auditor_does_nothing_with_a_journey(name: str, entity: LegalEntity, running: Journey) -> None:
    staff = make.staff_member(
        organisation=entity.organisation, username="ander", role=StaffMember.Role.AUDITOR
    )

    answer = signed_in(staff).post(page(name, running))

    running.refresh_from_db()
    assert (answer.status_code, running.state) == (403, "RUNNING")


def test_contact_page_tells_where_somebody_goes_but_not_where_nobody_is_named(
    client: Client, running: Journey, looks: JourneyStage
) -> None:
    contact = make.contact(organisation=running.organisation)
    make_journeys.member(stage=looks, contact=contact)
    address = reverse("admin:customers_contact_change", args=[contact.pk])

    shown = client.get(address).content.decode()
    JourneyStage.objects.filter(pk=looks.pk).update(figures_only=True)
    hidden = client.get(address).content.decode()

    assert ("Kijkt rond" in shown, "Kijkt rond" in hidden) == (True, False)
