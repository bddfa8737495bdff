import datetime
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail
from django.test import Client

from consent.domain.withdrawals import Scope, object_to
from consent.models import Act, Channel, Purpose
from consent.tasks import deliver_outbox
from customers.models import Contact, ContactPoint, LegalEntity
from scoring.domain.campaigns.results import read_results
from scoring.domain.campaigns.running import find_faults
from scoring.models import BehaviourEvent, Campaign, CampaignRecipient
from tests import make
from tests.make import NOW
from tests.scoring.domain.campaigns.scene import campaign, reader, shop, start, work_off
from tests.scoring.domain.house import WAY, permit

pytestmark = pytest.mark.django_db
SHOP = "https://lampenwinkel.example.org/nieuw/?van=mail"
DAY = datetime.timedelta(days=1)
FORGED = "A" * 67
Counts = Campaign.Counts
Seen = tuple[str, str, str, str]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def measuring(entity: LegalEntity) -> Purpose:
    found = Purpose.objects.filter(organisation=entity.organisation, code="behaviour").first()
    return found or make.purpose(
        organisation=entity.organisation, legal_entities=[entity], code="behaviour", channels=[Channel.NONE]
    )


def send(entity: LegalEntity, *, counts: Counts = Counts.BUTTON) -> dict[str, str]:
    """Send a campaign to everybody, and give the address of each one's button."""
    make.purpose(
        organisation=entity.organisation, legal_entities=[entity], code="profiling", channels=[Channel.NONE]
    )
    made = campaign(entity)
    made.link_label, made.link_url = {"nl": "Bekijk ze", "en": "See them"}, SHOP
    made.counts = counts
    made.save(update_fields=["link_label", "link_url", "counts"])
    start(made, entity)
    work_off()
    deliver_outbox()
    found = {one.to[0]: re.search(r"Bekijk ze:\n(\S+)", str(one.body)) for one in mail.outbox}
    return {address: match[1] for address, match in found.items() if match}


def alice_and_bob(*, counts: Counts = Counts.BUTTON) -> tuple[ContactPoint, str, str]:
    """Both get the offers; only Alice permitted that what she does is looked at."""
    entity = shop()
    alice, bob = reader(entity, "Alice"), reader(entity, "Bob")
    permit(contact=alice.contact, entity=entity, purpose=measuring(entity))
    links = send(entity, counts=counts)
    return alice, links[alice.value], links[bob.value]


def seen_of() -> list[Seen]:
    """What was noted, by kind: acts of one moment stand in no order of their own."""
    noted = BehaviourEvent.objects.order_by("kind", "subject")
    return list(noted.values_list("contact__given_name", "kind", "subject", "via"))


def test_button_of_who_permitted_it_counts_once_and_leads_on(client: Client) -> None:
    _alice, link, plain = alice_and_bob()

    shown = client.get(link)
    pressed = [client.post(link) for _time in range(2)]

    assert "/seen/" in link
    assert plain == SHOP
    assert b"lampenwinkel.example.org" in shown.content
    assert [(one.status_code, one["Location"]) for one in pressed] == [(302, SHOP), (302, SHOP)]
    assert seen_of() == [("Alice", "LINK_FOLLOWED", "lampen", "PAGE")]
    assert read_results(campaign=Campaign.objects.get()).followed == 1


def test_opening_the_link_changes_nothing_and_sets_no_cookie(client: Client) -> None:
    _alice, link, _plain = alice_and_bob()

    opened = [getattr(client, method)(link) for method in ("get", "head", "get")]
    pressed = client.post(link)

    assert [(one.status_code, dict(one.cookies)) for one in opened] == [(200, {})] * 3
    assert not pressed.cookies
    assert {one["Referrer-Policy"] for one in (*opened, pressed)} == {"no-referrer"}
    assert BehaviourEvent.objects.count() == 1
    assert "form-action 'self' https://lampenwinkel.example.org" in opened[0]["Content-Security-Policy"]


def test_nothing_is_noted_any_more_from_the_withdrawal_on(client: Client) -> None:
    alice, link, _plain = alice_and_bob(counts=Counts.PAGES)
    client.post(link)
    entity = LegalEntity.objects.get()

    permit(
        contact=alice.contact,
        entity=entity,
        purpose=measuring(entity),
        act=Act.WITHDRAWN,
        at=NOW,
        known_at=NOW,
    )
    left = seen_of()
    told = client.post(link, {"kind": "PAGE_VISIT", "about": "/lampen/"})
    pressed = client.post(link)

    assert left == []
    assert (told.status_code, pressed["Location"].partition("#")[0]) == (204, SHOP)
    assert seen_of() == []


def test_who_objects_to_profiling_is_not_measured_either(client: Client) -> None:
    alice, link, _plain = alice_and_bob()
    object_to(contact=alice.contact, scope=Scope(), how=WAY, occurred_at=NOW)

    client.post(link)

    assert seen_of() == []


def test_page_behind_the_button_tells_what_was_done_there(client: Client) -> None:
    _alice, link, _plain = alice_and_bob(counts=Counts.PAGES)

    token = client.post(link)["Location"].partition("#seen=")[2]
    told = [
        client.post(f"/seen/{token}/", {"kind": "PAGE_VISIT", "about": "/lampen/"}),
        client.post(f"/seen/{token}/", {"kind": "PAGE_VISIT", "about": "/lampen/"}),
        client.post(f"/seen/{token}/", {"kind": "SEARCH", "about": "bureaulamp"}),
    ]

    assert [(one.status_code, one.content) for one in told] == [(204, b"")] * 3
    assert seen_of()[1:] == [
        ("Alice", "PAGE_VISIT", "/lampen/", "PAGE"),
        ("Alice", "SEARCH", "bureaulamp", "PAGE"),
    ]


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "PURCHASE", "about": "/lampen/"},
        {"kind": "", "about": "/lampen/"},
        {"kind": "PAGE_VISIT", "about": "x" * 201},
        {"kind": "PAGE_VISIT", "about": "alice@example.org"},
        {"kind": "PAGE_VISIT", "about": "regel\nregel\x00"},
        {"kind": "PAGE_VISIT" * 100_000},
    ],
    ids=["a purchase", "no kind", "too long", "names somebody", "no line of text", "huge"],
)
def test_page_that_tells_something_else_gets_the_same_answer_and_nothing_is_kept(
    client: Client, told: dict[str, str]
) -> None:
    _alice, link, _plain = alice_and_bob(counts=Counts.PAGES)

    answer = client.post(link, told)

    assert (answer.status_code, answer.content) == (204, b"")
    assert seen_of() == []


def test_page_is_not_counted_where_only_the_button_is(client: Client) -> None:
    _alice, link, _plain = alice_and_bob(counts=Counts.BUTTON)

    client.post(link, {"kind": "PAGE_VISIT", "about": "/lampen/"})

    assert seen_of() == []


def test_stranger_learns_nothing_from_a_token_that_is_not_ours(client: Client) -> None:
    _alice, link, _plain = alice_and_bob(counts=Counts.PAGES)
    token = link.split("/seen/")[1].strip("/")
    forged = [FORGED, token[:-1], token[:-2] + "AA", token + "A", "é", "x" * 2_000]

    told = [client.post(f"/seen/{one}/", {"kind": "PAGE_VISIT", "about": "/"}) for one in (*forged, token)]
    pages = [client.get(f"/seen/{one}/") for one in forged]

    assert [(one.status_code, one.content, dict(one.cookies)) for one in told] == [(204, b"", {})] * 7
    assert {(one.status_code, one.content) for one in pages} == {(404, pages[0].content)}
    assert len(seen_of()) == 1


def test_old_link_leads_on_and_is_counted_no_more(client: Client, clock: time_machine.Traveller) -> None:
    _alice, link, _plain = alice_and_bob()
    clock.move_to(NOW + 31 * DAY)

    pressed = client.post(link)

    assert pressed["Location"] == SHOP
    assert seen_of() == []


def test_link_leads_on_when_who_got_it_is_forgotten(client: Client) -> None:
    alice, link, _plain = alice_and_bob()
    CampaignRecipient.objects.filter(contact=alice.contact).delete()

    shown, pressed = client.get(link), client.post(link)

    assert (shown.status_code, pressed["Location"]) == (200, SHOP)
    assert seen_of() == []


def test_link_counts_so_often_a_day_at_most(client: Client) -> None:
    _alice, link, _plain = alice_and_bob(counts=Counts.PAGES)

    for number in range(52):
        client.post(link, {"kind": "PAGE_VISIT", "about": f"/{number}/"})

    assert BehaviourEvent.objects.count() == 50


def test_stop_link_is_never_counted() -> None:
    alice_and_bob(counts=Counts.PAGES)

    stops = [str(one.extra_headers["List-Unsubscribe"]) for one in mail.outbox]
    other = [url for one in mail.outbox for url in re.findall(r"https?://\S+", str(one.body))]

    assert all("/unsubscribe/" in stop for stop in stops)
    assert len([url for url in other if "/seen/" in url]) == 1
    assert Contact.objects.count() == 2


def test_campaign_that_could_count_nobody_is_not_started() -> None:
    entity = shop()
    made = campaign(entity)
    made.counts = Counts.BUTTON

    faults = []
    for link_url, purpose in (("", False), (SHOP, False), (SHOP, True)):
        made.link_url, made.link_label = link_url, {"nl": "Bekijk ze", "en": "See them"} if link_url else {}
        if purpose:
            measuring(entity)
        faults.append(len(find_faults(campaign=made, at=NOW)))

    assert faults == [1, 1, 0]
