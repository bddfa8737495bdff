from datetime import date

import pytest
from django.utils.translation import override

from consent.domain.privacy.parts import RULES
from consent.domain.privacy.suggesting import fill_in, suggest_parts
from consent.domain.processing.facts import Ground, read_processing
from consent.models import BalancingTest, Channel, CollectionPoint, Processor, StatementPart, TransferGround
from customers.domain.countries import name_country
from customers.models import TermExtension
from tests import make
from tests.consent.domain.privacy.scene import shop

pytestmark = pytest.mark.django_db
Part = StatementPart


def test_grounds_follow_from_what_people_were_asked_and_told() -> None:
    entity = shop()

    processing = read_processing(legal_entity=entity, at=make.NOW)

    assert {use.purpose.code: use.grounds for use in processing.uses} == {
        "ideas": (Ground.CONSENT,),
        "offers": (Ground.INTEREST,),
        "service": (Ground.CONTRACT,),
    }
    assert (processing.keeps_relations, processing.relation_months) == (True, {36})


def test_balancing_test_is_a_ground_beside_permission_until_it_ends() -> None:
    entity = shop()
    BalancingTest.objects.create(
        legal_entity=entity,
        purpose=entity.purposes.get(code="ideas"),
        channel=Channel.POST,
        interest="Ideeën sturen.",
        weighing="Weegt op.",
        concluded_at=make.LONG_AGO,
        valid_until_at=make.NOW,
    )

    early = read_processing(legal_entity=entity, at=make.LONG_AGO)
    late = read_processing(legal_entity=entity, at=make.NOW)

    assert [process.uses[0].grounds for process in (early, late)] == [
        (Ground.CONSENT, Ground.INTEREST),
        (Ground.CONSENT,),
    ]


def test_longer_term_of_relations_counts_beside_the_usual_one() -> None:
    entity = shop()
    TermExtension.objects.create(
        legal_entity=entity,
        kind="SALE",
        term_months=48,
        balancing_test="Eerlijk.",
        opinion_reference="B-1",
        opinion="Kan.",
        decided_at=make.LONG_AGO,
    )

    parts = suggest_parts(legal_entity=entity, at=make.NOW)

    assert "3 jaar of 4 jaar na wat u het laatst met ons afsprak" in parts[Part.TERMS]["nl"]
    assert "3 years or 4 years after" in parts[Part.TERMS]["en"]


def test_suggestion_names_each_purpose_with_its_ground_and_term() -> None:
    parts = suggest_parts(legal_entity=shop(), at=make.NOW)

    assert parts[Part.PURPOSES]["en"].splitlines() == [
        "We use your data for this:",
        "",
        "- light ideas: with your permission (article 6(1)(a) GDPR). That permission lasts 12 months.",
        "- offers: because of our legitimate interest (article 6(1)(f) GDPR).",
        "- messages about your order: because it belongs to what you agreed with us (article 6(1)(b) GDPR).",
    ]


def test_suggestion_leaves_out_what_does_not_happen() -> None:
    entity = make.legal_entity(organisation=make.organisation(), dpo_name="", dpo_email="")

    parts = suggest_parts(legal_entity=entity, at=make.NOW)

    assert sorted({*Part} - parts.keys()) == ["INTERESTS", "OFFICER", "SOURCE", "WITHDRAWAL"]


def test_recipients_and_transfers_are_suggested_from_the_register() -> None:
    entity = shop()
    make.processor(legal_entities=[entity], country="US", transfer_ground=TransferGround.ADEQUACY)
    make.processor(legal_entities=[entity], name="Adres N.V.", role=Processor.Role.RECIPIENT)
    make.processor(legal_entities=[entity], name="Voorbij B.V.", in_use_until_date=date(2025, 1, 1))

    parts = suggest_parts(legal_entity=entity, at=make.NOW)

    assert parts[Part.RECIPIENTS]["en"] == (
        "We give your data to companies that work for us: Bezorgd Mail B.V. (they may do nothing else with "
        "it). Also Adres N.V. get data, and decide for themselves what they do with it. We do not sell your "
        "data."
    )
    assert parts[Part.TRANSFERS]["en"].startswith("Bezorgd Mail B.V. works in United States, outside the")
    with override("nl"):
        country = name_country(code="US")
    assert parts[Part.TRANSFERS]["nl"].startswith(f"Bezorgd Mail B.V. werkt in {country}, buiten de Europese")
    assert RULES[Part.TRANSFERS].is_required(read_processing(legal_entity=entity, at=make.NOW))


def test_source_is_suggested_for_a_bought_list() -> None:
    entity = shop()
    make.collection_point(legal_entity=entity, code="lijst", place=CollectionPoint.Place.LIST_PURCHASE)

    assert Part.SOURCE in suggest_parts(legal_entity=entity, at=make.NOW)


def test_filling_in_keeps_what_is_written() -> None:
    own = {"TERMS": {"nl": "Een jaar.", "en": " "}, "SOURCE": {"nl": "Van een ander.", "en": "From another."}}
    draft = make.privacy_statement(legal_entity=shop(), parts=own, published_at=None)

    filled = fill_in(version=draft, at=make.NOW)

    filled.refresh_from_db()
    assert filled.parts["TERMS"]["nl"] == "Een jaar."
    assert filled.parts["TERMS"]["en"].startswith("We keep your data until")
    assert filled.parts["SOURCE"] == own["SOURCE"]
    assert filled.parts["RIGHTS"]["nl"].startswith("U mag uw gegevens inzien")
