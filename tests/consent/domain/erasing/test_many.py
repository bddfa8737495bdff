from datetime import timedelta

import pytest

from consent.domain import jobs
from consent.domain.erasing import many
from consent.domain.erasing.erasure import erase
from consent.models import Act, ConsentEvent, Job
from consent.tasks import chunk_of
from customers.models import Contact, Organisation, StaffMember
from tests import make
from tests.consent.domain.erasing.scene import WAY

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def people(organisation: Organisation, number: int) -> list[Contact]:
    found = [
        make.contact(organisation=organisation, given_name=f"Persoon {place}") for place in range(number)
    ]
    for place, contact in enumerate(found):
        make.email_point(contact=contact, text=f"persoon{place}@example.org")
    return found


def begin(organisation: Organisation, chosen: list[Contact]) -> Job:
    officer = make.staff_member(organisation=organisation, username="fg", role=StaffMember.Role.DPO)
    return many.begin_erasing(
        organisation=organisation,
        contact_ids=[contact.pk for contact in chosen],
        staff=officer,
        now=make.NOW,
    )


def test_selection_is_erased_in_chunks_that_can_be_taken_up_again() -> None:
    organisation = make.organisation()
    job = begin(organisation, people(organisation, 25))

    more = [jobs.advance(job_id=job.pk, chunk=chunk_of, now=make.NOW + place * MINUTE) for place in range(3)]

    job.refresh_from_db()
    assert more == [True, False, False]
    assert (job.state, job.done, job.counts) == ("DONE", 25, {"ERASED": 25, "ERASED_BEFORE": 0})
    assert Contact.objects.filter(erased_at__isnull=True).count() == 0
    events = ConsentEvent.objects.filter(act=Act.ERASED)
    assert {(event.actor, event.source, event.staff_id) for event in events} == {
        ("STAFF", "STAFF_ENTRY", job.started_by_id)
    }


def test_who_was_erased_meanwhile_is_passed_over() -> None:
    organisation = make.organisation()
    alice, bob = people(organisation, 2)
    job = begin(organisation, [alice, bob])
    erase(contact=bob, how=WAY, erased_at=make.NOW)

    jobs.advance(job_id=job.pk, chunk=chunk_of, now=make.NOW + MINUTE)

    job.refresh_from_db()
    assert job.counts == {"ERASED": 1, "ERASED_BEFORE": 1}


def test_nobody_of_another_organisation_is_erased() -> None:
    organisation, other = make.organisation(), make.organisation(code="ander", name="Ander")
    [stranger] = people(other, 1)

    with pytest.raises(many.NobodyToEraseError):
        begin(organisation, [stranger])
