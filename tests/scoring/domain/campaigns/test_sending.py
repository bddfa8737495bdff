import datetime
import threading

import pytest
from django.core import mail as django_mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from consent.domain import delivery, messages, outbox
from consent.domain.call_desk import taking
from consent.domain.erasing import erasure
from consent.domain.links import Withdrawable
from consent.domain.messages import WorkingLinks
from consent.models import (
    CallList,
    Channel,
    ConsentEvent,
    ContentKind,
    NoticeVersion,
    OutboxMessage,
    ServiceTest,
)
from customers.models import ContactPoint, Language
from scoring.domain.campaigns import gathering, outcomes, running, sending
from scoring.models import Campaign, CampaignRecipient, FrequencyCap
from tests import make
from tests.scoring.domain.campaigns.scene import (
    BEFORE,
    BY_LINK,
    DAY,
    NOW,
    campaign,
    marketer,
    purpose_of,
    reader,
    shop,
    start,
    started,
    states,
    withdraw,
    work_off,
)

pytestmark = pytest.mark.django_db
SECOND, MINUTE = datetime.timedelta(seconds=1), datetime.timedelta(minutes=1)
LINKS = WorkingLinks(public_url="https://jawoord.example.org")


def post(at: datetime.datetime = NOW) -> list[str]:
    """Send what waits in the outbox, and say who got mail."""
    before = len(django_mail.outbox)
    while message := outbox.claim_next(now=at):
        delivery.deliver(message=message, links=LINKS, now=at)
    outcomes.read_back(now=NOW)
    return sorted(one.to[0] for one in django_mail.outbox[before:])


def test_campaign_mails_whoever_permits_it_and_nobody_else() -> None:
    entity = shop()
    reader(entity, "Alice")
    stranger = make.contact(organisation=entity.organisation, given_name="Bob")
    make.email_point(contact=stranger, text="bob@example.org")
    make.contact(organisation=entity.organisation, given_name="Carla")
    begun = started(entity)

    work_off()
    got = post()

    begun.refresh_from_db()
    assert got == ["alice@example.org"]
    assert states(begun) == {"Alice": "SENT"}
    assert begun.left_out == {"D_NO_BASIS": 1, "NO_ADDRESS": 1}


def test_mail_is_in_the_readers_language_with_their_name_and_two_ways_to_stop() -> None:
    entity = shop()
    reader(entity, "Alice")
    reader(entity, "Bob", language=Language.EN)
    started(entity)

    work_off()
    post()

    alice, bob = sorted(django_mail.outbox, key=lambda one: one.to[0])
    assert (alice.subject, bob.subject) == ("Nieuwe lampen", "New lamps")
    assert "Dag Alice,\n\nDe lampen zijn er." in str(alice.body)
    assert "Hello Bob,\n\nThe lamps are here." in str(bob.body)
    assert alice.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = alice.extra_headers["List-Unsubscribe"].strip("<>")
    assert url.startswith("https://jawoord.example.org/unsubscribe/")
    assert url in str(alice.body)


def test_one_click_in_a_campaign_stops_its_purpose_and_no_other() -> None:
    entity = shop()
    alice = reader(entity, "Alice")
    started(entity)
    work_off()
    message = OutboxMessage.objects.get()

    withdrawable = sending_withdrawable(message)

    assert withdrawable == (alice.pk, entity.pk, purpose_of(entity).pk, "EMAIL")


def sending_withdrawable(message: OutboxMessage) -> tuple[object, ...]:
    seen: list[Withdrawable] = []

    class Spy(WorkingLinks):
        def to_withdraw(self, *, permission: Withdrawable) -> str:
            seen.append(permission)
            return "https://jawoord.example.org/unsubscribe/x/"

    messages.render(message=message, links=Spy(public_url="https://jawoord.example.org"))
    [one] = seen
    return one.contact_point_id, one.legal_entity_id, one.purpose_id, one.channel


def test_who_withdraws_before_their_turn_gets_nothing() -> None:
    entity = shop()
    alice, bob = reader(entity, "Alice"), reader(entity, "Bob")
    begun = started(entity)
    gathering.gather(campaign=begun, at=NOW)

    withdraw(bob, entity, NOW)
    sending.hand_over(campaign=begun, at=NOW + SECOND)
    got = post(NOW + SECOND)

    assert got == [alice.value]
    assert states(begun) == {"Alice": "SENT", "Bob": "DENIED"}
    assert CampaignRecipient.objects.get(contact=bob.contact).code == "D_WITHDRAWN"


def test_who_withdraws_while_the_mail_waits_in_the_outbox_gets_nothing() -> None:
    entity = shop()
    alice, bob = reader(entity, "Alice"), reader(entity, "Bob")
    begun = started(entity)
    work_off()

    withdraw(bob, entity, NOW)
    got = post(NOW + SECOND)

    assert got == [alice.value]
    assert states(begun) == {"Alice": "SENT", "Bob": "DENIED"}
    assert list(OutboxMessage.objects.values_list("state", flat=True)) == ["SENT"]


def test_refused_mail_is_told_as_such_and_a_temporary_refusal_is_asked_about_again() -> None:
    entity = shop()
    bob = reader(entity, "Bob")
    begun = started(entity)
    work_off()
    message = outbox.claim_next(now=NOW)
    assert message is not None
    outbox.mark_for_retry(message=message, now=NOW, answer="451")

    withdraw(bob, entity, NOW + SECOND)

    assert post(NOW + datetime.timedelta(minutes=1)) == []
    assert states(begun) == {"Bob": "DENIED"}


def test_what_the_mail_server_refuses_is_told_as_refused() -> None:
    entity = shop()
    reader(entity, "Bob")
    begun = started(entity)
    work_off()
    message = outbox.claim_next(now=NOW)
    assert message is not None
    outbox.mark_refused(message=message, answer="550")

    outcomes.read_back(now=NOW)

    assert states(begun) == {"Bob": "REFUSED"}


def test_nobody_is_put_on_twice_and_a_second_message_is_refused_by_the_database() -> None:
    entity = shop()
    alice = reader(entity, "Alice")
    begun = started(entity)
    work_off()

    Campaign.objects.update(gathered_at=None, gathered_after=None)
    work_off()

    assert OutboxMessage.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignRecipient.objects.create(campaign=begun, contact=alice.contact, added_at=NOW, due_at=NOW)


def test_worker_killed_between_deciding_and_the_end_sends_once(monkeypatch: pytest.MonkeyPatch) -> None:
    entity = shop()
    reader(entity, "Alice")
    begun = started(entity)
    gathering.gather(campaign=begun, at=NOW)

    def die(*_args: object, **_more: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(CampaignRecipient.objects, "bulk_update", die)
        with pytest.raises(SystemExit):
            sending.hand_over(campaign=begun, at=NOW)
    left = OutboxMessage.objects.count()
    sending.hand_over(campaign=begun, at=NOW)

    assert (left, OutboxMessage.objects.count(), post()) == (0, 1, ["alice@example.org"])


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_message_to_each() -> None:
    entity = shop()
    for number in range(12):
        reader(entity, f"Lezer{number}")
    begun = started(entity)
    gathering.gather(campaign=begun, at=NOW)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _turn in range(3):
            sending.hand_over(campaign=begun, at=NOW)
        connection.close()

    workers = [threading.Thread(target=work) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    work_off()
    to = list(OutboxMessage.objects.values_list("contact_point__value", flat=True))
    assert (len(to), len(set(to))) == (12, 12)


def test_paused_campaign_takes_back_what_is_in_the_outbox_and_sends_it_after_it_is_resumed() -> None:
    entity = shop()
    reader(entity, "Alice")
    begun = started(entity)
    work_off()

    running.pause_campaign(campaign=begun, paused_at=NOW)
    while_paused = post()
    work_off()
    waiting = states(begun)
    running.resume_campaign(campaign=begun, resumed_at=NOW)
    work_off()

    assert (while_paused, waiting, post()) == ([], {"Alice": "WAITING"}, ["alice@example.org"])


def test_ended_campaign_sends_nothing_more() -> None:
    entity = shop()
    reader(entity, "Alice")
    begun = started(entity)
    work_off()

    running.end_campaign(campaign=begun, ended_at=NOW)
    work_off()

    assert (post(), states(begun)) == ([], {"Alice": "WAITING"})


def test_campaign_ends_by_itself_when_everybody_had_their_turn() -> None:
    entity = shop()
    reader(entity, "Alice")
    begun = started(entity)
    work_off()
    post()

    work_off(NOW + SECOND)

    begun.refresh_from_db()
    assert (begun.state, begun.ended_at) == ("ENDED", NOW + SECOND)


def test_cap_holds_over_all_campaigns_and_lets_the_later_one_through_when_there_is_room() -> None:
    entity = shop()
    reader(entity, "Alice")
    FrequencyCap.objects.create(organisation=entity.organisation, messages=1, days=7)
    started(entity)
    second = started(entity, code="snoeren")

    work_off()
    today = post()
    work_off(NOW + MINUTE)
    row = CampaignRecipient.objects.get(campaign=second)
    early = (row.state, row.due_at)
    work_off(NOW + 7 * DAY)

    assert (today, early) == (["alice@example.org"], ("WAITING", NOW + 7 * DAY))
    assert post(NOW + 7 * DAY) == ["alice@example.org"]


def test_service_messages_neither_count_nor_wait_for_the_cap() -> None:
    entity = shop()
    reader(entity, "Alice")
    service = make.purpose(
        organisation=entity.organisation,
        legal_entities=[entity],
        code="service",
        content=ContentKind.SERVICE,
    )
    ServiceTest.objects.create(
        purpose=service,
        only_informs=True,
        material_facts=True,
        only_relevant_people=True,
        nothing_promotional=True,
        reasoning="Alleen feiten.",
        concluded_at=make.LONG_AGO,
    )
    FrequencyCap.objects.create(organisation=entity.organisation, messages=1, days=7)
    recall = campaign(entity, code="terugroep", purpose=service)
    running.start_campaign(campaign=recall, started_by=marketer(entity), started_at=NOW)
    started(entity)

    work_off()

    assert post() == ["alice@example.org", "alice@example.org"]


def test_phone_campaign_fills_a_call_list_with_whoever_may_be_called() -> None:
    entity = shop()
    make.caller_number(legal_entity=entity)
    alice = reader(entity, "Alice", channel=Channel.CALL)
    stranger = make.contact(organisation=entity.organisation, given_name="Bob")
    make.phone_point(contact=stranger, text="+31200000102")
    begun = started(entity, channel=Channel.CALL)

    work_off()

    assert begun.call_list is not None
    assert list(begun.call_list.entries.values_list("contact_point", flat=True)) == [alice.pk]
    assert (begun.call_list.name, begun.call_list.script["nl"][:3]) == ("Campagne lampen", "Dag")
    assert states(begun) == {"Alice": "LISTED"}


def test_paused_phone_campaign_shows_nobody_to_agents_until_it_is_resumed() -> None:
    entity = shop()
    make.caller_number(legal_entity=entity)
    reader(entity, "Alice", channel=Channel.CALL)
    begun = started(entity, channel=Channel.CALL)
    work_off()
    agent = make.staff_member(organisation=entity.organisation, username="belteam")

    def shown() -> bool:
        call_list = CallList.objects.get(campaign=begun)
        return taking.take_next(call_list=call_list, agent=agent, at=NOW) is not None

    running.pause_campaign(campaign=begun, paused_at=NOW)
    while_paused = shown()
    running.resume_campaign(campaign=begun, resumed_at=NOW)

    assert (while_paused, shown()) == (False, True)


def test_text_message_says_who_sends_it_and_how_to_stop() -> None:
    entity = shop()
    reader(entity, "Alice", channel=Channel.SMS)
    started(entity, channel=Channel.SMS)
    work_off()
    message = OutboxMessage.objects.get()
    text = messages.render_text(message=message, links=LINKS)

    assert text.startswith(
        "Lampenwinkel: Dag Alice, De lampen zijn er. Stoppen: https://jawoord.example.org/unsub"
    )


def test_address_that_may_be_used_is_chosen() -> None:
    entity = shop()
    alice = reader(entity, "Alice")
    ContactPoint.objects.filter(pk=alice.pk).update(created_at=NOW)
    make.email_point(contact=alice.contact, text="old@example.org")
    started(entity)

    work_off()

    assert post() == ["alice@example.org"]


def test_erasure_takes_recipients_away() -> None:
    entity = shop()
    alice = reader(entity, "Alice")
    started(entity)
    work_off()

    erasure.erase(contact=alice.contact, how=BY_LINK, erased_at=NOW)

    assert (CampaignRecipient.objects.count(), post()) == (0, [])


@pytest.mark.parametrize("people", [1, 3])
def test_a_step_takes_as_few_queries_for_many_as_for_one(people: int) -> None:
    entity = shop()
    for number in range(people):
        reader(entity, f"Lezer{number}")
    begun = started(entity)
    begun = Campaign.objects.select_related(*sending.RELATED).get(pk=begun.pk)
    gathering.gather(campaign=begun, at=NOW)

    with CaptureQueriesContext(connection) as queries:
        sending.hand_over(campaign=begun, at=NOW)

    assert len(queries) == 18


def test_permission_for_one_time_is_used_up_by_one_message() -> None:
    entity = shop()
    alice = make.email_point(contact=make.contact(organisation=entity.organisation))
    version = NoticeVersion.objects.get(notice__legal_entity=entity, notice__channel="EMAIL")
    make.permission_event(contact_point=alice, notice_version=version, occurred_at=BEFORE, uses=1)
    started(entity)
    work_off()
    got = post()
    second = started(entity, code="snoeren")

    work_off(NOW + SECOND)

    second.refresh_from_db()
    assert (got, post()) == (["alice@example.org"], [])
    assert second.left_out == {"D_USED_UP": 1}
    assert ConsentEvent.objects.filter(act="USED").count() == 1


def test_permission_for_one_time_is_not_used_by_two_campaigns_at_once() -> None:
    entity = shop()
    alice = make.email_point(contact=make.contact(organisation=entity.organisation))
    version = NoticeVersion.objects.get(notice__legal_entity=entity, notice__channel="EMAIL")
    make.permission_event(contact_point=alice, notice_version=version, occurred_at=BEFORE, uses=1)
    first, second = started(entity), started(entity, code="snoeren")
    work_off()
    under_way = states(first), states(second)
    got = post()

    work_off(NOW + MINUTE)

    assert under_way == ({"Alice": "HANDED_OVER"}, {"Alice": "WAITING"})
    assert (got, post(NOW + MINUTE)) == (["alice@example.org"], [])
    assert CampaignRecipient.objects.get(campaign=second).code == "D_USED_UP"


def test_paused_campaign_does_not_send_again_what_may_have_arrived() -> None:
    entity = shop()
    reader(entity, "Alice")
    begun = started(entity)
    work_off()
    message = outbox.claim_next(now=NOW)
    assert message is not None
    outbox.mark_in_doubt(message=message, now=NOW, answer="TimeoutError")

    running.pause_campaign(campaign=begun, paused_at=NOW)
    got = post(NOW + MINUTE)
    running.resume_campaign(campaign=begun, resumed_at=NOW)
    work_off(NOW + 2 * MINUTE)

    assert (got, post(NOW + 2 * MINUTE)) == ([], [])
    assert states(begun) == {"Alice": "REFUSED"}


def test_campaign_whose_question_cannot_be_put_any_more_is_paused_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    entity = shop()
    reader(entity, "Alice")
    news = make.purpose(
        organisation=entity.organisation, legal_entities=[entity], code="nieuws", channels=[Channel.EMAIL]
    )
    broken = start(campaign(entity, code="nieuws", purpose=news), entity)
    whole = started(entity)

    news.legal_entities.clear()
    work_off()

    broken.refresh_from_db()
    assert (broken.state, broken.halted_because) == ("PAUSED", "NO_PURPOSE")
    assert states(whole) == {"Alice": "HANDED_OVER"}
    assert caplog.messages == [f"Campaign {broken.pk} is paused: its question cannot be put any more."]


def test_who_had_no_turn_is_first_the_next_time() -> None:
    entity = shop()
    reader(entity, "Alice")
    first, second = (str(started(entity, code=code).pk) for code in ("een", "twee"))

    turns = [list(dict(sending.take_turns(now=NOW, after=after))) for after in ("", first)]

    assert turns == [[first, second], [second, first]]


def test_two_people_with_one_address_get_one_message_together() -> None:
    entity = shop()
    for _person in range(3):
        reader(entity, "Alice")
    begun = started(entity)

    gathering.gather(campaign=begun, at=NOW)
    last = begun.recipients.order_by("pk").last()
    assert last is not None
    last.due_at = NOW + MINUTE
    last.save(update_fields=["due_at"])
    work_off()
    work_off(NOW + MINUTE)

    assert OutboxMessage.objects.count() == 1
    rows = begun.recipients.order_by("pk").values_list("state", "code")
    assert [code for state, code in rows if state != "HANDED_OVER"] == ["SAME_ADDRESS"] * 2


def test_two_people_with_one_number_are_called_once_and_it_is_who_verified_it_last() -> None:
    entity = shop()
    make.caller_number(legal_entity=entity)
    first = reader(entity, "Alice", channel=Channel.CALL)
    now_theirs = reader(entity, "Bob", channel=Channel.CALL)
    ContactPoint.objects.filter(pk=now_theirs.pk).update(verified_at=NOW - MINUTE)
    begun = started(entity, channel=Channel.CALL)

    work_off()

    assert begun.call_list is not None
    assert list(begun.call_list.entries.values_list("contact_point", flat=True)) == [now_theirs.pk]
    rows = begun.recipients.values_list("contact", "state", "code")
    assert set(rows) == {
        (now_theirs.contact_id, "LISTED", "A_CONSENT"),
        (first.contact_id, "DENIED", "SAME_ADDRESS"),
    }


def test_number_is_not_listed_again_for_who_comes_later() -> None:
    entity = shop()
    make.caller_number(legal_entity=entity)
    reader(entity, "Alice", channel=Channel.CALL)
    reader(entity, "Bob", channel=Channel.CALL)
    begun = started(entity, channel=Channel.CALL)
    gathering.gather(campaign=begun, at=NOW)
    last = begun.recipients.order_by("pk").last()
    assert last is not None
    last.due_at = NOW + MINUTE
    last.save(update_fields=["due_at"])

    work_off()
    work_off(NOW + MINUTE)

    assert begun.call_list is not None
    assert begun.call_list.entries.count() == 1
    assert sorted(begun.recipients.values_list("state", flat=True)) == ["DENIED", "LISTED"]
