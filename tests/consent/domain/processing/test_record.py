from datetime import date, timedelta

import pytest
from django.utils.translation import override

from consent.domain.privacy.checking import check_statement
from consent.domain.processing import papers
from consent.domain.processing.facts import Ground
from consent.domain.processing.gaps import find_gaps
from consent.domain.processing.record import Part, ProcessingRecord, read_record
from consent.models import BalancingTest, Channel, RetentionTerm, SecurityMeasures, ServiceTest, StatementPart
from customers.models import LegalEntity
from tests import make
from tests.consent.domain.privacy.scene import purpose_of, rewrite, shop, whole_draft
from tests.consent.domain.processing.scene import described_shop

pytestmark = pytest.mark.django_db


def record_of(entity: LegalEntity) -> ProcessingRecord:
    return read_record(legal_entity=entity, at=make.NOW)


def told(record: ProcessingRecord, name: str) -> dict[Part, str]:
    [activity] = [one for one in record.activities if one.name == name]
    return {part: text for part in Part if (text := activity.text_of(part))}


def sentences(entity: LegalEntity) -> list[str]:
    return [gap.sentence for gap in find_gaps(record=record_of(entity))]


def passed(entity: LegalEntity) -> None:
    ServiceTest.objects.create(
        purpose=entity.purposes.get(code="service"),
        only_informs=True,
        material_facts=True,
        only_relevant_people=True,
        nothing_promotional=True,
        reasoning="Feiten.",
        concluded_at=make.LONG_AGO,
    )


def test_record_tells_of_a_purpose_all_that_the_article_asks() -> None:
    with override("en"):
        record = record_of(described_shop())

    assert told(record, "light ideas") == {
        Part.DESCRIPTION: "What light does.",
        Part.GROUND: "Permission (art. 6(1)(a))",
        Part.PEOPLE: "People who gave permission, or are asked for it",
        Part.DATA: (
            "E-mail address\nFirst name\n"
            "Permissions, and the proof of them (wording, moment, network address)\n"
            "Messages that were sent"
        ),
        Part.COLLECTED: (
            "ideeen (Web form): E-mail address: Hierop krijgt u het.; First name: Om u aan te spreken."
        ),
        Part.RECIPIENTS: (
            "Bezorgd Mail B.V.: Verstuurt de nieuwsbrieven (Names, E-mail addresses)\n"
            "Wolk Inc.: Bewaart de gegevens (Names, E-mail addresses)"
        ),
        Part.TRANSFERS: "Wolk Inc.: United States · Adequacy decision (art. 45)",
        Part.TERM: (
            "12 months after the permission was given, or until it is withdrawn\n"
            "The proof: 1830 days after the permission ended\n"
            "Messages: 732 days"
        ),
    }


def test_record_names_customers_and_the_term_of_their_relation() -> None:
    with override("en"):
        said = told(record_of(described_shop()), "offers")

    assert said[Part.GROUND] == "Legitimate interest (art. 6(1)(f))"
    assert said[Part.PEOPLE] == "Customers"
    assert said[Part.TERM].splitlines()[0] == "36 months after what was last agreed"
    assert "Bezorgd" not in said[Part.RECIPIENTS]


def test_record_follows_the_terms_that_the_organisation_decided() -> None:
    entity = described_shop()
    RetentionTerm.objects.create(
        organisation=entity.organisation,
        kind=RetentionTerm.Kind.PROOF,
        purpose=entity.purposes.get(code="ideas"),
        days=100,
        reason="Kort.",
        decided_at=make.LONG_AGO,
    )

    with override("en"):
        said = told(record_of(entity), "light ideas")

    assert "The proof: 100 days after the permission ended" in said[Part.TERM]


def test_record_has_what_the_law_itself_asks() -> None:
    with override("nl"):
        record = record_of(shop())

    assert len(record.activities) == 3 + 4
    assert all(one.text_of(Part.GROUND) and one.text_of(Part.TERM) for one in record.activities)


def test_record_links_balancing_tests_and_impact_assessments() -> None:
    entity = described_shop()
    ideas = entity.purposes.get(code="ideas")
    test = BalancingTest.objects.create(
        legal_entity=entity,
        purpose=ideas,
        channel=Channel.POST,
        interest="Ideeën.",
        weighing="Weegt op.",
        concluded_at=make.LONG_AGO,
    )
    assessment = make.impact_assessment(legal_entity=entity, purposes=[ideas])

    [activity] = [one for one in record_of(entity).activities if one.parts.get(Part.TESTS)]

    assert [said.row for said in activity.parts[Part.TESTS]] == [test]
    assert [said.row for said in activity.parts[Part.ASSESSMENTS]] == [assessment]


def test_record_and_statement_rest_on_the_same_facts() -> None:
    """A purpose and its ground in the record are those that the statement is held to."""
    entity = described_shop()
    statement = rewrite(whole_draft(entity), StatementPart.PURPOSES, en="We send offers.")

    check = check_statement(version=statement, at=make.NOW)
    record = record_of(entity)

    missing = [finding for finding in check.warnings if finding.code == "PURPOSE_NOT_NAMED"]
    assert {use.purpose.code: use.grounds for use in record.processing.uses} == {
        "ideas": (Ground.CONSENT,),
        "offers": (Ground.INTEREST,),
        "service": (Ground.CONTRACT,),
    }
    assert len(missing) == 2


def test_own_text_about_security_goes_before_the_one_for_all() -> None:
    entity = described_shop()
    make.security_measures(
        organisation=entity.organisation, legal_entity=entity, measures={"nl": "Eigen.", "en": "Own."}
    )

    with override("en"):
        assert record_of(entity).security == "Own."


def test_nothing_is_missing_where_all_is_written() -> None:
    entity = described_shop()
    passed(entity)

    assert sentences(entity) == []


def test_what_is_missing_is_named_with_its_article_and_row() -> None:
    entity = described_shop()
    passed(entity)
    ideas = entity.purposes.get(code="ideas")
    LegalEntity.objects.update(dpo_email="")
    entity.refresh_from_db()
    SecurityMeasures.objects.all().delete()
    entity.collection_points.filter(code="kassa").update(last_reviewed_date=None)
    ideas.term_months, ideas.description = None, {}
    ideas.save(update_fields=["term_months", "description"])
    assessment = make.impact_assessment(
        legal_entity=entity, concluded_date=date(2024, 1, 1), review_date=date(2026, 11, 20)
    )
    scores = purpose_of(
        entity, code="scores", name={"nl": "scores", "en": "scores"}, channels=(Channel.NONE,), term_months=6
    )
    scores.description = {"nl": "Scores.", "en": "Scores."}
    scores.save(update_fields=["description"])

    with override("en"):
        gaps = find_gaps(record=record_of(entity))
        named = [(gap.sentence, str(gap.article), gap.row or gap.to_add.__name__) for gap in gaps]  # type: ignore[union-attr]

    point = entity.collection_points.get(code="kassa")
    assert named == [
        (
            "No data protection officer, or no address of the officer.",
            "Art. 30(1)(a) and 37 GDPR",
            entity,
        ),
        ("Nothing is said about security.", "Art. 30(1)(g) and 32 GDPR", "SecurityMeasures"),
        ("“light ideas” does not say what it is for.", "Art. 30(1)(b) GDPR", ideas),
        (
            "“light ideas” has no term: permission lasts until it is withdrawn.",
            "Art. 5(1)(e) and 30(1)(f) GDPR",
            ideas,
        ),
        ("“scores” rests on nothing yet: nobody is asked, told or weighed.", "Art. 6(1) GDPR", scores),
        (
            "“scores” makes profiles, without an impact assessment.",
            "Art. 35(1) and (3)(a) GDPR",
            "ImpactAssessment",
        ),
        ("Collection point “kassa” was never reviewed.", "Art. 24(1) and 5(2) GDPR", point),
        ("The impact assessment “Scores van klanten” is due for review.", "Art. 35(11) GDPR", assessment),
    ]


def test_gaps_of_processors_and_ended_tests_are_named() -> None:
    entity = described_shop()
    passed(entity)
    make.processor(legal_entities=[entity], name="Geen", agreement_reference="", agreed_date=None)
    make.processor(legal_entities=[entity], name="Over", agreement_until_date=date(2026, 1, 1))
    make.processor(legal_entities=[entity], name="Laat", review_date=date(2026, 11, 20))
    BalancingTest.objects.create(
        legal_entity=entity,
        purpose=entity.purposes.get(code="ideas"),
        channel=Channel.POST,
        interest="Ideeën.",
        weighing="Weegt op.",
        concluded_at=make.LONG_AGO,
        valid_until_at=make.NOW - timedelta(days=1),
    )

    with override("en"):
        found = sentences(entity)

    assert found == [
        "The balancing test of “light ideas · Post” has ended.",
        "There is no agreement with “Geen”.",
        "The review of “Laat” is overdue.",
        "The agreement with “Over” has ended.",
    ]


def test_rows_and_pdf_tell_the_same_record() -> None:
    with override("en"):
        record = record_of(described_shop())
        head, *rows = papers.rows_of(record=record)
        pdf = papers.as_pdf(record=record, gaps=find_gaps(record=record))

    assert len({len(head), *(len(row) for row in rows)}) == 1
    assert [row[2] for row in rows] == [one.name for one in record.activities]
    assert pdf.startswith(b"%PDF")
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid" in pdf


@pytest.mark.parametrize("purposes", [1, 3])
def test_record_takes_as_many_queries_for_many_purposes(
    purposes: int, django_assert_num_queries: object
) -> None:
    entity = described_shop()
    for number in range(purposes):
        purpose = purpose_of(entity, code=f"more-{number}", name={"nl": "Meer", "en": "More"})
        version = make.notice_version(legal_entity=entity, purpose=purpose, code=f"more-{number}")
        point = make.collection_point(legal_entity=entity, code=f"meer-{number}")
        make.collection_choice(collection_point=point, notice_version=version)
        make.impact_assessment(legal_entity=entity, purposes=[purpose])
        make.processor(legal_entities=[entity], name=f"Bedrijf {number}", purposes=[purpose])

    with django_assert_num_queries(19):  # type: ignore[operator]
        find_gaps(record=record_of(entity))
