"""Evidence that somebody outside can check alone: the events, what stands behind them, and the proof."""

import base64
import enum
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext, override

from consent.domain.dossier import blocks, cells, records, tables
from consent.domain.dossier.account import Account, Library, read_accounts, read_library
from consent.domain.dossier.bundle import Bundle, Writable
from consent.domain.dossier.proof import write_proof
from consent.domain.dossier.readme import readme
from consent.domain.dossier.selection import Selection, fix_people, people_of, sealed_events_of
from consent.domain.dossier.telling import Telling, tell_person
from consent.domain.notices import texts_of
from consent.domain.seal.keys import verifiers
from consent.domain.seal.proofs import consistency_proof, latest_checkpoint
from consent.domain.side_by_side import asked_beside
from consent.models import Checkpoint, ConsentEvent, ShownForm
from customers.models import Organisation

VERIFIER: Final = Path(__file__).with_name("verify_evidence.py")
SCHEMA: Final = Path(__file__).with_name("records.schema.json")
PEOPLE_IN_A_VOLUME: Final = 200
PEOPLE_AT_ONCE: Final = 200
# While this process packs, they have the database at work.
READERS: Final = 2
# Earlier checkpoints that people outside may hold; the proof of each is a few hundred bytes.
EARLIER_CHECKPOINTS: Final = 400


class Format(enum.StrEnum):
    """A way to read an export; every export holds the sealed events and their proof as well."""

    PDF = "pdf"
    CSV = "csv"
    JSONLD = "jsonld"


class NothingToExportError(LookupError):
    """No sealed event belongs to the selection."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is exported, how, and in which language it is told."""

    selection: Selection
    formats: Sequence[Format]
    language: str
    with_evidence: bool


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What went into an export."""

    events: int
    people: int
    tree_size: int


def export_evidence(*, wanted: Wanted, target: Writable, tree_size: int | None = None) -> Exported:
    """Write everything that proves the acts of a selection into one file, which checks itself offline.

    The same selection at the same checkpoint gives the same bytes, as long as nobody in it was erased or
    contacted. Personal parts are included where they are asked for: for one person, usually; for many, only
    where they are needed (art. 5(1)(c) GDPR). Source: art. 5(2) and 7(1) GDPR; art. 11.7(2) Tw.
    It is proven by the latest checkpoint, or by that of the tree of this size. A dossier of many people
    comes in volumes. Raises NothingToExportError, EvidenceBrokenError, TreeBrokenError.
    """
    checkpoint = latest_checkpoint() if tree_size is None else Checkpoint.objects.get(tree_size=tree_size)
    if checkpoint is None:
        raise NothingToExportError
    with override(wanted.language):
        return _Export(wanted, checkpoint).write(target)


class _Export:
    """One export on its way: what it is about, and the checkpoint it is proven by."""

    def __init__(self, wanted: Wanted, checkpoint: Checkpoint) -> None:
        self.wanted, self.checkpoint = wanted, checkpoint
        self.selection = fix_people(selection=wanted.selection)
        self.size = checkpoint.tree_size
        self.sealed = tables.find_sealed(selection=self.selection, tree_size=self.size)

    @cached_property
    def readers(self) -> int:
        """What is not committed yet, only this connection sees; and few rows need no others."""
        few = self.sealed.few
        is_small = few is not None and len(few) <= tables.ROWS_AT_ONCE
        return 1 if is_small or connection.in_atomic_block else READERS

    @cached_property
    def people(self) -> int:
        return people_of(selection=self.selection, tree_size=self.size).count()

    def write(self, target: Writable) -> Exported:
        if self.sealed.few == []:
            raise NothingToExportError
        bundle = Bundle(target=target)
        with asked_beside(question=lambda: self.sealed.people, readers=self.readers) as people:
            for name, parts in self._files():
                bundle.add(name=name, parts=parts)
            done = Exported(events=len(self.sealed.places), people=people(), tree_size=self.size)
        bundle.close(facts=self._facts(done))
        return done

    def _facts(self, done: Exported) -> Iterator[str]:
        yield f"selection {json.dumps(self.wanted.selection.as_json(), sort_keys=True)}"
        yield f"events {done.events}"
        yield f"people {done.people}"
        yield f"checkpoint {done.tree_size}"

    def _files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        formats = self.wanted.formats
        yield "README.txt", iter([readme(origin=settings.SEAL_ORIGIN).encode()])
        yield "verify_evidence.py", iter([VERIFIER.read_bytes()])
        if Format.PDF in formats:
            yield from self._dossiers()
        if Format.JSONLD in formats:
            yield "records.jsonld", self._graph(records.record_of)
            yield "receipts.jsonld", self._graph(records.receipt_of)
            yield "records.schema.json", iter([SCHEMA.read_bytes()])
        yield from self._proofs()

    def _proofs(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        yield "checkpoint.txt", iter([self.checkpoint.note.encode()])
        yield "keys.txt", (f"{verifier}\n".encode() for verifier in verifiers())
        yield from self._tables()
        yield "proof.txt", write_proof(places=self.sealed.places, tree_size=self.size)
        yield "consistency.txt", self._consistency()
        yield "evidence.jsonl", self._evidence()
        yield "wordings.jsonl", self._wordings()
        yield from self._forms()

    def _tables(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        codes = cells.codes_of(organisation_id=self.wanted.selection.organisation_id)
        yield "events.csv", tables.table_of(sealed=self.sealed, codes=codes, readers=self.readers)
        if Format.CSV in self.wanted.formats and len(self.sealed.places) <= tables.MOST_ON_A_SHEET:
            sheet = tables.sheet_of(sealed=self.sealed, codes=codes, readers=self.readers)
            yield "events-spreadsheet.csv", sheet

    def _consistency(self) -> Iterator[bytes]:
        earlier = Checkpoint.objects.filter(tree_size__gt=0, tree_size__lt=self.size)
        sizes = sorted(
            earlier.order_by("-tree_size").values_list("tree_size", flat=True)[:EARLIER_CHECKPOINTS]
        )
        for first in sizes:
            proof = [_encoded(one) for one in consistency_proof(first=first, second=self.size)]
            yield f"{' '.join([str(first), *proof])}\n".encode()

    def _evidence(self) -> Iterator[bytes]:
        if not self.wanted.with_evidence:
            return
        for account in self._accounts():
            for event in account.events:
                if plain := account.evidence.get(event.pk):
                    yield orjson.dumps({"event": event.pk, "plain": plain.decode()}) + b"\n"

    def _wordings(self) -> Iterator[bytes]:
        library = self.shown_texts
        texts = [("notice", one.pk, texts_of(version=one)) for one in library.notices.values()]
        texts += [("privacy", one.pk, texts_of(version=one)) for one in library.statements.values()]
        for kind, key, said in sorted(texts, key=lambda text: text[:2]):
            yield orjson.dumps({"kind": kind, "id": key, "texts": said}) + b"\n"

    def _forms(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        hashes = {row["shown_form_hash"] for row in self.shown} - {""}
        forms = ShownForm.objects.filter(content_hash__in=hashes)
        for form in forms.order_by("content_hash", "pk").distinct("content_hash"):
            yield f"shown/{form.content_hash}.html", iter([form.content.encode()])

    def _accounts(self) -> Iterator[Account]:
        found = people_of(selection=self.selection, tree_size=self.size)
        people = found.iterator(chunk_size=PEOPLE_AT_ONCE)
        while some := list(islice(people, PEOPLE_AT_ONCE)):
            yield from read_accounts(
                contacts=some,
                selection=self.selection,
                tree_size=self.size,
                with_evidence=self.wanted.with_evidence,
            )

    @cached_property
    def shown_texts(self) -> Library:
        return read_library(events=[ConsentEvent(**row) for row in self.shown])

    @cached_property
    def shown(self) -> Sequence[dict[str, Any]]:
        """What all people of the selection were shown: few texts, however many people."""
        columns = (
            "notice_version_id",
            "privacy_statement_id",
            "collection_point_id",
            "staff_id",
            "shown_form_hash",
        )
        events = sealed_events_of(selection=self.selection, tree_size=self.size)
        return list(events.order_by().values(*columns).distinct())

    def _graph(self, write: records.Writer) -> Iterator[bytes]:
        before = b""
        recipients = records.read_recipients(
            organisation_id=self.wanted.selection.organisation_id, at=self.checkpoint.made_at
        )
        yield b'{"@context":' + orjson.dumps(records.CONTEXT) + b',"@graph":[\n'
        for account in self._accounts():
            for record in account.records:
                whole = write(record=record, account=account, library=self.shown_texts, recipients=recipients)
                yield before + orjson.dumps(whole)
                before = b",\n"
        yield b"\n]}\n"

    def _dossiers(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """One volume after the other; nothing of the next is read before this one is written."""
        telling = Telling(
            language=self.wanted.language,
            zone=ZoneInfo(settings.TIME_ZONE),
            library=self.shown_texts,
            positions=self._places(),
        )
        volumes, accounts = -(-self.people // PEOPLE_IN_A_VOLUME) or 1, self._accounts()
        for number in range(1, volumes + 1):
            name = "dossier.pdf" if volumes == 1 else f"dossier-{number:03}.pdf"
            yield name, self._dossier(telling, list(islice(accounts, PEOPLE_IN_A_VOLUME)), (number, volumes))

    def _dossier(
        self, telling: Telling, accounts: Sequence[Account], volume: tuple[int, int]
    ) -> Iterator[bytes]:
        told = [block for account in accounts for block in tell_person(account=account, telling=telling)]
        document = blocks.Document(
            title=gettext("Dossier of permissions"),
            author=self._organisation().name,
            footer=gettext("Sealed in checkpoint %(size)s of %(origin)s")
            % {"size": self.size, "origin": settings.SEAL_ORIGIN},
            language=self.wanted.language,
            blocks=[*self._opening(telling, volume), *told, *self._ending()],
        )
        yield blocks.as_pdf(document=document, at=self.checkpoint.made_at)

    def _opening(self, telling: Telling, volume: tuple[int, int]) -> Iterator[blocks.Block]:
        yield blocks.heading(gettext("Dossier of permissions"), level=1)
        yield blocks.facts(
            [
                (gettext("Organisation"), self._organisation().name),
                (gettext("Volume"), "/".join(map(str, volume)) if volume[1] > 1 else ""),
                (gettext("People"), self.people),
                (gettext("Events"), self.sealed.number),
                (gettext("As sealed on"), telling.moment(self.checkpoint.made_at)),
                (gettext("Times are those of"), settings.TIME_ZONE),
            ]
        )
        yield blocks.text(
            gettext(
                "Each act below is one event of an append-only log. The log is sealed in a Merkle tree "
                "(RFC 9162) and signed; the files beside this dossier prove that each event stands in it "
                "unchanged. A log shows that nothing was changed since; it cannot show that what was "
                "recorded is true. Acts that were not sealed at that moment are not in it, though a status "
                "may rest on them."
            )
        )

    def _ending(self) -> Iterator[blocks.Block]:
        yield blocks.heading(gettext("How to check this"), level=1)
        yield blocks.text(
            gettext(
                "Run the program verify_evidence.py of this export with Python 3.9 or newer; it needs no "
                "network. "
                "It checks the signatures, every file, the place of each event in the log, the personal "
                "parts, and what people were shown. Compare the checkpoint below with the one that the "
                "officer was mailed, or that the log publishes."
            )
        )
        yield blocks.code(self.checkpoint.note)

    def _places(self) -> Mapping[uuid.UUID, int]:
        return dict(tables.places_of(events=self.sealed.events, tree_size=self.size))

    def _organisation(self) -> Organisation:
        return Organisation.objects.get(pk=self.wanted.selection.organisation_id)


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
