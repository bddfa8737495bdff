"""The pages of journeys, talent pools, segments and counted links, on a screen and on a phone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from customers.models import StaffMember
from scoring.models import Campaign, Journey, JourneyAction, JourneyMember
from tests import make
from tests.browser.axe import faults_on
from tests.consent.test_admin_axe import TOO_WIDE, WIDTHS
from tests.scoring import make as scoring
from tests.scoring import make_journeys, make_scores
from tests.scoring.domain.talent_pool.test_journey import AT, house_with_profiling, running
from tests.scoring.pool_scene import GIVEN_AT, PoolHouse, application, candidate

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A pool whose journey runs, with somebody on the way and somebody hired, and what stands beside it."""

    house: PoolHouse
    journey: Journey
    member: JourneyMember


@pytest.fixture
def scene() -> Scene:
    house = house_with_profiling()
    journey = running(house)
    engage, retain = journey.stages.get(code="engage"), journey.stages.get(code="retain")
    member = make_journeys.member(stage=engage, contact=candidate(house=house).contact, entered_at=AT)
    make_journeys.move(member=member)
    hired = candidate(house=house, name="Bob").contact
    make_journeys.member(stage=retain, contact=hired, entered_at=AT)
    application(house=house, contact=hired, ended_at=AT, outcome="HIRED")
    make_journeys.action(stage=engage, what=JourneyAction.What.TASK, words="Bel eens op", after_days=2)
    model = make_scores.score_model(legal_entity=house.entity)
    make_scores.band(version=make_scores.score_version(model=model))
    make.staff_member(
        organisation=house.entity.organisation, username="mark", role=StaffMember.Role.MARKETING
    )
    return Scene(house=house, journey=journey, member=member)


@pytest.fixture
def marketer(scene: Scene, sign_in: Callable[[str], Page]) -> Page:
    return sign_in("mark")


def look(page: Page) -> list[object]:
    faults: list[object] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found, too_wide = faults_on(page), page.evaluate(TOO_WIDE)
        faults += [(page.url, width, found, too_wide)] if found or too_wide else []
    return faults


def of(journey: Journey, name: str, *more: Any) -> str:
    return reverse(f"admin:scoring_journey_{name}", args=[journey.pk, *more])


def journey_pages(scene: Scene) -> list[str]:
    journey, member = scene.journey, scene.member.pk
    draft = make_journeys.journey(legal_entity=scene.house.entity, purpose=journey.purpose, code="concept")
    stage = make_journeys.stage(journey=draft)
    rule = make_journeys.rule(journey=draft, to_stage=stage, looks_at="PURCHASE")
    action = make_journeys.action(stage=stage, what=JourneyAction.What.TASK, words="Bel op")
    return [
        of(draft, "change"),
        of(draft, "start"),
        f"{reverse('admin:scoring_journeyrule_add')}?journey={draft.pk}",
        reverse("admin:scoring_journeyrule_change", args=[rule.pk]),
        f"{reverse('admin:scoring_journeyaction_add')}?stage={stage.pk}",
        reverse("admin:scoring_journeyaction_change", args=[action.pk]),
        of(journey, "change"),
        of(journey, "figures"),
        of(journey, "stage", "engage"),
        of(journey, "member", member),
        of(journey, "put_in"),
        of(journey, "move", member),
        of(journey, "let_out", member),
        of(journey, "end"),
        reverse("admin:my_tasks"),
    ]


def other_pages(scene: Scene) -> list[str]:
    entity, pool = scene.house.entity, scene.house.pool
    campaign = scoring.campaign(legal_entity=entity, purpose=scene.house.purpose)
    Campaign.objects.filter(pk=campaign.pk).update(
        counts=Campaign.Counts.BUTTON,
        link_label={"nl": "Bekijk het werk", "en": "See the work"},
        link_url="https://werkplaats.example/werk/",
        started_at=GIVEN_AT,
        state=Campaign.State.RUNNING,
    )
    by_hand = make_scores.segment(legal_entity=entity)
    return [
        *(
            reverse(f"admin:scoring_talentpool_{name}", args=[pool.pk])
            for name in ("change", "people", "history")
        ),
        *(reverse(f"admin:scoring_campaign_{name}", args=[campaign.pk]) for name in ("change", "results")),
        reverse("admin:scoring_segment_people", args=[by_hand.pk]),
        reverse("admin:scoring_segment_add"),
        reverse("admin:scoring_scorerule_add"),
    ]


def test_every_page_is_sound_and_fits_a_phone(marketer: Page, scene: Scene) -> None:
    faults: list[object] = []
    for address in (*journey_pages(scene), *other_pages(scene)):
        answer = marketer.goto(address)
        assert answer is not None
        assert (address, answer.status) == (address, 200)
        faults += look(marketer)

    assert faults == []


def test_somebody_left_employment_is_noted_and_sound_at_every_step(marketer: Page, scene: Scene) -> None:
    address = of(scene.journey, "left_work")
    for name in ("Bob", "Alice"):
        make.contact(organisation=scene.house.entity.organisation, given_name=name, family_name="Bakker")
    faults: list[object] = []

    marketer.goto(address)
    faults += look(marketer)
    for wanted in ("Niemand", "Bob"):
        marketer.get_by_label("Name, whole e-mail address").fill(wanted)
        marketer.get_by_role("button", name="Look for somebody").click()
        marketer.wait_for_url(f"**{address}?q={wanted}")
        faults += look(marketer)
    marketer.get_by_label("Bob").first.check()
    marketer.get_by_role("button", name="Somebody left employment").click()
    marketer.get_by_text("This field is required").wait_for()
    faults += look(marketer)
    marketer.get_by_label("Bob Jansen").check()
    marketer.get_by_label("Reason").fill("Nam afscheid")
    marketer.get_by_role("button", name="Somebody left employment").click()
    marketer.get_by_text("Noted.").wait_for()
    faults += look(marketer)

    assert faults == []
    assert JourneyMember.objects.get(contact__given_name="Bob").outcome == "GOAL"


def test_a_condition_is_added_by_a_button_and_enter_still_saves(marketer: Page, scene: Scene) -> None:
    draft = make_journeys.journey(
        legal_entity=scene.house.entity, purpose=scene.journey.purpose, code="concept"
    )
    stage = make_journeys.stage(journey=draft)
    marketer.goto(f"{reverse('admin:scoring_journeyrule_add')}?journey={draft.pk}")
    marketer.locator("#id_kind").select_option("ENTER")
    marketer.locator("#id_to_stage").select_option(str(stage.pk))

    marketer.get_by_role("button", name="Add another condition").click()
    faults = look(marketer)
    for place, town in ((0, "Utrecht"), (3, "Goes")):
        marketer.locator(f"#id_condition{place}_field").select_option("TOWN")
        marketer.locator(f"#id_condition{place}_comparison").select_option("IS_NOT")
        marketer.locator(f"#id_condition{place}_text").fill(town)
    marketer.locator("#id_condition3_text").press("Enter")
    marketer.wait_for_url(f"**{of(draft, 'change')}")

    assert faults == []
    assert [one["text"] for one in draft.rules.get().conditions] == ["Utrecht", "Goes"]


def test_an_empty_segment_is_meant_when_somebody_ticks_it(marketer: Page, scene: Scene) -> None:
    marketer.goto(reverse("admin:scoring_segment_add"))
    for name, text in (("code", "koud"), ("name", "Koud"), ("band_code", "koud")):
        marketer.locator(f"#id_{name}").fill(text)
    marketer.locator("#id_legal_entity").select_option(index=1)
    marketer.locator("#id_model").select_option(index=1)

    marketer.get_by_role("button", name="Save", exact=True).click()
    marketer.get_by_text("Nobody is in this band now").wait_for()
    faults = look(marketer)
    marketer.get_by_label("Yes, this is what I mean").check()
    marketer.get_by_role("button", name="Save", exact=True).click()
    marketer.wait_for_url("**/admin/scoring/segment/")

    assert faults == []
