from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from consent.domain.retention.applying import apply_retention
from consent.domain.retention.due import Asked
from consent.domain.retention.looking_ahead import look_ahead
from consent.domain.retention.terms import Terms
from consent.domain.withdrawals import Scope, object_to
from consent.models import (
    Act,
    CallListEntry,
    ConsentEvent,
    ConsentRecord,
    ContactAttempt,
    Evidence,
    KeptData,
    RetentionTerm,
    ShownContact,
    SubjectKey,
)
from customers.models import Contact, ContactPoint, LegalEntity
from scoring.domain.talent_pool import retention
from scoring.models import BehaviourEvent, JobApplication, SegmentMember
from tests import make
from tests.scoring import make as scoring
from tests.scoring import make_journeys, make_scores
from tests.scoring.domain.house import WAY
from tests.scoring.pool_scene import (
    A_SECOND,
    ENDS_AT,
    GIVEN_AT,
    PoolHouse,
    application,
    candidate,
    permit,
    pool_house,
)

pytestmark = pytest.mark.django_db
ENDED_AT = datetime.fromisoformat("2026-10-01T10:00:00+00:00")
GOES_AT = ENDED_AT + timedelta(days=28)
TERMS: dict[str, timedelta] = {RetentionTerm.Kind.APPLICATIONS: timedelta(days=28)}
PROOF = timedelta(days=5 * 366)
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
    assert (point.contact.erased_at, point.contact.given_name) == (ENDS_AT, "")
    assert not ContactPoint.objects.exists()


def test_of_who_was_in_the_pool_the_proof_alone_stays_and_goes_after_its_own_term() -> None:
    house = pool_house()
    point = candidate(house=house)
    rejected(house, point.contact)
    given = ConsentEvent.objects.get()

    gone(ENDS_AT)

    kept = KeptData.objects.get()
    assert (kept.contact_id, kept.what, kept.ground) == (point.contact_id, "EVIDENCE", "LEGAL_CLAIM")
    assert kept.keep_until_date == (ENDS_AT + PROOF).date()
    assert Evidence.objects.filter(event_id=given.pk).exists()
    assert not ConsentRecord.objects.exists()

    list(apply_retention(now=ENDS_AT + PROOF))
    assert Evidence.objects.filter(event_id=given.pk).exists()
    list(apply_retention(now=ENDS_AT + PROOF + timedelta(days=1)))
    assert not Evidence.objects.exists()
    assert not SubjectKey.objects.exists()


def test_proof_whose_term_is_over_goes_with_the_person() -> None:
    house = pool_house()
    point = candidate(house=house, ends_at=GIVEN_AT + timedelta(days=1))
    rejected(house, point.contact)
    RetentionTerm.objects.create(
        organisation=house.entity.organisation,
        kind=RetentionTerm.Kind.PROOF,
        purpose=house.purpose,
        days=30,
        reason="Korter is genoeg.",
        decided_at=GIVEN_AT,
    )

    assert gone(GOES_AT) == 1
    assert not KeptData.objects.exists()
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("act", [Act.WITHDRAWN, Act.REFUSED])
def test_who_said_no_to_the_pool_alone_goes_four_weeks_after_the_procedure(act: Act) -> None:
    house = pool_house()
    point = candidate(house=house)
    rejected(house, point.contact)
    make.permission_event(
        contact_point=point, notice_version=house.notice, act=act, occurred_at=ENDED_AT - A_SECOND
    )

    assert gone(GOES_AT - A_SECOND) == 0
    assert gone(GOES_AT) == 1
    point.contact.refresh_from_db()
    assert point.contact.erased_at == GOES_AT


def test_who_said_something_beside_the_pool_stays_known_by_it() -> None:
    house = pool_house()
    newsletter = make.purpose(organisation=house.entity.organisation, legal_entities=[house.entity])
    wording = make.notice_version(legal_entity=house.entity, purpose=newsletter, code="nieuws")
    for name, act in (("Alice", Act.GIVEN), ("Bram", Act.WITHDRAWN)):
        point = candidate(house=house, name=name, ends_at=GOES_AT)
        rejected(house, point.contact)
        make.permission_event(
            contact_point=point, notice_version=wording, act=act, occurred_at=GIVEN_AT, valid_until=ENDED_AT
        )
    objector = candidate(house=house, name="Carla", ends_at=GOES_AT)
    rejected(house, objector.contact)
    object_to(contact=objector.contact, scope=Scope(), how=WAY, occurred_at=ENDED_AT)

    assert gone(GOES_AT) == 3
    assert not Contact.objects.filter(erased_at__isnull=False).exists()


def test_who_was_hired_and_works_here_is_not_forgotten_with_the_application() -> None:
    house = pool_house()
    contact = applicant(house)
    application(house=house, contact=contact, applied_at=APPLIED_AT, ended_at=ENDED_AT, outcome="HIRED")
    journey = make_journeys.journey(legal_entity=house.entity, purpose=house.purpose)
    stage = make_journeys.stage(journey=journey, figures_only=True)
    make_journeys.member(stage=stage, contact=contact)

    assert gone(GOES_AT) == 1
    contact.refresh_from_db()
    assert contact.erased_at is None


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


def test_a_running_procedure_is_not_touched_until_nothing_was_told_of_it_for_years() -> None:
    house = pool_house()
    contact = applicant(house)
    application(house=house, contact=contact, applied_at=APPLIED_AT, told_at=ENDED_AT)
    measured = scoring.behaviour(
        contact=contact,
        legal_entity=house.entity,
        kind=BehaviourEvent.Kind.APPLICATION,
        occurred_at=APPLIED_AT,
    )
    RetentionTerm.objects.create(
        organisation=house.entity.organisation,
        kind=RetentionTerm.Kind.BEHAVIOUR,
        days=PROOF.days + 100,
        reason="Voor de proef.",
        decided_at=GIVEN_AT,
    )

    assert gone(ENDED_AT + PROOF - A_SECOND) == 0
    assert BehaviourEvent.objects.get() == measured
    assert gone(ENDED_AT + PROOF) == 1
    contact.refresh_from_db()
    assert (contact.erased_at, BehaviourEvent.objects.exists()) == (ENDED_AT + PROOF, False)


def test_a_customer_who_applied_stays_a_customer() -> None:
    house = pool_house()
    contact = applicant(house)
    rejected(house, contact)
    make.transaction(contact=contact, legal_entity=house.entity, occurred_at=APPLIED_AT)

    assert gone(GOES_AT) == 1
    contact.refresh_from_db()
    assert contact.erased_at is None


def called(house: PoolHouse, contact: Contact) -> None:
    ContactAttempt.objects.create(
        organisation=house.entity.organisation,
        legal_entity=house.entity,
        contact=contact,
        contact_point=contact.points.get(),
        purpose=house.purpose,
        attempted_at=APPLIED_AT,
        outcome=ContactAttempt.Outcome.NO_ANSWER,
    )


def chosen(house: PoolHouse, contact: Contact, closed_at: datetime = ENDED_AT) -> CallListEntry:
    call_list = make.call_list(
        legal_entity=house.entity, purpose=house.purpose, opened_at=closed_at - PROOF, closed_at=closed_at
    )
    return CallListEntry.objects.create(
        call_list=call_list, contact=contact, contact_point=contact.points.get(), next_try_at=closed_at
    )


def shown(house: PoolHouse, contact: Contact) -> None:
    """Shown of late, from a list whose own term is over."""
    entry = chosen(house, contact, closed_at=APPLIED_AT - PROOF)
    agent = make.staff_member(organisation=house.entity.organisation)
    ShownContact.objects.create(entry=entry, agent=agent, shown_at=APPLIED_AT, code="A_CONSENT")


@pytest.mark.parametrize("leave", [called, chosen, shown])
def test_proof_of_a_call_keeps_an_applicant_for_its_own_term(
    leave: Callable[[PoolHouse, Contact], object],
) -> None:
    house = pool_house()
    contact = applicant(house)
    rejected(house, contact)
    leave(house, contact)

    assert gone(GOES_AT) == 1
    contact.refresh_from_db()
    assert contact.erased_at is None
    list(apply_retention(now=ENDED_AT + PROOF))
    contact.refresh_from_db()
    assert contact.erased_at == ENDED_AT + PROOF


@pytest.mark.parametrize("named_by", ["group", "journey", "attribute", "campaign"])
@pytest.mark.parametrize(("known_days", "is_kept"), [(30, True), (1, False)])
def test_a_prospect_known_before_is_not_forgotten_with_the_application(
    named_by: str, known_days: int, is_kept: bool
) -> None:
    house = pool_house()
    sister = make.legal_entity(organisation=house.entity.organisation, code="zuster", name="Zuster N.V.")
    contact = applicant(house)
    contact.created_at = APPLIED_AT - timedelta(days=known_days)
    contact.save(update_fields=["created_at"])
    rejected(house, contact)
    name_at(sister, house, contact, named_by)

    assert gone(GOES_AT) == 1
    contact.refresh_from_db()
    assert (contact.erased_at is None) == is_kept


def name_at(sister: LegalEntity, house: PoolHouse, contact: Contact, named_by: str) -> None:
    if named_by == "group":
        segment = make_scores.segment(legal_entity=sister)
        SegmentMember.objects.create(segment=segment, contact=contact, since_at=APPLIED_AT)
    elif named_by == "journey":
        journey = make_journeys.journey(legal_entity=sister, purpose=house.purpose)
        make_journeys.member(stage=make_journeys.stage(journey=journey), contact=contact)
    elif named_by == "attribute":
        scoring.attribute(contact=contact, legal_entity=sister)
    else:
        campaign = scoring.campaign(legal_entity=sister, purpose=house.purpose)
        scoring.recipient(campaign=campaign, contact=contact)


@pytest.mark.parametrize(("days", "is_kept"), [(-1, True), (1, False)])
def test_what_the_house_of_the_pool_itself_knew_before_makes_a_prospect(days: int, is_kept: bool) -> None:
    house = pool_house()
    contact = applicant(house)
    contact.created_at = APPLIED_AT - timedelta(days=30)
    contact.save(update_fields=["created_at"])
    rejected(house, contact)
    known_at = APPLIED_AT + timedelta(days=days)
    scoring.attribute(contact=contact, legal_entity=house.entity, acquired_at=known_at)

    assert gone(GOES_AT) == 1
    contact.refresh_from_db()
    assert (contact.erased_at is None) == is_kept


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
