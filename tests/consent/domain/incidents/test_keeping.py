import pytest
from django.db import IntegrityError, transaction

from consent.domain import jobs
from consent.domain.incidents import keeping
from consent.domain.incidents.clock import Step, next_step, report_due_at, was_reported_late
from consent.domain.incidents.reminding import count_waiting, remind_next
from consent.domain.incidents.searching import count_people, kept, live
from consent.domain.incidents.sources import Source
from consent.domain.retention.applying import apply_retention
from consent.models import Disclosure, Incident, IncidentPerson, Job, OutboxMessage
from consent.tasks import chunk_of
from tests import make
from tests.consent.domain.incidents.scene import DAY, Scene, give_out, scene

pytestmark = pytest.mark.django_db


def keep(made: Scene, incident: Incident, *sources: Source) -> Job:
    job = keeping.start_keeping(
        incident=incident, search=made.search(*sources), started_by=made.staff, now=make.NOW
    )
    while jobs.advance(job_id=job.pk, chunk=chunk_of, now=make.NOW):
        pass
    job.refresh_from_db()
    return job


def test_whoever_a_search_finds_is_kept_with_the_breach() -> None:
    made = scene()
    incident = make.incident(legal_entity=made.entity)

    job = keep(made, incident)

    found = count_people(met=live(search=made.search()))
    stored = count_people(met=kept(incident_id=incident.pk, organisation_id=incident.organisation_id))
    assert stored == found
    assert (job.state, job.done, job.total) == (Job.State.DONE, len(Source), len(Source))


def test_parts_of_a_source_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    made = scene()
    incident = make.incident(legal_entity=made.entity)
    people = [make.contact(organisation=made.entity.organisation) for _person in range(5)]
    give_out(made, Disclosure.Source.AUDIENCE, people)
    monkeypatch.setattr(keeping, "AT_MOST", 2)

    job = keep(made, incident, Source.AUDIENCE)

    assert job.counts == {"AUDIENCE": 6}
    assert incident.people.count() == 6


def test_searching_again_keeps_nobody_twice_and_adds_the_rest() -> None:
    made = scene()
    incident = make.incident(legal_entity=made.entity)

    keep(made, incident, Source.AUDIENCE)
    keep(made, incident, Source.AUDIENCE, Source.SHOWN)

    assert sorted(incident.people.values_list("source", "times")) == [("AUDIENCE", 1), ("SHOWN", 1)]


def test_second_start_while_one_goes_on_is_the_same_job() -> None:
    made = scene()
    incident = make.incident(legal_entity=made.entity)

    first, second = (
        keeping.start_keeping(incident=incident, search=made.search(), started_by=made.staff, now=make.NOW)
        for _press in range(2)
    )

    assert first == second


def test_people_are_kept_when_their_lists_have_had_their_term() -> None:
    made = scene()
    incident = make.incident(legal_entity=made.entity)
    keep(made, incident, Source.AUDIENCE)

    list(apply_retention(now=make.NOW + 367 * DAY))

    assert Disclosure.objects.count() == 0
    assert incident.people.count() == 1


def test_people_of_a_closed_breach_go_after_their_own_term() -> None:
    made = scene()
    incident = make.incident(legal_entity=made.entity)
    keep(made, incident, Source.AUDIENCE)
    Incident.objects.update(
        risk="UNLIKELY",
        measures="Vernietigd.",
        not_reported_reason="Niemand zag het.",
        not_told_reason="Geen hoog risico.",
        closed_at=make.NOW,
    )

    list(apply_retention(now=make.NOW + 1829 * DAY))
    early = IncidentPerson.objects.count()
    list(apply_retention(now=make.NOW + 1831 * DAY))

    assert (early, IncidentPerson.objects.count(), Incident.objects.count()) == (1, 0, 1)


def test_people_are_taken_away_to_look_again() -> None:
    made = scene()
    incident = make.incident(legal_entity=made.entity)
    keep(made, incident, Source.AUDIENCE)

    assert keeping.forget_people(incident=incident) == 1


def test_breach_is_closed_only_with_every_decision() -> None:
    incident = make.incident(legal_entity=scene().entity)

    with pytest.raises(IntegrityError, match="incident_closed_with_every_decision"), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(closed_at=make.NOW, risk="RISK", measures="Gewist.")


def test_breach_waits_for_one_thing_at_a_time() -> None:
    incident = make.incident(legal_entity=scene().entity)
    due = report_due_at(incident=incident)

    seen = [next_step(incident=incident, now=make.NOW), next_step(incident=incident, now=due)]
    incident.reported_at = due
    seen.append(next_step(incident=incident, now=due))
    late = [was_reported_late(incident=incident)]
    incident.reported_at = due + DAY
    late.append(was_reported_late(incident=incident))
    incident.not_told_reason = "Versleuteld."
    seen.append(next_step(incident=incident, now=due))
    incident.closed_at = due
    seen.append(next_step(incident=incident, now=due))

    assert seen == [Step.REPORT, Step.REPORT_OVERDUE, Step.TELL_PEOPLE, Step.CLOSE, Step.CLOSED]
    assert late == [False, True]


def test_officer_is_reminded_before_and_after_the_72_hours() -> None:
    made = scene()
    OutboxMessage.objects.all().delete()
    incident = make.incident(legal_entity=made.entity)
    due = report_due_at(incident=incident)

    moments = [due - 2 * DAY, due - DAY, due - DAY / 2, due, due + DAY]
    reminded = [remind_next(now=moment) for moment in moments]

    assert reminded == [False, True, False, True, False]
    assert OutboxMessage.objects.filter(kind=OutboxMessage.Kind.OFFICER).count() == 2


def test_officer_is_not_reminded_of_what_is_explained() -> None:
    incident = make.incident(legal_entity=scene().entity)
    Incident.objects.update(not_reported_reason="Een risico is onwaarschijnlijk.")

    assert not remind_next(now=report_due_at(incident=incident))


def test_breaches_that_wait_are_counted_by_their_clock() -> None:
    entity = scene().entity
    make.incident(legal_entity=entity)
    make.incident(legal_entity=entity, happened_from=make.LONG_AGO, noticed_at=make.LONG_AGO)

    assert count_waiting(among=Incident.objects.all(), now=make.NOW) == {"overdue": 1, "soon": 1}
