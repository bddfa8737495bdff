import datetime
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given, settings

from consent.domain.ledger.reconciling import ContactRange, Difference, find_differences, list_ranges
from consent.domain.ledger.recording import NewEvent, record
from consent.models import Act, Actor, Channel, ConsentRecord, Method, Objection, Source, Status
from customers.models import Contact
from tests import make
from tests.consent.domain.ledger.histories import (
    Step,
    World,
    events_of,
    histories,
    make_world,
    objection_histories,
)

pytestmark = pytest.mark.django_db
NOBODY_WRONG = "0 contacts made ready for lists otherwise than their records say.\n"


def give(world: World, *, contact_point: bool = True) -> ConsentRecord:
    person = make.contact(organisation=world.entity.organisation)
    point_id = make.email_point(contact=person).pk if contact_point else None
    record(events=[event(world, Act.GIVEN, person.pk, point_id)], recorded_at=make.NOW)
    return ConsentRecord.objects.get(contact=person)


def event(world: World, act: Act, person_id: uuid.UUID, point_id: uuid.UUID | None) -> NewEvent:
    return NewEvent(
        organisation_id=world.entity.organisation_id,
        act=act,
        subject_id=person_id,
        occurred_at=make.NOW - datetime.timedelta(days=1),
        actor=Actor.SUBJECT,
        source=Source.PREFERENCES,
        method=Method.BUTTON,
        legal_entity_id=world.entity.pk,
        purpose_id=world.purpose_id,
        channel=Channel.EMAIL if point_id else Channel.NONE,
        contact_point_id=point_id,
    )


def found() -> list[Difference]:
    return list(find_differences(contacts_at_once=2))


def differing(
    contact_id: uuid.UUID,
    legal_entity_id: uuid.UUID | None,
    purpose_id: uuid.UUID | None,
    channel: str,
    *,
    columns: list[str],
) -> Difference:
    return Difference(
        contact_id=contact_id,
        legal_entity_id=legal_entity_id,
        purpose_id=purpose_id,
        channel=channel,
        in_ledger=True,
        in_records=True,
        columns=columns,
    )


def place_of(row: ConsentRecord) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID, str]:
    return (row.contact_id, row.legal_entity_id, row.purpose_id, row.channel)


def test_records_written_by_the_ledger_never_differ() -> None:
    world = make_world()

    @settings(max_examples=20, deadline=None)
    @given(history=histories | objection_histories)
    def check(history: list[Step]) -> None:
        for new in events_of(history=history, world=world):
            record(events=[new], recorded_at=make.NOW)

        assert found() == []

    check()


@pytest.mark.parametrize("contact_point", [True, False])
def test_changed_record_is_found_with_what_differs(contact_point: bool) -> None:
    world = make_world()
    kept = [give(world, contact_point=contact_point) for _ in range(5)]
    changed = kept[3]
    ConsentRecord.objects.filter(pk=changed.pk).update(status=Status.WITHDRAWN, withdrawn_at=make.NOW)

    assert found() == [differing(*place_of(changed), columns=["status", "withdrawn_at"])]


def test_missing_record_is_found() -> None:
    world = make_world()
    kept = give(world)
    ConsentRecord.objects.all().delete()

    (difference,) = found()

    assert difference[:6] == (*place_of(kept), True, False)


def test_record_without_events_is_found() -> None:
    world = make_world()
    surplus = give(world)
    ConsentRecord.objects.filter(pk=surplus.pk).update(channel=Channel.POST)

    assert [(difference.channel, difference.in_ledger, difference.in_records) for difference in found()] == [
        (Channel.EMAIL, True, False),
        (Channel.POST, False, True),
    ]


def test_objection_that_no_longer_stands_is_found() -> None:
    world = make_world()
    person = make.contact(organisation=world.entity.organisation)
    everything = NewEvent(
        organisation_id=world.entity.organisation_id,
        act=Act.OBJECTED,
        subject_id=person.pk,
        occurred_at=make.LONG_AGO,
        actor=Actor.SUBJECT,
        source=Source.PREFERENCES,
        method=Method.BUTTON,
    )
    record(events=[everything], recorded_at=make.NOW)
    assert found() == []
    Objection.objects.update(standing=False)

    assert found() == [differing(person.pk, None, None, "", columns=["standing"])]


def test_erased_contact_is_left_out() -> None:
    world = make_world()
    kept = give(world)
    person = kept.contact
    ConsentRecord.objects.all().delete()
    person.given_name, person.family_name, person.erased_at = "", "", make.NOW
    person.save(update_fields=["given_name", "family_name", "erased_at"])

    assert found() == []


def test_ranges_hold_each_contact_once() -> None:
    world, other = make_world(), make.organisation(code="other")
    for organisation in (world.entity.organisation, other):
        for _ in range(5):
            make.contact(organisation=organisation)

    ranges = list(list_ranges(contacts_at_once=2))

    assert [len(in_range(one)) for one in ranges] == [2, 2, 1, 2, 2, 1]
    assert list(list_ranges(contacts_at_once=2, after=ranges[1])) == ranges[2:]


def in_range(one: ContactRange) -> list[Contact]:
    return list(Contact.objects.filter(organisation=one.organisation_id, pk__range=(one.first, one.last)))


@pytest.mark.django_db(transaction=True)
def test_command_counts_what_differs_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    changed = give(make_world())
    ConsentRecord.objects.update(uses_spent=7)

    with pytest.raises(SystemExit) as stopped:
        call_command("reconcile_records")

    place = " ".join(str(part) for part in place_of(changed))
    assert stopped.value.code == 1
    assert capsys.readouterr().out == (
        f"{place}: uses_spent\n1 differences between the records and the ledger.\n{NOBODY_WRONG}"
    )


@pytest.mark.django_db(transaction=True)
def test_command_mends_what_differs(capsys: pytest.CaptureFixture[str]) -> None:
    world = make_world()
    changed, missing, surplus = (give(world) for _ in range(3))
    objecting = event(world, Act.OBJECTED, changed.contact_id, None)
    record(events=[objecting], recorded_at=make.NOW)
    before = rows()
    ConsentRecord.objects.filter(pk=changed.pk).update(status=Status.WITHDRAWN, uses_spent=7)
    ConsentRecord.objects.filter(pk=missing.pk).delete()
    ConsentRecord.objects.filter(pk=surplus.pk).update(channel=Channel.POST)
    Objection.objects.update(standing=False)

    call_command("reconcile_records", "--mend")

    assert capsys.readouterr().out.endswith(
        f"5 differences between the records and the ledger.\n0 after mending.\n{NOBODY_WRONG}"
    )
    assert rows() == before


def rows() -> list[list[dict[str, object]]]:
    """All that stands in the records, but their own keys."""
    found = []
    models: list[Any] = [ConsentRecord, Objection]
    for model in models:
        ordered = model.objects.order_by("contact_id", "channel").values()
        found.append([{name: row[name] for name in row if name != "id"} for row in ordered])
    return found


@pytest.mark.django_db(transaction=True)
def test_command_is_silent_about_records_that_agree(capsys: pytest.CaptureFixture[str]) -> None:
    give(make_world())

    call_command("reconcile_records")

    assert capsys.readouterr().out == f"0 differences between the records and the ledger.\n{NOBODY_WRONG}"
