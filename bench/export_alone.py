"""One export of all in a process of its own; tells on stdout how long it took and what memory it held."""

import json
import resource
import sys
from pathlib import Path

import django


def main() -> None:
    django.setup()
    # Models can be read only now.
    from bench.sink import Sink  # noqa: PLC0415
    from bench.timing import timed  # noqa: PLC0415
    from consent.domain.dossier.exporting import Format, Wanted, export_evidence  # noqa: PLC0415
    from consent.domain.dossier.selection import Selection  # noqa: PLC0415
    from customers.models import LegalEntity  # noqa: PLC0415

    organisation = LegalEntity.objects.get(code="bench").organisation_id
    before, sink = held(), Sink()
    wanted = Wanted(
        selection=Selection(organisation_id=organisation),
        formats=[Format.CSV],
        language="nl",
        with_evidence=False,
    )
    took, _done = timed(lambda: export_evidence(wanted=wanted, target=sink))
    told = {"seconds": float(took), "processors": took.processors, "before": before, "memory": held()}
    json.dump({**told, "first": sink.first, "rows": sink.rows, "size": sink.size}, sys.stdout)


def held() -> float:
    """The most memory that this program has held, in megabytes.

    Linux's own account: what the system counts of a process goes on from the program that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (one for one in status.read_text().splitlines() if one.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
