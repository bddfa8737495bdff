"""What a process keeps of a question is what it would read now: after any change, and at any moment."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.domain.engine.kept_questions import put_question_again
from consent.domain.engine.question import QUESTION, Question, Wanted
from consent.domain.rulebook.facts import Policy
from consent.models import (
    BalancingTest,
    CallingPolicy,
    Channel,
    DayOfMourning,
    DoNotCallSnapshot,
    HousePolicy,
    ServiceTest,
    SettingsRevision,
)
from customers.models import CallerNumber, LegalEntity, ProductGroup, ProductSimilarity
from tests import make
from tests.conftest import owner_connection

READ = {
    table
    for table in re.findall(r"(?:FROM|JOIN) ((?:consent|customers)_\w+)", QUESTION.text)
    if table != "consent_settingsrevision"
}
WANTED = Wanted(legal_entity="lampenwinkel", purpose="offers", channel="CALL", product_group="lampen")
HOUR = timedelta(hours=1)
SOON = make.NOW + timedelta(minutes=14)


class Shop:
    """A shop with one of everything that a question reads."""

    def __init__(self) -> None:
        self.organisation = make.organisation()
        self.entity = make.legal_entity(organisation=self.organisation)
        self.purpose = make.purpose(organisation=self.organisation, legal_entities=[self.entity])
        self.member = make.staff_member(organisation=self.organisation)
        self.lamps = make.product_group(legal_entity=self.entity)
        self.bulbs = make.product_group(legal_entity=self.entity, code="peertjes", name="Peertjes")
        self.similarity = make.product_similarity(product_group=self.bulbs, similar_group=self.lamps)
        self.number = make.caller_number(legal_entity=self.entity)
        self.policy = make.house_policy(legal_entity=self.entity, decided_by=self.member)
        self.hours = make.calling_policy(legal_entity=self.entity, decided_by=self.member)
        self.mourning = make.day_of_mourning(organisation=self.organisation, decided_by=self.member)
        self.list = DoNotCallSnapshot.objects.create(
            organisation=self.organisation, taken_at=make.NOW - HOUR, loaded_at=make.NOW - HOUR, numbers=1
        )
        self.service_test = ServiceTest.objects.create(
            purpose=self.purpose,
            only_informs=True,
            material_facts=True,
            only_relevant_people=True,
            nothing_promotional=True,
            reasoning="Alleen de bestelling.",
            concluded_at=make.LONG_AGO,
        )
        self.balancing_test = BalancingTest.objects.create(
            legal_entity=self.entity,
            purpose=self.purpose,
            channel=Channel.CALL,
            interest="Klanten bellen.",
            weighing="Wie bezwaar maakt, wordt niet gebeld.",
            concluded_at=make.LONG_AGO,
        )


def change_all(shop: Shop) -> dict[str, Callable[[], object]]:
    """One change for each table, that a question cannot but show."""
    return {
        "consent_balancingtest": BalancingTest.objects.all().delete,
        "consent_callingpolicy": CallingPolicy.objects.all().delete,
        "consent_dayofmourning": DayOfMourning.objects.all().delete,
        "consent_donotcallsnapshot": DoNotCallSnapshot.objects.all().delete,
        "consent_housepolicy": HousePolicy.objects.all().delete,
        "consent_purpose": lambda: type(shop.purpose).objects.update(content="SERVICE"),
        "consent_purpose_legal_entities": shop.purpose.legal_entities.clear,
        "consent_servicetest": lambda: ServiceTest.objects.update(nothing_promotional=False),
        "customers_callernumber": lambda: CallerNumber.objects.update(number="+31200000003"),
        "customers_legalentity": lambda: LegalEntity.objects.update(country="BE"),
        "customers_productgroup": lambda: ProductGroup.objects.filter(code="lampen").update(code="licht"),
        "customers_productsimilarity": ProductSimilarity.objects.all().delete,
    }


def revision() -> UUID | None:
    return SettingsRevision.objects.values_list("revision", flat=True).first()


def put_again(now: datetime = make.NOW) -> Question:
    return put_question_again(wanted=WANTED, revision=revision(), now=now)


@pytest.mark.django_db
def test_every_table_that_a_question_reads_notes_its_changes() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgtype, tgdeferrable AND tginitdeferred FROM pg_trigger "
            "WHERE tgfoid = 'note_revision'::regproc AND tgenabled = 'A'"
        )
        noting = set(cursor.fetchall())

    # Of every row added, changed and deleted (1 + 4 + 8 + 16), and of all taken away at once (32).
    assert noting == {one for table in READ for one in ((table, 29, True), (table, 32, False))}
    assert len(READ) == 12


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", sorted(READ))
def test_after_a_change_everything_is_read_anew(table: str) -> None:
    shop = Shop()
    before = put_again()
    assert put_again(SOON) == before.at_moment(SOON)

    change_all(shop)[table]()

    try:
        after: object = put_again()
    except LookupError as unknown:
        after = str(unknown)
    assert after != before
    assert before.revision != revision()


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_is_not_read_again() -> None:
    Shop()
    known = revision()
    kept = put_question_again(wanted=WANTED, revision=known, now=make.NOW)

    connections.close_all()
    again = put_question_again(wanted=WANTED, revision=known, now=SOON)

    assert connection.connection is None
    assert again == kept.at_moment(SOON)
    assert (again.at, again.known_at, again.kept, kept.kept) == (SOON, SOON, True, False)


@pytest.mark.django_db(transaction=True)
def test_nobody_sees_a_revision_before_its_change_nor_waits_for_it() -> None:
    shop = Shop()
    before, seen = revision(), []

    def work_beside() -> None:
        seen.append(revision())
        CallerNumber.objects.update(label="Service")
        seen.append(revision())
        connections.close_all()

    with transaction.atomic():
        HousePolicy.objects.filter(pk=shop.policy.pk).update(ended_at=make.NOW)
        beside = threading.Thread(target=work_beside)
        beside.start()
        beside.join(timeout=30)
        assert not beside.is_alive()

    assert len({before, *seen, revision()}) == 3
    assert seen[0] == before


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_nothing_is_kept() -> None:
    Shop()
    before = put_again()
    with transaction.atomic():
        HousePolicy.objects.all().delete()
        within = put_again()

    assert (before.case.policy, within.case.policy) == (Policy.WITHOUT_CONSENT, Policy.NONE)


@pytest.mark.django_db(transaction=True)
def test_emptied_table_gives_another_revision() -> None:
    Shop()
    before = revision()

    with owner_connection() as link:
        link.execute("TRUNCATE consent_housepolicy")

    assert before != revision()
    assert put_again().case.policy == Policy.NONE


@pytest.mark.django_db(transaction=True)
def test_number_of_a_transaction_of_another_database_says_nothing() -> None:
    """A restored row may bear the number that a transaction here has later."""
    Shop()
    before = revision()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        with owner_connection() as link:
            link.execute("UPDATE consent_settingsrevision SET changed_by = %s", cursor.fetchone())
        HousePolicy.objects.all().delete()

    assert before != revision()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        (
            "Europe/Amsterdam",
            datetime(2026, 11, 21, 22, 59, tzinfo=UTC),
            datetime(2026, 11, 21, 23, tzinfo=UTC),
        ),
        # Clocks go back from one to midnight: that day has begun already.
        ("America/Havana", datetime(2026, 11, 1, 3, 59, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ],
)
def test_it_holds_no_longer_than_the_day(zone: str, before: datetime, after: datetime) -> None:
    shop = Shop()
    LegalEntity.objects.update(time_zone=zone)
    day = after.astimezone(ZoneInfo(zone)).date()
    CallerNumber.objects.filter(pk=shop.number.pk).update(in_use_from_date=day)

    assert WANTED.put(now=before).holds_until <= after
    assert (WANTED.put(now=before).caller_number, WANTED.put(now=after).caller_number) == (
        "",
        shop.number.number,
    )


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_it_holds_until_the_moment_it_names(data: st.DataObject) -> None:
    def moment(what: str) -> datetime:
        return make.NOW + timedelta(minutes=data.draw(st.integers(-180, 7200), label=what))

    def perhaps(what: str) -> datetime | None:
        return moment(what) if data.draw(st.booleans(), label=f"has {what}") else None

    def day(what: str) -> date:
        return moment(what).date()

    with transaction.atomic():
        shop = Shop()
        shop.service_test.concluded_at = moment("service test")
        shop.service_test.save()
        weighed = BalancingTest.objects.filter(pk=shop.balancing_test.pk)
        weighed.update(concluded_at=moment("weighed"), entered_at=perhaps("weighing entered"))
        if data.draw(st.booleans(), label="weighing ends"):
            weighed.update(
                valid_until_at=make.NOW + timedelta(days=9), end_entered_at=perhaps("its end entered")
            )
        HousePolicy.objects.update(
            decided_at=moment("decided"), valid_from_at=moment("policy"), ended_at=perhaps("policy ended")
        )
        CallingPolicy.objects.update(decided_at=moment("hours decided"), ended_at=perhaps("hours ended"))
        DayOfMourning.objects.update(
            decided_at=moment("mourning decided"), ended_at=perhaps("mourning ended")
        )
        taken = moment("list taken") - timedelta(days=data.draw(st.integers(0, 6), label="days ago"))
        DoNotCallSnapshot.objects.update(taken_at=taken, loaded_at=taken + HOUR)
        ProductSimilarity.objects.update(
            valid_from_date=day("similar from"),
            entered_at=perhaps("similarity entered"),
        )
        CallerNumber.objects.update(in_use_from_date=day("number"))

        kept = WANTED.put(now=make.NOW)
        for later in (kept.holds_until - timedelta(microseconds=1), moment("asked")):
            if make.NOW <= later < kept.holds_until:
                assert WANTED.put(now=later) == kept.at_moment(later)
        transaction.set_rollback(True)
