"""A person with choices to make: Alice, customer of a shop that has a sister, behind a mailed link."""

import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.test import Client

from consent.domain import link_requests, relations
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import Wordings
from consent.domain.links import LinkKind, message_token
from consent.domain.preference_changes import Visitor
from consent.domain.relations import NewTransaction
from consent.models import (
    Actor,
    Channel,
    Method,
    NoticeVersion,
    OutboxMessage,
    PrivacyStatementVersion,
    Purpose,
    Source,
)
from customers.domain.key_rings import link_keys
from customers.models import Contact, ContactPoint, LegalEntity, Organisation, ProductGroup, RelationKind
from tests import make

NOON = datetime.fromisoformat("2026-11-21T12:00:00+00:00")
# Within the six months in which who gave permission must be called first.
A_MONTH_AGO = NOON - timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class House:
    """One organisation with two legal entities; Alice has an e-mail address and a phone number there."""

    organisation: Organisation
    shop: LegalEntity
    sister: LegalEntity
    offers: Purpose
    by_email: NoticeVersion
    by_call: NoticeVersion
    statement: PrivacyStatementVersion
    alice: Contact
    email: ContactPoint
    phone: ContactPoint


def house() -> House:
    organisation = make.organisation()
    shop = make.legal_entity(organisation=organisation)
    sister = make.legal_entity(organisation=organisation, code="stroomkring", name="Stroomkring N.V.")
    offers = make.purpose(organisation=organisation, legal_entities=[shop])
    alice = make.contact(organisation=organisation)
    return House(
        organisation=organisation,
        shop=shop,
        sister=sister,
        offers=offers,
        by_email=make.notice_version(
            legal_entity=shop,
            purpose=offers,
            wording={
                "nl": "Ja, Lampenwinkel B.V. mag mij aanbiedingen mailen.",
                "en": "Yes, Lampenwinkel B.V. may e-mail me offers.",
            },
        ),
        by_call=make.notice_version(
            legal_entity=shop,
            purpose=offers,
            channel=Channel.CALL,
            code="offers-call",
            wording={
                "nl": "Ja, Lampenwinkel B.V. mag mij bellen met aanbiedingen.",
                "en": "Yes, Lampenwinkel B.V. may call me with offers.",
            },
        ),
        statement=make.privacy_statement(legal_entity=shop),
        alice=alice,
        email=make.email_point(contact=alice),
        phone=make.phone_point(contact=alice),
    )


def buy_lamp(
    *,
    house: House,
    at: datetime = NOON - timedelta(days=400),
    kind: RelationKind = RelationKind.SALE,
    optout_offered: bool = True,
    product_group: ProductGroup | None = None,
) -> None:
    how = Circumstances(actor=Actor.SUBJECT, source=Source.WEB_FORM, method=Method.BUTTON)
    relations.record_transaction(
        agreed=NewTransaction(
            contact=house.alice,
            legal_entity=house.shop,
            kind=kind,
            obligation_to_pay=kind == RelationKind.SALE,
            occurred_at=at,
            how=how,
            supplied_kinds=(ContactPoint.Kind.EMAIL, ContactPoint.Kind.PHONE),
            told_at_collection=True,
            optout_offered=optout_offered,
            product_group=product_group,
        ),
        recorded_at=at,
    )


def visitor(*, house: House, opened_with: ContactPoint | None = None) -> Visitor:
    return Visitor(
        contact=house.alice,
        opened_with=opened_with or house.email,
        how=Circumstances(
            actor=Actor.SUBJECT,
            source=Source.PREFERENCES,
            method=Method.CHECKBOX,
            shown=Wordings(language="nl"),
            proof={"page": "https://jawoord.example.org/preferences/choices/"},
        ),
    )


def link_to(*, point: ContactPoint, legal_entity: LegalEntity, asked_at: datetime) -> str:
    """The address in the message that was sent to this point last."""
    link_requests.mail_link(point=point, legal_entity=legal_entity, asked_at=asked_at)
    message = OutboxMessage.objects.filter(contact_point=point).order_by("created_at", "pk").last()
    assert message is not None
    token = message_token(kind=LinkKind.PREFERENCES, message_id=message.pk, keys=link_keys())
    return f"/preferences/{token}/"


def open_choices(
    client: Client, *, house: House, asked_at: datetime = NOON, point: ContactPoint | None = None
) -> str:
    address = link_to(point=point or house.email, legal_entity=house.shop, asked_at=asked_at)
    return client.get(address, follow=True).content.decode()


def boxes(page: str) -> dict[str, bool]:
    """Each box on the page, by the sentence beside it, and whether it is ticked."""
    return {sentence: "checked" in attributes for sentence, attributes, _value in _inputs(page)}


def fixed(page: str) -> list[str]:
    return [sentence for sentence, attributes, _value in _inputs(page) if "disabled" in attributes]


def form_with(page: str, *, on: tuple[str, ...] = (), off: tuple[str, ...] = ()) -> dict[str, object]:
    """The answers a person sends who ticks and unticks these boxes and leaves the others alone."""
    shown = re.search(r'name="shown" value="([^"]+)"', page)
    assert shown
    ticked = [
        value
        for sentence, attributes, value in _inputs(page)
        if (("checked" in attributes and sentence not in off) or sentence in on) and value
    ]
    return {"action": "save", "shown": shown.group(1), "choice": ticked}


def _inputs(page: str) -> list[tuple[str, str, str]]:
    found = re.findall(
        r'<input type="checkbox" ([^>]*)>\s*<div><label [^>]*>(.*?)</label>', page, flags=re.DOTALL
    )
    value = re.compile(r'value="(\d*)"')
    rows = []
    for attributes, sentence in found:
        place = value.search(attributes)
        rows.append((html.unescape(sentence), attributes, place.group(1) if place else ""))
    return rows
