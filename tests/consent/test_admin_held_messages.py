"""What a restore held: an administrator releases or drops it, kind by kind, with a reason that is kept."""

import pytest
from django.test import Client
from django.urls import reverse

from consent.domain import held_messages, outbox
from consent.models import Notification, OutboxMessage, SubjectKey
from customers.models import LegalEntity, StaffMember
from tests import make
from tests.consent.admin_rows import Rows, everything, organisation_in, page_of, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/admin/held-messages/"
Role = StaffMember.Role
Kind, State = OutboxMessage.Kind, OutboxMessage.State


@pytest.fixture
def rows() -> Rows:
    """One message to a contact and two letters to somebody outside, all held."""
    rows = everything(code="eigen")
    entity = LegalEntity.objects.get(pk=rows[LegalEntity].pk)
    for number in range(2):
        letter = outbox.Letter(
            kind=Kind.PROCESSOR, legal_entity=entity, to=f"p{number}@example.org", language="nl", content={}
        )
        outbox.write_letter(letter=letter, written_at=make.NOW)
    OutboxMessage.objects.update(state=State.WAITING)
    held_messages.hold_waiting()
    return rows


def administrator(rows: Rows) -> Client:
    return signed_in(
        make.staff_member(
            organisation=organisation_in(rows), username="beheer", role=StaffMember.Role.ADMINISTRATOR
        )
    )


def states(kind: OutboxMessage.Kind) -> set[str]:
    return set(OutboxMessage.objects.filter(kind=kind).values_list("state", flat=True))


def decision(act: str, *kinds: str, **more: str) -> dict[str, object]:
    return {"kinds": list(kinds), "act": act, "reason": "De mailserver heeft ze niet.", **more}


def test_held_messages_are_counted_by_kind_and_told_on_the_start_page(rows: Rows) -> None:
    client = administrator(rows)
    everything(code="ander")
    OutboxMessage.objects.filter(organisation__code="ander").update(state=State.HELD)

    page, start = client.get(PAGE), client.get(reverse("admin:index")).content.decode()

    count = OutboxMessage.objects.filter(organisation__code="eigen").count()
    assert sum(number for _kind, number, _oldest in page.context["held"]) == count
    assert "Message to a processor: 2, the oldest of" in page.content.decode()
    assert f"{count} messages are held after a restore." in start


def test_released_messages_are_sent_and_the_reason_is_kept(rows: Rows) -> None:
    client = administrator(rows)

    answer = client.post(PAGE, decision("release", Kind.PROCESSOR))

    released = OutboxMessage.objects.filter(kind=Kind.PROCESSOR)
    assert answer["Location"] == PAGE
    assert states(Kind.PROCESSOR) == {State.WAITING}
    assert {(one.decided_by, one.decision_reason) for one in released} == {
        (StaffMember.objects.get(username="beheer"), "De mailserver heeft ze niet.")
    }
    assert OutboxMessage.objects.filter(state=State.HELD).exclude(kind=Kind.PROCESSOR).exists()


def test_dropped_messages_are_never_sent_and_their_keys_go(rows: Rows) -> None:
    client = administrator(rows)
    outside = OutboxMessage.objects.filter(kind=Kind.PROCESSOR)
    told = Notification.objects.filter(organisation=outside[0].organisation)
    told.update(state=Notification.State.MAILED, message_id=outside[0].pk)

    client.post(PAGE, decision("drop", Kind.PROCESSOR, sure="on"))

    assert set(told.values_list("state", flat=True)) == {Notification.State.DEAD}
    assert states(Kind.PROCESSOR) == {State.DROPPED}
    assert not SubjectKey.objects.filter(subject_id__in=outside.values("subject_id")).exists()
    assert outbox.claim(message_id=outside[0].pk, now=make.NOW) is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (decision("drop", Kind.PROCESSOR), "sure"),
        (decision("release"), "kinds"),
        ({**decision("release", Kind.PROCESSOR), "reason": ""}, "reason"),
        (decision("release", Kind.DIGEST), "kinds"),
    ],
)
def test_unusable_decision_is_refused_at_its_field(rows: Rows, said: dict[str, object], field: str) -> None:
    page = administrator(rows).post(PAGE, said)

    assert list(page.context["form"].errors) == [field]
    assert states(Kind.PROCESSOR) == {State.HELD}


@pytest.mark.parametrize(
    ("role", "status"), [(Role.DPO, 200), (Role.MARKETING, 403), (Role.CALL_AGENT, 403), (Role.AUDITOR, 403)]
)
def test_only_who_decides_on_them_sees_them(rows: Rows, role: StaffMember.Role, status: int) -> None:
    staff = make.staff_member(organisation=organisation_in(rows), username="iemand", role=role)

    assert signed_in(staff).get(PAGE).status_code == status


def test_messages_of_another_organisation_stay_held(rows: Rows) -> None:
    other = everything(code="ander")
    OutboxMessage.objects.filter(pk=other[OutboxMessage].pk).update(state=State.HELD, kind=Kind.CONFIRMATION)
    client = administrator(rows)

    client.post(PAGE, decision("release", *Kind))
    client.post(PAGE, decision("release", *{one.kind for one in OutboxMessage.objects.all()}))

    assert OutboxMessage.objects.get(pk=other[OutboxMessage].pk).state == State.HELD


def test_message_says_who_decided_and_why(rows: Rows) -> None:
    client = administrator(rows)
    client.post(PAGE, decision("release", *{one.kind for one in OutboxMessage.objects.all()}))
    officer = make.staff_member(organisation=organisation_in(rows), username="fg", role=StaffMember.Role.DPO)

    page = signed_in(officer).get(page_of(rows[OutboxMessage], "change")).content.decode()

    assert "De mailserver heeft ze niet." in page


def test_nothing_held_says_when_something_would_be(rows: Rows) -> None:
    OutboxMessage.objects.update(state=State.SENT)

    assert "No message is held." in administrator(rows).get(PAGE).content.decode()
