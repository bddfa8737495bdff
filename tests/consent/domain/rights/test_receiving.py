from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError

from consent.domain import outbox
from consent.domain.rights import receiving, steps
from consent.models import OutboxMessage, RightsRequest, RightsStep, SubjectKey
from tests import make
from tests.consent.domain.rights.asking import Identity, Kind, receive
from tests.preference_scenes import house

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_request_is_written_down_with_its_clock_and_confirmed() -> None:
    home = house()

    request = receive(house=home)

    kept = RightsRequest.objects.get()
    assert (kept.state, kept.kind, kept.identity, kept.first_due_at) == (
        "OPEN",
        "ERASURE",
        "DOCUMENT",
        kept.due_at,
    )
    assert [one.step.what for one in steps.list_steps(request=request)] == ["RECEIVED", "IDENTITY_CHECKED"]
    assert steps.read_words(request=kept) == "Haal mij overal uit."
    message = OutboxMessage.objects.get()
    assert (message.kind, message.contact_point) == ("RIGHTS", home.email)
    assert outbox.read_content(message=message)["subject"] == "Your request to Lampenwinkel B.V."


def test_clock_runs_from_receipt_whoever_writes_it_down_later() -> None:
    request = receive(house=house(), received_at=make.NOW - 10 * DAY, recorded_at=make.NOW)

    assert request.received_at == make.NOW - 10 * DAY
    assert request.due_at < make.NOW + 25 * DAY
    assert {step.taken_at for step in request.steps.all()} == {make.NOW}


def test_same_right_is_asked_once_at_a_time() -> None:
    home = house()
    first = receive(house=home)

    with pytest.raises(receiving.AlreadyAskedError) as refused:
        receive(house=home)
    receive(house=home, kind=Kind.ACCESS)

    assert refused.value.request == first
    assert RightsRequest.objects.count() == 2


def test_somebody_unknown_can_ask_and_what_they_wrote_is_encrypted() -> None:
    request = receive(house=house(), contact=None, words="Zoe Onbekend, Zeestraat 1", identity=None)

    assert (request.contact, request.identity) == (None, "")
    assert steps.read_words(request=request) == "Zoe Onbekend, Zeestraat 1"
    assert not OutboxMessage.objects.exists()


def test_contact_of_another_organisation_cannot_ask_here() -> None:
    home = house()
    stranger = make.contact(organisation=make.organisation(code="ander", name="Ander"))

    with pytest.raises(receiving.OtherOrganisationError):
        receive(house=home, contact=stranger)


def test_words_cannot_be_read_without_the_key() -> None:
    request = receive(house=house())
    SubjectKey.objects.all().delete()

    assert steps.read_words(request=request) is None


def test_claimed_address_gets_no_mail() -> None:
    home = house()
    home.alice.points.update(claimed=True)

    receive(house=home)

    assert not OutboxMessage.objects.exists()


def test_identity_is_noted_with_who_checked_and_how() -> None:
    home = house()
    request = receive(house=home, identity=None)
    officer = make.staff_member(organisation=home.organisation)

    receiving.note_identity(
        request=request,
        identity=Identity.CALL_BACK,
        checked_at=make.NOW + DAY,
        staff_id=officer.pk,
        note="Teruggebeld, noemde het ordernummer.",
    )

    kept = RightsRequest.objects.get()
    assert (kept.identity, kept.identity_checked_by, kept.identity_checked_at) == (
        "CALL_BACK",
        officer,
        make.NOW + DAY,
    )
    assert steps.list_steps(request=kept)[-1].note == "Teruggebeld, noemde het ordernummer."


def test_step_is_never_changed() -> None:
    receive(house=house())

    with pytest.raises(ProgrammingError), transaction.atomic():
        RightsStep.objects.update(what=RightsStep.What.FULFILLED)


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "DONE"},
        {"state": "REFUSED", "closed_at": make.NOW},
        {"identity": "", "identity_checked_at": make.NOW},
    ],
    ids=["answered without a moment", "refused without a ground", "checked without a way"],
)
def test_database_refuses_a_request_that_contradicts_itself(changed: dict[str, Any]) -> None:
    receive(house=house())

    with pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.update(**changed)
