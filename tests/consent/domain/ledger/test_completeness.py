import uuid
from dataclasses import replace
from typing import Any

import pytest

from consent.domain.ledger.recording import EventNotRecordableError, NewEvent, Wordings, list_missing, record
from consent.models import Act, Actor, Channel, ConsentEvent, ConsentRecord, Method, Source
from customers.models import uuid7
from tests import make

pytestmark = pytest.mark.django_db

SHOWN = Wordings(
    language="nl",
    notice_version_id=uuid.UUID(int=1),
    notice_hash="1" * 64,
    privacy_statement_id=uuid.UUID(int=2),
    privacy_statement_hash="2" * 64,
    shown_form_hash="3" * 64,
)


def complete_grant(act: Act = Act.CONFIRMED) -> NewEvent:
    """A permission by web form whose proof lacks nothing."""
    entity = make.legal_entity(organisation=make.organisation())
    purpose = make.purpose(organisation=entity.organisation, legal_entities=[entity])
    person = make.contact(organisation=entity.organisation)
    return NewEvent(
        organisation_id=entity.organisation_id,
        act=act,
        subject_id=person.pk,
        occurred_at=make.LONG_AGO,
        actor=Actor.SUBJECT,
        source=Source.WEB_FORM,
        method=Method.CHECKBOX,
        legal_entity_id=entity.pk,
        purpose_id=purpose.pk,
        channel=Channel.EMAIL,
        contact_point_id=make.email_point(contact=person).pk,
        refers_to_id=uuid7(),
        collection_point_id=uuid7(),
        shown=SHOWN,
        proof={"typed": "alice@example.org"},
    )


@pytest.mark.parametrize("act", [Act.REQUESTED, Act.GIVEN, Act.CONFIRMED, Act.RENEWED])
def test_permission_with_the_whole_proof_is_complete(act: Act) -> None:
    event = complete_grant(act)

    (written,) = record(events=[event], recorded_at=make.NOW)

    assert list_missing(event=event) == []
    assert ConsentEvent.objects.get(pk=written.pk).complete is True
    assert ConsentRecord.objects.get().complete is (act != Act.REQUESTED)


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ({"contact_point_id": None}, ["address"]),
        ({"shown": replace(SHOWN, notice_version_id=None)}, ["wording"]),
        ({"shown": replace(SHOWN, notice_hash="")}, ["wording"]),
        ({"shown": replace(SHOWN, language="")}, ["wording"]),
        ({"shown": replace(SHOWN, shown_form_hash="")}, ["form"]),
        ({"collection_point_id": None}, ["form"]),
        ({"proof": None}, ["proof"]),
        ({"proof": {}}, ["proof"]),
        ({"refers_to_id": None}, ["request"]),
        ({"lacks": ("moment",)}, ["moment"]),
        ({"lacks": ("source", "moment"), "proof": None}, ["source", "moment", "proof"]),
        ({"shown": Wordings()}, ["wording", "form"]),
    ],
)
def test_permission_that_lacks_something_is_kept_as_incomplete(
    without: dict[str, Any], missing: list[str]
) -> None:
    event = replace(complete_grant(), **without)

    (written,) = record(events=[event], recorded_at=make.NOW)

    assert list_missing(event=event) == missing
    assert ConsentEvent.objects.get(pk=written.pk).complete is False
    assert ConsentRecord.objects.get().complete is False


@pytest.mark.parametrize("without", [{"legal_entity_id": None}, {"purpose_id": None}])
def test_permission_for_nobody_or_nothing_is_refused(without: dict[str, Any]) -> None:
    event = replace(complete_grant(), **without)

    with pytest.raises(EventNotRecordableError):
        record(events=[event], recorded_at=make.NOW)

    assert ConsentEvent.objects.count() == 0


def test_permission_over_no_channel_is_refused() -> None:
    with pytest.raises(EventNotRecordableError):
        record(events=[replace(complete_grant(), channel="")], recorded_at=make.NOW)


def test_act_in_the_future_is_refused() -> None:
    with pytest.raises(EventNotRecordableError):
        record(events=[replace(complete_grant(), occurred_at=make.NOW)], recorded_at=make.LONG_AGO)


def test_permission_for_processing_needs_no_address() -> None:
    event = replace(complete_grant(), channel=Channel.NONE, contact_point_id=None)

    assert list_missing(event=event) == []


def test_permission_on_paper_needs_no_form_as_shown() -> None:
    on_paper = replace(
        complete_grant(Act.GIVEN),
        source=Source.PAPER,
        method=Method.SIGNATURE,
        collection_point_id=None,
        shown=replace(SHOWN, shown_form_hash=""),
    )

    assert list_missing(event=on_paper) == []


def test_stop_is_complete_without_a_wording() -> None:
    stop = replace(complete_grant(), act=Act.WITHDRAWN, shown=Wordings(), proof=None, contact_point_id=None)

    assert list_missing(event=stop) == []


@pytest.mark.parametrize("act", [Act.WITHDRAWN, Act.REFUSED])
def test_stop_or_refusal_is_always_proven(act: Act) -> None:
    stop = replace(complete_grant(), act=act, proven=False)

    (written,) = record(events=[stop], recorded_at=make.NOW)

    assert written.proven is True


def test_later_complete_permission_replaces_an_incomplete_one() -> None:
    complete = complete_grant(Act.GIVEN)
    incomplete = replace(complete, id=uuid7(), shown=Wordings())
    record(events=[incomplete], recorded_at=make.LONG_AGO)

    record(events=[replace(complete, occurred_at=make.NOW)], recorded_at=make.NOW)

    assert ConsentRecord.objects.get().complete is True
