"""The benchmarks: each figure beside the floor that bare PostgreSQL sets, measured in the same run.

make bench                                     # full size: five million contacts
.venv/bin/python -m bench --contacts 20000 --numbers 20000

The data are made once and kept: at full size expect a quarter of an hour and 25 GB of disk. Beside the
clock stands what processors did for us in that time, which whatever else the machine does hardly changes.
"""

import argparse
import os
import sys
from pathlib import Path

from config.embedded.attach import private_database

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--contacts", type=int, default=5_000_000)
    parser.add_argument("--numbers", type=int, default=1_000_000)
    sizes = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("JAWOORD_STATE_DIR", str(ROOT / ".state" / f"bench-{sizes.contacts}"))
    Path(os.environ["JAWOORD_STATE_DIR"]).mkdir(parents=True, exist_ok=True)
    # As PostgreSQL's manual advises for a server of its own, and as the measured floors had it.
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 // 2**20
    with private_database(arguments=[sys.argv[0], "bench"], settings=[f"shared_buffers={memory}MB"]):
        run(contacts=sizes.contacts, numbers=sizes.numbers)


def run(*, contacts: int, numbers: int) -> None:
    # Django is set up only now: the private database has to be known before the settings are read.
    import django  # noqa: PLC0415

    django.setup()
    from bench.measuring import measure_all  # noqa: PLC0415

    measure_all(contacts=contacts, numbers=numbers)


if __name__ == "__main__":
    main()
