"""The attack drills: somebody with the owner's rights and the triggers disabled changes what was sealed."""

import uuid
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.sql import SQL
from pytest_django import Settings

from consent.domain.seal import keys
from consent.domain.seal.faults import Fault, FaultKind
from consent.domain.seal.notes import CheckpointText, Note, read_note, sign_note
from consent.domain.seal.rereading import read_bounds
from consent.domain.seal.tree import GrowingTree
from consent.domain.seal.verifying import Trusted, find_broken_evidence, find_faults
from consent.models import Checkpoint, ConsentEvent, Evidence, LedgerLeaf, SubjectKey
from tests import make
from tests.consent.domain.ledger.racing import Race
from tests.consent.domain.seal.scene import make_people, seal, settle, unguarded, write

pytestmark = pytest.mark.django_db(transaction=True)


def faults(*, outside: Note | None = None, readers: int = 1) -> list[Fault]:
    trusted = Trusted(verifiers=keys.verifiers(), outside=outside)
    return list(find_faults(bounds=read_bounds(), trusted=trusted, readers=readers))


def first_fault(*, outside: Note | None = None) -> tuple[FaultKind, str]:
    fault = faults(outside=outside)[0]
    return fault.kind, fault.sentence


def last_note() -> Note:
    checkpoint = Checkpoint.objects.latest("tree_size")
    return read_note(written=checkpoint.note)


def event_at(position: int) -> uuid.UUID:
    return LedgerLeaf.objects.get(position=position).event_id


@pytest.fixture
def race() -> Race:
    """Twelve sealed events under three checkpoints, every number settled."""
    race = make_people()
    for minutes in range(3):
        write(race=race, count=4)
        seal(minutes=minutes)
    settle()
    settle()
    return race


@pytest.mark.usefixtures("race")
@pytest.mark.parametrize("readers", [1, 2, 3])
def test_untouched_ledger_has_no_fault(readers: int) -> None:
    assert faults(readers=readers) == []
    assert faults(outside=last_note(), readers=readers) == []
    assert list(find_broken_evidence()) == []


def test_untouched_ledger_of_several_runs_has_no_fault(monkeypatch: pytest.MonkeyPatch, race: Race) -> None:
    monkeypatch.setattr("consent.domain.seal.rereading.LEAVES_AT_ONCE", 7)
    for _ in range(3):
        write(race=race, count=200)
    seal(minutes=20, events_at_once=90)

    assert faults(readers=2) == []


def test_events_that_wait_are_no_fault(race: Race) -> None:
    outside = last_note()
    write(race=race, count=3)

    assert faults(outside=outside) == []


def test_empty_ledger_has_no_fault() -> None:
    assert faults() == []


@pytest.mark.usefixtures("race")
@pytest.mark.parametrize(
    "change",
    [
        "act = 'REFUSED', status = 'ConsentRefused'",
        "occurred_at = occurred_at - interval '1 microsecond'",
        "lacks = lacks || ' '",
        "valid_until = '2027-01-01'",
        "subject_id = gen_random_uuid()",
        "evidence_digest = ''",
        "sequence = sequence + 1000000",
        "lacks = E'\\n'",
        'lacks = \'proof","lacks":"\'',
    ],
)
def test_changed_event_is_named(change: LiteralString) -> None:
    changed = event_at(5)
    with unguarded() as link:
        link.execute(SQL("UPDATE consent_consentevent SET {} WHERE id = %s").format(SQL(change)), [changed])

    assert first_fault() == (
        FaultKind.EVENT_CHANGED,
        f"Event {changed} at position 5 is not what was sealed: it was changed, or its leaf.",
    )


@pytest.mark.usefixtures("race")
@pytest.mark.parametrize("position", [0, 11], ids=["first", "last"])
def test_deleted_event_is_named(position: int) -> None:
    gone = event_at(position)
    with unguarded() as link:
        link.execute("DELETE FROM consent_consentevent WHERE id = %s", [gone])

    assert first_fault() == (
        FaultKind.EVENT_GONE,
        f"Event {gone} at position {position} was deleted after it was sealed.",
    )


def test_text_that_needs_an_escape_is_no_fault_and_hides_none(race: Race) -> None:
    (odd, *_others) = write(race=race, count=4)
    with unguarded() as link:
        link.execute("UPDATE consent_consentevent SET lacks = E'\"\\n\\\\' WHERE id = %s", [odd.pk])
    seal(minutes=20)
    assert faults() == []

    with unguarded() as link:
        link.execute("UPDATE consent_consentevent SET lacks = 'proof' WHERE id = %s", [event_at(15)])

    assert [(fault.kind, fault.position) for fault in faults()] == [(FaultKind.EVENT_CHANGED, 15)]


def insert_copy(link: psycopg.Connection, *, sequence: int, before: str) -> uuid.UUID:
    """Another act of the same person, with a number that passed and a moment before the others."""
    key = uuid.uuid4()
    link.execute("CREATE TEMPORARY TABLE another AS SELECT * FROM consent_consentevent LIMIT 1")
    link.execute(
        "UPDATE another SET id = %s, sequence = %s, occurred_at = occurred_at - %s::interval,"
        " recorded_at = recorded_at - %s::interval",
        [key, sequence, before, before],
    )
    link.execute("INSERT INTO consent_consentevent SELECT * FROM another")
    link.execute("DROP TABLE another")
    return key


@pytest.mark.usefixtures("race")
def test_inserted_event_is_named() -> None:
    number = ConsentEvent.objects.order_by("sequence")[3].sequence
    with unguarded() as link:
        inserted = insert_copy(link, sequence=number, before="1 year")
    seal(minutes=30)

    assert first_fault() == (
        FaultKind.EVENT_INSERTED,
        f"Event {inserted}, number {number}, was inserted afterwards: everything up to that number was "
        "sealed without it.",
    )


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.usefixtures("race")
def test_inserted_event_before_the_first_number_is_named(number: int) -> None:
    with unguarded() as link:
        inserted = insert_copy(link, sequence=number, before="1 year")
    seal(minutes=30)

    kind, sentence = first_fault()
    assert kind == FaultKind.EVENT_INSERTED
    assert f"Event {inserted}" in sentence


@pytest.mark.usefixtures("race")
def test_inserted_event_with_a_leaf_of_its_own_is_found() -> None:
    """Put in among the leaves, with a true hash: every leaf behind it moves."""
    with unguarded() as link:
        insert_copy(link, sequence=0, before="1 year")
        link.execute("UPDATE consent_ledgerleaf SET position = position + 1000 WHERE position >= 6")
        link.execute("UPDATE consent_ledgerleaf SET position = position - 999 WHERE position >= 1000")
        link.execute(
            "INSERT INTO consent_ledgerleaf SELECT 6, event.id, sha256(convert_to('anything', 'UTF8'))"
            " FROM consent_consentevent event WHERE sequence = 0"
        )

    assert [fault.kind for fault in faults()][:2] == [FaultKind.EVENT_CHANGED, FaultKind.LEAVES_CHANGED]


@pytest.mark.usefixtures("race")
def test_reordered_events_are_named() -> None:
    one, two = event_at(2), event_at(9)
    with unguarded() as link:
        link.execute(
            "UPDATE consent_consentevent kept SET sequence = other.sequence FROM consent_consentevent other"
            " WHERE kept.id IN (%(one)s, %(two)s) AND other.id IN (%(one)s, %(two)s) AND other.id <> kept.id",
            {"one": one, "two": two},
        )

    assert first_fault()[1].startswith(f"Event {one} at position 2 is not what was sealed")


@pytest.mark.usefixtures("race")
def test_reordered_leaves_are_placed_between_their_checkpoints() -> None:
    with unguarded() as link:
        swap_leaves(link, 5, 6)

    assert first_fault() == (
        FaultKind.LEAVES_CHANGED,
        "Leaves from position 4 to 7, between the checkpoints of 4 and 8 events, were changed or put in "
        "another order.",
    )


def swap_leaves(link: psycopg.Connection, one: int, two: int) -> None:
    rows = link.execute(
        "DELETE FROM consent_ledgerleaf WHERE position IN (%s, %s) RETURNING position, event_id, leaf_hash",
        [one, two],
    ).fetchall()
    for position, event_id, leaf_hash in rows:
        other = two if position == one else one
        link.execute("INSERT INTO consent_ledgerleaf VALUES (%s, %s, %s)", [other, event_id, leaf_hash])


def test_reordered_leaves_are_placed_in_their_subtree(race: Race) -> None:
    write(race=race, count=400)
    seal(minutes=20)
    with unguarded() as link:
        swap_leaves(link, 100, 101)

    assert first_fault() == (
        FaultKind.NODE_CHANGED,
        "Leaves from position 0 to 255 were changed or put in another order, or the root that was kept of "
        "their subtree was changed.",
    )


def test_changed_node_is_named(race: Race) -> None:
    write(race=race, count=600)
    seal(minutes=20)
    with unguarded() as link:
        link.execute("UPDATE consent_treenode SET node_hash = sha256('') WHERE place = 1")

    assert first_fault()[1].startswith("Leaves from position 256 to 511 were changed")


@pytest.mark.usefixtures("race")
def test_missing_leaf_is_named() -> None:
    with unguarded() as link:
        link.execute("DELETE FROM consent_ledgerleaf WHERE position = 7")

    assert first_fault() == (FaultKind.LEAF_MISSING, "The leaf at position 7 is missing.")


@pytest.mark.usefixtures("race")
def test_end_that_was_cut_off_is_named() -> None:
    with unguarded() as link:
        cut_off(link, 10)

    assert first_fault() == (
        FaultKind.END_CUT_OFF,
        "The end was cut off: the last checkpoint tells 12 events, 10 are there.",
    )


def cut_off(link: psycopg.Connection, size: int) -> None:
    link.execute(
        "DELETE FROM consent_consentevent WHERE id IN"
        " (SELECT event_id FROM consent_ledgerleaf WHERE position >= %s)",
        [size],
    )
    link.execute("DELETE FROM consent_ledgerleaf WHERE position >= %s", [size])


@pytest.mark.usefixtures("race")
def test_end_cut_off_with_its_checkpoints_is_shown_by_the_one_outside() -> None:
    """As an older backup would be, put back over a newer ledger."""
    outside = last_note()
    with unguarded() as link:
        cut_off(link, 8)
        link.execute("DELETE FROM consent_checkpoint WHERE tree_size > 8")
        link.execute("UPDATE consent_sealmark SET settled_sequence = 0, settled_leaves = 0")

    assert faults() == []
    assert first_fault(outside=outside) == (
        FaultKind.OLDER_THAN_OUTSIDE,
        "The checkpoint from outside tells 12 events, the ledger has 8: its end was cut off, or an older "
        "backup was restored.",
    )


def seal_anew(link: psycopg.Connection, *, behind: int) -> None:
    """Change an act, and give all that follows new leaves, nodes and checkpoints."""
    link.execute(
        "UPDATE consent_consentevent SET occurred_at = occurred_at - interval '1 day' WHERE id = %s",
        [event_at(behind)],
    )
    link.execute("DELETE FROM consent_ledgerleaf WHERE position >= %s", [behind])
    link.execute("DELETE FROM consent_checkpoint WHERE tree_size > %s", [behind])
    link.execute("DELETE FROM consent_sealmark")
    link.execute(
        "INSERT INTO consent_sealmark (id, settled_sequence, settled_leaves, highest_sequence)"
        " SELECT 1, 0, 0, max(event.sequence) FROM consent_ledgerleaf leaf"
        " JOIN consent_consentevent event ON event.id = leaf.event_id"
    )


@pytest.mark.usefixtures("race")
def test_end_sealed_anew_with_another_key_is_named(settings: Settings) -> None:
    ours = settings.SEAL_KEYS
    settings.SEAL_KEYS = {1: bytes(range(100, 132))}
    with unguarded() as link:
        seal_anew(link, behind=8)
    seal(minutes=40)
    settings.SEAL_KEYS = ours

    assert first_fault() == (
        FaultKind.NOT_SIGNED,
        "The checkpoint of 12 events is signed with no key of this ledger: what follows position 7 may have "
        "been sealed anew by another.",
    )


@pytest.mark.usefixtures("race")
def test_end_sealed_anew_with_our_own_key_is_shown_by_the_one_outside() -> None:
    outside = last_note()
    with unguarded() as link:
        seal_anew(link, behind=8)
    seal(minutes=40)

    assert faults() == []
    assert first_fault(outside=outside) == (
        FaultKind.OTHER_THAN_OUTSIDE,
        "The first 12 events are not those that the checkpoint from outside was made of.",
    )


@pytest.mark.usefixtures("race")
@pytest.mark.parametrize(
    "change",
    [
        "note = replace(note, E'\\n8\\n', E'\\n9\\n')",
        "note = 'nothing'",
        "root_hash = sha256('')",
    ],
)
def test_changed_checkpoint_is_named(change: LiteralString) -> None:
    with unguarded() as link:
        link.execute(SQL("UPDATE consent_checkpoint SET {} WHERE tree_size = 8").format(SQL(change)))

    assert first_fault() == (
        FaultKind.CHECKPOINT_CHANGED,
        "The checkpoint of 8 events was changed: it is not what its signature is under.",
    )


@pytest.mark.usefixtures("race")
def test_checkpoint_of_another_ledger_is_not_ours() -> None:
    note = last_note()
    changed = Note(text=note.text.replace("12", "11"), signatures=note.signatures)

    assert first_fault(outside=changed) == (
        FaultKind.OUTSIDE_NOT_OURS,
        "The checkpoint from outside is signed with no key of this ledger, or was changed.",
    )


@pytest.mark.usefixtures("race")
def test_leaves_without_a_checkpoint_are_named() -> None:
    with unguarded() as link:
        link.execute("DELETE FROM consent_checkpoint WHERE tree_size > 4")

    assert first_fault() == (
        FaultKind.NOT_UNDER_A_CHECKPOINT,
        "The leaves from position 4 to 11 stand under no checkpoint.",
    )


@pytest.mark.usefixtures("race")
@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE consent_evidence SET ciphertext = ciphertext || 'x' WHERE event_id = %(one)s",
        "UPDATE consent_evidence kept SET ciphertext = other.ciphertext, nonce = other.nonce"
        " FROM consent_evidence other WHERE kept.event_id = %(one)s AND other.event_id = %(two)s",
        "UPDATE consent_evidence SET subject_id = (SELECT subject_id FROM consent_subjectkey"
        " WHERE subject_id <> consent_evidence.subject_id LIMIT 1) WHERE event_id = %(one)s",
    ],
    ids=["changed", "swapped", "given to another"],
)
def test_broken_evidence_is_named(tamper: LiteralString, race: Race) -> None:
    write(race=scene_of_another(race))
    one, two = event_at(1), event_at(2)
    with unguarded() as link:
        link.execute(tamper, {"one": one, "two": two})

    broken = list(find_broken_evidence())

    assert [(fault.kind, fault.sentence) for fault in broken] == [
        (
            FaultKind.EVIDENCE_BROKEN,
            f"The evidence of event {one} was changed, or is that of another event.",
        )
    ]
    assert faults() == []


def scene_of_another(race: Race) -> Race:
    """A second person in the same world."""
    person = make.contact(organisation=race.world.entity.organisation)
    return Race(world=race.world, points=[make.email_point(contact=person, text="bram@example.org")])


@pytest.mark.usefixtures("race")
@pytest.mark.parametrize("model", [Evidence, SubjectKey])
def test_erased_evidence_is_no_fault(model: Any) -> None:
    model.objects.all().delete()

    assert list(find_broken_evidence()) == []
    assert faults(outside=last_note()) == []


@pytest.mark.usefixtures("race")
def test_new_ledger_of_the_same_size_is_not_the_one_outside() -> None:
    """Signed with our own key, but of other events."""
    tree = GrowingTree()
    tree.add(hashes=bytes(32 * 12))
    other = CheckpointText(origin=keys.signers()[0].name, tree_size=12, root=tree.root)
    outside = sign_note(text=str(other), signers=keys.signers())

    assert first_fault(outside=outside)[0] == FaultKind.OTHER_THAN_OUTSIDE
