"""Counting scores by twenty rules with decay, beside a bare aggregate; a journey over everybody; and how soon
scores know what is told.

.venv/bin/python -m bench.scoring                      # full size: a million contacts, ten million events
.venv/bin/python -m bench.scoring --contacts 100000
"""

import argparse
import os
import sys
from pathlib import Path

from config.embedded.attach import private_database

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.scoring", description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    contacts = parser.parse_args().contacts
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    os.environ.setdefault("JAWOORD_STATE_DIR", str(ROOT / ".state" / f"bench-scores-{contacts}"))
    Path(os.environ["JAWOORD_STATE_DIR"]).mkdir(parents=True, exist_ok=True)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 // 2**20
    with private_database(arguments=[sys.argv[0], "bench"], settings=[f"shared_buffers={memory}MB"]):
        # Django is set up only now: the private database has to be known before the settings are read.
        import django  # noqa: PLC0415

        django.setup()
        from bench.score_figures import measure_scores  # noqa: PLC0415

        measure_scores(contacts=contacts)


if __name__ == "__main__":
    main()
