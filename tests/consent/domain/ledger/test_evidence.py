import uuid

import orjson
import pytest
from pytest_django import Settings

from consent.domain.ledger import evidence
from consent.domain.ledger.recording import NewEvent, record
from consent.models import Act, Actor, ConsentEvent, Evidence, Method, Source, SubjectKey
from customers.models import Contact
from tests import make

pytestmark = pytest.mark.django_db

OLD_KEY, NEW_KEY = bytes(range(32)), bytes(range(32, 64))
PROOF: dict[str, object] = {
    "typed": {"email": "Ålice@example.org"},
    "page": "https://example.org/?a=1",
    "ticked": [1, 2],
}


def alice() -> Contact:
    return make.contact(organisation=make.organisation(code=f"o-{uuid.uuid4().hex[:8]}"))


def write(person: Contact, *, proof: dict[str, object] | None = PROOF) -> ConsentEvent:
    event = NewEvent(
        organisation_id=person.organisation_id,
        act=Act.OBJECTED,
        subject_id=person.pk,
        occurred_at=make.NOW,
        actor=Actor.SUBJECT,
        source=Source.PREFERENCES,
        method=Method.BUTTON,
        proof=proof,
    )
    (written,) = record(events=[event], recorded_at=make.NOW)
    return written


def replace_evidence(event: ConsentEvent, *, nonce: bytes, ciphertext: bytes) -> None:
    """Put other bytes in its place, as somebody with the application's rights could."""
    row = Evidence.objects.get(event_id=event.pk)
    row.delete()
    Evidence.objects.create(
        event_id=event.pk,
        subject_id=row.subject_id,
        nonce=nonce,
        ciphertext=ciphertext,
        recorded_at=row.recorded_at,
    )


def test_proof_is_read_as_it_was_written() -> None:
    written = write(alice())

    assert evidence.open_evidence(event=ConsentEvent.objects.get(pk=written.pk)) == PROOF


def test_proof_is_unreadable_in_the_database() -> None:
    write(alice())

    row = Evidence.objects.get()

    assert b"example.org" not in bytes(row.ciphertext)


def test_same_proof_twice_has_other_digests_and_bytes() -> None:
    person = alice()

    one, other = write(person), write(person)

    assert one.evidence_digest != other.evidence_digest
    assert len({bytes(row.ciphertext) for row in Evidence.objects.all()}) == 2


def test_event_without_a_proof_has_no_evidence() -> None:
    written = write(alice(), proof=None)

    assert (written.evidence_digest, Evidence.objects.count()) == ("", 0)
    with pytest.raises(evidence.EvidenceGoneError):
        evidence.open_evidence(event=written)


def test_one_flipped_bit_is_refused() -> None:
    written = write(alice())
    row = Evidence.objects.get()
    flipped = bytearray(row.ciphertext)
    flipped[3] ^= 1
    replace_evidence(written, nonce=bytes(row.nonce), ciphertext=bytes(flipped))

    with pytest.raises(evidence.EvidenceBrokenError):
        evidence.open_evidence(event=written)


def test_well_encrypted_other_proof_is_refused_by_the_digest() -> None:
    written = write(alice())
    (key,) = evidence.subject_keys(subject_ids=[written.subject_id]).values()
    plain = orjson.dumps({"salt": "AAAA", "proof": {"typed": {"email": "mallory@example.org"}}})
    nonce, ciphertext = evidence.encrypt(key=key, plain=plain, bound_to=written.pk)
    replace_evidence(written, nonce=nonce, ciphertext=ciphertext)

    with pytest.raises(evidence.EvidenceBrokenError):
        evidence.open_evidence(event=written)


def test_evidence_of_another_event_of_the_same_person_is_refused() -> None:
    person = alice()
    one, other = write(person), write(person)
    rows = {row.event_id: (bytes(row.nonce), bytes(row.ciphertext)) for row in Evidence.objects.all()}
    for event, swapped in ((one, rows[other.pk]), (other, rows[one.pk])):
        replace_evidence(event, nonce=swapped[0], ciphertext=swapped[1])

    for event in (one, other):
        with pytest.raises(evidence.EvidenceBrokenError):
            evidence.open_evidence(event=event)


def test_key_of_another_person_is_refused() -> None:
    one, other = write(alice()), write(alice())
    keys = {row.subject_id: bytes(row.wrapped_key) for row in SubjectKey.objects.all()}
    for event, swapped in ((one, keys[other.subject_id]), (other, keys[one.subject_id])):
        SubjectKey.objects.filter(subject_id=event.subject_id).update(wrapped_key=swapped)

    for event in (one, other):
        with pytest.raises(evidence.EvidenceBrokenError):
            evidence.open_evidence(event=event)


def test_destroying_the_key_erases_one_person_only() -> None:
    gone, kept = write(alice()), write(alice())

    SubjectKey.objects.filter(subject_id=gone.subject_id).delete()

    with pytest.raises(evidence.EvidenceGoneError):
        evidence.open_evidence(event=gone)
    assert evidence.open_evidence(event=kept) == PROOF


def test_destroying_one_item_leaves_the_others() -> None:
    person = alice()
    gone, kept = write(person), write(person)

    Evidence.objects.filter(event_id=gone.pk).delete()

    with pytest.raises(evidence.EvidenceGoneError):
        evidence.open_evidence(event=gone)
    assert evidence.open_evidence(event=kept) == PROOF


def test_old_proofs_stay_readable_after_a_new_master_key(settings: Settings) -> None:
    settings.EVIDENCE_KEYS = {1: OLD_KEY}
    before = write(alice())
    settings.EVIDENCE_KEYS = {1: OLD_KEY, 2: NEW_KEY}

    after = write(alice())

    assert evidence.open_evidence(event=before) == PROOF
    assert evidence.open_evidence(event=after) == PROOF
    versions = dict(SubjectKey.objects.values_list("subject_id", "key_version"))
    assert versions == {before.subject_id: 1, after.subject_id: 2}


def test_person_known_before_the_new_master_key_keeps_one_data_key(settings: Settings) -> None:
    settings.EVIDENCE_KEYS = {1: OLD_KEY}
    person = alice()
    before = write(person)
    settings.EVIDENCE_KEYS = {1: OLD_KEY, 2: NEW_KEY}

    after = write(person)

    assert [evidence.open_evidence(event=event) for event in (before, after)] == [PROOF, PROOF]
    assert list(SubjectKey.objects.values_list("key_version", flat=True)) == [1]


def test_other_master_key_of_the_same_version_opens_nothing(settings: Settings) -> None:
    settings.EVIDENCE_KEYS = {1: OLD_KEY}
    written = write(alice())
    settings.EVIDENCE_KEYS = {1: NEW_KEY}

    with pytest.raises(evidence.EvidenceBrokenError):
        evidence.open_evidence(event=written)


def test_keys_at_hand_are_never_made() -> None:
    person = alice()

    with pytest.raises(evidence.EvidenceGoneError):
        evidence.subject_keys_at_hand(subject_ids=[person.pk])

    assert SubjectKey.objects.count() == 0
