"""Small facts about processes and files that both private servers need."""

import fcntl
import importlib.util
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil


class ServerMissingError(Exception):
    """No server program was found on this machine."""


class ServerFailedError(Exception):
    """A private server did not come up."""


class Users:
    """Who uses a private server: each user holds a shared lock, the last one to leave may stop it."""

    def __init__(self, *, place: Path) -> None:
        place.mkdir(parents=True, exist_ok=True, mode=0o711)
        self.gate = place / "start.lock"
        self.list = place / "users.lock"
        self.handle: IO[bytes] | None = None

    @contextmanager
    def alone_at_the_gate(self) -> Iterator[None]:
        with self.gate.open("wb") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def enter(self) -> None:
        self.handle = self.handle or self.list.open("wb")
        fcntl.flock(self.handle, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Answers whether nobody else is left."""
        if self.handle is None:
            return False
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            self.handle.close()
            self.handle = None
        return True


def package_dir(*, module: str) -> Path | None:
    spec = importlib.util.find_spec(module)  # located, not imported: it must have no side effects
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def is_alive(*, pid: int, words: tuple[str, ...]) -> bool:
    """Is this a living process whose command line holds these words? Process ids are used again."""
    try:
        process = psutil.Process(pid)
        command = " ".join(process.cmdline())
        return process.status() != psutil.STATUS_ZOMBIE and all(word in command for word in words)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def wait_until(*, holds: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
