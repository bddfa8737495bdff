"""What falls short of breaches and of the record of processing, held against SQL written by hand."""

from typing import Final

import pytest
from django.db import connection
from django.utils import translation

from consent.domain.processing.gaps import find_gaps
from consent.domain.processing.record import read_record
from consent.domain.shortcomings import BY_CODE
from consent.domain.shortcomings.counting import count_by_department
from consent.domain.shortcomings.shortcoming import Scope
from consent.models import SecurityMeasures
from customers.models import LegalEntity
from tests import make
from tests.consent.board_scene import Board, board

pytestmark = pytest.mark.django_db
ORACLE: Final = {
    "breaches_overdue": """
        SELECT count(*) FROM consent_incident WHERE organisation_id = %(of)s AND closed_at IS NULL
        AND reported_at IS NULL AND not_reported_reason = ''
        AND noticed_at + interval '72 hours' <= %(at)s
    """,
    "breaches_to_report": """
        SELECT count(*) FROM consent_incident WHERE organisation_id = %(of)s AND closed_at IS NULL
        AND reported_at IS NULL AND not_reported_reason = ''
        AND noticed_at + interval '72 hours' > %(at)s
    """,
    "breaches_to_tell": """
        SELECT count(*) FROM consent_incident WHERE organisation_id = %(of)s AND closed_at IS NULL
        AND risk = 'HIGH' AND told_at IS NULL AND not_told_reason = ''
    """,
    "breaches_not_weighed": """
        SELECT count(*) FROM consent_incident WHERE organisation_id = %(of)s AND closed_at IS NULL
        AND risk = 'UNWEIGHED'
    """,
    "entities_without_officer": """
        SELECT count(*) FROM customers_legalentity WHERE organisation_id = %(of)s AND dpo_email = ''
    """,
    "security_unsaid": """
        SELECT count(*) FROM customers_organisation o WHERE id = %(of)s AND NOT EXISTS (
            SELECT 1 FROM consent_securitymeasures m WHERE m.organisation_id = o.id)
    """,
    "security_not_reviewed": """
        SELECT count(*) FROM consent_securitymeasures WHERE organisation_id = %(of)s
        AND (%(at)s::timestamptz AT TIME ZONE 'UTC')::date - reviewed_date > 366
    """,
    "assessments_due": """
        SELECT count(*) FROM consent_impactassessment a JOIN customers_legalentity e
        ON e.id = a.legal_entity_id WHERE e.organisation_id = %(of)s
        AND review_date < (%(at)s::timestamptz AT TIME ZONE 'UTC')::date
    """,
    "profiles_unassessed": """
        SELECT count(*) FROM consent_purpose p WHERE organisation_id = %(of)s AND 'NONE' = ANY (channels)
        AND NOT EXISTS (SELECT 1 FROM consent_impactassessment_purposes ip WHERE ip.purpose_id = p.id)
    """,
}


def by_hand(made: Board, code: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(ORACLE[code], {"of": made.organisation.pk, "at": make.NOW})
        return int(cursor.fetchone()[0])


def counted(made: Board, code: str) -> int:
    scope = Scope(organisation_id=made.organisation.pk)
    return sum(
        one.number for one in count_by_department(shortcomings=[BY_CODE[code]], scope=scope, at=make.NOW)
    )


@pytest.mark.parametrize("code", ORACLE)
def test_number_equals_sql_written_by_hand(code: str) -> None:
    made, _other = board(), board(code="ander")

    assert counted(made, code) == by_hand(made, code)
    assert counted(made, code) == (0 if code in {"breaches_not_weighed", "security_unsaid"} else 1)


@pytest.mark.parametrize("code", ["breaches_not_weighed", "security_unsaid"])
def test_what_the_scene_lacks_is_counted_too(code: str) -> None:
    made = board()
    make.incident(legal_entity=made.lamps)
    SecurityMeasures.objects.all().delete()

    assert (counted(made, code), by_hand(made, code)) == (1, 1)


def test_record_of_the_legal_entity_names_the_same_gaps() -> None:
    made = board()

    entities = LegalEntity.objects.filter(organisation=made.organisation)
    with translation.override("en"):
        gaps = {
            gap.sentence
            for entity in entities
            for gap in find_gaps(record=read_record(legal_entity=entity, at=make.NOW))
        }

    assert {
        "No data protection officer, or no address of the officer.",
        "The security measures were not reviewed for a year.",
        "“offers” makes profiles, without an impact assessment.",
        "The impact assessment “Scores van klanten” is due for review.",
    } - gaps == set()
