from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from consent.domain import calling_policies, days_of_mourning, house_policies
from consent.domain.calling_policies import AttemptLimit
from consent.domain.house_policies import Ending, EndNotExplainedError
from consent.domain.rulebook.calling_hours import CallingRules, Tightening, Window
from consent.domain.rulebook.facts import Jurisdiction, Policy
from consent.domain.rulebook.public_holidays import OptionalDay
from consent.models import CallingPolicy, Channel, DayOfMourning, HousePolicy, Purpose
from customers.models import LegalEntity, StaffMember
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.NOW
TODAY, TOMORROW = date(2026, 11, 21), date(2026, 11, 22)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ONLY_WITH_CONSENT, EVERYTHING = HousePolicy.Forbids.WITHOUT_CONSENT, HousePolicy.Forbids.EVERYTHING


@dataclass(frozen=True, kw_only=True)
class House:
    entity: LegalEntity
    offers: Purpose
    officer: StaffMember

    def policy_at(self, at: datetime, known_at: datetime = NOW, channel: str = "CALL") -> Policy:
        return house_policies.find_house_policy(
            legal_entity_id=self.entity.pk,
            purpose_id=self.offers.pk,
            channel=channel,
            at=at,
            known_at=known_at,
        )

    def rules(self, at: datetime = NOW, known_at: datetime = NOW) -> CallingRules:
        found = calling_policies.find_calling_rules(legal_entity_id=self.entity.pk, at=at, known_at=known_at)
        return found[Jurisdiction.NL]

    def attempts(self, at: datetime = NOW) -> AttemptLimit:
        return calling_policies.find_attempt_limit(legal_entity=self.entity, at=at)


@pytest.fixture
def house() -> House:
    organisation = make.organisation()
    entity = make.legal_entity(organisation=organisation)
    return House(
        entity=entity,
        offers=make.purpose(organisation=organisation, legal_entities=[entity]),
        officer=make.staff_member(organisation=organisation, role=StaffMember.Role.DPO),
    )


def ending(house: House, at: datetime, because: str = "Vervangen") -> Ending:
    return Ending(ended_by=house.officer, ended_because=because, ended_at=at)


def test_who_ended_a_policy_and_why_is_kept(house: House) -> None:
    policy = make.house_policy(legal_entity=house.entity, decided_by=house.officer)

    with pytest.raises(EndNotExplainedError):
        ending(house, NOW, because="  ")
    house_policies.end_house_policy(policy=policy, ending=ending(house, NOW))

    kept = HousePolicy.objects.get()
    assert (kept.ended_by, kept.ended_because, kept.ended_at) == (house.officer, "Vervangen", NOW)


def test_house_policy_counts_from_its_moment_until_it_is_ended(house: House) -> None:
    policy = HousePolicy(
        legal_entity=house.entity, forbids=ONLY_WITH_CONSENT, reason="Keuze", valid_from_at=NOW
    )
    house_policies.adopt_house_policy(policy=policy, decided_by=house.officer, decided_at=NOW)
    house_policies.end_house_policy(policy=policy, ending=ending(house, NOW + DAY))

    later = NOW + 2 * DAY
    asked = [NOW - HOUR, NOW, NOW + HOUR, NOW + DAY, later]
    assert [house.policy_at(at, later) for at in asked] == [
        Policy.NONE,
        Policy.WITHOUT_CONSENT,
        Policy.WITHOUT_CONSENT,
        Policy.NONE,
        Policy.NONE,
    ]
    assert (policy.decided_by, policy.decided_at) == (house.officer, NOW)


def test_house_policy_is_answered_as_it_was_known(house: House) -> None:
    make.house_policy(
        legal_entity=house.entity,
        decided_by=house.officer,
        decided_at=NOW,
        valid_from_at=NOW + DAY,
        ended_at=NOW + 3 * DAY,
    )
    at = NOW + 4 * DAY

    known = [house.policy_at(at, known_at) for known_at in (NOW - HOUR, NOW, NOW + 3 * DAY, at)]

    assert known == [Policy.NONE, Policy.WITHOUT_CONSENT, Policy.NONE, Policy.NONE]


def test_planned_end_of_a_house_policy_holds(house: House) -> None:
    make.house_policy(legal_entity=house.entity, decided_by=house.officer, valid_until_at=NOW)

    assert [house.policy_at(NOW - HOUR), house.policy_at(NOW)] == [Policy.WITHOUT_CONSENT, Policy.NONE]


def test_strictest_of_several_house_policies_holds(house: House) -> None:
    make.house_policy(legal_entity=house.entity, decided_by=house.officer, forbids=EVERYTHING)
    make.house_policy(legal_entity=house.entity, decided_by=house.officer, forbids=ONLY_WITH_CONSENT)

    assert house.policy_at(NOW) == Policy.EVERYTHING


def test_house_policy_reaches_its_own_purpose_channel_and_legal_entity_only(house: House) -> None:
    organisation = house.entity.organisation
    sister = make.legal_entity(organisation=organisation, code="zuster", name="Zuster N.V.")
    other = make.purpose(organisation=organisation, legal_entities=[house.entity], code="news")
    make.house_policy(legal_entity=house.entity, decided_by=house.officer, channel=Channel.SMS)
    make.house_policy(legal_entity=house.entity, decided_by=house.officer, purpose=other)
    make.house_policy(legal_entity=sister, decided_by=house.officer)

    assert [house.policy_at(NOW, channel=channel) for channel in ("SMS", "CALL")] == [
        Policy.WITHOUT_CONSENT,
        Policy.NONE,
    ]


def test_house_policy_does_not_begin_in_the_past(house: House) -> None:
    policy = HousePolicy(legal_entity=house.entity, forbids=EVERYTHING, valid_from_at=NOW - HOUR)

    with pytest.raises(house_policies.PolicyStartsInThePastError):
        house_policies.adopt_house_policy(policy=policy, decided_by=house.officer, decided_at=NOW)

    assert HousePolicy.objects.count() == 0


def test_house_policy_takes_no_purpose_of_another_organisation(house: House) -> None:
    other = make.organisation(code="ander", name="Ander")
    theirs = make.purpose(organisation=other, legal_entities=[])
    policy = HousePolicy(legal_entity=house.entity, purpose=theirs, forbids=EVERYTHING, valid_from_at=NOW)

    with pytest.raises(house_policies.PurposeOfAnotherError):
        house_policies.adopt_house_policy(policy=policy, decided_by=house.officer, decided_at=NOW)


@pytest.mark.parametrize("over", [{"ended_at": NOW - HOUR}, {"valid_until_at": NOW}], ids=["ended", "passed"])
def test_house_policy_that_is_over_cannot_be_ended(house: House, over: dict[str, datetime]) -> None:
    policy = make.house_policy(legal_entity=house.entity, decided_by=house.officer)
    HousePolicy.objects.filter(pk=policy.pk).update(**over)

    with pytest.raises(house_policies.PolicyEndedError):
        house_policies.end_house_policy(policy=policy, ending=ending(house, NOW))


def test_calling_rules_of_every_jurisdiction_take_one_query(
    house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.calling_policy(
        legal_entity=house.entity,
        decided_by=house.officer,
        weekdays=[1, 3],
        opens=time(10),
        closes=time(17, 30),
        closed_holidays=["KINGS_DAY"],
        closed_dates=[date(2026, 12, 31)],
        valid_until_date=date(2027, 3, 31),
    )
    make.day_of_mourning(organisation=house.entity.organisation, decided_by=house.officer)
    make.day_of_mourning(
        organisation=house.entity.organisation,
        decided_by=house.officer,
        country="BE",
        date=date(2026, 12, 10),
    )

    with django_assert_num_queries(1):
        found = calling_policies.find_calling_rules(legal_entity_id=house.entity.pk, at=NOW, known_at=NOW)

    expected = Tightening(
        first_day=date(2020, 1, 1),
        last_day=date(2027, 3, 31),
        weekdays=frozenset({1, 3}),
        window=Window(time(10), time(17, 30)),
        closed_holidays=frozenset({OptionalDay.KINGS_DAY}),
        closed_dates=frozenset({date(2026, 12, 31)}),
    )
    assert {rules.tightened for rules in found.values()} == {(expected,)}
    assert {rules.zone for rules in found.values()} == {"Europe/Amsterdam"}
    assert {place: rules.mourning for place, rules in found.items()} == {
        Jurisdiction.NL: {date(2026, 12, 9)},
        Jurisdiction.BE: {date(2026, 12, 10)},
        Jurisdiction.EU: {date(2026, 12, 9), date(2026, 12, 10)},
    }


def test_calling_rules_of_an_unknown_legal_entity_are_an_error(house: House) -> None:
    with pytest.raises(LegalEntity.DoesNotExist):
        calling_policies.find_calling_rules(legal_entity_id=house.officer.pk, at=NOW, known_at=NOW)


def test_rules_of_another_legal_entity_and_organisation_do_not_count(house: House) -> None:
    other = make.organisation(code="ander", name="Ander")
    sister = make.legal_entity(organisation=house.entity.organisation, code="zuster", name="Zuster N.V.")
    make.day_of_mourning(organisation=other, decided_by=house.officer)
    make.calling_policy(legal_entity=sister, decided_by=house.officer)

    assert (house.rules().mourning, house.rules().tightened) == (frozenset(), ())


def test_calling_policy_that_was_ended_counts_until_the_end_of_that_day(house: House) -> None:
    policy = make.calling_policy(legal_entity=house.entity, decided_by=house.officer)

    calling_policies.end_calling_policy(policy=policy, ending=ending(house, NOW))

    last_days = [house.rules(known_at=known_at).tightened[0].last_day for known_at in (NOW - HOUR, NOW)]
    assert last_days == [None, TODAY]


def test_calling_policy_is_left_out_before_it_was_decided(house: House) -> None:
    make.calling_policy(legal_entity=house.entity, decided_by=house.officer, decided_at=NOW)

    assert [len(house.rules(known_at=known_at).tightened) for known_at in (NOW - HOUR, NOW)] == [0, 1]


def test_question_about_the_past_uses_the_calling_policy_of_then(house: House) -> None:
    make.calling_policy(
        legal_entity=house.entity, decided_by=house.officer, valid_until_date=date(2025, 12, 31)
    )
    then = datetime(2025, 12, 30, 12, tzinfo=UTC)

    assert [len(house.rules(at=at).tightened) for at in (then, NOW)] == [1, 0]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"opens": time(8, 59)}, calling_policies.PolicyLoosensError),
        ({"closes": time(22, 1)}, calling_policies.PolicyLoosensError),
        ({"valid_from_date": date(2026, 11, 20)}, house_policies.PolicyStartsInThePastError),
    ],
)
def test_calling_policy_that_loosens_or_begins_in_the_past_is_refused(
    house: House, changed: dict[str, object], error: type[Exception]
) -> None:
    policy = CallingPolicy(legal_entity=house.entity, **{"valid_from_date": TODAY, **changed})

    with pytest.raises(error):
        calling_policies.adopt_calling_policy(policy=policy, decided_by=house.officer, decided_at=NOW)

    assert CallingPolicy.objects.count() == 0


def test_adopted_calling_policy_remembers_who_decided_it(house: House) -> None:
    policy = CallingPolicy(legal_entity=house.entity, valid_from_date=TODAY)

    calling_policies.adopt_calling_policy(policy=policy, decided_by=house.officer, decided_at=NOW)

    [stored] = CallingPolicy.objects.all()
    assert (stored.decided_by, stored.decided_at, stored.weekdays) == (house.officer, NOW, [1, 2, 3, 4, 5, 6])


@pytest.mark.parametrize(
    "over", [{"ended_at": NOW - DAY}, {"valid_until_date": TODAY}], ids=["ended", "last day"]
)
def test_calling_policy_that_is_over_cannot_be_ended(house: House, over: dict[str, object]) -> None:
    policy = make.calling_policy(legal_entity=house.entity, decided_by=house.officer)
    CallingPolicy.objects.filter(pk=policy.pk).update(**over)

    with pytest.raises(house_policies.PolicyEndedError):
        calling_policies.end_calling_policy(policy=policy, ending=ending(house, NOW))


def test_strictest_limit_of_attempts_in_force_holds(house: House) -> None:
    for attempts, days in ((2, 1), (5, 7)):
        make.calling_policy(
            legal_entity=house.entity,
            decided_by=house.officer,
            maximum_attempts=attempts,
            days_between_attempts=days,
        )

    assert house.attempts() == AttemptLimit(maximum=2, days_between=7)


@pytest.mark.parametrize(
    "not_in_force",
    [
        {"valid_from_date": TOMORROW},
        {"valid_until_date": date(2026, 11, 20)},
        {"ended_at": NOW - DAY},
        {"decided_at": NOW + HOUR},
    ],
    ids=["to come", "over", "ended", "not decided"],
)
def test_without_a_policy_in_force_three_attempts_on_three_days(
    house: House, not_in_force: dict[str, object]
) -> None:
    policy = make.calling_policy(legal_entity=house.entity, decided_by=house.officer, maximum_attempts=1)
    CallingPolicy.objects.filter(pk=policy.pk).update(**not_in_force)

    assert house.attempts() == AttemptLimit(maximum=3, days_between=1)


def test_limit_of_attempts_counts_until_the_end_of_the_day_it_was_ended(house: House) -> None:
    make.calling_policy(
        legal_entity=house.entity, decided_by=house.officer, maximum_attempts=1, ended_at=NOW - HOUR
    )

    assert house.attempts().maximum == 1


def test_day_of_mourning_is_taken_back_before_it_begins(house: House) -> None:
    day = DayOfMourning(
        organisation=house.entity.organisation, country="NL", date=TOMORROW, name="Rouw", source="Stcrt."
    )
    days_of_mourning.declare_day_of_mourning(day=day, decided_by=house.officer, decided_at=NOW - HOUR)
    days_of_mourning.take_back_day_of_mourning(day=day, today=TODAY, ending=ending(house, NOW))

    known = [house.rules(known_at=known_at).mourning for known_at in (NOW - DAY, NOW - HOUR, NOW)]
    assert known == [frozenset(), {TOMORROW}, frozenset()]


@pytest.mark.parametrize(
    "settled", [{"date": TODAY}, {"ended_at": NOW - HOUR}], ids=["has begun", "taken back before"]
)
def test_day_of_mourning_that_is_settled_stays(house: House, settled: dict[str, object]) -> None:
    day = make.day_of_mourning(organisation=house.entity.organisation, decided_by=house.officer)
    DayOfMourning.objects.filter(pk=day.pk).update(**settled)

    with pytest.raises(days_of_mourning.DayPassedError):
        days_of_mourning.take_back_day_of_mourning(day=day, today=TODAY, ending=ending(house, NOW))


def test_day_of_mourning_stands_once_and_again_after_it_was_taken_back(house: House) -> None:
    organisation = house.entity.organisation
    make.day_of_mourning(organisation=organisation, decided_by=house.officer, ended_at=NOW)
    make.day_of_mourning(organisation=organisation, decided_by=house.officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        make.day_of_mourning(organisation=organisation, decided_by=house.officer)
