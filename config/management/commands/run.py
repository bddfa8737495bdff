import os
import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import launch
from config.environment import BASE_DIR, number
from config.supervisor import Supervisor, end_leftovers


class Command(BaseCommand):
    help = "Starts everything: private servers, web, worker, beat and mailbox. Ctrl-C stops it all."

    def handle(self, *_args: Any, **_options: Any) -> None:
        state: Path = settings.STATE_DIR
        stopped = threading.Event()
        for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signal_number, lambda *_: stopped.set())
        with launch.only_one(state=state):
            if left := end_leftovers(mark=str(state)):
                self.say(f"Ended {left} processes that an earlier run left behind.")
            self.supervise(state=state, port=number(name="PORT", default=8000), stopped=stopped)

    def supervise(self, *, state: Path, port: int, stopped: threading.Event) -> None:
        launch.require_free_port(port=port)
        launch.keep_mailbox_port_free(state=state)
        supervisor = Supervisor(mark=str(state), logs=state / "logs", folder=BASE_DIR, say=self.say)
        with launch.private_servers(state=state) as servers:
            launch.prepare_data(say=self.say)
            try:
                for program in launch.programs(port=port):
                    supervisor.start(program=program)
                if launch.wait_until_ready(port=port, supervisor=supervisor, stopped=stopped):
                    self.say(launch.welcome(state=state))
                self.watch(supervisor=supervisor, servers=servers, stopped=stopped)
            finally:
                self.say("Stopping.")
                supervisor.stop()

    def watch(self, *, supervisor: Supervisor, servers: list[Any], stopped: threading.Event) -> None:
        parent = os.getppid()
        while not stopped.wait(0.5) and os.getppid() == parent:
            supervisor.look_after()
            for server in servers:
                if not server.is_ready():
                    self.say(f"{type(server).__name__} stopped; it starts again.")
                    server.start()

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
