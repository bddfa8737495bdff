from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import LegalEntity
from scoring.models import Band, Campaign, Score, ScoreModel, Segment
from tests import make
from tests.consent.admin_rows import signed_in
from tests.scoring import make_scores
from tests.scoring.domain.campaigns.scene import NOW, campaign, marketer, shop, start
from tests.scoring.domain.house import processing

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
    heat(entity, model, "Alice")
    said = typed(model, legal_entity=entity.pk)
    ask_again(client, client.post(reverse("admin:scoring_segment_add"), said), said)

    made = Segment.objects.get()
    assert (made.organisation, made.model) == (entity.organisation, model)


def ask_again(client: Client, answer: Any, said: dict[str, Any]) -> Any:
    """Tick what the page asks, as it stands there."""
    shown = answer.context["adminform"].form["meant"]
    return client.post(
        reverse("admin:scoring_segment_add"), {**said, "meant": shown.field.widget.attrs["value"]}
    )


def test_segment_of_a_band_that_nobody_is_in_asks_for_confirmation(
    entity: LegalEntity, client: Client, model: ScoreModel
) -> None:
    make.contact(organisation=entity.organisation)
    said = typed(model, legal_entity=entity.pk)

    answer = client.post(reverse("admin:scoring_segment_add"), said)

    sentence = "Nobody is in this band now, so the segment would be empty. Is that what you mean?"
    assert answer.context["adminform"].form.errors == {"meant": [sentence]}
    assert not Segment.objects.exists()
    assert ask_again(client, answer, said).status_code == 302
    assert Segment.objects.get().band_code == "heet"


def test_segment_of_everybody_asks_with_the_count_and_again_when_it_changed(
    entity: LegalEntity, client: Client, model: ScoreModel
) -> None:
    processing("profiling", entity)
    heat(entity, model, "Alice")
    said = typed(model, legal_entity=entity.pk)

    answer = client.post(reverse("admin:scoring_segment_add"), said)
    heat(entity, model, "Bob")
    again = ask_again(client, answer, said)
    make.contact(organisation=entity.organisation, given_name="Carla")
    added = client.post(reverse("admin:scoring_segment_add"), said)

    sentence = "Everybody who may be profiled is in this band now, {}. Is that what you mean?"
    errors = [one.context["adminform"].form.errors["meant"] for one in (answer, again)]
    assert errors == [[sentence.format("1 person")], [sentence.format("2 people")]]
    assert added.status_code == 302


def test_segment_whose_name_changes_asks_nothing(
    entity: LegalEntity, client: Client, model: ScoreModel
) -> None:
    made = make_scores.segment(legal_entity=entity, model=model, band_code="heet")

    assert client.post(change(made), typed(model, name="Heter")).status_code == 302
    shown = client.get(change(made)).content.decode()
    assert 'type="hidden" name="meant"' in shown


def heat(entity: LegalEntity, model: ScoreModel, name: str) -> None:
    contact = make.contact(organisation=entity.organisation, given_name=name)
    band = Band.objects.get(version__model=model)
    Score.objects.create(model=model, contact=contact, points=9, band=band, changed_at=NOW)


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
    client.post(change(made), typed(model, meant=f"{model.pk}:heet:0"))
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
