import datetime
import json
import uuid
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from consent.domain.ledger.leaf import leaf_of
from consent.domain.ledger.recording import record
from consent.models import Act, Actor, Channel, Collector, ConsentEvent, Grade, Method, Source, Status
from tests import make
from tests.consent.domain.ledger.histories import Step, events_of, make_world

# Written out, not imported: leaves that are sealed can't change, so neither can this list.
FIELDS = [
    "act",
    "actor",
    "address_hash",
    "channel",
    "collection_point_id",
    "collector",
    "complete",
    "contact_point_id",
    "evidence_digest",
    "first_contact_due_at",
    "format",
    "grade",
    "hash_key_version",
    "id",
    "import_batch_id",
    "lacks",
    "language",
    "legal_entity_id",
    "method",
    "notice_hash",
    "notice_version_id",
    "occurred_at",
    "organisation_id",
    "privacy_statement_hash",
    "privacy_statement_id",
    "proven",
    "purpose_id",
    "reason",
    "recorded_at",
    "refers_to_id",
    "relation_id",
    "sequence",
    "shown_form_hash",
    "source",
    "staff_id",
    "status",
    "subject_id",
    "transaction_id",
    "uses",
    "valid_until",
]
zones = st.sampled_from([datetime.timezone(datetime.timedelta(hours=hours)) for hours in (-11, 0, 2, 14)])
moments = st.builds(
    lambda zone, microseconds: (make.LONG_AGO + datetime.timedelta(microseconds=microseconds)).astimezone(
        zone
    ),
    zones,
    st.integers(-(10**15), 10**16),
)
hashes = st.just("") | st.binary(min_size=32, max_size=32).map(bytes.hex)
keys = st.uuids() | st.none()


def events(*, languages: st.SearchStrategy[str]) -> st.SearchStrategy[ConsentEvent]:
    return st.builds(
        ConsentEvent,
        id=st.uuids(),
        sequence=st.integers(1, 2**53 - 1),
        organisation_id=st.uuids(),
        legal_entity_id=keys,
        purpose_id=keys,
        channel=st.sampled_from(["", *Channel]),
        act=st.sampled_from(Act),
        status=st.sampled_from(["", *Status]),
        subject_id=st.uuids(),
        contact_point_id=keys,
        address_hash=hashes,
        refers_to_id=keys,
        occurred_at=moments,
        recorded_at=moments,
        proven=st.booleans(),
        actor=st.sampled_from(Actor),
        staff_id=keys,
        source=st.sampled_from(Source),
        method=st.sampled_from(Method),
        collection_point_id=keys,
        language=languages,
        notice_version_id=keys,
        notice_hash=hashes,
        privacy_statement_id=keys,
        privacy_statement_hash=hashes,
        shown_form_hash=hashes,
        valid_until=moments | st.none(),
        uses=st.integers(0, 32767) | st.none(),
        first_contact_due_at=moments | st.none(),
        collector=st.sampled_from(Collector),
        complete=st.booleans(),
        grade=st.sampled_from(["", *Grade]),
        transaction_id=keys,
        relation_id=keys,
        import_batch_id=keys,
        evidence_digest=hashes,
    )


@given(event=events(languages=st.sampled_from(["", "nl", "en", "fr"])))
def test_leaf_is_canonical_json_in_plain_ascii(event: ConsentEvent) -> None:
    leaf = leaf_of(event=event)

    assert leaf == rfc8785.dumps(expected(event))
    assert leaf.isascii()


# The database holds any text but NUL; even one that no code of ours writes must not stop the seal.
@given(event=events(languages=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_leaf_is_canonical_json_whatever_the_text(event: ConsentEvent) -> None:
    assert leaf_of(event=event) == rfc8785.dumps(expected(event))


@given(event=events(languages=st.just("nl")))
def test_leaf_is_flat_and_holds_exactly_these_fields(event: ConsentEvent) -> None:
    values: dict[str, Any] = json.loads(leaf_of(event=event))

    assert sorted(values) == FIELDS
    assert values["format"] == "jawoord-event-1"
    assert not any(isinstance(value, dict | list | float) for value in values.values())


def test_leaf_of_a_known_event_stays_the_same() -> None:
    event = ConsentEvent(
        id=uuid.UUID(int=1),
        sequence=7,
        organisation_id=uuid.UUID(int=2),
        act=Act.WITHDRAWN,
        status=Status.WITHDRAWN,
        channel=Channel.CALL,
        subject_id=uuid.UUID(int=3),
        occurred_at=datetime.datetime(
            2026, 7, 1, 0, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=2))
        ),
        recorded_at=datetime.datetime(2026, 7, 1, 9, 30, 0, 5, tzinfo=datetime.UTC),
        actor=Actor.SUBJECT,
        source=Source.ONE_CLICK,
        method=Method.BUTTON,
        language="nl",
        complete=True,
    )

    assert leaf_of(event=event).decode() == (
        '{"act":"WITHDRAWN","actor":"SUBJECT","address_hash":"","channel":"CALL","collection_point_id":null,'
        '"collector":"OWN","complete":true,"contact_point_id":null,"evidence_digest":"",'
        '"first_contact_due_at":null,"format":"jawoord-event-1","grade":"","hash_key_version":null,'
        '"id":"00000000-0000-0000-0000-000000000001","import_batch_id":null,"lacks":"","language":"nl",'
        '"legal_entity_id":null,"method":"BUTTON","notice_hash":"","notice_version_id":null,'
        '"occurred_at":"2026-06-30T22:00:00.000000Z",'
        '"organisation_id":"00000000-0000-0000-0000-000000000002","privacy_statement_hash":"",'
        '"privacy_statement_id":null,"proven":true,"purpose_id":null,"reason":"",'
        '"recorded_at":"2026-07-01T09:30:00.000005Z","refers_to_id":null,"relation_id":null,"sequence":7,'
        '"shown_form_hash":"","source":"ONE_CLICK","staff_id":null,"status":"ConsentWithdrawn",'
        '"subject_id":"00000000-0000-0000-0000-000000000003","transaction_id":null,"uses":null,'
        '"valid_until":null}'
    )


def test_every_column_of_the_ledger_is_in_the_leaf() -> None:
    columns = {field.attname for field in ConsentEvent._meta.concrete_fields}  # noqa: SLF001 (Django's public API)

    assert sorted(columns | {"format"}) == FIELDS


def test_value_of_another_kind_is_refused() -> None:
    event = ConsentEvent(id=uuid.UUID(int=1), sequence=1, occurred_at=make.NOW, recorded_at=make.NOW)
    event.evidence_digest = b"bytes"  # type: ignore[assignment]

    with pytest.raises(TypeError, match="bytes"):
        leaf_of(event=event)


@pytest.mark.django_db
def test_leaf_of_a_written_event_is_that_of_the_stored_one() -> None:
    step = Step(
        act=Act.GIVEN,
        channel=Channel.EMAIL,
        days_ago=2,
        proven=True,
        names=None,
        uses=1,
        with_notice=True,
        wide=False,
    )
    (written,) = record(events=events_of(history=[step], world=make_world()), recorded_at=make.NOW)

    assert leaf_of(event=written) == leaf_of(event=ConsentEvent.objects.get(pk=written.pk))


def expected(event: ConsentEvent) -> dict[str, Any]:
    values = {name: plain(getattr(event, name)) for name in FIELDS if name != "format"}
    return {"format": "jawoord-event-1", **values}


def plain(value: object) -> Any:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return str(value) if isinstance(value, uuid.UUID | str) else value
