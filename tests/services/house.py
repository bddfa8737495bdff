"""An installation to break: real processes with their own folder and queue, on the database of the test."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

from django.conf import settings
from django.db import connections

from config.celery import app
from config.mail import LOOPBACK, free_port


@dataclass(frozen=True, kw_only=True)
class House:
    """Where one installation keeps its things, and how its processes reach the servers."""

    state: Path
    broker: str
    queue: str
    mail_port: int
    port: int = field(default_factory=free_port)
    others: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "JAWOORD_STATE_DIR": str(self.state),
            "DATABASE_URL": address_of_database(owner=False),
            "DATABASE_OWNER_URL": address_of_database(owner=True),
            "BROKER_URL": self.broker,
            "BROKER_QUEUE": self.queue,
            "EMAIL_URL": f"smtp://{LOOPBACK}:{self.mail_port}",
            "PORT": str(self.port),
            "PUBLIC_URL": f"http://{LOOPBACK}:{self.port}",
            "TRUSTED_PROXIES": "1",
            **self.others,
        }


@contextlib.contextmanager
def built_house(*, mail_port: int, broker: str = "", **others: str) -> Iterator[House]:
    """Make the folder and name the queue; afterwards nothing of either is left."""
    queue = f"drill-{uuid4().hex[:12]}"
    with own_folder() as state:
        house = House(
            state=state,
            broker=broker or settings.CELERY_BROKER_URL,
            queue=queue,
            mail_port=mail_port,
            others=others,
        )
        try:
            yield house
        finally:
            with app.connection_for_write() as link:
                link.default_channel.queue_delete(queue)


@contextlib.contextmanager
def own_folder() -> Iterator[Path]:
    """A state folder that the database's account can reach too, with the secrets of the tests."""
    folder = Path(tempfile.mkdtemp(dir=settings.STATE_DIR))
    folder.chmod(0o711)
    for secrets in settings.STATE_DIR.glob("secrets*"):
        shutil.copy(secrets, folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def address_of_database(*, owner: bool) -> str:
    """The address of this test's database: that of the session, with the name it has now."""
    parts = urlsplit(os.environ["DATABASE_OWNER_URL" if owner else "DATABASE_URL"])
    name = quote(connections["default"].settings_dict["NAME"])
    return urlunsplit(parts._replace(path=f"{parts.path.rpartition('/')[0]}/{name}"))


def wake_workers(*, house: House) -> None:
    """Say that a message waits, as a page does after it wrote one."""
    app.send_task("consent.tasks.deliver_outbox", queue=house.queue)
