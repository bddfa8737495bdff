import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.models import Channel
from customers.models import Contact, LegalEntity, RelationKind
from scoring.domain.scores.computing import Range, score_everybody, score_range, score_some
from scoring.domain.scores.explaining import explain
from scoring.domain.scores.statement import Whose, compile_points
from scoring.models import BehaviourEvent, Score, ScoreModelVersion, ScoreRule, SegmentMember
from tests import make
from tests.make import NOW
from tests.scoring.domain.scores.histories import HISTORY, RULES, Done, Rule, score_by_hand
from tests.scoring.make import attribute, behaviour
from tests.scoring.make_scores import band, score_model, score_rule, score_version, segment

pytestmark = pytest.mark.django_db
LooksAt = ScoreRule.LooksAt
# In November it is an hour later in Amsterdam than in UTC; nights in summer belong to the day before.
ROUNDS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def shop() -> LegalEntity:
    shop = make.legal_entity(organisation=make.organisation())
    make.purpose(
        organisation=shop.organisation, legal_entities=[shop], code="profiling", channels=[Channel.NONE]
    )
    return shop


@pytest.fixture
def version(shop: LegalEntity) -> ScoreModelVersion:
    return score_version(model=score_model(legal_entity=shop))


@pytest.fixture
def alice(shop: LegalEntity) -> Contact:
    return make.contact(organisation=shop.organisation)


def points_of(contact: Contact) -> Decimal | None:
    return Score.objects.filter(contact=contact).values_list("points", flat=True).first()


def tell(contact: Contact, shop: LegalEntity, history: Sequence[Done]) -> None:
    for done in history:
        kind = BehaviourEvent.Kind(done.kind)
        behaviour(contact=contact, legal_entity=shop, kind=kind, subject=done.page, occurred_at=done.at)


def begin(version: ScoreModelVersion, rules: Sequence[Rule]) -> None:
    """A fresh world in which nothing was done, with these rules."""
    Score.objects.all().delete()
    BehaviourEvent.objects.all().delete()
    version.rules.all().delete()
    for position, rule in enumerate(rules):
        rule.make(version, position)


@given(rules=RULES, history=HISTORY)
@ROUNDS
def test_a_score_is_what_counting_by_hand_gives(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact, rules: list[Rule], history: list[Done]
) -> None:
    begin(version, rules)
    tell(alice, shop, history)

    score_everybody(version=version, now=NOW)

    assert points_of(alice) == score_by_hand(rules, history, timedelta(hours=1))


@given(rules=RULES, history=HISTORY)
@ROUNDS
def test_the_lines_of_a_score_add_up_to_it(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact, rules: list[Rule], history: list[Done]
) -> None:
    begin(version, rules)
    tell(alice, shop, history)

    score_everybody(version=version, now=NOW)

    assert explain(version=version, contact_id=alice.pk, day=NOW.date(), now=NOW).points == points_of(alice)


@given(rules=RULES, pair=HISTORY.flatmap(lambda done: st.tuples(st.just(done), st.permutations(done))))
@ROUNDS
def test_one_by_one_in_any_order_is_what_all_at_once_is(
    shop: LegalEntity,
    version: ScoreModelVersion,
    alice: Contact,
    rules: list[Rule],
    pair: tuple[list[Done], list[Done]],
) -> None:
    begin(version, rules)
    tell(alice, shop, pair[0])
    score_everybody(version=version, now=NOW)
    at_once = points_of(alice)

    begin(version, rules)
    for done in pair[1]:
        tell(alice, shop, [done])
        score_some(version=version, contact_ids=[alice.pk], now=NOW)

    assert points_of(alice) == at_once


@given(rules=RULES, history=HISTORY)
@ROUNDS
def test_a_removed_rule_leaves_no_points_behind(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact, rules: list[Rule], history: list[Done]
) -> None:
    begin(version, rules)
    tell(alice, shop, history)
    score_everybody(version=version, now=NOW)

    version.rules.get(position=0).delete()
    score_everybody(version=version, now=NOW)

    assert points_of(alice) == score_by_hand(rules[1:], history, timedelta(hours=1))


@pytest.mark.parametrize(
    ("days", "left"), [(0, "8"), (14, "4"), (28, "2"), (42, "1"), (56, "0.5"), (700, "0"), (20_000, "0")]
)
def test_points_halve_exactly(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact, days: int, left: str
) -> None:
    score_rule(version=version, points=8, half_life_days=14)
    behaviour(contact=alice, legal_entity=shop, occurred_at=NOW - timedelta(days=days))

    score_everybody(version=version, now=NOW)

    assert points_of(alice) == Decimal(left)


def test_a_day_begins_at_midnight_where_the_legal_entity_is(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact
) -> None:
    score_rule(version=version, points=8, half_life_days=1)
    amsterdam = ZoneInfo("Europe/Amsterdam")
    behaviour(
        contact=alice, legal_entity=shop, occurred_at=datetime(2026, 6, 30, 23, 59, 59, tzinfo=amsterdam)
    )

    score_everybody(version=version, now=datetime(2026, 7, 1, 0, 0, 0, tzinfo=amsterdam))

    assert points_of(alice) == 4


@pytest.mark.parametrize(("days", "points"), [(29, 10), (30, None)])
def test_a_window_of_days_ends_after_its_last_day(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact, days: int, points: int | None
) -> None:
    score_rule(version=version, window_days=30)
    behaviour(contact=alice, legal_entity=shop, occurred_at=NOW - timedelta(days=days))

    score_everybody(version=version, now=NOW)

    assert points_of(alice) == points


def test_what_other_legal_entities_know_does_not_count(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact
) -> None:
    score_rule(version=version)
    sister = make.legal_entity(organisation=shop.organisation, code="stroomkring", name="Stroomkring N.V.")
    behaviour(contact=alice, legal_entity=sister)

    score_everybody(version=version, now=NOW)

    assert points_of(alice) is None


def test_what_stands_here_already_counts_as_an_act(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact
) -> None:
    group = make.product_group(legal_entity=shop)
    make.transaction(contact=alice, legal_entity=shop, product_group=group, occurred_at=NOW)
    make.transaction(contact=alice, legal_entity=shop, kind=RelationKind.ATTENDANCE, occurred_at=NOW)
    make.phone_point(contact=alice, text="0612345678")
    score_rule(
        version=version, looks_at=LooksAt.PURCHASE, points=40, conditions=[("SUBJECT", "IS", "lampen")]
    )
    score_rule(version=version, looks_at=LooksAt.EVENT_VISIT, points=5)
    score_rule(version=version, looks_at=LooksAt.PLACEHOLDER_ADDRESS, points=-25)

    score_everybody(version=version, now=NOW)

    assert points_of(alice) == 20


@pytest.mark.parametrize(
    ("after", "points"), [(timedelta(hours=2), 3), (timedelta(days=2), None), (None, None)]
)
def test_a_mail_opened_counts_when_something_is_done_after_it(
    shop: LegalEntity,
    version: ScoreModelVersion,
    alice: Contact,
    after: timedelta | None,
    points: int | None,
) -> None:
    opened_at = NOW - timedelta(days=5)
    kind = BehaviourEvent.Kind.MAIL_OPENED
    behaviour(contact=alice, legal_entity=shop, kind=kind, subject="herfst", occurred_at=opened_at)
    if after:
        behaviour(contact=alice, legal_entity=shop, occurred_at=opened_at + after)
    score_rule(version=version, looks_at=LooksAt.MAIL_OPENED, points=3)

    score_everybody(version=version, now=NOW)

    assert points_of(alice) == points


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        ([("LANGUAGE", "IS", "nl")], True),
        ([("LANGUAGE", "IS_NOT", "nl")], False),
        ([("COUNTRY", "IS", "BE")], False),
        ([("CONTACT_KIND", "IS", "person")], True),
        ([("AGE", "AT_LEAST", 30), ("AGE", "AT_MOST", 30)], True),
        ([("AGE", "AT_LEAST", 31)], False),
        ([("TOWN", "IS", "AMSTERDAM")], True),
        ([("POSTAL_CODE", "STARTS_WITH", "10")], True),
        ([("EMAIL", "KNOWN", "")], True),
        ([("PHONE", "KNOWN", "")], False),
        ([("PURCHASES", "AT_LEAST", 1)], True),
        ([("PURCHASES", "AT_LEAST", 2)], False),
        ([("DAYS_SINCE_PURCHASE", "AT_MOST", 10)], True),
        ([("DAYS_SINCE_PURCHASE", "AT_MOST", 9)], False),
        ([("DAYS_KNOWN", "AT_LEAST", 2000)], True),
        ([("ATTRIBUTE.churn", "AT_LEAST", 1)], True),
        ([("ATTRIBUTE.churn", "AT_LEAST", 2)], False),
        ([("ATTRIBUTE.sector", "IS", "zorg")], False),
        ([("ATTRIBUTE.sector", "IS_NOT", "zorg")], True),
        ([("ATTRIBUTE.churn", "KNOWN", "")], True),
        ([], True),
    ],
)
def test_what_is_known_of_a_person_is_asked(
    shop: LegalEntity,
    version: ScoreModelVersion,
    conditions: list[tuple[str, str, str | int]],
    *,
    holds: bool,
) -> None:
    bob = make.contact(organisation=shop.organisation, given_name="Bob", birth_date=date(1996, 11, 21))
    make.email_point(contact=bob, text="bob@example.org")
    make.postal_point(contact=bob)
    make.transaction(contact=bob, legal_entity=shop, occurred_at=NOW - timedelta(days=10))
    attribute(contact=bob, legal_entity=shop, name="churn", value="1.5", number=Decimal("1.5"))
    attribute(
        contact=bob,
        legal_entity=shop,
        name="sector",
        value="zorg",
        replaced_at=NOW - timedelta(days=1),
    )
    score_rule(version=version, looks_at=LooksAt.PERSON, points=7, conditions=conditions)

    score_everybody(version=version, now=NOW)

    assert points_of(bob) == (7 if holds else None)


def test_what_people_do_and_are_is_one_number(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact
) -> None:
    behaviour(contact=alice, legal_entity=shop)
    score_rule(version=version, points=5)
    score_rule(version=version, looks_at=LooksAt.PERSON, points=2, conditions=[("LANGUAGE", "IS", "nl")])

    counted = score_everybody(version=version, now=NOW)

    assert points_of(alice) == 7
    assert counted.people == 1
    assert explain(version=version, contact_id=alice.pk, day=NOW.date(), now=NOW).points == 7


def test_what_people_do_and_are_is_a_whole_number_of_millionths(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact
) -> None:
    score_rule(version=version, points=10, half_life_days=3)
    score_rule(version=version, points=7, looks_at=LooksAt.PERSON, conditions=[("LANGUAGE", "IS", "nl")])
    behaviour(contact=alice, legal_entity=shop, occurred_at=NOW - timedelta(days=1))
    points = compile_points(version=version, day=NOW.date(), now=NOW, whose=Whose.EVERYBODY)

    with connection.cursor() as cursor:
        cursor.execute(points.sql, points.params)
        [(_contact, micropoints)] = cursor.fetchall()

    assert type(micropoints) is int


def test_bands_and_segments_follow_the_points(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact
) -> None:
    rule = score_rule(version=version, points=50)
    band(version=version)
    hot = band(version=version, from_points=50, code="heet", name="Heet")
    promising = segment(legal_entity=shop, model=version.model, band_code="heet")
    behaviour(contact=alice, legal_entity=shop)

    score_everybody(version=version, now=NOW)

    assert Score.objects.get().band == hot
    assert list(SegmentMember.objects.values_list("segment", "contact")) == [(promising.pk, alice.pk)]

    rule.points = 49
    rule.save(update_fields=["points"])
    score_everybody(version=version, now=NOW)

    assert not SegmentMember.objects.exists()


def test_a_version_that_was_replaced_meanwhile_writes_nothing(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact
) -> None:
    score_rule(version=version)
    behaviour(contact=alice, legal_entity=shop)
    ScoreModelVersion.objects.update(retired_at=NOW)

    counted = score_everybody(version=version, now=NOW)

    assert (counted.people, points_of(alice)) == (0, None)


def test_counting_again_writes_nothing(shop: LegalEntity, version: ScoreModelVersion, alice: Contact) -> None:
    score_rule(version=version)
    behaviour(contact=alice, legal_entity=shop)

    first = score_everybody(version=version, now=NOW)
    second = score_everybody(version=version, now=NOW + timedelta(minutes=1))

    assert [(one.people, one.written, one.gone) for one in (first, second)] == [(1, 1, 0), (1, 0, 0)]


def test_a_range_of_people_leaves_the_others_alone(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact
) -> None:
    bob = make.contact(organisation=shop.organisation, given_name="Bob")
    rule = score_rule(version=version)
    for contact in (alice, bob):
        behaviour(contact=contact, legal_entity=shop)
    score_everybody(version=version, now=NOW)

    rule.delete()
    # Keys that were made within one millisecond have no order of making.
    first, second = sorted((alice, bob), key=lambda contact: contact.pk)
    counted = score_range(version=version, people=Range(after=uuid.UUID(int=0), last=first.pk), now=NOW)

    assert counted.gone == 1
    assert points_of(first) is None
    assert points_of(second) == 10


def test_as_at_a_day_only_what_was_done_by_then_counts(
    shop: LegalEntity, version: ScoreModelVersion, alice: Contact
) -> None:
    score_rule(version=version, points=8, half_life_days=10)
    for days in (20, 10, 0):
        behaviour(contact=alice, legal_entity=shop, occurred_at=NOW - timedelta(days=days))

    found = [
        explain(version=version, contact_id=alice.pk, day=NOW.date() - timedelta(days=days), now=NOW).points
        for days in (21, 20, 10, 0)
    ]

    assert found == [None, 8, 12, 14]


def test_what_is_typed_is_never_sql(shop: LegalEntity, version: ScoreModelVersion, alice: Contact) -> None:
    score_rule(version=version, conditions=[("SUBJECT", "IS", "' OR true; --%(day)s %")])
    behaviour(contact=alice, legal_entity=shop)

    score_everybody(version=version, now=NOW)

    assert points_of(alice) is None


@pytest.mark.parametrize("days", [1, 30, 364, 365, 366, 367, 900])
@pytest.mark.parametrize("hours", [0, 1, 23])
def test_age_of_an_act_is_in_days_of_the_legal_entity_however_long_ago(
    version: ScoreModelVersion, alice: Contact, shop: LegalEntity, days: int, hours: int
) -> None:
    zone = ZoneInfo(shop.time_zone)
    day = NOW.astimezone(zone).date() - timedelta(days=days)
    done = datetime(day.year, day.month, day.day, hours, tzinfo=zone)
    behaviour(contact=alice, legal_entity=shop, occurred_at=done)
    score_rule(version=version, points=10, window_days=days)

    score_everybody(version=version, now=NOW)
    too_late = points_of(alice)
    version.rules.update(window_days=days + 1)
    score_everybody(version=version, now=NOW)

    assert too_late is None
    assert points_of(alice) == Decimal(10)


def test_score_that_stays_the_same_is_not_written(
    version: ScoreModelVersion, alice: Contact, shop: LegalEntity
) -> None:
    behaviour(contact=alice, legal_entity=shop, occurred_at=NOW)
    score_rule(version=version, points=10)

    first = score_everybody(version=version, now=NOW)
    again = score_everybody(version=version, now=NOW + timedelta(seconds=1))

    assert [(one.people, one.written, one.gone) for one in (first, again)] == [(1, 1, 0), (1, 0, 0)]
    assert Score.objects.get().changed_at == NOW
