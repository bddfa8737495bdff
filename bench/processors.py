"""How long processors worked for us: in this process, in those it began, and in the private database."""

import os
import resource
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

PROCESSES = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds() -> float:
    """Of a database elsewhere nothing is known, nor of a machine that does not tell as Linux does."""
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in own) + sum(map(used_by, database_processes()))


def database_processes() -> Iterator[Path]:
    try:
        server = (Path(settings.STATE_DIR) / "postgres" / "data" / "postmaster.pid").read_text().split()[0]
        children = (PROCESSES / server / "task" / server / "children").read_text().split()
    except OSError:
        return
    yield from (PROCESSES / number for number in (server, *children))


def used_by(process: Path) -> float:
    """With what it has waited for of those that ended."""
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15])) / TICKS
