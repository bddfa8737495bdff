import datetime
from typing import Any

import pytest
from django.db import connection

from consent.domain.figures.counting import EVERY, count_figures, count_months, count_organisation
from consent.domain.figures.reading import find_shortcomings, is_of, months_before, read_figures, whose_is
from consent.domain.seal.sealing import seal_chunk
from consent.domain.shortcomings import SHORTCOMINGS
from consent.domain.shortcomings.shortcoming import Scope
from consent.models import Act, Figure, FigureMark, Purpose
from customers.models import Department
from tests import make
from tests.consent.board_scene import ZONE, Board, board, count

pytestmark = pytest.mark.django_db
Name = Figure.Name
GIVEN = ["ConsentGiven", "RenewedConsentGiven"]
BY_STATUS = "SELECT status, count(*) FROM consent_consentrecord WHERE organisation_id = %s GROUP BY 1"
BY_GRADE = (
    "SELECT grade, count(*) FROM consent_consentrecord"
    " WHERE organisation_id = %s AND status = ANY(%s) GROUP BY 1"
)
BY_EVIDENCE = (
    "SELECT CASE WHEN complete THEN 'complete' ELSE 'incomplete' END, count(*) FROM consent_consentrecord"
    " WHERE organisation_id = %s AND status = ANY(%s) GROUP BY 1"
)
BY_GROUND = (
    "SELECT 'CONSENT', count(*) FROM consent_consentrecord WHERE status = ANY(%s)"
    " UNION ALL SELECT kind, count(*) FROM customers_customerrelation WHERE ended_at IS NULL GROUP BY 1"
)
BY_MONTH = (
    "SELECT to_char(occurred_at AT TIME ZONE %s, 'YYYY-MM'), count(*) FROM consent_consentevent"
    " WHERE act = ANY(%s) AND occurred_at > '2025-11-30T23:00:00Z' GROUP BY 1"
)


def ask(statement: str, *about: Any) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, about)
        return {row[0]: row[1] for row in cursor.fetchall()}


def test_figures_of_permissions_equal_what_sql_counts() -> None:
    made, _other = board(), board(code="ander")
    count()

    figures = read_figures(scope=Scope(organisation_id=made.organisation.pk), at=make.NOW)

    key = made.organisation.pk
    assert figures.totals(Name.STATUS) == ask(BY_STATUS, key)
    assert figures.totals(Name.GRADE) == ask(BY_GRADE, key, GIVEN)
    assert figures.totals(Name.EVIDENCE) == ask(BY_EVIDENCE, key, GIVEN)
    assert figures.totals(Name.STATUS) == {"ConsentGiven": 6, "ConsentWithdrawn": 1}
    assert figures.counted_at == make.NOW


def test_grounds_equal_what_sql_counts() -> None:
    made = board()
    count()

    grounds = read_figures(scope=Scope(), at=make.NOW).totals(Name.GROUND)

    assert grounds == ask(BY_GROUND, GIVEN)
    assert grounds == {"CONSENT": 6, "SALE": 3}
    assert made.organisation.relations.count() == 3


def test_months_equal_what_sql_counts_and_no_event_counts_twice() -> None:
    board()
    count()
    count()
    acts = {
        Name.GIVEN: ["GIVEN", "CONFIRMED", "RENEWED"],
        Name.WITHDRAWN: ["WITHDRAWN"],
        Name.OBJECTED: ["OBJECTED"],
    }

    figures = read_figures(scope=Scope(), at=make.NOW)

    for name, these in acts.items():
        assert figures.totals(name) == ask(BY_MONTH, ZONE, these)
    assert figures.totals(Name.WITHDRAWN) == {"2026-11": 1}
    assert figures.totals(Name.OBJECTED) == {"2026-10": 1}


def test_an_act_just_before_midnight_belongs_to_the_month_of_our_zone() -> None:
    made = board()
    point = make.email_point(contact=make.contact(organisation=made.organisation), text="nacht@example.org")
    version = make.notice_version(legal_entity=made.lamps, purpose=made.offers, code="nacht")
    late = datetime.datetime(2026, 2, 28, 23, 30, tzinfo=datetime.UTC)

    make.permission_event(contact_point=point, notice_version=version, occurred_at=late)
    count()

    assert read_figures(scope=Scope(), at=make.NOW).totals(Name.GIVEN)["2026-03"] == 1


def test_months_are_counted_in_chunks_that_can_break_off() -> None:
    board()
    seal_chunk(now=make.NOW)

    read = [count_months(now=make.NOW, zone=ZONE, leaves_at_once=3) for _chunk in range(7)]

    assert sum(read) == FigureMark.objects.get().leaves
    assert read[-1] == 0
    assert sum(Figure.objects.filter(name=Name.GIVEN).values_list("number", flat=True)) == 7


def test_only_sealed_events_count_in_a_month() -> None:
    board()

    list(count_figures(now=make.NOW, zone=ZONE))

    assert Figure.objects.filter(name__in=[Name.GIVEN, Name.WITHDRAWN]).exists() is False


def test_an_organisation_is_counted_anew_after_an_hour() -> None:
    made = board()
    count()
    purpose = Purpose.objects.get(pk=made.offers.pk)
    version = purpose.notices.get().versions.get()
    new = make.email_point(contact=make.contact(organisation=made.organisation), text="nieuw@example.org")
    make.permission_event(contact_point=new, notice_version=version, act=Act.GIVEN)

    soon = count(now=make.NOW + EVERY / 2)
    later = count(now=make.NOW + EVERY)

    assert (soon > 0, later > 0) == (True, True)
    figures = read_figures(scope=Scope(), at=make.NOW)
    assert figures.totals(Name.STATUS)["ConsentGiven"] == 7
    assert figures.counted_at == make.NOW + EVERY


def test_shortcomings_equal_what_their_rows_count() -> None:
    made, _other = board(), board(code="ander")
    count()
    scope = Scope(organisation_id=made.organisation.pk)

    found = find_shortcomings(figures=read_figures(scope=scope, at=make.NOW), scope=scope, at=make.NOW)

    totals = {one.code: 0 for one in SHORTCOMINGS}
    for one in found:
        totals[one.shortcoming.code] += one.number
    assert totals == {one.code: one.rows(scope=scope, at=make.NOW).count() for one in SHORTCOMINGS}
    assert {code: number for code, number in totals.items() if number} == {
        "breaches_overdue": 1,
        "breaches_to_report": 1,
        "breaches_to_tell": 1,
        "entities_without_officer": 1,
        "security_not_reviewed": 1,
        "assessments_due": 1,
        "profiles_unassessed": 1,
        "purposes_on_nothing": 1,
        "requests_overdue": 2,
        "requests_due": 1,
        "lacks_proof": 1,
        "permissions_end_30": 1,
        "permissions_end_60": 1,
        "permissions_end_90": 1,
        "relations_end_30": 1,
        "relations_end_60": 1,
        "relations_end_90": 1,
        "places_without_statement": 3,
        "places_never_reviewed": 1,
        "places_long_not_reviewed": 1,
        "places_without_department": 1,
        "purposes_without_department": 1,
        "balancing_tests_ended": 1,
        "balancing_tests_ending": 1,
        "agreements_ended": 1,
        "mail_failed": 2,
    }


def numbers_of(made: Board, department: Department) -> dict[str, int]:
    scope = Scope(organisation_id=made.organisation.pk)
    found = find_shortcomings(figures=read_figures(scope=scope, at=make.NOW), scope=scope, at=make.NOW)
    mine = [one for one in found if is_of(found=one, whose=whose_is(department=department))]
    return {one.shortcoming.code: one.number for one in mine}


def test_a_department_answers_for_its_purposes_places_and_legal_entities() -> None:
    made = board()
    count()

    assert numbers_of(made, made.service) == {
        "breaches_overdue": 1,
        "assessments_due": 1,
        "profiles_unassessed": 1,
        "purposes_on_nothing": 1,
        "requests_overdue": 1,
        "requests_due": 1,
        "relations_end_30": 1,
        "relations_end_60": 1,
        "mail_failed": 2,
    }
    assert numbers_of(made, made.marketing) == {
        "lacks_proof": 1,
        "permissions_end_30": 1,
        "permissions_end_60": 1,
        "places_without_statement": 2,
        "places_never_reviewed": 1,
        "places_long_not_reviewed": 1,
        "balancing_tests_ended": 1,
        "balancing_tests_ending": 1,
    }


def test_figures_of_one_legal_entity_leave_out_its_sister() -> None:
    made = board()
    count()
    scope = Scope(organisation_id=made.organisation.pk, legal_entity_ids=(made.power.pk,))

    figures = read_figures(scope=scope, at=make.NOW)
    found = find_shortcomings(figures=figures, scope=scope, at=make.NOW)

    assert {one.legal_entity_id for one in found} <= {made.power.pk, None}
    assert figures.totals(Name.STATUS) == {"ConsentGiven": 3}


def test_counting_asks_as_often_for_many_people_as_for_few(django_assert_num_queries: Any) -> None:
    made = board()

    with django_assert_num_queries(9):
        count_organisation(organisation=made.organisation, now=make.NOW)


def test_the_last_months_run_over_the_end_of_a_year() -> None:
    january = datetime.datetime(2027, 1, 15, tzinfo=datetime.UTC)

    assert months_before(at=january, number=3) == ["2026-11", "2026-12", "2027-01"]
