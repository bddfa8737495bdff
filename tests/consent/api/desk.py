"""One shop, one customer who said yes, one key: enough to ask."""

from dataclasses import dataclass
from typing import Any

import orjson
from django.test import Client

from consent.domain.api_keys import MadeKey
from consent.models import Channel, ConsentEvent, Purpose, Scope
from customers.models import Contact, LegalEntity
from tests import make

ASK, BATCH = "/api/v1/may-contact", "/api/v1/may-contact/batch"
ALICE = "alice@example.org"


@dataclass(frozen=True, kw_only=True)
class Shop:
    entity: LegalEntity
    purpose: Purpose
    alice: Contact
    given: ConsentEvent
    made: MadeKey


def open_shop(*, code: str = "lampenwinkel", scope: Scope = Scope.ASK) -> Shop:
    organisation = make.organisation(code=f"groep-{code}")
    entity = make.legal_entity(organisation=organisation, code=code)
    purpose = make.purpose(organisation=organisation, legal_entities=[entity])
    alice = make.contact(organisation=organisation)
    version = make.notice_version(legal_entity=entity, purpose=purpose, channel=Channel.EMAIL)
    given = make.permission_event(
        contact_point=make.email_point(contact=alice, text=ALICE), notice_version=version
    )
    made = make.api_key(legal_entity=entity, scopes=[scope])
    return Shop(entity=entity, purpose=purpose, alice=alice, given=given, made=made)


def question(**changed: object) -> dict[str, object]:
    return {"address": ALICE, "purpose": "offers", "channel": "EMAIL", **changed}


def questions(*addresses: str, **changed: object) -> dict[str, object]:
    return {"addresses": list(addresses), "purpose": "offers", "channel": "EMAIL", **changed}


def send(path: str, body: object, *, token: str = "", **headers: str) -> Any:
    """A program's request: nothing but its key and JSON."""
    known = {"authorization": f"Bearer {token}"} if token else {}
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return client.post(path, content, content_type="application/json", headers={**known, **headers})
