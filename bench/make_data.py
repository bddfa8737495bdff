"""Contacts with a history: made by the server or copied in, never one by one.

For each contact a phone number, three events that leave one permission to be called, and for two in five a
sale; beside them as many blocked numbers as sales, one in a hundred of them of somebody we know.
"""

import datetime
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.db import connection

from bench.bulk_loading import checked_afterwards
from consent.models import Channel, ContentKind, Notice, NoticeVersion, Purpose
from customers.domain.addresses import hash_address
from customers.domain.key_rings import suppression_keys
from customers.models import LegalEntity, Organisation, ProductGroup

SQL = Path(__file__).with_name("sql")
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
# Belgian and Dutch people are not called by this: nothing ever leaves, and no number is dialled.
FIRST_NUMBER = 200_000_000
LARGE = [
    *("customers_contact", "customers_contactpoint", "customers_transaction", "customers_customerrelation"),
    *("consent_consentevent", "consent_consentrecord", "consent_suppression"),
]


class Setting(NamedTuple):
    """Who asks, and for what."""

    organisation: Organisation
    entity: LegalEntity
    purpose: Purpose
    group: ProductGroup
    version: NoticeVersion


def make_setting() -> Setting:
    organisation = Organisation.objects.create(code="bench", name="Bench")
    entity = LegalEntity.objects.create(
        organisation=organisation,
        code="bench",
        name="Bench B.V.",
        kind=LegalEntity.Kind.PUBLISHER,
        kind_proof="ISSN 0000-0000",
        postal_address="Voorbeeldstraat 1, 1000 AA Amsterdam",
        sender_name="Bench",
        sender_address="post@bench.example.org",
    )
    purpose = Purpose.objects.create(
        organisation=organisation,
        code="offers",
        name={"nl": "aanbiedingen", "en": "offers"},
        content=ContentKind.COMMERCIAL,
        channels=[Channel.CALL, Channel.EMAIL],
    )
    purpose.legal_entities.add(entity)
    group = ProductGroup.objects.create(legal_entity=entity, code="krant", name="Krant")
    notice = Notice.objects.create(legal_entity=entity, purpose=purpose, channel=Channel.CALL, code="calls")
    version = NoticeVersion.objects.create(
        notice=notice,
        number=1,
        wording={"nl": "Bench mag mij bellen.", "en": "Bench may call me."},
        withdrawal={"nl": "Stoppen kan altijd.", "en": "You can always stop."},
        content_hash="0" * 64,
        published_at=LONG_AGO,
    )
    return Setting(organisation, entity, purpose, group, version)


def make_data(*, contacts: int) -> Setting:
    setting = make_setting()
    with checked_afterwards(tables=LARGE):
        fill_tables(setting, contacts)
    return setting


def fill_tables(setting: Setting, contacts: int) -> None:
    copy_points(setting.organisation, contacts)
    parameters: dict[str, int | uuid.UUID] = {
        "contacts": contacts,
        "organisation": setting.organisation.pk,
        "entity": setting.entity.pk,
        "purpose": setting.purpose.pk,
        "product_group": setting.group.pk,
        "version": setting.version.pk,
    }
    with connection.cursor() as cursor:
        for step in ("events", "records", "transactions", "relations"):
            cursor.execute((SQL / f"{step}.sql").read_text(), parameters)
    copy_blocks(setting.organisation, contacts * 2 // 5)


def copy_points(organisation: Organisation, contacts: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            (SQL / "contacts.sql").read_text(), {"contacts": contacts, "organisation": organisation.pk}
        )
        columns = "id, organisation_id, contact_id, kind, value, address_hash, hash_key_version, created_at"
        rest = ", raw_input, street, postal_code, city, placeholder, impersonal, published_evidence"
        rest += ", verified_method, invalid_reason, verified_at"
        with cursor.copy(f"COPY customers_contactpoint ({columns}{rest}) FROM STDIN") as copy:
            for row in point_rows(organisation, contacts):
                copy.write_row(row)


def point_rows(organisation: Organisation, contacts: int) -> Iterator[tuple[object, ...]]:
    keys = suppression_keys()
    verified_at = datetime.datetime(2026, 9, 1, tzinfo=datetime.UTC)
    for number in range(contacts):
        value = f"+31{FIRST_NUMBER + number}"
        hashed = hash_address(organisation_id=organisation.pk, kind="PHONE", value=value, keys=keys)
        yield (
            uuid.UUID(int=(2 << 96) + number),
            organisation.pk,
            uuid.UUID(int=(1 << 96) + number),
            "PHONE",
            value,
            hashed.digest,
            hashed.key_version,
            LONG_AGO,
            *("", "", "", "", False, False, ""),
            *("SMS_CODE" if number % 3 else "", "", verified_at if number % 3 else None),
        )


def copy_blocks(organisation: Organisation, blocks: int) -> None:
    columns = "id, organisation_id, address_hash, hash_key_version, channel, reason, suppressed_at, event_id"
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY consent_suppression ({columns}) FROM STDIN") as copy,
    ):
        for row in block_rows(organisation, blocks):
            copy.write_row(row)


def block_rows(organisation: Organisation, blocks: int) -> Iterator[tuple[object, ...]]:
    keys = suppression_keys()
    for place in range(blocks):
        known = place % 100 == 0
        value = f"+31{FIRST_NUMBER + place if known else 600_000_001 + place}"
        hashed = hash_address(organisation_id=organisation.pk, kind="PHONE", value=value, keys=keys)
        key = uuid.UUID(int=(5 << 96) + place)
        yield key, organisation.pk, hashed.digest, hashed.key_version, "", "LIST", LONG_AGO, key
