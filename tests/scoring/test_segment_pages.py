from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import LegalEntity
from scoring.models import Campaign, ScoreModel, Segment
from tests import make
from tests.consent.admin_rows import signed_in
from tests.scoring import make_scores
from tests.scoring.domain.campaigns.scene import NOW, campaign, marketer, shop, start

pytestmark = pytest.mark.django_db
OTHER_ENTITY = {"model": ["This legal entity does not have this score model."]}
IN_USE = "so who is in it cannot be changed now"


@pytest.fixture
def entity() -> LegalEntity:
    return shop()


@pytest.fixture
def client(entity: LegalEntity) -> Client:
    return signed_in(marketer(entity))


@pytest.fixture
def model(entity: LegalEntity) -> ScoreModel:
    made = make_scores.score_model(legal_entity=entity)
    make_scores.band(version=make_scores.score_version(model=made), code="heet", name="Heet")
    return made


@pytest.fixture
def foreign(entity: LegalEntity) -> ScoreModel:
    sister = make.legal_entity(organisation=entity.organisation, code="zuster", name="Zuster N.V.")
    return make_scores.score_model(legal_entity=sister, code="elders")


def typed(model: ScoreModel, **more: Any) -> dict[str, Any]:
    return {"code": "heet", "name": "Heet", "model": model.pk, "band_code": "heet", **more}


def change(segment: Segment) -> str:
    return reverse("admin:scoring_segment_change", args=[segment.pk])


def test_segment_is_of_the_organisation_of_its_legal_entity(
    entity: LegalEntity, client: Client, model: ScoreModel
) -> None:
    client.post(reverse("admin:scoring_segment_add"), typed(model, legal_entity=entity.pk))

    made = Segment.objects.get()
    assert (made.organisation, made.model) == (entity.organisation, model)


def test_segment_of_a_model_that_another_entity_has_is_refused(
    entity: LegalEntity, client: Client, foreign: ScoreModel
) -> None:
    made = make_scores.segment(legal_entity=entity)

    added = client.post(reverse("admin:scoring_segment_add"), typed(foreign, legal_entity=entity.pk))
    changed = client.post(change(made), typed(foreign))

    assert [one.context["adminform"].form.errors for one in (added, changed)] == [OTHER_ENTITY, OTHER_ENTITY]


def test_who_is_in_a_segment_stays_while_a_campaign_is_for_them(
    entity: LegalEntity, client: Client, model: ScoreModel
) -> None:
    made = make_scores.segment(legal_entity=entity, model=model, band_code="koud")
    begun = start(campaign(entity, segment=made), entity)

    shown = client.get(change(made)).content.decode()
    client.post(change(made), typed(model))
    made.refresh_from_db()
    during = (made.name, made.band_code)
    Campaign.objects.filter(pk=begun.pk).update(state=Campaign.State.ENDED, ended_at=NOW)
    client.post(change(made), typed(model))
    made.refresh_from_db()

    assert IN_USE in shown
    assert (during, made.band_code) == (("Heet", "koud"), "heet")


def test_segment_of_a_band_that_its_model_has_not_is_refused(
    entity: LegalEntity, client: Client, model: ScoreModel
) -> None:
    said = typed(model, legal_entity=entity.pk, band_code="lauw")

    answer = client.post(reverse("admin:scoring_segment_add"), said)

    errors = answer.context["adminform"].form.errors
    assert errors == {"band_code": ["This score model has no band with this code. It has: heet."]}
