from datetime import datetime, timedelta

import pytest

from consent.domain.retention.applying import apply_retention
from consent.domain.retention.due import Asked
from consent.domain.retention.looking_ahead import look_ahead
from consent.domain.retention.terms import Terms
from consent.models import ConsentEvent, RetentionTerm
from customers.models import Contact
from scoring.domain.talent_pool import retention
from scoring.models import BehaviourEvent, JobApplication
from tests import make
from tests.scoring import make as scoring
from tests.scoring.pool_scene import A_SECOND, ENDS_AT, PoolHouse, application, candidate, permit, pool_house

pytestmark = pytest.mark.django_db
ENDED_AT = datetime.fromisoformat("2026-10-01T10:00:00+00:00")
GOES_AT = ENDED_AT + timedelta(days=28)
TERMS: dict[str, timedelta] = {RetentionTerm.Kind.APPLICATIONS: timedelta(days=28)}
APPLIED_AT = ENDED_AT - timedelta(days=20)


def rejected(house: PoolHouse, contact: Contact) -> JobApplication:
    return application(
        house=house, contact=contact, applied_at=APPLIED_AT, ended_at=ENDED_AT, outcome="REJECTED"
    )


def applicant(house: PoolHouse) -> Contact:
    contact = make.contact(organisation=house.entity.organisation, created_at=APPLIED_AT)
    make.email_point(contact=contact)
    return contact


def gone(at: datetime) -> int:
    return sum(one.rows for one in apply_retention(now=at) if one.what == "APPLICATIONS")


def previewed(house: PoolHouse, at: datetime) -> list[int]:
    lines = look_ahead(organisation=house.entity.organisation, now=at)
    [line] = [one for one in lines if one.title == RetentionTerm.Kind.APPLICATIONS.label]
    return line.counts


def test_a_rejected_applicant_goes_four_weeks_after_the_end_and_no_second_earlier() -> None:
    house = pool_house()
    contact = applicant(house)
    rejected(house, contact)

    assert gone(GOES_AT - A_SECOND) == 0
    assert gone(GOES_AT) == 1
    contact.refresh_from_db()
    assert contact.erased_at == GOES_AT
    assert list(ConsentEvent.objects.values_list("act", "reason")) == [("ERASED", "TERM")]


def test_the_preview_counts_what_goes() -> None:
    house = pool_house()
    rejected(house, applicant(house))

    assert previewed(house, GOES_AT - timedelta(days=7) - A_SECOND) == [0, 0, 1, 1]
    assert previewed(house, GOES_AT - timedelta(days=7)) == [0, 1, 1, 1]
    assert previewed(house, GOES_AT) == [1, 1, 1, 1]


def test_an_organisation_decides_another_term() -> None:
    house = pool_house()
    rejected(house, applicant(house))
    RetentionTerm.objects.create(
        organisation=house.entity.organisation,
        kind=RetentionTerm.Kind.APPLICATIONS,
        days=14,
        reason="Wij sluiten elke procedure snel af.",
        decided_at=ENDED_AT,
    )

    assert gone(GOES_AT - timedelta(days=14) - A_SECOND) == 0
    assert gone(GOES_AT - timedelta(days=14)) == 1


def test_who_permits_to_stay_is_kept_until_the_permission_ends() -> None:
    house = pool_house()
    point = candidate(house=house)
    rejected(house, point.contact)

    assert gone(ENDS_AT - A_SECOND) == 0
    assert previewed(house, ENDS_AT - timedelta(days=7)) == [0, 1, 1, 1]
    assert gone(ENDS_AT) == 1
    point.contact.refresh_from_db()
    # The proof of the permission has a term of its own, and hangs on the person.
    assert point.contact.erased_at is None


def test_who_permits_to_stay_just_before_the_deletion_is_kept() -> None:
    house = pool_house()
    contact = applicant(house)
    found = rejected(house, contact)
    asked = Asked(
        organisation=house.entity.organisation, terms=Terms(of_kind=TERMS, of_purpose={}), now=GOES_AT
    )
    assert list(retention.find_ended_applications(asked)) == [found]
    permit(house=house, point=contact.points.get(), given_at=GOES_AT - A_SECOND)

    assert retention.retire_applications(RetentionTerm.Kind.APPLICATIONS, [found.pk], asked) == 0

    assert JobApplication.objects.get() == found


def test_a_running_procedure_is_never_touched() -> None:
    house = pool_house()
    application(house=house, contact=applicant(house), applied_at=APPLIED_AT)

    assert gone(ENDS_AT + timedelta(days=400)) == 0


def test_a_customer_who_applied_stays_a_customer() -> None:
    house = pool_house()
    contact = applicant(house)
    rejected(house, contact)
    make.transaction(contact=contact, legal_entity=house.entity, occurred_at=APPLIED_AT)

    assert gone(GOES_AT) == 1
    contact.refresh_from_db()
    assert contact.erased_at is None


def test_another_running_procedure_keeps_the_person() -> None:
    house = pool_house()
    contact = applicant(house)
    rejected(house, contact)
    application(house=house, contact=contact, vacancy="Planner", applied_at=ENDED_AT)

    assert gone(GOES_AT) == 1
    assert JobApplication.objects.get().vacancy == "Planner"
    contact.refresh_from_db()
    assert contact.erased_at is None


def test_what_was_measured_of_the_application_goes_with_it() -> None:
    house = pool_house()
    point = candidate(house=house, ends_at=GOES_AT)
    rejected(house, point.contact)
    kinds = BehaviourEvent.Kind
    for kind, at in (
        (kinds.APPLICATION, APPLIED_AT),
        (kinds.APPLICATION, ENDED_AT + A_SECOND),
        (kinds.PAGE_VISIT, APPLIED_AT),
    ):
        scoring.behaviour(contact=point.contact, legal_entity=house.entity, kind=kind, occurred_at=at)

    gone(GOES_AT)

    left = BehaviourEvent.objects.order_by("occurred_at").values_list("kind", "occurred_at")
    assert list(left) == [("PAGE_VISIT", APPLIED_AT), ("APPLICATION", ENDED_AT + A_SECOND)]
