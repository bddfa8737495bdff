"""What a visitor without a browser does: send a form, follow the links of a mail."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import time_machine
from django.test import Client

from tests import scenes
from tests.browser.fixtures import PostOffice, link_in

FORM = "/forms/receptenboekje/"


def open_form(client: Client, clock: time_machine.Traveller, **extra: Any) -> dict[str, str]:
    """Open the recipe book's form, and take the time a person takes to fill it in."""
    page = client.get(FORM, **extra).content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    clock.shift(20)
    return {"ticket": ticket.group(1)}


def send_form(client: Client, clock: time_machine.Traveller, answers: dict[str, str], **extra: Any) -> Any:
    return client.post(FORM, open_form(client, clock, **extra) | answers, **extra)


def newsletter(scene: scenes.RecipeBook, email: str = "alice@example.org") -> dict[str, str]:
    return {"EMAIL": email, f"choice_{scene.newsletter.pk}": "on"}


def path_of(mail: EmailMessage, kind: str) -> str:
    return "/" + link_in(mail, kind).split("/", 3)[3]


def without_secrets(page: bytes) -> str:
    """A page without the parts that differ each time: the forgery token and the signed notes."""
    return re.sub(r'name="(csrfmiddlewaretoken|ticket|shown)" value="[^"]+"', "", page.decode())


@dataclass(frozen=True, kw_only=True)
class Correspondence:
    """Every kind of mail a person gets, from opting in to changing their choices."""

    to_confirm: EmailMessage
    agreed: EmailMessage
    link: EmailMessage
    receipt: EmailMessage

    @property
    def mails(self) -> list[EmailMessage]:
        return [self.to_confirm, self.agreed, self.link, self.receipt]


def correspond(client: Client, clock: time_machine.Traveller, post_office: PostOffice) -> Correspondence:
    """Opt in, confirm, ask for a link to the choices, and stop everything there."""
    scene = scenes.recipe_book()
    send_form(client, clock, newsletter(scene))
    to_confirm = post_office.collect_one()
    client.get(path_of(to_confirm, "confirm"))
    client.post("/confirm/", {"action": "confirm"})
    agreed = post_office.collect_one()
    client.post("/preferences/", {"address": "alice@example.org"})
    link = post_office.collect_one()
    client.get(path_of(link, "preferences"))
    client.post("/preferences/choices/", {"action": "stop"})
    return Correspondence(to_confirm=to_confirm, agreed=agreed, link=link, receipt=post_office.collect_one())
