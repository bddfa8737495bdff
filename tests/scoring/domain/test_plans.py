import datetime
import re
import uuid
from collections.abc import Callable, Sequence

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from consent.models import Channel, Purpose
from customers.models import Contact, Organisation
from scoring.domain.behaviour import AT_ONCE, Delivery, keep_behaviour
from scoring.domain.campaigns import audience, gathering
from scoring.domain.journeys import turning
from scoring.domain.scores.computing import score_range, score_some
from scoring.domain.scores.hearing import find_touched
from scoring.domain.scores.rescoring import FIRST, next_range
from scoring.domain.talent_pool import removing
from scoring.models import (
    BehaviourEvent,
    Campaign,
    ContactAttribute,
    Journey,
    Score,
    ScoreModelVersion,
    ScoreRule,
)
from tests import make
from tests.conftest import owner_connection
from tests.scoring import make_journeys as journeys
from tests.scoring import make_scores
from tests.scoring.domain.campaigns.scene import campaign, marketer, shop, start
from tests.scoring.make import attribute, behaviour
from tests.scoring.make_scores import score_model, score_rule, score_version

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 20_000
LARGE = ("customers_contact", "scoring_score", "scoring_behaviourevent", "scoring_contactattribute")
OF_JOURNEYS = (*LARGE, "scoring_journeymember", "scoring_segmentmember")
PLANNED = re.compile(r"(\s|--.*\n)*(SELECT|WITH|INSERT|UPDATE|DELETE)")
COPIES = {
    "customers_contact": "'id', md5('contact' || n)::uuid",
    "scoring_behaviourevent": "'id', md5('event' || n)::uuid, 'contact_id', md5('contact' || n)::uuid",
    "scoring_contactattribute": "'id', md5('attribute' || n)::uuid, 'contact_id', md5('contact' || n)::uuid",
}
SCORES = """
INSERT INTO scoring_score (model_id, contact_id, points, changed_at)
SELECT %(model)s, md5('contact' || n)::uuid, n / 200.0, %(now)s FROM generate_series(1, %(people)s) AS n
"""

MEMBERS = """
INSERT INTO scoring_journeymember (journey_id, contact_id, stage_id, source, entered_at, stage_since, outcome)
SELECT stage.journey_id, md5('contact' || n)::uuid, stage.id, 'RULE', %(since)s, %(since)s, ''
FROM scoring_journeystage stage CROSS JOIN generate_series(1, %(people)s) AS n WHERE stage.code = 'looks'
"""
IN_SEGMENT = """
INSERT INTO scoring_segmentmember (segment_id, contact_id, since_at)
SELECT %(segment)s, md5('contact' || n)::uuid, %(since)s FROM generate_series(1, %(people)s) AS n
"""


def seed() -> tuple[ScoreModelVersion, Campaign]:
    """Tens of thousands of people who each did one thing and have a score, of 100 points at most."""
    entity = shop()
    make.purpose(
        organisation=entity.organisation, legal_entities=[entity], code="profiling", channels=[Channel.NONE]
    )
    version = score_version(model=score_model(legal_entity=entity))
    score_rule(version=version, looks_at=ScoreRule.LooksAt.PAGE_VISIT, points=10, half_life_days=30)
    alice = make.contact(organisation=entity.organisation)
    behaviour(contact=alice, legal_entity=entity, recorded_at=make.NOW)
    attribute(contact=alice, legal_entity=entity)
    with connection.cursor() as cursor:
        for table, keys in COPIES.items():
            cursor.execute(
                f"INSERT INTO {table} SELECT copy.* "  # noqa: S608 (names of our own)
                f"FROM {table} AS one, generate_series(1, {PEOPLE}) AS n, "
                f"jsonb_populate_record(one, jsonb_build_object({keys})) AS copy"
            )
        cursor.execute(SCORES, {"model": version.model_id, "now": make.NOW, "people": PEOPLE})
    with owner_connection() as owner:
        owner.execute("ANALYZE")
    waiting = start(campaign(entity, waits=(Campaign.Begins.REACHES, version.model, 120)), entity)
    return version, waiting


def told(people: Sequence[uuid.UUID]) -> list[dict[str, str]]:
    """As many as are told at once, of as many people: each is looked up, and nobody else."""
    return [
        {
            "contact": str(people[number % len(people)]),
            "kind": "SEARCH",
            "occurred_at": make.NOW.isoformat(),
            "external_id": f"order-{number}",
        }
        for number in range(AT_ONCE)
    ]


def scans_of(ask: Callable[[], object], tables: Sequence[str] = LARGE) -> list[str]:
    """Run something, and list which large tables the database would read from end to end for it."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    statements = [query["sql"] for query in asked if PLANNED.match(query["sql"])]
    assert statements
    with connection.cursor() as cursor:
        return [table for statement in statements for table in scanned(cursor, statement, tables)]


def scanned(cursor: object, statement: str, tables: Sequence[str]) -> list[str]:
    assert hasattr(cursor, "execute")
    assert hasattr(cursor, "fetchall")
    cursor.execute(f"EXPLAIN {statement}")
    plan = "\n".join(line for (line,) in cursor.fetchall())
    return [table for table in re.findall(r"Seq Scan on (\w+)", plan) if table in tables]


def test_the_list_of_scores_is_read_from_its_top() -> None:
    seed()
    page = admin.site.get_model_admin(Score)
    ordering = page.get_ordering(RequestFactory().get("/"))
    top = Score.objects.filter(model__organisation=Organisation.objects.get()).order_by(*ordering)

    assert scans_of(lambda: list(top[:100])) == []
    assert [score.points for score in top[:2]] == sorted(Score.objects.values_list("points", flat=True))[
        :-3:-1
    ]


def test_what_is_kept_for_talent_pools_is_found_by_name_among_all_that_is_known() -> None:
    seed()

    assert scans_of(lambda: list(removing.remove_left(now=make.NOW))) == []


@pytest.mark.parametrize("text", ["Groningen", "churn", str(uuid.UUID(int=5))])
def test_an_attribute_is_found_along_an_index(text: str) -> None:
    seed()
    page = admin.site.get_model_admin(ContactAttribute)
    request, everything = RequestFactory().get("/"), ContactAttribute.objects.order_by("-acquired_at", "-pk")

    found, _duplicates = page.get_search_results(request, everything, text)

    assert scans_of(lambda: list(found[:50])) == []
    assert not found.exists()


def test_attributes_are_found_by_their_whole_value_or_name_and_by_contact() -> None:
    entity = shop()
    alice, bob = (make.contact(organisation=entity.organisation, given_name=one) for one in ("Alice", "Bob"))
    region = attribute(contact=alice, legal_entity=entity)
    churn = attribute(contact=bob, legal_entity=entity, name="churn", value="0.7")
    page, request = admin.site.get_model_admin(ContactAttribute), RequestFactory().get("/")
    everything = ContactAttribute.objects.order_by("pk")

    found = {
        text: list(page.get_search_results(request, everything, text)[0])
        for text in ("Utrecht", "Utr", "churn", str(alice.pk), "")
    }

    assert list(found.values()) == [[region], [], [churn], [region], [region, churn]]


def test_a_turn_of_a_journey_looks_at_nobody_beyond_its_range(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turning, "PEOPLE_AT_ONCE", 200)
    version, _waiting = seed()
    journey = long_journey(version)
    by_hand = str(journey.rules.get(position=3).segment_id)
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, {"since": make.LONG_AGO, "people": PEOPLE * 3 // 4})
        cursor.execute(IN_SEGMENT, {"since": make.LONG_AGO, "people": PEOPLE, "segment": by_hand})
    with owner_connection() as owner:
        owner.execute("ANALYZE")

    scans = scans_of(lambda: turning.bring_on(journey=journey, now=make.NOW), OF_JOURNEYS)

    assert scans == []
    assert Journey.objects.get().turn_after is not None


def long_journey(version: ScoreModelVersion) -> Journey:
    """By what they do people come in; by score, band and segment they go on and leave."""
    entity = version.model.legal_entity
    warm = make_scores.band(version=version, from_points=10, code="warm", name="Warm")
    Score.objects.filter(points__gte=10).update(band=warm)
    by_band = make_scores.segment(legal_entity=entity, model=version.model, band_code="warm", code="warm")
    by_hand = make_scores.segment(legal_entity=entity, code="hand")
    journey = journeys.journey(legal_entity=entity, purpose=Purpose.objects.get(code="profiling"))
    looks = journeys.stage(journey=journey, code="looks")
    considers = journeys.stage(journey=journey, position=1, code="considers")
    journeys.rule(journey=journey, to_stage=looks, looks_at=ScoreRule.LooksAt.SEARCH)
    journeys.rule(
        journey=journey,
        position=1,
        from_stage=looks,
        to_stage=considers,
        reaches=(version.model, 99),
    )
    journeys.rule(journey=journey, position=2, from_stage=considers, to_stage=looks, segment=by_band)
    journeys.rule(
        journey=journey, position=3, from_stage=looks, segment=by_hand, outcome="GOAL", after_days=90
    )
    Journey.objects.update(state="RUNNING", started_at=make.NOW, started_by=marketer(entity))
    return journey


def test_scores_are_counted_without_reading_the_rows_of_what_was_told() -> None:
    version, _waiting = seed()
    asked: list[tuple[str, str, str | int]] = [
        ("SUBJECT", "CONTAINS", "lamp"),
        ("SOURCE", "IS", "mail"),
        ("VALUE", "AT_LEAST", 10),
    ]
    score_rule(version=version, position=1, points=5, cap=20, window_days=30, conditions=asked)
    organisation = version.model.organisation_id
    people, _number, _is_last = next_range(organisation_id=organisation, after=FIRST, most=200)
    with CaptureQueriesContext(connection) as queries:
        score_range(version=version, people=people, now=make.NOW)
    [counts] = [query["sql"] for query in queries if "WITH counted" in query["sql"]]

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {counts}")
        plan = [line for (line,) in cursor.fetchall() if "scoring_behaviourevent" in line]

    assert [line.split("(cost")[0].strip(" ->") for line in plan] == [
        "Index Only Scan using behaviour_of_a_contact on scoring_behaviourevent event"
    ]


def test_what_is_asked_every_few_seconds_reads_no_large_table_from_end_to_end() -> None:
    version, waiting = seed()
    some = list(Contact.objects.order_by("pk").values_list("pk", flat=True)[:20])
    many = list(Contact.objects.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    version.heard_until_at = make.NOW + datetime.timedelta(seconds=1)
    delivery = Delivery(
        legal_entity=waiting.legal_entity, sender="shop", via=BehaviourEvent.Via.API, now=make.NOW
    )
    questions: dict[str, Callable[[], object]] = {
        "who reached the points": lambda: list(audience.members(campaign=waiting)),
        "put on who reached them": lambda: gathering.gather(campaign=waiting, at=make.NOW),
        "count who was just heard of": lambda: score_some(version=version, contact_ids=some, now=make.NOW),
        "who was just heard of": lambda: find_touched(version=version, last=0),
        "take up what was told": lambda: keep_behaviour(rows=told(many), delivery=delivery),
    }

    scans = {name: scans_of(ask) for name, ask in questions.items()}

    assert {name: found for name, found in scans.items() if found} == {}
    # The check itself does see a scan.
    assert scans_of(lambda: list(Score.objects.filter(points=7))) == ["scoring_score"]
