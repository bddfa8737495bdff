"""A talent pool with a term of a year, and people who permitted to be in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Model

from consent.models import Act, Channel, CollectionPoint, ConsentEvent, NoticeVersion, Purpose, Source
from customers.models import Contact, ContactPoint, LegalEntity, uuid7
from scoring.models import (
    FormerApplicant,
    JobApplication,
    Referral,
    ReferredCandidate,
    StayQuestion,
    TalentPool,
)
from tests import make

GIVEN_AT = datetime.fromisoformat("2025-12-01T11:00:00+00:00")
# The end of 1 December 2026 in Amsterdam: a term of whole months ends at 24:00.
ENDS_AT = datetime.fromisoformat("2026-12-01T23:00:00+00:00")
A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class PoolHouse:
    """The employer, its pool, the purpose and wording of it, and the form to sign up with."""

    entity: LegalEntity
    purpose: Purpose
    notice: NoticeVersion
    form: CollectionPoint
    pool: TalentPool


def pool_house(*, published_at: datetime | None = make.LONG_AGO) -> PoolHouse:
    """The house, with its wording published unless `published_at` is None."""
    organisation = make.organisation(code="werkplaats", name="Werkplaats")
    entity = make.legal_entity(organisation=organisation, code="werkplaats", name="Werkplaats B.V.")
    purpose = make.purpose(
        organisation=organisation,
        legal_entities=[entity],
        code="talent-pool",
        name={"nl": "talentenpool", "en": "talent pool"},
        channels=[Channel.EMAIL],
        term_months=12,
        double_opt_in=True,
    )
    notice = make.notice_version(
        legal_entity=entity,
        purpose=purpose,
        code="talent-pool-email",
        published_at=published_at,
        wording={
            "nl": "Ja, Werkplaats B.V. mag mij een jaar lang mailen over werk dat bij mij past.",
            "en": "Yes, Werkplaats B.V. may e-mail me for one year about work that suits me.",
        },
    )
    form = make.collection_point(legal_entity=entity, code="talent", published_at=make.LONG_AGO)
    make.collection_field(collection_point=form)
    make.collection_choice(collection_point=form, notice_version=notice)
    return PoolHouse(
        entity=entity,
        purpose=purpose,
        notice=notice,
        form=form,
        pool=talent_pool(legal_entity=entity, purpose=purpose, form=form),
    )


def talent_pool(
    *,
    legal_entity: LegalEntity,
    purpose: Purpose,
    form: CollectionPoint | None = None,
    code: str = "pool",
    ask_last_days_before: int | None = 7,
) -> TalentPool:
    return TalentPool.objects.create(
        organisation=legal_entity.organisation,
        legal_entity=legal_entity,
        purpose=purpose,
        code=code,
        name="Talentenpool",
        form=form,
        disciplines=["lasser", "planner"],
        regions=["Utrecht", "Zeeland"],
        channels=[Channel.EMAIL, Channel.CALL],
        ask_days_before=30,
        ask_last_days_before=ask_last_days_before,
    )


def candidate(
    *,
    house: PoolHouse,
    name: str = "Alice",
    given_at: datetime = GIVEN_AT,
    ends_at: datetime | None = ENDS_AT,
) -> ContactPoint:
    contact = make.contact(organisation=house.entity.organisation, given_name=name)
    point = make.email_point(contact=contact, text=f"{name.lower()}@example.org")
    permit(house=house, point=point, given_at=given_at, ends_at=ends_at)
    return point


def permit(
    *,
    house: PoolHouse,
    point: ContactPoint,
    given_at: datetime = GIVEN_AT,
    ends_at: datetime | None = ENDS_AT,
) -> ConsentEvent:
    return make.permission_event(
        contact_point=point,
        notice_version=house.notice,
        act=Act.GIVEN,
        source=Source.WEB_FORM,
        occurred_at=given_at,
        valid_until=ends_at,
    )


def application(
    *,
    house: PoolHouse,
    contact: Contact,
    vacancy: str = "Lasser",
    applied_at: datetime = GIVEN_AT,
    ended_at: datetime | None = None,
    outcome: str = "",
    told_at: datetime | None = None,
) -> JobApplication:
    return JobApplication.objects.create(
        organisation=house.entity.organisation,
        pool=house.pool,
        contact=contact,
        vacancy=vacancy,
        applied_at=applied_at,
        ended_at=ended_at,
        outcome=outcome,
        told_at=told_at or ended_at or applied_at,
    )


def rows_of(*, pool: TalentPool, contact: Contact) -> list[Model]:
    """One row about somebody in each table of a pool."""
    return [
        JobApplication.objects.create(
            organisation=pool.organisation,
            pool=pool,
            contact=contact,
            vacancy="Lasser",
            applied_at=GIVEN_AT,
            told_at=GIVEN_AT,
        ),
        FormerApplicant.objects.create(
            legal_entity=pool.legal_entity, contact=contact, came_at=GIVEN_AT, went_at=GIVEN_AT
        ),
        StayQuestion.objects.create(
            pool=pool,
            contact=contact,
            grant_event_id=uuid7(),
            turn=1,
            ends_at=ENDS_AT,
            asked_at=GIVEN_AT,
            message_id=uuid7(),
        ),
        Referral.objects.create(pool=pool, contact=contact, code=contact.pk.hex[-22:], made_at=GIVEN_AT),
        ReferredCandidate.objects.create(pool=pool, contact=contact, came_at=GIVEN_AT),
    ]
