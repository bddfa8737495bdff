"""Are the compiled catalogues those of the texts beside them, and is every text translated?"""

import subprocess
import sys
import tempfile
from pathlib import Path

CATALOGUES = Path(__file__).resolve().parent.parent / "config" / "locale"


def find_faults(*, source: Path) -> list[str]:
    compiled = source.with_suffix(".mo")
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "fresh.mo"
        outcome = subprocess.run(
            ["msgfmt", "--check", "--statistics", "-o", str(fresh), str(source)],
            capture_output=True,
            text=True,
            check=False,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin"},
        )
        if outcome.returncode != 0:
            return [f"{source}: {outcome.stderr.strip()}"]
        faults = []
        if not compiled.exists() or compiled.read_bytes() != fresh.read_bytes():
            faults.append(f"{compiled} is not up to date: run make messages.")
        if "untranslated" in outcome.stderr or "fuzzy" in outcome.stderr:
            faults.append(f"{source}: {outcome.stderr.strip()}")
    return faults


def main() -> int:
    sources = sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po"))
    faults = [fault for source in sources for fault in find_faults(source=source)]
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
