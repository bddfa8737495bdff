"""The files of a run: parts in the database, encrypted with a key of the run, so that any worker reads them.

Deleting the key and the parts deletes the files, wherever they were copied to since.
"""

import datetime
import io
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.db.models import Sum

from consent.domain.file_keys import make_key, open_key
from consent.domain.ledger.evidence import decrypt, encrypt
from consent.models import ScreeningBlock, ScreeningRun

BLOCK = 1024 * 1024
FAST = 1
Side = ScreeningBlock.Side


class FilesGoneError(LookupError):
    """The files of this run were deleted when it expired."""


def give_key(*, run: ScreeningRun) -> None:
    """Make the key of a run that is about to be saved."""
    run.wrapped_key, run.key_version = make_key(bound_to=run.pk)


def keep_list(*, run: ScreeningRun, text: BinaryIO) -> int:
    """Keep the text of a list; return its length."""
    text.seek(0)
    start, key = 0, _key(run)
    while plain := text.read(BLOCK):
        _keep(run, key, Side.INPUT, start, plain, None)
        start += len(plain)
    return start


def keep_result(*, run: ScreeningRun, start: int, plain: bytes, asked_at: datetime.datetime) -> None:
    """Keep the result of the rows that begin here in the list."""
    _keep(run, _key(run), Side.OUTPUT, start, plain, asked_at)


def replace_result(*, run: ScreeningRun, source: BinaryIO, at: datetime.datetime) -> None:
    """Keep another file as the result; the parts it was made of go."""
    run.blocks.filter(side=Side.OUTPUT).delete()
    start, key = 0, _key(run)
    while plain := source.read(BLOCK):
        _keep(run, key, Side.OUTPUT, start, plain, at)
        start += len(plain)


def read_result(*, run: ScreeningRun) -> Iterator[bytes]:
    """Give the result in parts; raises FilesGoneError."""
    key = _key(run)
    return (_open(run, key, block) for block in _blocks(run, Side.OUTPUT).iterator(chunk_size=4))


def size_of_result(*, run: ScreeningRun) -> int:
    """How many bytes the result has."""
    return int(run.blocks.filter(side=Side.OUTPUT).aggregate(all=Sum("length"))["all"] or 0)


def delete_files(*, run: ScreeningRun, now: datetime.datetime) -> None:
    """Delete the files of a run and their key; counts and hashes stay."""
    run.blocks.all().delete()
    run.wrapped_key, run.key_version, run.files_deleted_at = None, None, now
    run.save(update_fields=["wrapped_key", "key_version", "files_deleted_at"])


class ListText(io.RawIOBase):
    """The text of a list, read from the place one wants; holds one part at a time."""

    def __init__(self, *, run: ScreeningRun) -> None:
        self.run, self.key, self.place = run, _key(run), 0
        self.part, self.plain = -1, b""

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation
        self.place = offset
        return offset

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        start = self.place - self.place % BLOCK
        if start != self.part:
            block = self.run.blocks.filter(side=Side.INPUT, start=start).first()
            self.part, self.plain = start, _open(self.run, self.key, block) if block else b""
        found = self.plain[self.place - start :][: len(buffer)]
        buffer[: len(found)] = found
        self.place += len(found)
        return len(found)


def list_text(*, run: ScreeningRun) -> BinaryIO:
    """Open the text of a list; raises FilesGoneError."""
    return io.BufferedReader(ListText(run=run), BLOCK)


def _keep(
    run: ScreeningRun, key: bytes, side: Side, start: int, plain: bytes, asked_at: datetime.datetime | None
) -> None:
    nonce, ciphertext = encrypt(key=key, plain=zlib.compress(plain, FAST), bound_to=run.pk)
    ScreeningBlock.objects.create(
        run=run,
        side=side,
        start=start,
        length=len(plain),
        nonce=nonce,
        ciphertext=ciphertext,
        asked_at=asked_at,
    )


def _open(run: ScreeningRun, key: bytes, block: ScreeningBlock) -> bytes:
    plain = decrypt(key=key, nonce=bytes(block.nonce), ciphertext=bytes(block.ciphertext), bound_to=run.pk)
    return zlib.decompress(plain)


def _blocks(run: ScreeningRun, side: Side) -> Any:
    return run.blocks.filter(side=side).order_by("start")


def _key(run: ScreeningRun) -> bytes:
    if run.wrapped_key is None or run.key_version is None:
        raise FilesGoneError(str(run.pk))
    return open_key(wrapped=bytes(run.wrapped_key), version=run.key_version, bound_to=run.pk)
