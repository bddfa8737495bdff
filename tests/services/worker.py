"""The real worker and the real beat, started with the product's own command lines."""

import contextlib
from collections.abc import Iterator

from config import launch
from tests.services.house import House
from tests.services.processes import Running, running, start_and_wait


def command_of(*, name: str, house: House) -> tuple[str, ...]:
    return next(one.command for one in launch.programs(port=house.port) if one.name == name)


def is_ready(worker: Running) -> bool:
    return " ready." in worker.said()


def worker_of(*, house: House, senders: int = 2) -> Running:
    """A worker with so many sending processes; not started yet."""
    command = (*command_of(name="worker", house=house), "--concurrency", str(senders))
    return Running(name="worker", command=command, house=house)


@contextlib.contextmanager
def running_worker(*, house: House, senders: int = 2) -> Iterator[Running]:
    with running(program=worker_of(house=house, senders=senders), ready=is_ready) as worker:
        yield worker


def restart(*, worker: Running) -> float:
    """Start a killed worker again; answers how many seconds it took to be ready."""
    return start_and_wait(program=worker, ready=is_ready)


@contextlib.contextmanager
def running_beat(*, house: House) -> Iterator[Running]:
    beat = Running(name="beat", command=command_of(name="beat", house=house), house=house)
    with running(program=beat, ready=lambda one: "beat: Starting" in one.said()) as started:
        yield started
