"""The pages about a talent pool, as a browser and a member of staff ask for them."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from consent.domain.links import LinkKind, message_token
from consent.models import Act, ConsentEvent, Evidence, OutboxMessage
from customers.domain.key_rings import link_keys
from customers.models import Contact, StaffMember
from scoring.domain.talent_pool.asking import ask_again
from scoring.domain.talent_pool.referring import link_of_candidate
from scoring.models import Journey, Referral, ReferredCandidate, TalentPool
from tests import make
from tests.browser.fixtures import START
from tests.consent.admin_rows import signed_in
from tests.scoring.pool_scene import PoolHouse, candidate, pool_house

pytestmark = pytest.mark.django_db
SOON = START + timedelta(days=10)


def open_stay(client: Client) -> str:
    sum(ask_again(now=START))
    message = OutboxMessage.objects.get(kind=OutboxMessage.Kind.STAY)
    token = message_token(kind=LinkKind.STAY, message_id=message.pk, keys=link_keys())
    return client.get(f"/stay/{token}/", follow=True).content.decode()


def shown_on(page: str) -> str:
    found = re.search(r'name="shown" value="([^"]+)"', page)
    assert found
    return found.group(1)


def fill_in_form(client: Client, clock: time_machine.Traveller, house: PoolHouse) -> None:
    page = client.get("/forms/talent/").content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    choice = house.form.choices.get()
    assert ticket
    clock.shift(20)
    answers = {"ticket": ticket.group(1), "EMAIL": "nina@example.org", f"choice_{choice.pk}": "on"}
    assert client.post("/forms/talent/", answers).status_code == 302


def test_opening_the_link_changes_nothing(client: Client, clock: time_machine.Traveller) -> None:
    candidate(house=pool_house(), ends_at=SOON)

    page = open_stay(client)

    assert "Ja, Werkplaats B.V. mag mij een jaar lang mailen over werk dat bij mij past." in page
    assert ConsentEvent.objects.count() == 1


def test_pressing_the_button_gives_permission_anew(client: Client, clock: time_machine.Traveller) -> None:
    candidate(house=pool_house(), ends_at=SOON)
    shown = shown_on(open_stay(client))

    client.post("/stay/", {"action": "stay", "shown": shown})

    renewed = ConsentEvent.objects.get(act=Act.RENEWED)
    assert renewed.complete
    assert Evidence.objects.filter(event_id=renewed.pk).exists()


def test_a_wording_that_was_not_shown_agrees_to_nothing(
    client: Client, clock: time_machine.Traveller
) -> None:
    house = pool_house()
    candidate(house=house, ends_at=SOON)
    open_stay(client)

    answer = client.post("/stay/", {"action": "stay", "shown": str(house.notice.pk)})

    assert answer.headers["Location"] == "/stay/?done=changed"
    assert not ConsentEvent.objects.filter(act=Act.RENEWED).exists()


@pytest.mark.parametrize("token", ["abc", "A" * 400])
def test_a_forged_link_gets_the_calm_page(client: Client, token: str) -> None:
    assert client.get(f"/stay/{token}/", follow=True).status_code == 410


def test_a_link_to_stay_opens_no_choices(client: Client, clock: time_machine.Traveller) -> None:
    candidate(house=pool_house(), ends_at=SOON)
    open_stay(client)

    assert client.get("/preferences/choices/").status_code == 410


def test_who_follows_a_referral_is_unknown_until_they_send_the_form(
    client: Client, clock: time_machine.Traveller
) -> None:
    house = pool_house()
    alice = candidate(house=house).contact
    link = link_of_candidate(pool=house.pool, contact=alice, made_at=START)
    client.get(f"/referred/{link.code}/")
    client.post(f"/referred/{link.code}/")
    assert (Contact.objects.count(), ReferredCandidate.objects.count()) == (1, 0)

    fill_in_form(client, clock, house)

    row = ReferredCandidate.objects.get()
    assert (row.referral, row.contact.points.get().value) == (link, "nina@example.org")


def test_who_comes_without_a_link_has_no_such_source(client: Client, clock: time_machine.Traveller) -> None:
    fill_in_form(client, clock, pool_house())

    assert ReferredCandidate.objects.count() == 0


def test_an_unknown_referral_is_no_page(client: Client) -> None:
    assert client.get("/referred/no-such-code/").status_code == 404


def marketer(house: PoolHouse) -> Client:
    staff = make.staff_member(organisation=house.entity.organisation, role=StaffMember.Role.MARKETING)
    return signed_in(staff)


def test_a_marketer_sees_the_pool_and_makes_one_link(clock: time_machine.Traveller) -> None:
    house = pool_house()
    candidate(house=house, ends_at=SOON)
    browser, page = marketer(house), f"/admin/scoring/talentpool/{house.pool.pk}"

    browser.post(f"{page}/link/")
    browser.post(f"{page}/link/")

    text = browser.get(f"{page}/people/").content.decode()
    assert "1 person is in the pool." in text
    assert f"/referred/{Referral.objects.get().code}/" in text


def test_one_button_makes_the_journey(clock: time_machine.Traveller) -> None:
    house = pool_house()
    make.purpose(
        organisation=house.entity.organisation,
        legal_entities=[house.entity],
        code="profiling",
        channels=["NONE"],
    )

    marketer(house).post(f"/admin/scoring/talentpool/{house.pool.pk}/journey/")

    assert Journey.objects.get().kind == Journey.Kind.TALENT_POOL


def test_a_purpose_without_a_term_is_refused_with_a_sentence() -> None:
    house = pool_house()
    endless = make.purpose(
        organisation=house.entity.organisation, legal_entities=[house.entity], code="endless"
    )
    answers = {
        "name": "Andere pool",
        "code": "ander",
        "legal_entity": house.entity.pk,
        "purpose": endless.pk,
        "ask_days_before": 30,
        "disciplines": "lasser, , planner",
    }

    page = marketer(house).post("/admin/scoring/talentpool/add/", answers).content.decode()

    assert "Permission for this purpose has no term: give it one first." in page
    assert "lasser, , planner" in page
    assert TalentPool.objects.count() == 1
