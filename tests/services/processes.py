"""Processes that a test starts, kills without warning, and starts again. Only those; by their number."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from django.conf import settings

from tests.services.house import House


class NotInTimeError(AssertionError):
    """Something that had to happen did not happen in time."""


class Running:
    """One program of a house, in a session of its own, with its log."""

    def __init__(self, *, name: str, command: tuple[str, ...], house: House) -> None:
        self.name, self.command, self.house = name, command, house
        self.log: Path = house.state / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.read_from = 0

    def start(self) -> None:
        self.read_from = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=settings.BASE_DIR,
                env=self.house.environment(),
                start_new_session=True,
            )

    def said(self) -> str:
        """What it wrote since it was last started."""
        return self.log.read_bytes()[self.read_from :].decode(errors="replace")

    def kill(self) -> None:
        """End it with all its children, as when the machine fails."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def children(self) -> list[psutil.Process]:
        """The programs it started itself; not those that they started."""
        return psutil.Process(self.process.pid).children() if self.process else []

    def stop(self, *, seconds: float = 15) -> None:
        if self.process is None:
            return
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.kill()


@contextlib.contextmanager
def running(*, program: Running, ready: Callable[[Running], bool]) -> Iterator[Running]:
    """Start a program, wait until it is ready, and end it afterwards whatever happened."""
    try:
        start_and_wait(program=program, ready=ready)
        yield program
    finally:
        program.stop()


def start_and_wait(*, program: Running, ready: Callable[[Running], bool], seconds: float = 120) -> float:
    """Start a program, however busy the machine is; answers how many seconds it took to be ready."""
    program.start()
    return wait_for(what=f"{program.name} to be ready", seconds=seconds, holds=lambda: is_up(program, ready))


def is_up(program: Running, ready: Callable[[Running], bool]) -> bool:
    if program.process is not None and program.process.poll() is not None:
        raise NotInTimeError(f"{program.name} ended:\n{program.said()[-2000:]}")
    return ready(program)


def wait_for(*, what: str, seconds: float, holds: Callable[[], bool]) -> float:
    """Wait until it holds; answers how many seconds that took, and fails when it takes longer than this."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise NotInTimeError(f"Waited {seconds:.0f} seconds for {what}.")
        time.sleep(0.05)
    return time.monotonic() - began
