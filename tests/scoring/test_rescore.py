from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.domain.ledger.circumstances import Circumstances
from consent.domain.withdrawals import Scope, object_to
from consent.models import Actor, Channel, Heartbeat, Method, Source
from customers.models import Contact, LegalEntity
from scoring import tasks
from scoring.domain.scores.computing import score_everybody, score_some
from scoring.models import Score, ScoreModelVersion
from tests import make
from tests.make import NOW
from tests.scoring.make import behaviour
from tests.scoring.make_scores import score_model, score_rule, score_version

pytestmark = pytest.mark.django_db
SAID = Circumstances(actor=Actor.SUBJECT, source=Source.PREFERENCES, method=Method.BUTTON, proof={})


@pytest.fixture
def shop() -> LegalEntity:
    shop = make.legal_entity(organisation=make.organisation())
    make.purpose(
        organisation=shop.organisation, legal_entities=[shop], code="profiling", channels=[Channel.NONE]
    )
    return shop


@pytest.fixture
def version(shop: LegalEntity) -> ScoreModelVersion:
    version = score_version(model=score_model(legal_entity=shop))
    score_rule(version=version)
    return version


@pytest.fixture
def people(shop: LegalEntity) -> list[Contact]:
    names = ("Alice", "Bob", "Carol")
    people = [make.contact(organisation=shop.organisation, given_name=name) for name in names]
    for contact in people:
        behaviour(contact=contact, legal_entity=shop, recorded_at=timezone.now())
    return people


@given(objecting=st.sets(st.integers(min_value=0, max_value=2)))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_who_objects_has_no_score_and_gets_none(
    version: ScoreModelVersion, people: Sequence[Contact], objecting: set[int]
) -> None:
    score_everybody(version=version, now=NOW)
    for place in objecting:
        object_to(contact=people[place], scope=Scope(), how=SAID, occurred_at=NOW)

    score_some(version=version, contact_ids=[contact.pk for contact in people], now=NOW)

    scored = set(Score.objects.values_list("contact", flat=True))
    gone = set(Contact.objects.filter(objections__standing=True).values_list("pk", flat=True))
    assert scored == {contact.pk for contact in people} - gone


def test_without_a_purpose_for_it_nobody_is_scored(
    shop: LegalEntity, version: ScoreModelVersion, people: Sequence[Contact]
) -> None:
    shop.purposes.clear()

    assert score_everybody(version=version, now=NOW).people == 0


def test_what_was_told_is_in_the_scores_after_the_next_turn(
    version: ScoreModelVersion, people: Sequence[Contact]
) -> None:
    version.heard_until_at = timezone.now() - timedelta(hours=1)
    version.save(update_fields=["heard_until_at"])

    assert tasks.update_scores() == 3
    assert Score.objects.count() == 3
    assert Heartbeat.objects.filter(name="scoring.tasks.update_scores").exists()


def test_the_command_counts_everybody(
    version: ScoreModelVersion, people: Sequence[Contact], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("rescore", "--legal-entity", "lampenwinkel")

    told = "lampenwinkel interesse: 3 people have a score, 3 written, 0 gone.\n"
    assert capsys.readouterr().out == told


def test_the_command_knows_no_other_model(version: ScoreModelVersion) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("rescore", "--model", "onbekend")

    assert (refused.value.returncode, str(refused.value)) == (
        2,
        "No such score model has a version in force.",
    )
