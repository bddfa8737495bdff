"""Who of a talent pool is forgotten, and when: the table of `leavers.py`, row by row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from consent.domain import outbox, requests
from consent.domain.outbox import NewMessage
from consent.domain.retention.applying import apply_retention
from consent.domain.rights.receiving import NewRequest, receive
from consent.models import (
    Act,
    KeptData,
    OutboxMessage,
    RetentionTerm,
    RightsRequest,
    RightsStep,
    Source,
)
from customers.models import Contact, ContactPoint, CustomerRelation, RelationKind
from scoring.domain.journeys.employment import note_left_employment
from scoring.domain.talent_pool.removing import remove_left
from scoring.models import FormerApplicant
from tests import make
from tests.scoring import make as scoring
from tests.scoring import make_journeys
from tests.scoring.domain.talent_pool.test_retention import APPLIED_AT, ENDED_AT, GOES_AT, PROOF, rejected
from tests.scoring.pool_scene import (
    A_SECOND,
    ENDS_AT,
    GIVEN_AT,
    PoolHouse,
    application,
    candidate,
    pool_house,
)

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)
LATER = GOES_AT + 10 * A_DAY


@dataclass(frozen=True, kw_only=True)
class Found:
    """An employer, and somebody who applied there and was rejected."""

    house: PoolHouse
    contact: Contact

    @property
    def point(self) -> ContactPoint:
        return self.contact.points.get()


@pytest.fixture
def found() -> Found:
    house = pool_house()
    contact = make.contact(organisation=house.entity.organisation, created_at=APPLIED_AT)
    make.email_point(contact=contact)
    rejected(house, contact)
    return Found(house=house, contact=contact)


def is_known(contact: Contact, *, at: datetime) -> bool:
    list(apply_retention(now=at))
    contact.refresh_from_db()
    return contact.erased_at is None


def applied_again(found: Found) -> None:
    application(
        house=found.house,
        contact=found.contact,
        vacancy="Planner",
        applied_at=ENDED_AT,
        ended_at=LATER - 28 * A_DAY,
        outcome="REJECTED",
    )


def visited(found: Found) -> None:
    scoring.behaviour(contact=found.contact, legal_entity=found.house.entity, occurred_at=LATER - 28 * A_DAY)


def permitted(found: Found) -> None:
    make.permission_event(
        contact_point=found.point, notice_version=found.house.notice, occurred_at=GIVEN_AT, valid_until=LATER
    )


def works_here(found: Found) -> None:
    journey = make_journeys.journey(legal_entity=found.house.entity, purpose=found.house.purpose)
    stage = make_journeys.stage(journey=journey, figures_only=True)
    make_journeys.member(stage=stage, contact=found.contact)


def left_work(found: Found) -> None:
    note_left_employment(
        contact=found.contact,
        legal_entity=found.house.entity,
        noted_by=make.staff_member(organisation=found.house.entity.organisation),
        reason="Uit dienst.",
        at=LATER - A_SECOND,
    )


def asked_for_a_right(found: Found) -> None:
    asked = NewRequest(
        legal_entity=found.house.entity,
        kind=RightsRequest.Kind.ACCESS,
        source=Source.PAPER,
        language="nl",
        contact=found.contact,
        words="Wat weet u van mij?",
        identity=RightsRequest.Identity.DOCUMENT,
    )
    receive(asked=asked, received_at=ENDED_AT, recorded_at=ENDED_AT)


def request_had_its_term(found: Found) -> None:
    message_left(found)
    RightsStep.objects.all().delete()
    RightsRequest.objects.all().delete()


def represents(found: Found) -> None:
    organisation = found.house.entity.organisation
    make.contact(
        organisation=organisation, given_name="Kind", representative=found.contact, created_at=ENDED_AT
    )


def represents_nobody(found: Found) -> None:
    Contact.objects.filter(representative=found.contact).update(representative=None)


def waits_for_a_message(found: Found) -> None:
    message = NewMessage(
        kind=OutboxMessage.Kind.RECEIPT,
        legal_entity=found.house.entity,
        contact_point=found.point,
        language="nl",
        content={"changed_at": ENDED_AT.isoformat(), "standing": []},
    )
    outbox.write(message=message, written_at=ENDED_AT)


def message_left(_found: Found) -> None:
    OutboxMessage.objects.update(state=OutboxMessage.State.GIVEN_UP)


def nothing(_found: Found) -> None:
    return


Doing = Callable[[Found], None]


@pytest.mark.parametrize(
    ("keep", "let_go"),
    [
        (applied_again, nothing),
        (visited, nothing),
        (permitted, nothing),
        (works_here, left_work),
        (asked_for_a_right, request_had_its_term),
        (represents, represents_nobody),
        (waits_for_a_message, message_left),
    ],
)
def test_what_passes_keeps_somebody_no_longer_than_it_lasts(found: Found, keep: Doing, let_go: Doing) -> None:
    keep(found)

    known = [is_known(found.contact, at=GOES_AT), is_known(found.contact, at=LATER - A_SECOND)]
    let_go(found)

    assert (known, is_known(found.contact, at=LATER)) == ([True, True], False)


def said_something_else(found: Found) -> None:
    newsletter = make.purpose(
        organisation=found.house.entity.organisation, legal_entities=[found.house.entity]
    )
    wording = make.notice_version(legal_entity=found.house.entity, purpose=newsletter, code="nieuws")
    for act, at in ((Act.GIVEN, GIVEN_AT), (Act.WITHDRAWN, APPLIED_AT)):
        make.permission_event(contact_point=found.point, notice_version=wording, act=act, occurred_at=at)


def was_a_customer(found: Found) -> None:
    CustomerRelation.objects.create(
        organisation=found.house.entity.organisation,
        legal_entity=found.house.entity,
        contact=found.contact,
        kind=RelationKind.SALE,
        started_at=GIVEN_AT,
        last_agreement_at=GIVEN_AT,
        ended_at=APPLIED_AT,
        reason_ended=CustomerRelation.Ending.TERM,
    )


def bought(found: Found) -> None:
    make.transaction(contact=found.contact, legal_entity=found.house.entity, occurred_at=APPLIED_AT)


def was_a_prospect(found: Found) -> None:
    Contact.objects.filter(pk=found.contact.pk).update(created_at=APPLIED_AT - 30 * A_DAY)
    campaign = scoring.campaign(legal_entity=found.house.entity, purpose=found.house.purpose)
    scoring.recipient(campaign=campaign, contact=found.contact, added_at=APPLIED_AT - 20 * A_DAY)


@pytest.mark.parametrize("keep", [said_something_else, was_a_customer, bought, was_a_prospect])
def test_who_is_known_by_what_lasts_goes_as_all_contacts_go(found: Found, keep: Doing) -> None:
    keep(found)

    assert [is_known(found.contact, at=at) for at in (GOES_AT, LATER)] == [True, True]
    assert not FormerApplicant.objects.exists()


@pytest.mark.parametrize("act", [None, Act.WITHDRAWN])
def test_who_only_signed_up_goes_with_the_permission(act: Act | None) -> None:
    house = pool_house()
    point = candidate(house=house)
    ends_at = ENDS_AT
    if act is not None:
        ends_at = GOES_AT
        make.permission_event(contact_point=point, notice_version=house.notice, act=act, occurred_at=ends_at)

    known = [is_known(point.contact, at=at) for at in (GIVEN_AT + A_DAY, ends_at)]

    assert known == [True, False]
    assert KeptData.objects.get().contact == point.contact


@pytest.fixture
def asked_in_vain() -> Found:
    """They applied, and asked for a newsletter too, which nobody ever confirmed."""
    house = pool_house()
    contact = make.contact(organisation=house.entity.organisation, created_at=APPLIED_AT)
    newsletter = make.purpose(organisation=house.entity.organisation, legal_entities=[house.entity])
    wording = make.notice_version(legal_entity=house.entity, purpose=newsletter, code="nieuws")
    point = make.email_point(contact=contact)
    make.permission_event(
        contact_point=point, notice_version=wording, act=Act.REQUESTED, occurred_at=APPLIED_AT
    )
    return Found(house=house, contact=contact)


def test_who_applied_goes_with_no_request_that_nobody_confirmed(asked_in_vain: Found) -> None:
    procedure = application(house=asked_in_vain.house, contact=asked_in_vain.contact, applied_at=APPLIED_AT)

    lapsed = sum(requests.lapse_requests(now=APPLIED_AT + 15 * A_DAY))

    asked_in_vain.contact.refresh_from_db()
    procedure.refresh_from_db()
    assert (lapsed, asked_in_vain.contact.erased_at) == (1, None)


def test_what_nobody_confirmed_keeps_no_applicant(asked_in_vain: Found) -> None:
    rejected(asked_in_vain.house, asked_in_vain.contact)

    known = [is_known(asked_in_vain.contact, at=at) for at in (GOES_AT - A_SECOND, GOES_AT)]

    assert known == [True, False]


def test_an_organisation_keeps_names_longer_after_the_permission(found: Found) -> None:
    permitted(found)
    RetentionTerm.objects.create(
        organisation=found.house.entity.organisation,
        kind=RetentionTerm.Kind.CANDIDATES,
        days=5,
        reason="Wie zich bedenkt is zo terug.",
        decided_at=GIVEN_AT,
    )

    list(apply_retention(now=LATER))

    assert is_known(found.contact, at=LATER + 5 * A_DAY - A_SECOND)
    assert not is_known(found.contact, at=LATER + 5 * A_DAY)


def test_that_somebody_applied_is_not_kept_of_who_became_a_customer(found: Found) -> None:
    represents(found)
    list(apply_retention(now=GOES_AT))
    marked = FormerApplicant.objects.count()
    bought(found)

    removed = sum(remove_left(now=GOES_AT))

    assert (marked, removed, FormerApplicant.objects.count()) == (1, 1, 0)


def test_nobody_in_a_procedure_is_dormant() -> None:
    house = pool_house()
    contact = make.contact(organisation=house.entity.organisation, created_at=make.LONG_AGO)
    application(house=house, contact=contact, applied_at=APPLIED_AT)

    assert is_known(contact, at=APPLIED_AT + PROOF - A_SECOND)
