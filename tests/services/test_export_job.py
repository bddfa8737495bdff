import io

import pytest

from config.celery import app
from consent.domain import jobs
from consent.domain.dossier import large
from consent.domain.dossier.exporting import Format, Wanted
from consent.domain.dossier.selection import Selection
from consent.models import EvidenceExport, EvidenceFile, Job
from customers.models import StaffMember
from tests import make
from tests.consent.domain.dossier import scene
from tests.services.house import built_house
from tests.services.mail import held_mail_server
from tests.services.processes import wait_for
from tests.services.worker import restart, running_worker

PEOPLE = 1_000


def begun(wanted: Wanted, officer: StaffMember) -> Job:
    return large.begin_export(wanted=wanted, staff=officer, reason="Zaak 1.", now=make.NOW)


def content_of(job: Job) -> bytes:
    target = io.BytesIO()
    large.write_file(file=EvidenceFile.objects.get(job=job), target=target)
    return target.getvalue()


def state_of(job: Job) -> tuple[int, str]:
    now = Job.objects.get(pk=job.pk)
    return now.done, now.state


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_is_followed_by_one_that_makes_the_same_file() -> None:
    told = scene.story()
    organisation = told.alice.organisation
    for number in range(PEOPLE):
        contact = make.contact(organisation=organisation, given_name=f"Klant {number}")
        point = make.email_point(contact=contact, text=f"klant{number}@example.org")
        scene.give(told.book, point, days_ago=2)
    scene.seal()
    officer = make.staff_member(organisation=organisation, username="fg", role=StaffMember.Role.DPO)
    selection = Selection(organisation_id=organisation.pk)
    wanted = Wanted(selection=selection, formats=[Format.PDF, Format.CSV], language="nl", with_evidence=True)
    undisturbed = begun(wanted, officer)
    while jobs.advance(job_id=undisturbed.pk, chunk=lambda _job: large.write_part, now=make.NOW):
        pass
    job = begun(wanted, officer)
    total = state_of(undisturbed)[0]

    with (
        held_mail_server() as server,
        built_house(mail_port=server.port) as house,
        running_worker(house=house) as worker,
    ):
        app.send_task("consent.tasks.work_job", kwargs={"job_id": str(job.pk)}, queue=house.queue)
        wait_for(what="the first part", seconds=120, holds=lambda: 0 < state_of(job)[0] < total)
        worker.kill()
        done_when_killed = state_of(job)[0]
        restart(worker=worker)
        wait_for(what="the end", seconds=240, holds=lambda: state_of(job) == (total, Job.State.DONE))

    assert 0 < done_when_killed < total
    assert content_of(job) == content_of(undisturbed)
    assert len(set(EvidenceExport.objects.values_list("sha256", flat=True))) == 1
