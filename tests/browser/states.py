"""Every public page in every state a person can meet it, for the tests that look at all of them.

A new page needs a function that opens it, and a line in STATES.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings as jawoord

from consent.domain.links import measured_token
from consent.domain.notices import new_version
from consent.domain.privacy.publishing import Change, publish_privacy_statement
from consent.domain.privacy.suggesting import fill_in as fill_in_parts
from consent.domain.seal.sealing import seal_chunk
from consent.models import CollectionChoice, NoticeVersion, StatementPart
from customers.domain.key_rings import link_keys
from customers.models import LegalEntity
from scoring.domain.talent_pool.asking import ask_again
from scoring.domain.talent_pool.referring import link_of_candidate
from scoring.models import Campaign
from tests import make, scenes
from tests.browser.fixtures import START, PostOffice, Visitor, link_in
from tests.consent.domain import forms
from tests.preference_scenes import A_MONTH_AGO, buy_lamp, house
from tests.scoring import make as scoring
from tests.scoring import pool_scene as pools

RECIPES = "/forms/receptenboekje/"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Who looks, through which browser, and where their mail arrives."""

    visitor: Visitor
    post_office: PostOffice

    @property
    def page(self) -> Any:
        return self.visitor.page

    def send(self, action: str = "", within: str = "main") -> None:
        """Press a button by what it does, whatever the language of the page."""
        self.visitor.clock.shift(20)
        named = f"[name=action][value={action}]" if action else "button[type=submit]"
        self.visitor.follow(self.page.locator(f"{within} {named}").first)


def visit(path: str) -> Callable[[Stage], None]:
    def open_it(stage: Stage) -> None:
        scenes.recipe_book()
        stage.visitor.open(path)

    return open_it


def statements(path: str) -> Callable[[Stage], None]:
    """A statement that was one text, then came in parts, and changed once more."""

    def open_it(stage: Stage) -> None:
        keep_statements(scenes.recipe_book().entity)
        stage.visitor.open(path)

    return open_it


def keep_statements(entity: LegalEntity) -> None:
    second = new_version(version=entity.privacy_statements.get())
    fill_in_parts(version=second, at=START)
    publish_privacy_statement(version=second, published_at=START - datetime.timedelta(days=90))
    third = new_version(version=second)
    third.parts[StatementPart.RECIPIENTS] = {
        "nl": "Wij geven je gegevens alleen aan onze verzender van e-mail en aan ons belteam.",
        "en": "We give your data only to the company that sends our e-mail and to our call team.",
    }
    del third.parts[StatementPart.AUTOMATED]
    third.save(update_fields=["parts"])
    change = Change(summary={"nl": "Wij hebben een belteam.", "en": "We have a call team."}, is_material=True)
    publish_privacy_statement(version=third, published_at=START - datetime.timedelta(days=1), change=change)


def fill_in(
    stage: Stage, *, email: str = "alice@example.org", phone: str = "020 000 01 01"
) -> scenes.RecipeBook:
    scene = scenes.recipe_book()
    stage.visitor.open(RECIPES)
    stage.page.locator("[name=EMAIL]").fill(email)
    stage.page.locator("[name=PHONE]").fill(phone)
    for choice in (scene.newsletter, scene.calls):
        stage.page.locator(f"[name=choice_{choice.pk}]").check()
    stage.send()
    return scene


def caption(stage: Stage) -> None:
    choice: CollectionChoice = forms.bird_guide()
    choice.collection_point.published_at = make.LONG_AGO
    choice.collection_point.save(update_fields=["published_at"])
    stage.visitor.open("/forms/vogelgids/")


def form_with_errors(stage: Stage) -> None:
    fill_in(stage, email="alice", phone="12")


def order(stage: Stage) -> None:
    scenes.paid_trial()
    stage.visitor.open("/forms/proefabonnement/")


def order_thanks(stage: Stage) -> None:
    order(stage)
    stage.page.locator("[name=EMAIL]").fill("karin@example.org")
    stage.send()


def thanks(stage: Stage) -> None:
    fill_in(stage)


def confirm(stage: Stage) -> None:
    fill_in(stage)
    stage.visitor.open(link_in(stage.post_office.collect_one(), "confirm"))


def confirmed(stage: Stage) -> None:
    confirm(stage)
    stage.send("confirm")


def confirm_expired(stage: Stage) -> None:
    fill_in(stage)
    link = link_in(stage.post_office.collect_one(), "confirm")
    stage.visitor.clock.shift(datetime.timedelta(days=8))
    stage.visitor.open(link)


def confirm_again(stage: Stage) -> None:
    confirm_expired(stage)
    stage.send("again")


def verify(stage: Stage) -> None:
    fill_in(stage)
    stage.visitor.open("/verify/")


def verify_code(stage: Stage) -> None:
    verify(stage)
    stage.send("sms")


def verify_wrong_code(stage: Stage) -> None:
    verify_code(stage)
    stage.page.locator("[name=code]").fill("12")
    stage.send()


def verify_call(stage: Stage) -> None:
    verify(stage)
    stage.send("call")


def unsubscribe(stage: Stage) -> None:
    fill_in(stage)
    stage.visitor.open(link_in(stage.post_office.collect_one(), "unsubscribe"))


def stopped(stage: Stage) -> None:
    unsubscribe(stage)
    stage.send("stop")


def stopped_everything(stage: Stage) -> None:
    unsubscribe(stage)
    stage.send("stop-all")


def link_mailed(stage: Stage) -> None:
    unsubscribe(stage)
    stage.send("link")


def ask_for_link_error(stage: Stage) -> None:
    stage.visitor.open("/preferences/")
    stage.page.locator("[name=address]").fill("alice")
    stage.send()


def asked_for_link(stage: Stage) -> None:
    stage.visitor.open("/preferences/")
    stage.page.locator("[name=address]").fill("alice@example.org")
    stage.send()


def choices(stage: Stage) -> None:
    """A customer who also gave permissions: one that stands, one by call that is not verified."""
    home = house()
    buy_lamp(house=home)
    make.permission_event(contact_point=home.email, notice_version=home.by_email)
    make.permission_event(contact_point=home.phone, notice_version=home.by_call, occurred_at=A_MONTH_AGO)
    asked_for_link(stage)
    stage.visitor.open(link_in(stage.post_office.collect_one(), "preferences"))


def choices_saved(stage: Stage) -> None:
    choices(stage)
    stage.page.locator("[name=choice]:checked").first.uncheck()
    stage.send("save")


def choices_stopped(stage: Stage) -> None:
    choices(stage)
    stage.send("stop")


def choices_undone(stage: Stage) -> None:
    choices_saved(stage)
    stage.send("undo")


def behind_choices(path: str) -> Callable[[Stage], None]:
    def open_it(stage: Stage) -> None:
        choices(stage)
        stage.visitor.open(path)

    return open_it


def details_error(stage: Stage) -> None:
    behind_choices("/preferences/details/")(stage)
    stage.page.locator("[name=email]").fill("alice")
    stage.page.locator("[name=phone]").fill("12")
    stage.send()


def details_saved(stage: Stage) -> None:
    behind_choices("/preferences/details/")(stage)
    stage.page.locator("[name=email]").fill("aleida@example.org")
    stage.send()


def history_mailed(stage: Stage) -> None:
    behind_choices("/preferences/history/")(stage)
    stage.send()


def ask_right(stage: Stage, kind: str) -> None:
    behind_choices("/preferences/rights/")(stage)
    stage.page.locator(f"[name=kind][value={kind}]").check()
    stage.send()


def rights_error(stage: Stage) -> None:
    ask_right(stage, "RECTIFICATION")


def rights_sent(stage: Stage) -> None:
    ask_right(stage, "ERASURE")


def rights_copy(stage: Stage) -> None:
    ask_right(stage, "ACCESS")


def left(stage: Stage) -> None:
    choices(stage)
    stage.visitor.follow(stage.page.locator("form[action$='/leave/'] button"))


def block_error(stage: Stage) -> None:
    visit("/preferences/block/harthulp/")(stage)
    stage.send()


def blocked(stage: Stage) -> None:
    visit("/preferences/block/harthulp/")(stage)
    stage.page.locator("[name=number]").fill("020 000 01 99")
    stage.send()


def forged_post(stage: Stage) -> None:
    visit(RECIPES)(stage)
    stage.visitor.context.clear_cookies(name=jawoord.CSRF_COOKIE_NAME)
    stage.send()


def too_many(stage: Stage) -> None:
    visit("/preferences/")(stage)
    while (field := stage.page.locator("[name=address]")).count():
        field.fill("x")
        stage.send()


def caller_numbers(stage: Stage) -> None:
    """One number in use, one on its way out, and one that is only answered."""
    entity = scenes.recipe_book().entity
    make.caller_number(legal_entity=entity, label="Gesprekken met donateurs")
    days = {"+31200000003": datetime.date(2027, 8, 1), "+31200000004": datetime.date(2026, 12, 31)}
    for number, until in days.items():
        make.caller_number(legal_entity=entity, number=number, label="", reachable_until_date=until)
    stage.visitor.open("/caller-numbers/harthulp/")


def ledger(stage: Stage) -> None:
    """Two checkpoints, and a key that is no longer used."""
    scene = scenes.recipe_book()
    version = NoticeVersion.objects.filter(notice__legal_entity=scene.entity).latest("pk")
    for name in ("alice", "bram"):
        person = make.contact(organisation=scene.entity.organisation)
        point = make.email_point(contact=person, text=f"{name}@example.org")
        make.permission_event(contact_point=point, notice_version=version)
        seal_chunk(now=START)
    stage.visitor.open("/ledger/")


def counted_link(stage: Stage) -> None:
    """The button of a campaign that counts what is done on the page behind it."""
    entity = scenes.recipe_book().entity
    purpose = entity.purposes.first() or make.purpose(
        organisation=entity.organisation, legal_entities=[entity]
    )
    campaign = scoring.campaign(legal_entity=entity, purpose=purpose)
    campaign.link_url, campaign.counts = "https://harthulp.example.org/recepten/", Campaign.Counts.PAGES
    campaign.save(update_fields=["link_url", "counts"])
    token = measured_token(message_id=campaign.pk, leads_to=campaign.pk, keys=link_keys())
    stage.visitor.open(f"/seen/{token}/")


def stay(stage: Stage) -> None:
    """A candidate whose permission ends in ten days, behind the mail that asks whether they stay."""
    pools.candidate(house=pools.pool_house(), ends_at=START + datetime.timedelta(days=10))
    assert sum(ask_again(now=START)) == 1
    stage.visitor.open(link_in(stage.post_office.collect_one(), "stay"))


def stayed(stage: Stage) -> None:
    stay(stage)
    stage.send("stay")


def stay_stopped(stage: Stage) -> None:
    stay(stage)
    stage.send("stop")


def pool_place(stage: Stage) -> None:
    """The page of a candidate who applied once and has a link to pass on."""
    found = pools.pool_house()
    point = pools.candidate(house=found, ends_at=START + datetime.timedelta(days=10))
    pools.application(house=found, contact=point.contact, ended_at=START, outcome="REJECTED")
    asked_for_link(stage)
    stage.visitor.open(link_in(stage.post_office.collect_one(), "preferences"))
    stage.visitor.follow(stage.page.locator("a[href$='/talent-pool/pool/']"))


def pool_told(stage: Stage) -> None:
    pool_place(stage)
    stage.page.locator("[name=talent-work][value=lasser]").check()
    stage.page.locator("[name=talent-channel][value=CALL]").check()
    stage.send("wishes")


def pool_link(stage: Stage) -> None:
    pool_place(stage)
    stage.send("link")


def referred(stage: Stage) -> None:
    found = pools.pool_house()
    alice = pools.candidate(house=found).contact
    link = link_of_candidate(pool=found.pool, contact=alice, made_at=START)
    stage.visitor.open(f"/referred/{link.code}/")


STATES: dict[str, Callable[[Stage], None]] = {
    "home": visit("/"),
    "stay": stay,
    "stay, yes": stayed,
    "stay, stopped": stay_stopped,
    "stay, no link": visit("/stay/"),
    "talent pool": pool_place,
    "talent pool, told": pool_told,
    "talent pool, link": pool_link,
    "talent pool, referred": referred,
    "privacy": visit("/privacy/harthulp/"),
    "privacy, in parts": statements("/privacy/harthulp/"),
    "privacy, earlier version": statements("/privacy/harthulp/2/"),
    "privacy, changes": statements("/privacy/harthulp/3/changes/"),
    "caller numbers": caller_numbers,
    "caller numbers, none": visit("/caller-numbers/harthulp/"),
    "ledger": ledger,
    "ledger, nothing sealed": visit("/ledger/"),
    "form": visit(RECIPES),
    "form, caption": caption,
    "form, errors": form_with_errors,
    "form, order": order,
    "form, order placed": order_thanks,
    "form, thanks": thanks,
    "confirm": confirm,
    "confirm, done": confirmed,
    "confirm, expired": confirm_expired,
    "confirm, sent again": confirm_again,
    "confirm, gone": visit("/confirm/"),
    "verify": verify,
    "verify, code": verify_code,
    "verify, wrong code": verify_wrong_code,
    "verify, call": verify_call,
    "verify, gone": visit("/verify/"),
    "unsubscribe": unsubscribe,
    "unsubscribe, stopped": stopped,
    "unsubscribe, all stopped": stopped_everything,
    "unsubscribe, link mailed": link_mailed,
    "unsubscribe, gone": visit("/unsubscribe/"),
    "counted link": counted_link,
    "counted link, incomplete": visit("/seen/AAAA/"),
    "link": visit("/preferences/"),
    "link, error": ask_for_link_error,
    "link, asked": asked_for_link,
    "link, gone": visit("/preferences/choices/"),
    "choices": choices,
    "choices, saved": choices_saved,
    "choices, stopped": choices_stopped,
    "choices, undone": choices_undone,
    "details": behind_choices("/preferences/details/"),
    "details, errors": details_error,
    "details, saved": details_saved,
    "history": behind_choices("/preferences/history/"),
    "history, mailed": history_mailed,
    "rights": behind_choices("/preferences/rights/"),
    "rights, error": rights_error,
    "rights, sent": rights_sent,
    "rights, copy ready": rights_copy,
    "left": left,
    "block": visit("/preferences/block/harthulp/"),
    "block, error": block_error,
    "block, done": blocked,
    "refused, 403": forged_post,
    "refused, 404": visit("/nowhere/"),
    "refused, 405": visit("/preferences/undo/"),
    "refused, 429": too_many,
}
# Pages that tell about a mistake: their titles begin with it, and it has the focus.
WITH_ERRORS = {name for name in STATES if name.endswith((", errors", ", error", ", wrong code"))}
