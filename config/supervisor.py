"""Keeps a handful of programs running, and leaves nothing behind."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MARK = "JAWOORD_RUN"
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
PATIENCE = 20.0


@dataclass(frozen=True, kw_only=True)
class Program:
    name: str
    command: tuple[str, ...]


@dataclass(kw_only=True)
class Running:
    program: Program
    process: subprocess.Popen[bytes]
    started_at: float
    failures: int = 0
    due_at: float | None = field(default=None)


class Supervisor:
    def __init__(self, *, mark: str, logs: Path, folder: Path, say: Callable[[str], None]) -> None:
        logs.mkdir(mode=0o700, exist_ok=True)
        self.mark, self.logs, self.folder, self.say = mark, logs, folder, say
        self.running: list[Running] = []

    def start(self, *, program: Program) -> None:
        process = self._launch(program=program)
        self.running.append(Running(program=program, process=process, started_at=time.monotonic()))

    def look_after(self) -> None:
        """Starts again what died, after a pause that doubles while it keeps dying."""
        for one in self.running:
            if one.due_at is None and one.process.poll() is not None:
                self._plan_restart(one=one)
            elif one.due_at is not None and time.monotonic() >= one.due_at:
                one.process = self._launch(program=one.program)
                one.started_at, one.due_at = time.monotonic(), None

    def stop(self) -> None:
        for one in self.running:
            one.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for one in self.running:
            try:
                one.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{one.program.name} did not stop in time and is ended.")
            end_group(leader=one.process.pid)
            one.process.wait()

    def _launch(self, *, program: Program) -> subprocess.Popen[bytes]:
        with (self.logs / f"{program.name}.log").open("ab") as log:
            return subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, MARK: self.mark},
                start_new_session=True,  # Ctrl-C is ours to pass on
            )

    def _plan_restart(self, *, one: Running) -> None:
        end_group(leader=one.process.pid)
        steady = time.monotonic() - one.started_at > STEADY_AFTER
        one.failures = 1 if steady else one.failures + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (one.failures - 1))
        one.due_at = time.monotonic() + pause
        self.say(
            f"{one.program.name} stopped ({one.process.returncode}); it starts again in {pause:.0f} s. "
            f"Its log: {self.logs / one.program.name}.log"
        )


def end_group(*, leader: int) -> None:
    """Ends what a dead program left of its own session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_leftovers(*, mark: str) -> int:
    """Ends every process that an earlier, killed supervisor with this mark left behind."""
    left = list(marked_processes(mark=mark))
    for process in left:
        process.terminate()
    _gone, stubborn = psutil.wait_procs(left, timeout=5)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    return len(left)


def marked_processes(*, mark: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.uids().real == os.getuid() and process.environ().get(MARK) == mark:
                yield process
        except psutil.Error:
            continue
