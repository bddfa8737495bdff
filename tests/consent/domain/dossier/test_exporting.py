"""An export proves what it holds to somebody who has nothing but Python, and tells when it was touched."""

import csv
import io
import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.conf import settings
from pyld import jsonld

from consent.domain.dossier import exporting, tables
from consent.domain.dossier.bundle import Bundle
from consent.domain.dossier.exporting import Format, NothingToExportError, Wanted
from consent.domain.dossier.selection import Selection
from consent.domain.erasing.erasure import erase
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.evidence import EvidenceBrokenError
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.seal.keys import signers, verifiers
from consent.domain.seal.notes import CheckpointText, Signer, sign_note
from consent.models import Act, Actor, Checkpoint, ConsentRecord, Evidence, Method, Source, Status
from tests import make
from tests.consent.domain.dossier import scene
from tests.consent.domain.dossier.scene import Story, check, exported, files_in, rewritten, seal, wanted

pytestmark = pytest.mark.django_db
Files = dict[str, bytes]
BY_STAFF: dict[str, Any] = {"actor": Actor.STAFF, "source": Source.STAFF_ENTRY, "method": Method.RECORD}


@pytest.fixture
def told() -> Story:
    found = scene.story()
    seal()
    return found


def signed_again(
    export: bytes, change: Callable[[Files], None] = lambda _files: None, told: tuple[str, str] = ("", "")
) -> bytes:
    """What the keeper of the keys could make: changed files, or another count, below a true signature."""
    files = files_in(export)
    manifest = files.pop("manifest.txt").decode().split("\n\n")[0].replace(*told)
    change(files)
    target = io.BytesIO()
    bundle = Bundle(target=target)
    for name, content in files.items():
        bundle.add(name=name, parts=[content])
    bundle.close(facts=[line for line in manifest.splitlines()[1:] if not line.startswith("sha256 ")])
    return target.getvalue()


def test_export_is_valid_for_who_has_nothing_else(told: Story, tmp_path: Path) -> None:
    export, done = exported(wanted(told))

    checked = check(export, tmp_path)

    assert (checked.code, done.events, done.people, done.tree_size) == (0, 2, 1, 3)
    assert "The personal part of the proof of 2 events is what was recorded." in checked.said
    assert "2 events stand in that log, each at its own place." in checked.said
    assert checked.said.endswith("VALID: everything above was checked and holds.\n")


def test_same_selection_gives_the_same_bytes(told: Story) -> None:
    first, _done = exported(wanted(told))

    assert exported(wanted(told))[0] == first


@pytest.mark.django_db(transaction=True)
def test_many_events_give_the_same_bytes_as_few(monkeypatch: pytest.MonkeyPatch) -> None:
    told = scene.story()
    stranger = make.contact(organisation=make.organisation(code="others"))
    restricted = NewEvent(
        organisation_id=stranger.organisation_id,
        act=Act.RESTRICTED,
        subject_id=stranger.pk,
        occurred_at=scene.NOON,
        **BY_STAFF,
    )
    record(events=[restricted], recorded_at=scene.NOON)
    seal()
    everybody = Selection(organisation_id=told.alice.organisation_id)
    asked = Wanted(selection=everybody, formats=[*Format], language="nl", with_evidence=True)
    few, _done = exported(asked)
    monkeypatch.setattr(tables, "FEW", 1)

    many, done = exported(asked)

    assert many == few
    assert (done.events, done.people, done.tree_size) == (3, 2, 4)


def test_events_of_people_who_are_named_are_looked_up_however_many(
    told: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "FEW", 1)

    sealed = tables.find_sealed(selection=wanted(told).selection, tree_size=3)

    assert sealed.few == [0, 2]


def test_nobody_else_is_in_it(told: Story) -> None:
    export, _done = exported(wanted(told))

    whole = b"".join(files_in(export).values())
    assert b"alice@example.org" in whole
    assert b"bob@example.org" not in whole
    assert str(told.bob.pk).encode() not in whole


@pytest.mark.parametrize(
    "name",
    [
        *("README.txt", "verify_evidence.py", "dossier.pdf", "events.csv", "events-spreadsheet.csv"),
        *(
            "records.jsonld",
            "receipts.jsonld",
            "records.schema.json",
            "checkpoint.txt",
            "keys.txt",
            "proof.txt",
            "evidence.jsonl",
        ),
        *("wordings.jsonl", "manifest.txt"),
    ],
)
def test_one_changed_byte_is_told(told: Story, tmp_path: Path, name: str) -> None:
    def touch(files: Files) -> Mapping[str, bytes]:
        content = bytearray(files[name])
        content[len(content) // 2] ^= 1
        return files | {name: bytes(content)}

    checked = check(rewritten(exported(wanted(told))[0], touch), tmp_path)

    assert checked.code == 1
    assert checked.said.splitlines()[-1].startswith("NOT VALID: ")


@pytest.mark.parametrize("name", ["evidence.jsonl", "events.csv", "manifest.txt", "dossier.pdf"])
def test_missing_file_is_told(told: Story, tmp_path: Path, name: str) -> None:
    def leave_out(files: Files) -> Mapping[str, bytes]:
        return {one: content for one, content in files.items() if one != name}

    assert check(rewritten(exported(wanted(told))[0], leave_out), tmp_path).code == 1


def test_added_file_is_told(told: Story, tmp_path: Path) -> None:
    export = rewritten(exported(wanted(told))[0], lambda files: files | {"more.txt": b"Trust me."})

    assert "the files are not those that the manifest names" in check(export, tmp_path).said


def change_act(files: Files) -> None:
    files["events.csv"] = files["events.csv"].replace(b'"WITHDRAWN"', b'"CONFIRMED"')


def drop_event(files: Files) -> None:
    files["events.csv"] = b"".join(files["events.csv"].splitlines(keepends=True)[:-1])


def move_event(files: Files) -> None:
    files["events.csv"] = files["events.csv"].replace(b"\n2,", b"\n1,")


def swap_events(files: Files) -> None:
    names, first, last = files["events.csv"].splitlines(keepends=True)
    files["events.csv"] = names + last + first


def write_number_otherwise(files: Files) -> None:
    files["events.csv"] = re.sub(rb"(\n0,(?:[^,]*,){3})", rb"\g<1>0", files["events.csv"])


def sign_position(files: Files) -> None:
    files["events.csv"] = files["events.csv"].replace(b"\n2,", b"\n+2,")


def space_position(files: Files) -> None:
    files["events.csv"] = files["events.csv"].replace(b"\n2,", b"\n 2,")


def underline_position(files: Files) -> None:
    files["events.csv"] = files["events.csv"].replace(b"\n2,", b"\n0_2,")


def write_position_in_arabic(files: Files) -> None:
    files["events.csv"] = files["events.csv"].replace(b"\n2,", "\n\u0662,".encode())


def hide_a_column_in_a_number(files: Files) -> None:
    table = [list(row.values()) for row in csv.DictReader(io.StringIO(files["events.csv"].decode()))]
    names = files["events.csv"].decode().splitlines()[0].split(",")
    uses, until = names.index("uses"), names.index("valid_until")
    for row in table:
        row[uses] = f'{row[uses] or "null"},"valid_until":null'
        del row[until]
    del names[until]
    target = io.StringIO()
    csv.writer(target).writerows([names, *table])
    files["events.csv"] = target.getvalue().encode()


def rename_column(files: Files) -> None:
    files["events.csv"] = files["events.csv"].replace(b",act,", b",deed,")


def add_column(files: Files, name: bytes = b"act") -> None:
    lines = files["events.csv"].splitlines()
    files["events.csv"] = b"".join(
        line + b",%b\n" % more for line, more in zip(lines, (name, b"X", b"X"), strict=True)
    )


def add_format(files: Files) -> None:
    add_column(files, b"format")


def cut_row(files: Files) -> None:
    files["events.csv"] = files["events.csv"].rpartition(b",")[0] + b"\n"


def open_quote(files: Files) -> None:
    files["events.csv"] += b'"'


def drop_row(files: Files) -> None:
    files["events-spreadsheet.csv"] = b"".join(files["events-spreadsheet.csv"].splitlines(keepends=True)[:-1])


def swap_evidence(files: Files) -> None:
    first, last = map(json.loads, files["evidence.jsonl"].splitlines())
    first["plain"], last["plain"] = last["plain"], first["plain"]
    files["evidence.jsonl"] = b"\n".join(json.dumps(one).encode() for one in (first, last))


def change_wording(files: Files) -> None:
    files["wordings.jsonl"] = files["wordings.jsonl"].replace(b"mag mij", b"moet mij")


def change_form(files: Files) -> None:
    name = next(one for one in files if one.startswith("shown/"))
    files[name] += b" "


def shorten_proof(files: Files) -> None:
    files["proof.txt"] = b""


@pytest.mark.parametrize(
    ("attack", "named"),
    [
        (change_act, "the events are not the sealed ones"),
        (drop_event, "the proof is too short"),
        (drop_row, "events-spreadsheet.csv has 1 rows for 2 events"),
        (write_number_otherwise, "the events are not the sealed ones"),
        (hide_a_column_in_a_number, "uses is no number"),
        (rename_column, "the events are not the sealed ones"),
        (add_column, "columns that this program does not know"),
        (add_format, "columns that this program does not know"),
        (cut_row, "a row that is cut off"),
        (open_quote, "a part is missing or damaged"),
        (sign_position, "“+2” is no number"),
        (space_position, "“ 2” is no number"),
        (underline_position, "“0_2” is no number"),
        (write_position_in_arabic, "“\u0662” is no number"),
        (move_event, "the events are not the sealed ones"),
        (swap_events, "not in the order of the log"),
        (swap_evidence, "the evidence of event"),
        (change_wording, "the wording of event"),
        (change_form, "the form of event"),
        (shorten_proof, "the proof is too short"),
    ],
)
def test_change_by_the_keeper_of_the_keys_is_told(
    told: Story, tmp_path: Path, attack: Callable[[Files], None], named: str
) -> None:
    checked = check(signed_again(exported(wanted(told))[0], attack), tmp_path)

    assert checked.code == 1
    assert named in checked.said


@pytest.mark.parametrize(
    ("counted", "named"),
    [
        (("events 2", "events 3"), "the manifest tells of 3 events at 3"),
        (("checkpoint 3", "checkpoint 4"), "the manifest tells of 2 events at 4"),
        (("events 2", "events 02"), "“02” is no number"),
        (("checkpoint 3", "checkpoint +3"), "“+3” is no number"),
        (("people 1", "people  1"), "“ 1” is no number"),
        (("people 1", "people 2"), "the manifest tells of 2 people, and there are fewer"),
    ],
)
def test_other_count_than_was_signed_is_told(
    told: Story, tmp_path: Path, counted: tuple[str, str], named: str
) -> None:
    checked = check(signed_again(exported(wanted(told))[0], told=counted), tmp_path)

    assert checked.code == 1
    assert named in checked.said


def test_sheet_that_no_program_opens_is_left_out(
    told: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_ON_A_SHEET", 1)

    export, _done = exported(wanted(told))

    assert {"events.csv", "events-spreadsheet.csv"} & files_in(export).keys() == {"events.csv"}
    assert check(export, tmp_path).code == 0


def forged(export: bytes) -> bytes:
    """The export under the signature of somebody who took the name of our key."""
    forger = Signer(name=verifiers()[0].name, seed=b"f" * 32)

    def sign(files: Files) -> Mapping[str, bytes]:
        text = files["manifest.txt"].decode().rpartition("\n\n")[0] + "\n"
        return files | {"manifest.txt": str(sign_note(text=text, signers=[forger])).encode()}

    return rewritten(export, sign)


def test_export_signed_by_somebody_else_is_told(told: Story, tmp_path: Path) -> None:
    export, key = exported(wanted(told))[0], str(verifiers()[0])

    assert "not signed with a key we know" in check(forged(export), tmp_path, "--key", key).said
    assert check(export, tmp_path, "--key", key).code == 0


def test_checkpoint_from_outside_must_be_of_this_log(told: Story, tmp_path: Path) -> None:
    early = Checkpoint.objects.get().note
    scene.give(told.book, told.email, days_ago=0)
    seal()
    (tmp_path / "early.txt").write_text(early)
    export, _done = exported(wanted(told))

    checked = check(export, tmp_path, "--checkpoint", "early.txt")

    assert checked.code == 0
    assert "Your checkpoint of 3 events is the beginning of this log." in checked.said


def test_earlier_export_is_the_beginning_of_a_later_one(told: Story, tmp_path: Path) -> None:
    first, _done = exported(wanted(told))
    scene.give(told.book, told.email, days_ago=0)
    seal()
    (tmp_path / "first.txt").write_bytes(files_in(first)["checkpoint.txt"])
    later, _done = exported(wanted(told))

    def forge(files: Files) -> Mapping[str, bytes]:
        return files | {"consistency.txt": files["consistency.txt"].replace(b" ", b" A", 1)}

    assert check(later, tmp_path, "--checkpoint", "first.txt").code == 0
    assert check(rewritten(later, forge), tmp_path, "--checkpoint", "first.txt").code == 1


@pytest.mark.parametrize(("size", "named"), [(3, "the log was rewritten"), (9, "the log was cut off")])
def test_other_log_is_told_by_a_checkpoint_from_outside(
    told: Story, tmp_path: Path, size: int, named: str
) -> None:
    text = str(CheckpointText(origin=settings.SEAL_ORIGIN, tree_size=size, root=b"\0" * 32))
    (tmp_path / "other.txt").write_text(str(sign_note(text=text, signers=signers())))

    checked = check(exported(wanted(told))[0], tmp_path, "--checkpoint", "other.txt")

    assert (checked.code, named in checked.said) == (1, True)


def test_openssl_checks_the_signature_as_the_readme_tells(told: Story, tmp_path: Path) -> None:
    for name, content in files_in(exported(wanted(told))[0]).items():
        if "/" not in name:
            (tmp_path / name).write_bytes(content)
    steps = (tmp_path / "README.txt").read_text()
    commands = "\n".join(line.strip() for line in steps.splitlines() if line.startswith("    "))
    commands = commands[commands.index("sed ") :]

    done = subprocess.run(
        ["/bin/bash", "-c", commands], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (done.stdout.strip(), done.returncode) == ("Signature Verified Successfully", 0)


def test_erased_person_is_proven_without_a_personal_part(told: Story, tmp_path: Path) -> None:
    erase(contact=told.alice, how=Circumstances(**BY_STAFF), erased_at=scene.NOON)
    seal()

    export, _done = exported(wanted(told))

    checked = check(export, tmp_path)
    assert checked.code == 0
    assert "of 2 the person was erased since" in checked.said
    assert "missing" not in checked.said


def test_personal_part_that_is_missing_does_not_read_as_erased(told: Story, tmp_path: Path) -> None:
    Evidence.objects.filter(subject_id=told.alice.pk).delete()

    export, _done = exported(wanted(told))

    checked = check(export, tmp_path)
    assert "of 2 it is missing here and no erasure explains it" in checked.said
    assert "erased since" not in checked.said


def test_broken_evidence_is_never_exported(told: Story) -> None:
    bob = Evidence.objects.get(subject_id=told.bob.pk)
    first = Evidence.objects.filter(subject_id=told.alice.pk).first()
    assert first
    Evidence.objects.filter(subject_id=told.alice.pk).delete()
    Evidence.objects.create(
        event_id=first.event_id,
        subject_id=first.subject_id,
        nonce=bob.nonce,
        ciphertext=bob.ciphertext,
        recorded_at=first.recorded_at,
    )

    with pytest.raises(EvidenceBrokenError, match=str(first.event_id)):
        exported(wanted(told))


def test_selection_is_about_its_people_only_and_leaves_personal_parts_out(
    told: Story, tmp_path: Path
) -> None:
    selection = Selection(organisation_id=told.alice.organisation_id, legal_entity_id=told.book.entity.pk)
    asked = Wanted(selection=selection, formats=[Format.CSV], language="nl", with_evidence=False)

    export, done = exported(asked)

    checked = check(export, tmp_path)
    assert (checked.code, done.events, done.people) == (0, 3, 2)
    assert files_in(export)["evidence.jsonl"] == b""
    assert b"192.0.2.7" not in b"".join(files_in(export).values())


def test_who_came_since_the_checkpoint_is_not_counted(told: Story, tmp_path: Path) -> None:
    carol = make.contact(organisation=told.alice.organisation, given_name="Carol")
    scene.give(told.book, make.email_point(contact=carol, text="carol@example.org"), days_ago=0)
    selection = Selection(organisation_id=told.alice.organisation_id, legal_entity_id=told.book.entity.pk)

    export, done = exported(
        Wanted(selection=selection, formats=[Format.CSV], language="nl", with_evidence=False)
    )

    assert (check(export, tmp_path).code, done.events, done.people) == (0, 3, 2)


def test_act_that_waits_to_be_sealed_is_told_nowhere(told: Story, tmp_path: Path) -> None:
    before, _done = exported(wanted(told))
    late = scene.give(told.book, told.email, days_ago=0)

    export, done = exported(wanted(told))

    files = files_in(export)
    assert (check(export, tmp_path).code, done.events) == (0, 2)
    assert not [name for name, content in files.items() if str(late.pk).encode() in content]
    assert files["evidence.jsonl"] == files_in(before)["evidence.jsonl"]


@pytest.mark.parametrize("few", [1, tables.FEW])
def test_who_comes_into_a_state_while_it_is_written_changes_nothing(
    told: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    def withdraw_then_write(*, sealed: tables.Sealed, **given: Any) -> Iterator[bytes]:
        ConsentRecord.objects.filter(contact=told.bob).update(status=Status.WITHDRAWN)
        yield from table_of(sealed=sealed, **given)

    selection = Selection(organisation_id=told.alice.organisation_id, status=Status.WITHDRAWN)
    asked = Wanted(selection=selection, formats=[*Format], language="nl", with_evidence=True)
    monkeypatch.setattr(tables, "FEW", few)
    alone, table_of = exported(asked)[0], tables.table_of
    monkeypatch.setattr(tables, "table_of", withdraw_then_write)

    export, done = exported(asked)

    assert (check(export, tmp_path).code, done.events, done.people) == (0, 2, 1)
    assert export == alone


def test_state_that_nobody_is_in_is_nothing_to_export(told: Story) -> None:
    selection = Selection(organisation_id=told.alice.organisation_id, status=Status.EXPIRED)

    with pytest.raises(NothingToExportError):
        exported(Wanted(selection=selection, formats=[], language="nl", with_evidence=False))


def test_nothing_to_export_is_said(told: Story) -> None:
    stranger = Selection(organisation_id=told.alice.organisation_id, channel="POST")

    with pytest.raises(NothingToExportError):
        exported(Wanted(selection=stranger, formats=[], language="nl", with_evidence=False))


def test_dossier_of_many_people_comes_in_volumes(
    told: Story, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(exporting, "PEOPLE_IN_A_VOLUME", 1)
    everybody = Selection(organisation_id=told.alice.organisation_id)
    asked = Wanted(selection=everybody, formats=[Format.PDF], language="nl", with_evidence=False)

    export, done = exported(asked)

    files = files_in(export)
    assert done.people == 2
    assert [name for name in files if name.endswith(".pdf")] == ["dossier-001.pdf", "dossier-002.pdf"]
    assert files["dossier-001.pdf"] != files["dossier-002.pdf"]
    assert check(export, tmp_path).code == 0


def test_tables_hold_each_event_with_its_place(told: Story) -> None:
    files = files_in(exported(wanted(told))[0])

    rows = list(csv.DictReader(io.StringIO(files["events.csv"].decode())))
    sheet = list(
        csv.DictReader(io.StringIO(files["events-spreadsheet.csv"].decode("utf-8-sig")), delimiter=";")
    )
    assert [(row["position"], row["act"], row["legal_entity"], row["purpose"]) for row in rows] == [
        ("0", "GIVEN", "harthulp", "newsletter"),
        ("2", "WITHDRAWN", "harthulp", "newsletter"),
    ]
    assert [row["id"] for row in sheet] == [row["id"] for row in rows]


def test_records_are_json_ld_in_dpv_terms(told: Story) -> None:
    written = json.loads(files_in(exported(wanted(told))[0])["records.jsonld"])

    (record,) = jsonld.expand(written)
    dpv = "https://w3id.org/dpv#"
    assert record["@type"] == [f"{dpv}ConsentRecord"]
    assert record[f"{dpv}hasConsentStatus"] == [{"@id": f"{dpv}ConsentWithdrawn"}]
    assert record[f"{dpv}hasDataSubject"] == [{"@value": f"urn:uuid:{told.alice.pk}"}]
    assert len(record[f"{dpv}hasProcess"]) == 2
    assert record["http://purl.org/dc/terms/conformsTo"] == [
        {"@id": "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"}
    ]


def without(written: dict[str, Any], name: str) -> dict[str, Any]:
    (record,) = written["@graph"]
    return {**written, "@graph": [{key: value for key, value in record.items() if key != name}]}


@pytest.mark.parametrize("kind", ["records", "receipts"])
def test_records_and_receipts_hold_the_fields_of_the_standard(told: Story, kind: str) -> None:
    given = ConsentRecord.objects.select_related("legal_entity", "purpose")
    permission = given.get(contact=told.alice)
    make.processor(legal_entities=[permission.legal_entity], purposes=[permission.purpose])
    files = files_in(exported(wanted(told))[0])
    schema = json.loads(files["records.schema.json"])
    written = json.loads(files[f"{kind}.jsonld"])

    valid = jsonschema_rs.validator_for(schema, validate_formats=True)
    valid.validate(written)
    (record,) = written["@graph"]
    assert [one["party_name"] for one in record["recipient_third_parties"]] == ["Bezorgd Mail B.V."]
    for name in schema["$defs"]["record"]["required"]:
        assert not valid.is_valid(without(written, name)), name
