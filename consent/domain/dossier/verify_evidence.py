#!/usr/bin/env python3
"""Checks an evidence export on its own: no network, no database, nothing but Python 3.9 or newer.

    python3 verify_evidence.py evidence.zip
    python3 verify_evidence.py evidence.zip --key KEY --checkpoint checkpoint.txt

It ends with 0 when everything holds, 1 with the first thing that does not, 2 when it could not begin.

KEY is the public key of the log, from its public page or from a mail; without it the key inside the export
is used, and you should compare that one yourself. A checkpoint that you got elsewhere, earlier or at the same
time, shows that the log was not rewritten since.

What it shows: these events stood in the log, in these words, when the checkpoint was signed, and nothing in
this export was changed since. It cannot show that what was recorded is true.

The export holds: manifest.txt (what is in it, signed), checkpoint.txt (the log, signed), events.csv (the
sealed events, each with its place), proof.txt (the hashes beside them), consistency.txt (that earlier
checkpoints are the beginning of this one), evidence.jsonl (the personal part of the proof), wordings.jsonl
and shown/ (what people read), and a table and a dossier made from these for reading.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Iterator

Point = tuple[int, int, int, int]
FORMAT = "jawoord-evidence-2"
FORMATTED = {"format": "jawoord-event-1"}
# The table: the place of each event and codes for reading, which are signed but not sealed; then what was
# sealed, with keys and moments beside these.
BESIDE = ["position", "legal_entity", "purpose"]
TEXTS = {"channel", "act", "status", "address_hash", "actor", "source", "method", "language", "notice_hash"}
TEXTS |= {
    "privacy_statement_hash",
    "shown_form_hash",
    "collector",
    "lacks",
    "grade",
    "reason",
    "evidence_digest",
}
NUMBERS = {"sequence", "hash_key_version", "uses"}
FLAGS = {"proven": {"t": "true", "f": "false"}, "complete": {"t": "true", "f": "false"}}
quoted = json.JSONEncoder(ensure_ascii=False).encode
SHEET = "events-spreadsheet.csv"
BLOCK = 1 << 20


class Fault(Exception):
    """Something in the export does not hold."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks an evidence export.")
    parser.add_argument("export", help="the export, a zip file")
    parser.add_argument("--key", help="the public key of the log, as name+id+base64")
    parser.add_argument("--checkpoint", help="a checkpoint that you got elsewhere, as a file")
    wanted = parser.parse_args()
    try:
        export = zipfile.ZipFile(wanted.export)
    except (OSError, zipfile.BadZipFile) as error:
        print(f"This is no evidence export: {error}", file=sys.stderr)
        return 2
    try:
        for sentence in check(export, wanted.key, wanted.checkpoint):
            print(sentence)
    except Fault as fault:
        print(f"NOT VALID: {fault}", file=sys.stderr)
        return 1
    except (KeyError, ValueError, OSError, RecursionError, csv.Error, zipfile.BadZipFile) as error:
        print(f"NOT VALID: a part is missing or damaged ({error}).", file=sys.stderr)
        return 1
    print("VALID: everything above was checked and holds.")
    return 0


def check(export: zipfile.ZipFile, key: str | None, outside: str | None) -> Iterator[str]:
    """Go through the export from its signatures down to each event; raises Fault."""
    keys = [key] if key else read(export, "keys.txt").split()
    manifest = check_note(read(export, "manifest.txt"), keys, "the manifest").splitlines()
    yield from check_files(export, manifest)
    origin, size, root = read_checkpoint(check_note(read(export, "checkpoint.txt"), keys, "the checkpoint"))
    yield f"The log “{origin}” had {size} events; its checkpoint and the manifest are signed."
    if not key:
        yield f"No key was given: compare this one with the one the log publishes: {keys[0]}"
    if outside:
        with open(outside, encoding="utf-8") as file:
            yield check_outside(export, check_note(file.read(), keys, "your checkpoint"), origin, size, root)
    events = check_events(export, size, root)
    yield f"{len(events)} events stand in that log, each at its own place."
    check_counts(export, manifest, events, size)
    yield check_evidence(export, events)
    yield check_wordings(export, events)


def check_files(export: zipfile.ZipFile, manifest: list[str]) -> Iterator[str]:
    """Every file is in the manifest with its hash, and nothing else is in the export."""
    if manifest[:1] != [FORMAT]:
        raise Fault("the manifest is not of a kind this program knows")
    lines = [line.split(" ", 3) for line in manifest if line.startswith("sha256 ")]
    named = {name: (digest, number_in(size)) for _word, digest, size, name in lines}
    found = export.namelist()
    if len(found) != len(set(found)) or set(found) != {*named, "manifest.txt"}:
        raise Fault("the files are not those that the manifest names")
    for name, (digest, size) in named.items():
        if hash_file(export, name) != (digest, size):
            raise Fault(f"{name} was changed")
    yield f"{len(named)} files are what the manifest says."


def hash_file(export: zipfile.ZipFile, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with export.open(name) as file:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def check_outside(export: zipfile.ZipFile, text: str, origin: str, size: int, root: bytes) -> str:
    """An earlier checkpoint must be the beginning of this one (RFC 9162, section 2.1.4.2)."""
    its_origin, its_size, its_root = read_checkpoint(text)
    if its_origin != origin:
        raise Fault("your checkpoint is of another log")
    if its_size > size:
        raise Fault(
            "your checkpoint is of more events than this export: the log was cut off, or ask a newer export"
        )
    if its_size == size:
        if its_root != root:
            raise Fault("your checkpoint and this one differ: the log was rewritten")
        return "Your checkpoint is the one of this export."
    for line in read(export, "consistency.txt").splitlines():
        first, *proof = line.split(" ")
        if number_in(first) == its_size:
            if not is_consistent(its_size, size, its_root, root, [unbase64(one) for one in proof]):
                raise Fault("your checkpoint is not the beginning of this log: it was rewritten")
            return f"Your checkpoint of {its_size} events is the beginning of this log."
    raise Fault(f"this export holds no proof from a checkpoint of {its_size} events; ask for one")


def check_events(export: zipfile.ZipFile, size: int, root: bytes) -> dict[str, dict[str, str]]:
    """Every event is sealed at its place: the events and the hashes beside them give the signed root."""
    places: list[int] = []
    hashes: list[bytes] = []
    events: dict[str, dict[str, str]] = {}
    for event in rows_of(export, "events.csv"):
        place = number_in(event["position"])
        if places and place <= places[-1]:
            raise Fault(f"the events are not in the order of the log at {place}")
        places.append(place)
        hashes.append(hashlib.sha256(b"\x00" + leaf_of(event)).digest())
        events[event["id"]] = event
    if places and places[-1] >= size:
        raise Fault(f"an event stands at {places[-1]}, beyond the checkpoint")
    beside = [unbase64(line) for line in read(export, "proof.txt").split()]
    beside.reverse()
    found = root_of(0, size, 0, len(places), places, hashes, beside)
    if beside or found != root:
        raise Fault("the events are not the sealed ones: one was changed, left out of its place, or moved")
    return events


def rows_of(export: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    """The rows of a table by the names of its columns, of which each stands there once."""
    with export.open(name) as file:
        rows = csv.reader(io.TextIOWrapper(file, "utf-8", newline=""), strict=True)
        names = [sys.intern(name) for name in next(rows, [])]
        # The format is no column: one by its name would be taken for it, and not looked at.
        if names[: len(BESIDE)] != BESIDE or len({*FORMATTED, *names}) != len(FORMATTED) + len(names):
            raise Fault(f"{name} has columns that this program does not know")
        for row in rows:
            if len(row) != len(names):
                raise Fault(f"{name} has a row that is cut off")
            yield dict(zip(names, row))


def leaf_of(event: dict[str, str]) -> bytes:
    """Write an event as it was sealed: its columns, with the format, as canonical JSON (RFC 8785)."""
    sealed = {**event, **FORMATTED}
    members = [
        f"{quoted(name)}:{as_json(name, sealed[name])}" for name in sorted(sealed.keys() - set(BESIDE))
    ]
    return f"{{{','.join(members)}}}".encode()


def as_json(name: str, value: str) -> str:
    """A number stands as it is: one that is written otherwise is another leaf, and anything else a fault."""
    if name in FLAGS:
        return FLAGS[name][value]
    if value and name in NUMBERS:
        if not is_digits(value):
            raise Fault(f"{name} is no number but {value}")
        return value
    return quoted(value) if value or name in TEXTS else "null"


def check_counts(
    export: zipfile.ZipFile, manifest: list[str], events: dict[str, dict[str, str]], size: int
) -> None:
    """There are as many events as was signed, in the log, in the table and on the sheet."""
    signed = dict(line.split(" ", 1) for line in manifest[1:] if not line.startswith("sha256 "))
    if (number_in(signed["events"]), number_in(signed["checkpoint"])) != (len(events), size):
        raise Fault(f"the manifest tells of {signed['events']} events at {signed['checkpoint']}")
    if number_in(signed["people"]) > len({event["subject_id"] for event in events.values()}):
        raise Fault(f"the manifest tells of {signed['people']} people, and there are fewer")
    if SHEET in export.namelist():
        with export.open(SHEET) as file:
            sheet = csv.reader(io.TextIOWrapper(file, "utf-8", newline=""), delimiter=";")
            rows = sum(1 for _row in sheet) - 1
        if rows != len(events):
            raise Fault(f"{SHEET} has {rows} rows for {len(events)} events")


def root_of(
    start: int,
    end: int,
    first: int,
    last: int,
    places: list[int],
    hashes: list[bytes],
    beside: list[bytes],
) -> bytes:
    """Hash the subtree from start to end, in which the events first to last stand (RFC 9162, section 2.1)."""
    if first == last:
        if start == end:
            return hashlib.sha256(b"").digest()
        if not beside:
            raise Fault("the proof is too short")
        return beside.pop()
    if end - start == 1:
        return hashes[first]
    middle = start + (1 << ((end - start - 1).bit_length() - 1))
    split = first
    low, high = first, last
    while low < high:
        split = (low + high) // 2
        low, high = (split + 1, high) if places[split] < middle else (low, split)
    left = root_of(start, middle, first, low, places, hashes, beside)
    return node(left, root_of(middle, end, low, last, places, hashes, beside))


def check_evidence(export: zipfile.ZipFile, events: dict[str, dict[str, str]]) -> str:
    """The personal part of the proof of an event is the one the event holds the digest of."""
    told = set()
    for line in lines_of(export, "evidence.jsonl"):
        row = json.loads(line)
        event = events.get(row["event"])
        if event is None or hashlib.sha256(row["plain"].encode()).hexdigest() != event["evidence_digest"]:
            raise Fault(f"the evidence of event {row['event']} is not what was recorded")
        told.add(row["event"])
    erased = {event["subject_id"]: place for place, event in enumerate(events.values()) if is_erasure(event)}
    without = [
        place <= erased.get(event["subject_id"], -1)
        for place, event in enumerate(events.values())
        if event["evidence_digest"] and event["id"] not in told
    ]
    gone = f"; of {sum(without)} the person was erased since" if any(without) else ""
    missing = without.count(False)
    gone += f"; of {missing} it is missing here and no erasure explains it: {WHY_NOT}" if missing else ""
    return f"The personal part of the proof of {len(told)} events is what was recorded{gone}."


# Which of these it was, the keeper of the log must say: only an erasure stands in the log itself.
WHY_NOT = "left out of this export, past its term, or lost"


def is_erasure(event: dict[str, str]) -> bool:
    return bool(event["act"] == "ERASED")


def check_wordings(export: zipfile.ZipFile, events: dict[str, dict[str, str]]) -> str:
    """What people read is what the events name: wordings, privacy statements and forms as shown."""
    kept: dict[str, dict[str, str]] = {"notice": {}, "privacy": {}}
    for line in lines_of(export, "wordings.jsonl"):
        row = json.loads(line)
        text = json.dumps(row["texts"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        kept[row["kind"]][row["id"]] = hashlib.sha256(text.encode()).hexdigest()
    shown = {name[6:-5]: name for name in export.namelist() if name.startswith("shown/")}
    absent = 0
    for event in events.values():
        for kind, key, said in (
            ("notice", event["notice_version_id"], event["notice_hash"]),
            ("privacy", event["privacy_statement_id"], event["privacy_statement_hash"]),
        ):
            if kept[kind].get(key, said) != said:
                raise Fault(f"the wording of event {event['id']} is not what was shown")
            absent += bool(said) and key not in kept[kind]
        form = event["shown_form_hash"]
        if form in shown and hash_file(export, shown[form])[0] != form:
            raise Fault(f"the form of event {event['id']} is not what was shown")
        absent += bool(form) and form not in shown
    counts = f"{len(kept['notice'])} wordings, {len(kept['privacy'])} privacy statements, {len(shown)} forms"
    gone = f"; {absent} times something that was shown is not part of this export" if absent else ""
    return f"{counts}: what people were shown{gone}."


def is_consistent(first: int, second: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> bool:
    """RFC 9162, section 2.1.4.2."""
    if first == 0:
        return not proof
    path = ([old_root] if first & (first - 1) == 0 else []) + proof
    if not path:
        return False
    leaf, last = first - 1, second - 1
    while leaf & 1:
        leaf, last = leaf >> 1, last >> 1
    old = new = path[0]
    for beside in path[1:]:
        if last == 0:
            return False
        if leaf & 1 or leaf == last:
            old, new = node(beside, old), node(beside, new)
            while leaf and not leaf & 1:
                leaf, last = leaf >> 1, last >> 1
        else:
            new = node(new, beside)
        leaf, last = leaf >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def check_note(note: str, keys: list[str], what: str) -> str:
    """A signed note (C2SP signed-note): its text, if a key we know signed it."""
    text, gap, below = note.rpartition("\n\n")
    if not gap:
        raise Fault(f"{what} is not signed")
    text += "\n"
    for line in below.splitlines():
        dash, name, signature = line.split(" ")
        raw = unbase64(signature)
        for key in keys:
            its_name, its_id, its_key = key.split("+", 2)
            if (dash, name, raw[:4].hex()) != ("—", its_name, its_id):
                continue
            public = unbase64(its_key)
            if (
                hashlib.sha256(its_name.encode() + b"\n" + public).digest()[:4].hex() != its_id
                or public[:1] != b"\x01"
            ):
                raise Fault("the key is no Ed25519 key, or has another id")
            if not is_signed(public[1:], text.encode(), raw[4:]):
                raise Fault(f"the signature of {what} is wrong")
            return text
    raise Fault(f"{what} is not signed with a key we know")


def read_checkpoint(text: str) -> tuple[str, int, bytes]:
    origin, size, root = text.split("\n")[:3]
    return origin, number_in(size), unbase64(root)


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def read(export: zipfile.ZipFile, name: str) -> str:
    return export.read(name).decode()


def lines_of(export: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with export.open(name) as file:
        for line in file:
            yield line.rstrip(b"\n")


def number_in(text: str) -> int:
    """A number is written in one way: what else Python takes for it, like signs and spaces, is a fault."""
    if not is_digits(text) or text != str(int(text)):
        raise Fault(f"“{text}” is no number")
    return int(text)


def is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def unbase64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


# Ed25519 (RFC 8032, section 5.1.7), for checking only: there is nothing secret here. README.txt tells how to
# have openssl check the same signatures.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
NEUTRAL: Point = (0, 1, 1, 0)
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = point(public), point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    left = times(scalar, BASE)
    right = add(commitment, times(int.from_bytes(digest, "little") % L, key))
    return same(left, right)


def point(encoded: bytes) -> Point | None:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, one: Point) -> Point:
    found = NEUTRAL
    while scalar:
        if scalar & 1:
            found = add(found, one)
        one, scalar = add(one, one), scalar >> 1
    return found


def same(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (
        one[1] * other[2] - other[1] * one[2]
    ) % P == 0


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or NEUTRAL

if __name__ == "__main__":
    sys.exit(main())
