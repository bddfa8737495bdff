from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.domain import jobs
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.withdrawals import Scope, object_to
from consent.models import Actor, Channel, Heartbeat, Job, Method, Source
from consent.tasks import chunk_of
from customers.models import Contact, LegalEntity
from scoring import tasks
from scoring.domain.scores import hearing, rescoring
from scoring.domain.scores.computing import Counted, score_everybody, score_some
from scoring.models import Score, ScoreModelVersion
from tests import make
from tests.make import NOW
from tests.scoring.make import behaviour
from tests.scoring.make_scores import LooksAt, condition, score_model, score_rule, score_version

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


def unheard(version: ScoreModelVersion) -> None:
    version.heard_until_at = timezone.now() - timedelta(hours=1)
    version.save(update_fields=["heard_until_at"])


def begin_of_time(version: ScoreModelVersion) -> None:
    """No form or list lets it in: a day of which the database cannot say how old it is."""
    version.rules.update(half_life_days=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_behaviourevent SET occurred_at = '-infinity'")


@pytest.mark.parametrize("by", ["word", "number"])
def test_a_version_that_cannot_be_counted_holds_up_no_other(
    shop: LegalEntity, people: Sequence[Contact], by: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken = score_version(model=score_model(legal_entity=shop, code="stuk"))
    rule = score_rule(version=broken)
    other = score_version(model=score_model(legal_entity=shop, code="heel"))
    score_rule(version=other, looks_at=LooksAt.PERSON)
    unheard(broken)
    unheard(other)
    if by == "word":
        condition(rule=rule, field="AGE", comparison="AT_LEAST", value=18)
    else:
        begin_of_time(broken)

    assert tasks.update_scores() == 3
    assert caplog.messages == [f"Version {broken.pk} of a score model cannot be counted."]


def test_a_count_that_the_database_refuses_fails_with_a_sentence(
    version: ScoreModelVersion, people: Sequence[Contact]
) -> None:
    begin_of_time(version)
    job = rescoring.start_rescoring(version=version, started_by=None, now=NOW)

    jobs.advance(job_id=job.pk, chunk=chunk_of, now=NOW)

    job.refresh_from_db()
    assert (job.state, job.fault) == ("FAILED", str(rescoring.BROKEN))


def test_what_another_counts_already_is_left_to_it(
    version: ScoreModelVersion, people: Sequence[Contact]
) -> None:
    unheard(version)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s::text, 1))", [version.pk])
        during = tasks.update_scores()
    other.close()

    assert (during, tasks.update_scores()) == (0, 3)


def test_a_count_of_everybody_is_not_begun_twice(
    version: ScoreModelVersion, people: Sequence[Contact], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "MOST_AT_ONCE", 2)
    unheard(version)
    before = version.heard_until_at
    waiting = hearing.hear(version=version, now=timezone.now())
    after = version.heard_until_at

    unheard(version)
    again = hearing.hear(version=version, now=timezone.now())
    Job.objects.update(state="RUNNING", cursor={"after": str(people[0].pk)})
    unheard(version)
    mark = version.heard_until_at
    half_way = hearing.hear(version=version, now=timezone.now())

    assert waiting == again == Job.objects.get()
    assert before != after
    assert (half_way, version.heard_until_at) == (Counted(), mark)


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
