"""Somebody else says when a checkpoint was there: a time-stamping authority signs its hash (RFC 3161).

Once a day the checkpoint and the reply are written side by side where checkpoints are kept outside. It is the
openssl of the machine that asks and checks: whoever doubts us runs the same two commands.
"""

import datetime
import http.client
import re
import subprocess
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from consent.domain.seal import proofs
from consent.domain.seal.giving_away import write_whole

REPLY: Final = ".tsr"
SECONDS_TO_ANSWER: Final = 5
# A reply is a few kilobytes, with its certificates.
MOST_BYTES: Final = 1 << 17
MOMENT: Final = re.compile(r"^Time stamp: (.+)$", re.MULTILINE)
MEDIA_TYPE: Final = "application/timestamp-query"


class StampError(Exception):
    """There is no time stamp, or it is not one of this checkpoint by an authority we trust."""


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Who stamps: where it is asked, and the file (PEM) of the certificates that it is trusted by."""

    url: str
    certificates: str


def stamp(*, folder: str, authority: Authority, now: datetime.datetime) -> Path | None:
    """Have the last checkpoint stamped, once a day and only when it is new; returns the file that was.

    The reply is checked before it is kept. Raises OSError and StampError.
    """
    checkpoint, kept = proofs.latest_checkpoint(), sorted(Path(folder).glob("stamped-*.txt"))
    place = Path(folder) / f"stamped-{now:%Y-%m-%d}.txt"
    if checkpoint is None or place in kept or (kept and kept[-1].read_text() == checkpoint.note):
        return None
    with tempfile.TemporaryDirectory() as desk:
        note = Path(desk) / "note"
        note.write_text(checkpoint.note)
        reply = note.with_suffix(REPLY)
        reply.write_bytes(_ask(authority.url, _openssl("-query", "-sha256", "-cert", "-data", note)))
        read_stamp(checkpoint=note, certificates=authority.certificates)
        # The checkpoint comes last: where it lies, its reply does too.
        write_whole(place=place.with_suffix(REPLY), content=reply.read_bytes())
    write_whole(place=place, content=checkpoint.note.encode())
    return place


def read_stamp(*, checkpoint: Path, certificates: str) -> str:
    """Check the reply that lies beside a checkpoint; returns when it was stamped. Raises StampError."""
    reply = checkpoint.with_suffix(REPLY)
    _openssl("-verify", "-data", checkpoint, "-in", reply, "-CAfile", certificates)
    found = MOMENT.search(_openssl("-reply", "-in", reply, "-text").decode(errors="replace"))
    if found is None:
        raise StampError("the reply names no moment")
    return found[1]


def _ask(url: str, query: bytes) -> bytes:
    # The address is one that whoever runs this named, and starts with http.
    request = urllib.request.Request(url, query, {"Content-Type": MEDIA_TYPE})  # noqa: S310 # nosec B310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER) as answer:  # noqa: S310 # nosec B310
            reply: bytes = answer.read(MOST_BYTES)
    except (OSError, http.client.HTTPException) as fault:
        raise StampError("the time-stamping authority does not answer") from fault
    return reply


def _openssl(*arguments: str | Path) -> bytes:
    command = ["openssl", "ts", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise StampError("it is no time stamp of this checkpoint by an authority we trust")
    return done.stdout
