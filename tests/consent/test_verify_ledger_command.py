from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from consent.domain.seal import verifying
from consent.management.commands import verify_ledger
from consent.models import Checkpoint, ConsentEvent, Evidence, LedgerLeaf
from tests import make
from tests.consent.domain.ledger.racing import Race
from tests.consent.domain.seal.scene import make_people, seal, settle, unguarded, write

pytestmark = pytest.mark.django_db(transaction=True)

SHOWS = "A seal shows that nothing was changed since; whether it was true is another matter.\n"


def verify(*arguments: object) -> tuple[int, str]:
    """The exit code and what was said."""
    said = StringIO()
    try:
        call_command("verify_ledger", *map(str, arguments), stdout=said)
    except SystemExit as exit_:
        return int(str(exit_.code)), said.getvalue()
    return 0, said.getvalue()


@pytest.fixture(autouse=True)
def sealed() -> Race:
    """Seven events under two checkpoints."""
    race = make_people()
    write(race=race, count=4)
    seal()
    write(race=race, count=3)
    seal(minutes=1)
    settle()
    return race


def kept(tmp_path: Path, *, size: int) -> Path:
    path = tmp_path / "checkpoint.txt"
    path.write_text(Checkpoint.objects.get(tree_size=size).note, encoding="utf-8")
    return path


def test_whole_ledger_is_told_with_what_that_does_not_show() -> None:
    assert verify() == (
        0,
        "All 7 sealed events are as they were sealed.\n"
        "No checkpoint from outside was given: nothing is anchored, and a ledger made anew as a whole with "
        f"our own keys would look the same.\n{SHOWS}",
    )


def test_back_dated_event_with_a_number_of_its_own_is_named() -> None:
    with unguarded() as link:
        link.execute("CREATE TEMPORARY TABLE another AS SELECT * FROM consent_consentevent LIMIT 1")
        link.execute(
            "UPDATE another SET id = gen_random_uuid(), sequence = nextval('consent_event_sequence'),"
            " occurred_at = occurred_at - interval '1 year', recorded_at = recorded_at - interval '1 year'"
        )
        link.execute("INSERT INTO consent_consentevent SELECT * FROM another")
    seal(minutes=30)

    inserted = LedgerLeaf.objects.get(position=7).event_id
    code, said = verify()

    assert (code, said.splitlines()[1]) == (
        0,
        f"Sealed a day or more after their moment: 1. The first is event {inserted} at position 7, recorded "
        "at 2025-11-21 12:00 UTC it says, and not yet under the checkpoint of 2026-11-21 12:01 UTC. Old "
        "data that was loaded looks like this, and so does an event that was put in and back-dated.",
    )


def test_stretch_anchored_outside_is_told(tmp_path: Path) -> None:
    assert verify("--checkpoint", kept(tmp_path, size=4)) == (
        0,
        "All 7 sealed events are as they were sealed.\n"
        "The first 4 are anchored by the checkpoint from outside; the 3 after them are not.\n" + SHOWS,
    )
    assert verify("--checkpoint", kept(tmp_path, size=7), "--evidence")[1] == (
        "All 7 sealed events are as they were sealed.\n"
        "All 7 are anchored by the checkpoint from outside.\n" + SHOWS
    )


def test_first_fault_is_named_in_one_sentence() -> None:
    leaf = LedgerLeaf.objects.get(position=2)
    with unguarded() as link:
        link.execute("UPDATE consent_consentevent SET lacks = 'proof' WHERE id = %s", [leaf.event_id])
        link.execute("DELETE FROM consent_consentevent WHERE id <> %s", [leaf.event_id])

    code, said = verify()

    gone = LedgerLeaf.objects.get(position=0).event_id
    assert (code, said) == (1, f"Event {gone} at position 0 was deleted after it was sealed.\n")


def test_broken_evidence_is_found_when_asked() -> None:
    event_id = LedgerLeaf.objects.get(position=1).event_id
    with unguarded() as link:
        link.execute("UPDATE consent_evidence SET ciphertext = nonce WHERE event_id = %s", [event_id])

    assert verify()[0] == 0
    assert verify("--evidence") == (
        1,
        f"The evidence of event {event_id} was changed, or is that of another event.\n",
    )


SWAP = """
UPDATE consent_evidence one SET nonce = other.nonce, ciphertext = other.ciphertext FROM consent_evidence other
WHERE (one.event_id, other.event_id) IN ((%(one)s, %(other)s), (%(other)s, %(one)s))
"""
# Their keys as well, so that what is told of the one opens as well as before, with the key of the other.
SWAP_KEYS = """
UPDATE consent_subjectkey one SET wrapped_key = other.wrapped_key FROM consent_subjectkey other
WHERE (one.subject_id, other.subject_id) IN ((%(one)s, %(other)s), (%(other)s, %(one)s))
"""


@pytest.mark.parametrize("with_keys", [False, True])
def test_evidence_swapped_between_two_people_of_one_name_is_found(sealed: Race, *, with_keys: bool) -> None:
    person = sealed.points[0].contact
    namesake = make.contact(organisation=person.organisation)
    assert str(namesake) == str(person)
    points = [sealed.points[0], make.email_point(contact=namesake, text="namesake@example.org")]
    first, other = write(race=Race(world=sealed.world, points=points), count=2)
    seal(minutes=9)
    with unguarded() as link:
        link.execute(SWAP, {"one": first.pk, "other": other.pk})
        if with_keys:
            link.execute(SWAP_KEYS, {"one": first.subject_id, "other": other.subject_id})

    # With another key nothing opens any more that either ever did.
    broken = ConsentEvent.objects.filter(subject_id__in=[first.subject_id, other.subject_id])
    named = broken if with_keys else broken.filter(pk__in=[first.pk, other.pk])
    assert verify("--evidence") == (
        1,
        "".join(
            f"The evidence of event {event.pk} was changed, or is that of another event.\n"
            for event in named.order_by("sequence")
        ),
    )


def test_broken_evidence_is_found_below_a_number_that_was_given_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verifying, "EVENTS_AT_ONCE", 1)
    first, second = ConsentEvent.objects.order_by("pk")[:2]
    with unguarded() as link:
        link.execute(
            "UPDATE consent_consentevent SET sequence = %s WHERE id = %s", [first.sequence, second.pk]
        )
        link.execute("UPDATE consent_evidence SET ciphertext = nonce WHERE event_id = %s", [second.pk])

    assert [fault.event_id for fault in verifying.find_broken_evidence()] == [second.pk]


def test_not_all_is_named_where_much_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_ledger, "MOST_NAMED", 2)
    with unguarded() as link:
        link.execute("UPDATE consent_evidence SET ciphertext = nonce")

    code, said = verify("--evidence")

    assert (code, len(said.splitlines())) == (1, 3)
    assert said.endswith("There is more of that; the rest is not named.\n")


def test_erased_evidence_is_no_fault() -> None:
    Evidence.objects.all().delete()

    assert verify("--evidence")[0] == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "The checkpoint {path} cannot be read."),
        (b"\xff\xfe", "The checkpoint {path} cannot be read."),
        (b"", "{path} is not a checkpoint."),
        (b"hello\n", "{path} is not a checkpoint."),
        ("a text\n\n— example.org AAAAAAAAAAA=\n".encode(), "{path} is not a checkpoint."),
    ],
)
def test_unusable_file_is_bad_usage(content: bytes | None, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.txt"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError) as refusal:
        verify("--checkpoint", path)

    assert (refusal.value.returncode, str(refusal.value)) == (2, sentence.format(path=path))
