import datetime
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings as configured
from django.db import connection, transaction
from pytest_django import Settings

from consent.domain.ledger.leaf import leaf_of
from consent.domain.seal import keys, proofs
from consent.domain.seal.checking import is_consistent, is_included, is_range_included
from consent.domain.seal.notes import Signer, check_note, read_checkpoint, read_note
from consent.domain.seal.sealing import LOCK, SETTLES_AFTER, seal_chunk, seal_late
from consent.domain.seal.tree import EMPTY_ROOT, GrowingTree, Node, OutsideTreeError, hash_leaf
from consent.models import Checkpoint, ConsentEvent, LedgerLeaf, SealMark, TreeNode
from tests import make
from tests.conftest import owner_connection
from tests.consent.domain.ledger.racing import run_writers, write_at_random
from tests.consent.domain.seal.scene import let_others_end, make_people, seal, settle, unguarded, write

pytestmark = pytest.mark.django_db(transaction=True)


def leaves() -> list[tuple[int, bytes]]:
    return [(row.position, bytes(row.leaf_hash)) for row in LedgerLeaf.objects.order_by("position")]


def by_hand() -> list[tuple[int, bytes]]:
    """The leaves that events in the order of the ledger would have."""
    rows = ConsentEvent.objects.order_by("sequence")
    return [(place, hash_leaf(entry=leaf_of(event=row))) for place, row in enumerate(rows)]


def sealed_sequences() -> list[int]:
    numbers = dict(ConsentEvent.objects.values_list("pk", "sequence"))
    return [numbers[row.event_id] for row in LedgerLeaf.objects.order_by("position")]


@contextmanager
def late_commit(count: int = 1) -> Iterator[psycopg.Connection]:
    """A second connection that wrote an event and has not committed yet."""
    source = ConsentEvent.objects.order_by("sequence").first()
    assert source is not None
    with owner_connection() as link:
        for _ in range(count):
            link.execute(
                "CREATE TEMPORARY TABLE another AS SELECT * FROM consent_consentevent WHERE id = %s",
                [source.pk],
            )
            link.execute(
                "UPDATE another SET id = gen_random_uuid(), sequence = nextval('consent_event_sequence')"
            )
            link.execute("INSERT INTO consent_consentevent SELECT * FROM another")
            link.execute("DROP TABLE another")
        yield link


def test_events_are_sealed_in_the_order_of_the_ledger() -> None:
    write(race=make_people(), count=5)

    assert seal() == 5

    assert leaves() == by_hand()
    assert seal(minutes=1) == 0


def test_checkpoint_tells_size_and_root_and_is_signed() -> None:
    write(race=make_people(), count=3)

    seal()

    (checkpoint,) = Checkpoint.objects.all()
    tree = GrowingTree()
    tree.add(hashes=b"".join(leaf for _place, leaf in leaves()))
    note = read_note(written=checkpoint.note)
    told = read_checkpoint(text=note.text)
    assert (told.origin, told.tree_size, told.root) == (configured.SEAL_ORIGIN, 3, tree.root)
    assert (checkpoint.tree_size, bytes(checkpoint.root_hash)) == (3, tree.root)
    assert checkpoint.made_at == make.NOW
    assert check_note(note=note, verifiers=keys.verifiers()) == keys.verifiers()


def test_nothing_new_makes_no_checkpoint() -> None:
    write(race=make_people())
    seal()

    seal(minutes=1)

    assert Checkpoint.objects.count() == 1


def test_empty_ledger_has_nothing_to_seal() -> None:
    assert seal() == 0

    assert proofs.latest_checkpoint() is None
    assert proofs.root_at(tree_size=0) == EMPTY_ROOT


def test_chunks_make_the_same_tree_as_all_at_once() -> None:
    write(race=make_people(), count=23)

    assert seal(events_at_once=4) == 23

    assert leaves() == by_hand()
    sizes = list(Checkpoint.objects.order_by("tree_size").values_list("tree_size", flat=True))
    assert sizes == [4, 8, 12, 16, 20, 23]
    for smaller, larger in itertools.pairwise(sizes):
        assert is_consistent(
            first=smaller,
            second=larger,
            first_root=proofs.root_at(tree_size=smaller),
            second_root=proofs.root_at(tree_size=larger),
            proof=proofs.consistency_proof(first=smaller, second=larger),
        )


def test_late_commit_is_sealed_when_it_comes() -> None:
    race = make_people()
    write(race=race)
    with late_commit() as link:
        write(race=race)
        for minutes in range(1, 4):
            seal(minutes=minutes)
        before = sealed_sequences()
        link.commit()
    first = before[0]

    sealed = seal(minutes=5)

    assert before == [first, first + 2]
    assert sealed == 1
    assert sealed_sequences() == [first, first + 2, first + 1]


def test_mark_waits_for_a_transaction_that_still_writes() -> None:
    race = make_people()
    write(race=race)
    settle()
    passed = SealMark.objects.get().settled_sequence
    with late_commit() as link:
        write(race=race)
        for minutes in range(5, 15):
            seal(minutes=minutes)
        waiting = SealMark.objects.get().settled_sequence
        link.commit()

    settle()
    settle()

    assert waiting == passed
    mark = SealMark.objects.get()
    assert mark.settled_sequence == mark.highest_sequence == passed + 2
    assert mark.settled_leaves == LedgerLeaf.objects.count() == 3


def test_mark_is_not_moved_in_the_moment_in_which_a_writer_takes_its_number() -> None:
    write(race=make_people())

    for _ in range(5):
        for seal_some in (seal_late, seal_chunk):
            seal_some(now=make.NOW)
    for seal_some in (seal_late, seal_chunk):
        seal_some(now=make.NOW + SETTLES_AFTER - datetime.timedelta(microseconds=1))

    mark = SealMark.objects.get()
    assert (mark.settled_sequence, mark.candidate_horizon) == (0, None)


def test_numbers_skipped_for_good_hold_nothing_up() -> None:
    race = make_people()
    write(race=race)
    with late_commit(count=3) as link:
        link.rollback()
    write(race=race)

    settle()

    first = sealed_sequences()[0]
    assert sealed_sequences() == [first, first + 4]
    assert SealMark.objects.get().settled_sequence == first + 4


def test_restore_into_another_cluster_keeps_the_mark_back_and_loses_nothing() -> None:
    """There transaction numbers start lower than the horizon that was noted."""
    race = make_people()
    write(race=race)
    seal()
    seal(minutes=1)
    SealMark.objects.update(candidate_horizon=2**62)
    write(race=race, count=2)

    assert seal(minutes=2) == 2

    assert SealMark.objects.get().settled_sequence == 0
    assert leaves() == by_hand()


def test_many_late_commits_are_sealed_in_chunks() -> None:
    race = make_people()
    write(race=race)
    with late_commit(count=7) as link:
        write(race=race)
        seal()
        link.commit()

    assert seal(minutes=1, events_at_once=3) == 7

    settle()
    settle()
    assert sorted(sealed_sequences()) == list(
        ConsentEvent.objects.order_by("sequence").values_list("sequence", flat=True)
    )
    assert SealMark.objects.get().settled_leaves == 9


def test_late_commit_is_not_missed_because_another_event_was_deleted() -> None:
    """As many are visible as were sealed; what is settled is looked at all the same."""
    race = make_people()
    write(race=race)
    with late_commit() as link:
        write(race=race)
        seal()
        seal(minutes=1)
        link.commit()
    deleted = LedgerLeaf.objects.get(position=1).event_id
    with unguarded() as owner:
        owner.execute("DELETE FROM consent_consentevent WHERE id = %s", [deleted])

    for minutes in range(2, 6):
        seal(minutes=minutes)
        let_others_end()

    sealed = set(LedgerLeaf.objects.values_list("event_id", flat=True))
    assert sealed == {*ConsentEvent.objects.values_list("pk", flat=True), deleted}


def test_mark_follows_what_is_sealed_while_much_waits() -> None:
    write(race=make_people(), count=20)

    for minutes in range(6):
        now = make.NOW + datetime.timedelta(minutes=minutes)
        seal_late(now=now, events_at_once=3)
        seal_chunk(now=now, events_at_once=3)
        let_others_end()

    mark = SealMark.objects.get()
    assert LedgerLeaf.objects.count() == 18
    assert 0 < mark.settled_sequence < mark.highest_sequence
    assert mark.settled_leaves == ConsentEvent.objects.filter(sequence__lte=mark.settled_sequence).count()
    seal(minutes=9)
    assert leaves() == by_hand()


def test_sealers_and_writers_at_once_lose_and_double_nothing() -> None:
    race = make_people()
    done = threading.Event()

    def work(number: int) -> int:
        if number < 2:
            return seal_until(done)
        written = write_at_random(race=race, seed=number, most_at_once=4)
        count = sum(next(written) for _ in range(15))
        done.set()
        return count

    def seal_until(stop: threading.Event) -> int:
        while not stop.is_set():
            seal(events_at_once=5)
        return 0

    written = sum(run_writers(work=work, writers=6))
    seal()

    assert LedgerLeaf.objects.count() == ConsentEvent.objects.count() == written
    assert [place for place, _hash in leaves()] == list(range(written))


def test_only_one_seals_at_a_time() -> None:
    write(race=make_people())
    with owner_connection() as link:
        link.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])

        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            assert cursor.fetchone() == (False,)


def test_new_key_signs_beside_the_old_one(settings: Settings) -> None:
    race = make_people()
    old, new = bytes(range(32)), bytes(range(32, 64))
    settings.SEAL_KEYS = {1: old}
    write(race=race)
    seal()
    settings.SEAL_KEYS = {1: old, 2: new}
    write(race=race)
    seal(minutes=1)

    by_old, by_new = (Signer(name=keys.signers()[0].name, seed=seed).verifier for seed in (old, new))
    signed = [
        check_note(note=read_note(written=row.note), verifiers=[by_old, by_new])
        for row in Checkpoint.objects.order_by("tree_size")
    ]
    assert signed == [[by_old], [by_new, by_old]]


def test_retired_key_still_vouches(settings: Settings) -> None:
    settings.SEAL_KEYS = {1: bytes(range(32))}
    retired = keys.signers()[0].verifier
    settings.SEAL_KEYS = {2: bytes(range(32, 64))}
    settings.SEAL_RETIRED_KEYS = [retired]

    assert keys.verifiers() == [keys.signers()[0].verifier, retired]


def test_proofs_of_a_tree_with_kept_nodes_hold() -> None:
    """Written by the owner in one statement: 70,000 leaves, so that two levels of nodes are kept."""
    write(race=make_people())
    seal()
    fill(leaves=70_000)
    size = 70_000
    root = proofs.root_at(tree_size=size)
    stored = dict(leaves())

    for position in (0, 255, 256, 65_535, 65_536, 69_999):
        proof = proofs.inclusion_proof(position=position, tree_size=size)
        assert is_included(
            leaf_hash=stored[position], position=position, tree_size=size, proof=proof, root=root
        )
    assert is_range_included(
        leaf_hashes=[stored[place] for place in range(200, 700)],
        start=200,
        tree_size=size,
        proof=proofs.range_proof(start=200, end=700, tree_size=size),
        root=root,
    )
    assert is_consistent(
        first=66_000,
        second=size,
        first_root=proofs.root_at(tree_size=66_000),
        second_root=root,
        proof=proofs.consistency_proof(first=66_000, second=size),
    )


def fill(*, leaves: int) -> None:
    """Give the tree this many leaves of chance, with the nodes that sealing would have kept."""
    tree = GrowingTree()
    made: dict[Node, bytes] = {}
    with unguarded() as link:
        link.execute("TRUNCATE consent_ledgerleaf, consent_treenode")
        with link.cursor().copy("COPY consent_ledgerleaf FROM STDIN") as copy:
            for place in range(leaves):
                leaf_hash = hash_leaf(entry=str(place).encode())
                made |= tree.add(hashes=leaf_hash)
                copy.write_row((place, f"00000000-0000-0000-0000-{place:012x}", leaf_hash))
        for node, root in made.items():
            link.execute("INSERT INTO consent_treenode VALUES (%s, %s, %s)", [*node, root])
        link.commit()


def test_sealing_keeps_the_nodes_of_whole_blocks() -> None:
    race = make_people()
    for _ in range(3):
        write(race=race, count=100)

    seal(events_at_once=70)

    assert TreeNode.objects.count() == 1
    tree = GrowingTree()
    tree.add(hashes=b"".join(leaf for _place, leaf in leaves()))
    assert proofs.root_at(tree_size=300) == tree.root


def test_position_of_events_that_are_sealed() -> None:
    race = make_people()
    first, second = write(race=race, count=2)
    seal()
    (waiting,) = write(race=race)

    assert proofs.position_of(event_ids=[second.pk, first.pk, waiting.pk]) == {first.pk: 0, second.pk: 1}


def test_proof_outside_the_tree_is_refused() -> None:
    write(race=make_people())
    seal()

    with pytest.raises(OutsideTreeError):
        proofs.inclusion_proof(position=1, tree_size=1)
    with pytest.raises(proofs.TreeBrokenError):
        proofs.inclusion_proof(position=0, tree_size=2)
