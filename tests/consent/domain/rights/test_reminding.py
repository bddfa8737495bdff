from datetime import timedelta

import pytest
import time_machine

from consent import tasks
from consent.domain import outbox
from consent.domain.rights import answering, reminding
from consent.models import Heartbeat, OutboxMessage, RightsRequest, RightsStep
from customers.models import LegalEntity
from tests import make
from tests.browser.fixtures import PostOffice
from tests.consent.domain.rights.asking import Kind, receive
from tests.preference_scenes import house

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def reminders() -> int:
    return OutboxMessage.objects.filter(kind="OFFICER").count()


def test_officer_is_reminded_a_week_before_the_term_ends_and_once_after() -> None:
    request = receive(house=house())
    due = request.due_at
    moments = [due - 7 * DAY - SECOND, due - 7 * DAY, due - 6 * DAY, due - SECOND, due, due + DAY]

    found = [reminding.remind_next(now=moment) for moment in moments]

    assert found == [False, True, False, False, True, False]
    assert reminders() == 2
    assert RightsStep.objects.filter(request=request, what="REMINDED").count() == 2


def test_proof_of_consent_is_reminded_of_two_days_before() -> None:
    due = receive(house=house(), kind=Kind.PROOF).due_at

    assert [reminding.remind_next(now=due - 2 * DAY - SECOND), reminding.remind_next(now=due - 2 * DAY)] == [
        False,
        True,
    ]


def test_extended_term_has_a_reminder_of_its_own() -> None:
    request = receive(house=house())
    assert reminding.remind_next(now=request.due_at - 5 * DAY)
    answering.extend(
        request=request, reason="Veel.", staff_id=None, extended_at=request.first_due_at - 4 * DAY
    )

    assert not reminding.remind_next(now=request.due_at - 8 * DAY)
    assert reminding.remind_next(now=request.due_at - 7 * DAY)


def test_reminder_names_nobody_and_leads_to_the_request(
    post_office: PostOffice, clock: time_machine.Traveller
) -> None:
    request = receive(house=house())
    post_office.collect()
    clock.move_to(request.due_at)
    reminding.remind_next(now=request.due_at - DAY)

    mail = post_office.collect_one()

    text = str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert mail["To"] == "fg@lampenwinkel.example.org"
    assert f"/admin/consent/rightsrequest/{request.pk}/change/" in text
    assert "Alice" not in text
    assert "alice@" not in text


def test_legal_entity_without_an_officer_gets_no_mail() -> None:
    request = receive(house=house())
    LegalEntity.objects.update(dpo_email="")

    assert reminding.remind_next(now=request.due_at - DAY)
    assert reminders() == 0


def test_answered_request_is_left_alone() -> None:
    request = receive(house=house())
    answering.refuse(
        request=request,
        ground=RightsRequest.Ground.UNFOUNDED,
        reason="Nee.",
        staff_id=None,
        refused_at=make.NOW,
    )

    assert not reminding.remind_next(now=request.due_at)


def test_periodic_task_reminds_and_gives_a_sign_of_life() -> None:
    receive(house=house(), received_at=make.NOW - 40 * DAY, recorded_at=make.NOW)

    assert tasks.remind_officers() == 1

    assert Heartbeat.objects.get().name == "consent.tasks.remind_officers"
    content = outbox.read_content(message=OutboxMessage.objects.get(kind="OFFICER"))
    assert content["to"] == "fg@lampenwinkel.example.org"
