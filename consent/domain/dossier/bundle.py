"""The file that leaves the building: a zip with a signed list of files; the same content, the same bytes."""

import hashlib
import zipfile
from collections.abc import Iterable
from typing import Protocol

from consent.domain.seal.keys import signers
from consent.domain.seal.notes import sign_note

FORMAT = "jawoord-evidence-2"
MANIFEST = "manifest.txt"
# The quickest: tables repeat themselves so much that more effort saves little.
EFFORT = 1


class Writable(Protocol):
    """A file that is only written to the end of."""

    def write(self, block: bytes, /) -> int: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...


class Onward:
    """A file as one can only go on writing to it: where one could go back, a zip would be other bytes."""

    def __init__(self, target: Writable) -> None:
        self.target = target

    def write(self, block: bytes, /) -> int:
        return self.target.write(block)

    def flush(self) -> None:
        self.target.flush()

    def close(self) -> None:
        self.target.close()


class Waiting:
    """A file of which what was written waits to be sent."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def write(self, block: bytes, /) -> int:
        self._blocks.append(bytes(block))
        return len(block)

    def take(self) -> bytes:
        taken, self._blocks = b"".join(self._blocks), []
        return taken

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


class Nowhere:
    """A file of which only the hash is wanted."""

    def write(self, block: bytes, /) -> int:
        return len(block)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


class Bundle:
    """An export being written, file by file; nothing of it is held in memory."""

    def __init__(self, *, target: Writable, method: int = zipfile.ZIP_DEFLATED) -> None:
        # An entry that is opened by its name gets the oldest moment a zip can name: no bytes of today.
        self._zip = zipfile.ZipFile(Onward(target), "w", method, compresslevel=EFFORT)
        self._lines: list[str] = []

    def add(self, *, name: str, parts: Iterable[bytes]) -> int:
        """Write one file; return its length in bytes."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as file:
            for part in parts:
                file.write(part)
                digest.update(part)
                size += len(part)
        self._lines.append(f"sha256 {digest.hexdigest()} {size} {name}")
        return size

    def close(self, *, facts: Iterable[str]) -> None:
        """Sign the list of files, behind the facts about the whole, and end the export."""
        text = "".join(f"{line}\n" for line in (FORMAT, *facts, *self._lines))
        note = sign_note(text=text, signers=signers())
        with self._zip.open(MANIFEST, "w") as file:
            file.write(str(note).encode())
        self._zip.close()
