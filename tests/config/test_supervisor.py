import signal
import sys
import time
from pathlib import Path

from config.embedded.processes import wait_until
from config.supervisor import Program, Supervisor, end_leftovers, marked_processes

PATIENT = "import time; time.sleep(60)"
WITH_CHILD = (
    f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {PATIENT!r}]); time.sleep(60)"
)


def supervised(*, mark: str, folder: Path, code: str) -> tuple[Supervisor, list[str]]:
    said: list[str] = []
    supervisor = Supervisor(mark=mark, logs=folder / "logs", folder=folder, say=said.append)
    supervisor.start(program=Program(name="sleeper", command=(sys.executable, "-c", code)))
    return supervisor, said


def test_a_dead_program_is_started_again(tmp_path: Path) -> None:
    supervisor, said = supervised(mark=str(tmp_path), folder=tmp_path, code=PATIENT)
    first = supervisor.running[0].process

    first.kill()
    first.wait()
    supervisor.look_after()
    time.sleep(1.1)
    supervisor.look_after()

    second = supervisor.running[0].process
    assert second.pid != first.pid
    assert second.poll() is None
    assert said == [f"sleeper stopped (-9); it starts again in 1 s. Its log: {tmp_path}/logs/sleeper.log"]
    supervisor.stop()
    assert second.returncode == -signal.SIGTERM


def test_the_children_of_a_dead_program_end_with_it(tmp_path: Path) -> None:
    supervisor, _said = supervised(mark=str(tmp_path), folder=tmp_path, code=WITH_CHILD)
    assert wait_until(holds=lambda: len(list(marked_processes(mark=str(tmp_path)))) == 2, seconds=10)
    leader = supervisor.running[0].process

    leader.kill()
    leader.wait()
    supervisor.look_after()

    assert wait_until(holds=lambda: not list(marked_processes(mark=str(tmp_path))), seconds=5)


def test_a_second_start_ends_what_a_killed_run_left(tmp_path: Path) -> None:
    killed, _said = supervised(mark=str(tmp_path), folder=tmp_path, code=WITH_CHILD)
    stranger, _said = supervised(mark="another", folder=tmp_path, code=PATIENT)
    assert wait_until(holds=lambda: len(list(marked_processes(mark=str(tmp_path)))) == 2, seconds=10)

    assert end_leftovers(mark=str(tmp_path)) == 2

    assert list(marked_processes(mark=str(tmp_path))) == []
    assert killed.running[0].process.poll() is not None
    assert stranger.running[0].process.poll() is None
    stranger.stop()
