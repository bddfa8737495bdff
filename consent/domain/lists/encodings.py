"""Which encoding a file is in, and its text as UTF-8; always in blocks, never the whole file."""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from consent.domain.lists.problems import Fault, ListNotReadableError

BLOCK = 1024 * 1024
SAMPLE = 64 * 1024
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# Five bytes that Windows-1252 has no letter for; Latin-1 has one for every byte, so nothing is lost.
NOT_WINDOWS_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
CONTROL = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")
SIGNATURES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\x7fELF")
MOST_CONTROL = 0.02
HALF_OF_UTF_16 = 0.3


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What one look over a whole file tells."""

    encoding: str
    mark: bytes
    ending: str
    sha256: str
    size: int


def survey(*, source: BinaryIO) -> Survey:
    """Look over a file once: its encoding, line ends and hash.

    A file that is valid UTF-8 to its last byte is UTF-8; else it is Windows-1252, or Latin-1.
    Raises ListNotReadableError when it is empty or no text.
    """
    looking, first = _Looking(), source.read(BLOCK)
    mark, encoding = _marked(first) or (b"", "")
    if not first.removeprefix(mark).strip(b"\r\n\t \x00") and len(first) < BLOCK:
        raise ListNotReadableError(Fault.EMPTY)
    _require_text(first[:SAMPLE])
    block = first
    while block:
        looking.see(block)
        block = source.read(BLOCK)
    return Survey(
        encoding=encoding or _unmarked(first[:SAMPLE]) or looking.encoding(),
        mark=mark,
        ending="\r" if looking.returns and not looking.feeds else "\n",
        sha256=looking.hash.hexdigest(),
        size=looking.size,
    )


def as_utf8(*, source: BinaryIO, survey: Survey) -> Iterator[bytes]:
    """Give the text as UTF-8 without a byte order mark; lone carriage returns become line ends."""
    source.read(len(survey.mark))
    decoder = codecs.getincrementaldecoder(survey.encoding)("replace")
    while block := source.read(BLOCK):
        yield _ended(decoder.decode(block), survey).encode(errors="replace")
    yield _ended(decoder.decode(b"", final=True), survey).encode(errors="replace")


def is_plain(*, survey: Survey) -> bool:
    """Say whether the file can be read where it stands: as_utf8 would change no byte of it."""
    return survey.encoding == "utf-8" and not survey.mark and survey.ending == "\n"


class _Looking:
    def __init__(self) -> None:
        self.hash, self.size = hashlib.sha256(), 0
        self.feeds = self.returns = False
        self.utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self.windows = True

    def see(self, block: bytes) -> None:
        self.hash.update(block)
        self.size += len(block)
        self.feeds = self.feeds or b"\n" in block
        self.returns = self.returns or b"\r" in block
        if block.isascii() and self.utf8 is not None and not self.utf8.getstate()[0]:
            return
        self.windows = self.windows and not NOT_WINDOWS_1252.search(block)
        try:
            if self.utf8 is not None:
                self.utf8.decode(block)
        except UnicodeDecodeError:
            self.utf8 = None

    def encoding(self) -> str:
        if self.utf8 is not None and not self.utf8.getstate()[0]:
            return "utf-8"
        return "cp1252" if self.windows else "latin-1"


def _require_text(sample: bytes) -> None:
    if sample.startswith(SIGNATURES):
        raise ListNotReadableError(Fault.NOT_TEXT)
    if not _marked(sample) and len(CONTROL.findall(sample)) > MOST_CONTROL * len(sample):
        raise ListNotReadableError(Fault.NOT_TEXT)


def _marked(first: bytes) -> tuple[bytes, str] | None:
    return next(((mark, name) for mark, name in MARKS.items() if first.startswith(mark)), None)


def _unmarked(sample: bytes) -> str:
    """UTF-16 without its mark: in western text every second byte is NUL."""
    enough = HALF_OF_UTF_16 * len(sample)
    if sample[1::2].count(0) > enough:
        return "utf-16-le"
    return "utf-16-be" if sample[0::2].count(0) > enough else ""


def _ended(text: str, survey: Survey) -> str:
    return text.replace("\r", "\n") if survey.ending == "\r" else text
